"""What would stop a whole shard if it were let: a message that cannot be written, a person who is no more. One of them keeps nobody
else from their mail, and nothing goes round for ever without anybody being told.
"""

import pytest

from chalicelib.customers.consent import service as consent
from chalicelib.customers.consent.domain import SuppressionReason
from chalicelib.customers.contacts import service as contacts
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.mail import NOT_VERIFIED, MailRefusedError, MailUnknownError
from chalicelib.foundation.table import Table
from chalicelib.marketing.campaigns.domain import CampaignState
from chalicelib.marketing.sending import consumers, erasure, ledger, service
from chalicelib.marketing.sending.domain import Reason, State
from chalicelib.workspaces.settings import service as workspaces
from tests.contract.marketing.campaign_world import World
from tests.memory_dynamodb import MemoryDynamoDB


def made(people: int = 3) -> World:
    return World(Table(MemoryDynamoDB(), "t"), people=people)


def change_workspace(world, **changes):
    present = workspaces.get_workspace(table=world.table, workspace_id=world.id, fresh=True)
    world.workspace = workspaces.change_workspace(
        table=world.table, clock=world.clock, workspace_id=world.id, version=present.version, changes=changes,
        changed_by="member:test",
    )  # fmt: skip


def states(world, campaign_id):
    return sorted(row.state.value for row in world.rows(campaign_id))


def planned(world) -> str:
    """A campaign whose audience is planned and of which nobody was sent anything yet."""
    campaign_id = world.campaign()
    world.send(campaign_id)
    for queue, envelope, _ in world.take():
        world.deliver(queue, envelope)
    assert world.get(campaign_id).state is CampaignState.SENDING
    return campaign_id


@pytest.mark.parametrize(
    "source",
    [
        "{{ contact.first_name | length | first }}",
        "{{ 7 | last }}",
        "{% if 5 in contact.first_name %}x{% endif %}",
        "{% if contact.tags not in contact.city %}x{% endif %}",
    ],
)
def test_a_filter_that_is_given_something_odd_shows_something_odd(source):
    world = made()
    campaign_id = world.campaign(html=f"<p>Hola {source}</p>")
    service.preview(runtime=world.runtime, workspace_id=world.id, campaign_id=campaign_id)
    world.send(campaign_id)
    world.drain()
    assert states(world, campaign_id) == ["sent"] * 3


class TestAMessageThatCannotBeWritten:
    def test_a_draft_without_a_sender_can_be_looked_at_and_not_tried_out(self):
        world = made()
        campaign_id = world.campaign()
        change_workspace(world, sender_email="")
        shown = service.preview(runtime=world.runtime, workspace_id=world.id, campaign_id=campaign_id)
        assert "Hola" in shown.html
        with pytest.raises(InvalidError) as refused:
            service.send_test(
                runtime=world.runtime, workspace_id=world.id, campaign_id=campaign_id, to="yo@example.com"
            )
        assert refused.value.fields[0].code == "sender_missing"

    def test_a_sender_taken_away_in_the_middle_pauses_the_campaign(self):
        world = made()
        campaign_id = planned(world)
        change_workspace(world, sender_email="")
        world.drain()
        campaign = world.get(campaign_id)
        assert (campaign.state, campaign.stop_reason) == (CampaignState.PAUSED, "blocked")
        assert states(world, campaign_id) == ["pending"] * 3
        assert world.mailer.sent == []
        with pytest.raises(InvalidError):
            world.resume(campaign_id)
        change_workspace(world, sender_email="hola@ceiba.example")
        consumers._letters.cache_clear()
        world.resume(campaign_id)
        world.drain()
        assert states(world, campaign_id) == ["sent"] * 3

    def test_a_text_that_cannot_be_compiled_any_more_pauses_the_campaign(self, monkeypatch):
        world = made()
        campaign_id = planned(world)

        def refuse(*, runtime, campaign):
            raise InvalidError("Line 1: there is no such value", field="body.source", code="placeholder_not_allowed")

        monkeypatch.setattr(
            service, "_made", lambda runtime, campaign, body: refuse(runtime=runtime, campaign=campaign)
        )
        world.drain()
        campaign = world.get(campaign_id)
        assert (campaign.state, campaign.stop_reason) == (CampaignState.PAUSED, "blocked")
        assert world.queues.published == []

    def test_a_sender_that_is_not_verified_any_more_pauses_it_and_nobody_has_failed(self):
        world = made()
        campaign_id = planned(world)
        world.mailer.fail = [MailRefusedError(NOT_VERIFIED, "no")]
        world.drain()
        campaign = world.get(campaign_id)
        assert (campaign.state, campaign.stop_reason) == (CampaignState.PAUSED, "refused")
        world.resume(campaign_id)
        world.drain()
        assert states(world, campaign_id) == ["sent"] * 3


