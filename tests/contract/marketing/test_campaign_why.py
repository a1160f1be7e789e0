"""Did Ana get it, and why not?"""

from datetime import timedelta

import pytest

from chalicelib.customers.consent import service as consent
from chalicelib.customers.consent.domain import SuppressionReason
from chalicelib.customers.contacts import service as contacts
from chalicelib.foundation.errors import InvalidError
from chalicelib.marketing.campaigns.domain import REST, AbTest, Variant, Wording
from chalicelib.marketing.segments import service as segments
from chalicelib.marketing.sending import service as sending
from chalicelib.marketing.sending.domain import FrequencyCap
from chalicelib.marketing.sending.why import why
from tests.contract.marketing.campaign_world import World


def ask(world, campaign_id, number=0, **who):
    who = who or {"email": f"P{number}@example.com"}
    return why(runtime=world.runtime, workspace_id=world.id, campaign_id=campaign_id, **who)


def codes(answer):
    return (answer.outcome, answer.code)


def sent(world, **more):
    campaign_id = world.campaign(**more)
    world.send(campaign_id)
    world.drain()
    return campaign_id


def withdraw(world, number):
    consent.withdraw(
        table=world.table, clock=world.clock, workspace_id=world.id, contact_id=world.contacts[number],
        purpose="marketing_email", source="member",
    )  # fmt: skip


def test_what_became_of_a_message_with_its_dates(table):
    world = World(table, people=3)
    campaign_id = sent(world)
    assert codes(ask(world, campaign_id)) == ("sent", "sent")
    world.later(minutes=1)
    world.report(world.event("Delivery", world.row(campaign_id, world.contacts[0])))
    delivered = ask(world, campaign_id)
    assert codes(delivered) == ("received", "delivered")
    assert {each.code: each.at for each in delivered.evidence}["delivered"] == world.clock.now()
    assert delivered.recipient.contact_id == delivered.contact_id == world.contacts[0]
    world.report(world.event("Bounce", world.row(campaign_id, world.contacts[1])))
    assert codes(ask(world, campaign_id, 1)) == ("not_received", "bounced")
    assert codes(ask(world, campaign_id, contact_id=world.contacts[2])) == ("sent", "sent")


def test_who_was_left_out_and_since_when(table):
    world = World(table, people=4)
    excluded = world.segment(world.contacts[2])
    withdraw(world, 0)
    withdrawn_at = world.clock.now()
    consent.suppress(
        table=table, clock=world.clock, signer=world.runtime.signer, workspace_id=world.id, email="p1@example.com",
        reason=SuppressionReason.COMPLAINED, source="campaign:x",
    )  # fmt: skip
    campaign_id = sent(world, exclude_segment_ids=[excluded])
    consentless, suppressed, out = (ask(world, campaign_id, number) for number in range(3))
    assert codes(consentless) == ("not_sent", "consent_withdrawn")
    assert next(each for each in consentless.evidence if each.code == "withdrawn").at == withdrawn_at
    assert codes(suppressed) == ("not_sent", "suppressed")
    assert suppressed.evidence[-1].params == {"reason": "complained", "source": "campaign:x"}
    assert codes(out) == ("not_sent", "excluded_segment")
    assert (out.evidence[-1].id, out.evidence[-1].params) == (excluded, {"name": "Otros"})


def test_the_cap_names_the_campaigns_that_filled_it(table):
    world = World(table, people=1)
    sending.change_cap(table=table, clock=world.clock, workspace_id=world.id, cap=FrequencyCap(1, 7), changed_by="t")
    first = sent(world)
    capped = ask(world, sent(world))
    assert codes(capped) == ("not_sent", "frequency_cap")
    assert [each.id for each in capped.evidence if each.code == "other_campaign"] == [first]


def test_who_is_in_no_segment_or_came_too_late(table):
    world = World(table, people=2)
    campaign_id = sent(world, segment_ids=[world.segment(world.contacts[0])])
    outside = ask(world, campaign_id, 1)
    assert codes(outside) == ("not_sent", "not_in_segments")
    assert [(each.code, each.params["name"]) for each in outside.evidence] == [("not_in_segment", "Otros")]
    world.later(hours=1)
    world.person("late@example.com")
    late = ask(world, campaign_id, email="late@example.com")
    assert codes(late) == ("not_sent", "made_after_planning")
    assert codes(ask(world, campaign_id, email="nobody@example.com")) == ("unknown_person", "no_contact")


def test_what_would_happen_now(table):
    world = World(table, people=4)
    excluded = world.segment(world.contacts[1])
    withdraw(world, 2)
    campaign_id = world.campaign(segment_ids=[world.segment(*world.contacts[:3])], exclude_segment_ids=[excluded])
    answers = [ask(world, campaign_id, number) for number in range(4)]
    assert [codes(each) for each in answers] == [
        ("would_get", "would_get"), ("would_not_get", "excluded_segment"), ("would_not_get", "consent_withdrawn"),
        ("would_not_get", "not_in_segments"),
    ]  # fmt: skip
    assert not any(each.planned for each in answers)
    segments.delete_segment(table=table, clock=world.clock, workspace_id=world.id, segment_id=excluded)
    assert codes(ask(world, campaign_id)) == ("would_not_get", "excluded_missing")


def test_who_still_waits(table):
    world = World(table, people=30)
    test = AbTest("subject", 10, (Variant(Wording("B")),), "opens", 60)
    campaign_id = world.campaign(ab_test=test)
    world.send(campaign_id)
    world.drain(move=False)
    waiting = next(row for row in world.rows(campaign_id) if row.variant == REST)
    assert codes(ask(world, campaign_id, contact_id=waiting.contact_id)) == ("on_its_way", "waits_for_winner")
    world.pause(campaign_id)
    assert codes(ask(world, campaign_id, contact_id=waiting.contact_id)) == ("on_its_way", "campaign_paused")
    world.cancel(campaign_id)
    assert codes(ask(world, campaign_id, contact_id=waiting.contact_id)) == ("not_sent", "campaign_cancelled")
    world.drain()
    assert codes(ask(world, campaign_id, contact_id=waiting.contact_id)) == ("not_sent", "campaign_cancelled")


def test_a_deleted_contact_is_said_to_be(table):
    world = World(table, people=1)
    campaign_id = world.campaign()
    world.send(campaign_id, at=world.clock.now() + timedelta(hours=1))
    contact = contacts.get_contact(table=table, workspace_id=world.id, contact_id=world.contacts[0])
    contacts.delete_contact(
        table=table, clock=world.clock, workspace_id=world.id, contact_id=contact.id, version=contact.version,
        deleted_by="t",
    )  # fmt: skip
    world.later(hours=2)
    world.tick()
    world.drain()
    assert codes(ask(world, campaign_id, contact_id=contact.id)) == ("not_sent", "contact_deleted")


@pytest.mark.parametrize("who", [{}, {"email": "no address"}])
def test_somebody_has_to_be_named(table, who):
    world = World(table, people=1)
    with pytest.raises(InvalidError) as caught:
        why(runtime=world.runtime, workspace_id=world.id, campaign_id=world.campaign(), **who)
    assert caught.value.fields[0].field == "email"