class TestSomebodyWhoIsNoMore:
    def test_a_parked_one_who_was_erased_and_is_to_be_sent_again_does_not_stop_the_shard(self):
        world = made()
        campaign_id = world.campaign()
        world.mailer.fail = [MailUnknownError("no answer")]
        world.send(campaign_id)
        world.drain()
        world.later(hours=1, minutes=10)
        world.tick()
        world.drain()
        [parked] = [row for row in world.rows(campaign_id) if row.state is State.PARKED]
        contact = contacts.get_contact(table=world.table, workspace_id=world.id, contact_id=parked.contact_id)
        erasure.ERASURE.erase(world.runtime, world.id, contact, frozenset({parked.email}))
        assert world.row(campaign_id, parked.contact_id).email == ""
        service.resolve(
            table=world.table, clock=world.clock, queues=world.queues, workspace_id=world.id, campaign_id=campaign_id,
            contact_id=parked.contact_id, was_sent=False,
        )  # fmt: skip
        world.drain()
        row = world.row(campaign_id, parked.contact_id)
        assert (row.state, row.reason) == (State.SUPPRESSED, Reason.ADDRESS_CHANGED)
        assert world.get(campaign_id).state is CampaignState.FINISHED


@pytest.mark.parametrize("cancelled", [False, True])
def test_who_was_claimed_by_another_meanwhile_is_not_counted_as_ended(cancelled, monkeypatch):
    """Whoever is suppressed by one delivery and claimed by another, which dies, has not come to an end."""
    world = made(people=1)
    campaign_id = planned(world)
    [row] = world.rows(campaign_id)
    if cancelled:
        world.cancel(campaign_id)
    else:
        consent.suppress(
            table=world.table, clock=world.clock, signer=world.runtime.signer, workspace_id=world.id, email=row.email,
            reason=SuppressionReason.MANUAL,
        )  # fmt: skip
    suppress = ledger.suppress

    def late(table, recipient, now, reason):
        ledger.claim(table, recipient, now, "", "another delivery")
        return suppress(table, recipient, now, reason)

    monkeypatch.setattr(ledger, "suppress", late)
    world.drain()
    world.tick()
    world.drain()
    assert world.row(campaign_id, row.contact_id).state in (State.UNKNOWN, State.PARKED)


def test_no_test_goes_to_an_address_that_bounced():
    world = made()
    campaign_id = world.campaign()
    consent.suppress(
        table=world.table, clock=world.clock, signer=world.runtime.signer, workspace_id=world.id, email="yo@example.com",
        reason=SuppressionReason.BOUNCED,
    )  # fmt: skip
    with pytest.raises(InvalidError) as refused:
        service.send_test(runtime=world.runtime, workspace_id=world.id, campaign_id=campaign_id, to="yo@example.com")
    assert (refused.value.fields[0].field, refused.value.fields[0].code) == ("to", "suppressed_bounced")
    assert world.mailer.sent == []
