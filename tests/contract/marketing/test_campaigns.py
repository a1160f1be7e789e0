"""A campaign from draft to the last recipient, on DynamoDB Local with fake queues and mail."""

import email
from datetime import datetime, timedelta
from email.policy import default

import pytest

from chalicelib.customers.consent import service as consent
from chalicelib.customers.consent.domain import SuppressionReason
from chalicelib.customers.contacts import service as contacts
from chalicelib.foundation.errors import ConflictError, InvalidError
from chalicelib.foundation.mail import MailDeferredError, MailRefusedError, MailUnknownError
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.campaigns.domain import CampaignState
from chalicelib.marketing.sending import planner
from chalicelib.marketing.sending import service as sending
from chalicelib.marketing.sending.domain import FrequencyCap, State
from chalicelib.marketing.sending.estimates import estimate
from chalicelib.workspaces.settings import service as workspaces
from tests.contract.marketing.campaign_world import World


def states(world, campaign_id):
    return sorted(row.shown_state for row in world.rows(campaign_id))


class TestTheWayOfACampaign:
    def test_everybody_gets_it_once_with_the_right_headers(self, table):
        world = World(table)
        campaign_id = world.campaign()
        world.send(campaign_id)
        world.drain()
        campaign = world.get(campaign_id)
        assert (campaign.state, campaign.audience) == (CampaignState.FINISHED, 3)
        assert states(world, campaign_id) == ["sent"] * 3
        assert sorted(sent[1] for sent in world.mailer.sent) == [f"p{n}@example.com" for n in range(3)]
        message = email.message_from_bytes(world.mailer.sent[0][2], policy=default)
        assert message["Subject"] == "Hola Ana"
        assert message["List-Unsubscribe"].startswith("<https://crm.example/u/")
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        html = message.get_body(("html",)).get_content()
        assert "Hola Ana" in html
        assert "https://crm.example/t/c/" in html
        assert "Calle Mayor 1" in html
        assert "https://shop.example" not in html
        assert "Hola Ana" in message.get_body(("plain",)).get_content()
        tags = world.mailer.sent[0][3]
        assert (tags["campaign"], tags["attempt"]) == (campaign_id, "1")

    def test_the_counts_add_up_to_the_audience(self, table, stream):
        world = World(table)
        campaign_id = world.campaign()
        world.send(campaign_id)
        world.drain()
        assert stream.project(world.runtime) == []
        campaign = world.get(campaign_id, counted=True)
        assert campaign.counts["sent"] == 3
        assert sum(campaign.counts[state.value] for state in State) == campaign.audience == 3

    def test_two_segments_with_the_same_people_make_one_audience(self, table):
        world = World(table)
        from chalicelib.foundation.ids import new_id
        from chalicelib.marketing.segments import service as segments

        other = new_id(world.clock.now())
        segments.create_static(
            table=table,
            clock=world.clock,
            workspace_id=world.id,
            segment_id=other,
            name="B",
            contact_ids=world.contacts[:2],
        )
        campaign_id = world.campaign(segment_ids=[world.segment_id, other])
        world.send(campaign_id)
        world.drain()
        assert world.get(campaign_id).audience == 3
        assert len(world.mailer.sent) == 3

    def test_who_must_not_get_it_does_not_and_it_is_said_why(self, table):
        world = World(table, people=5)
        c0, c1, c2, c3, _ = world.contacts
        campaign_id = world.campaign()
        consent.withdraw(
            table=table, clock=world.clock, workspace_id=world.id, contact_id=c0, purpose="marketing_email", source="t"
        )
        consent.suppress(
            table=table, clock=world.clock, signer=world.runtime.signer, workspace_id=world.id, email="p1@example.com",
            reason=SuppressionReason.BOUNCED,
        )  # fmt: skip
        world.consented = False
        world.send(campaign_id)
        world.drain()
        assert world.row(campaign_id, c0).reason == "consent_withdrawn"
        assert world.row(campaign_id, c1).reason == "suppressed:bounced"
        assert world.row(campaign_id, c2).state is State.SENT
        assert world.row(campaign_id, c3).consent_id
        assert world.get(campaign_id).state is CampaignState.FINISHED
        assert len(world.mailer.sent) == 3

    def test_without_a_postal_address_it_cannot_be_sent(self, table):
        world = World(table)
        campaign_id = world.campaign()
        bare = workspaces.change_workspace(
            table=table,
            clock=world.clock,
            workspace_id=world.id,
            version=1,
            changes={"postal_address": ""},
            changed_by="t",
        )
        world.workspace = bare
        with pytest.raises(InvalidError) as caught:
            world.send(campaign_id)
        assert caught.value.fields[0].code == "postal_address_missing"
        assert world.get(campaign_id).state is CampaignState.DRAFT


class TestSchedules:
    def test_a_time_on_a_zones_clocks_is_scheduled_in_utc_and_sent_then(self, table):
        world = World(table)
        campaign_id = world.campaign()
        world.send(campaign_id, at=datetime(2026, 11, 22, 10, 0), time_zone="America/Bogota")
        moment, queue, envelope = world.runtime.scheduler.set[f"campaign-{campaign_id}"]
        assert moment.isoformat() == "2026-11-22T15:00:00+00:00"
        world.deliver(queue, envelope)  # too early: an old schedule, or the schedule of an earlier choice
        assert world.get(campaign_id).state is CampaignState.SCHEDULED
        world.clock.set(moment)
        world.deliver(queue, envelope)
        world.drain()
        assert world.get(campaign_id).state is CampaignState.FINISHED

    def test_the_tick_starts_what_the_schedule_did_not(self, table):
        world = World(table)
        campaign_id = world.campaign()
        world.send(campaign_id, at=world.clock.now() + timedelta(hours=1))
        world.later(hours=1, minutes=2)
        world.tick()
        world.drain()
        assert world.get(campaign_id).state is CampaignState.FINISHED

    def test_a_campaign_that_is_hours_late_waits_for_a_person(self, table):
        world = World(table)
        campaign_id = world.campaign()
        world.send(campaign_id, at=world.clock.now() + timedelta(hours=1))
        world.later(hours=9)
        world.tick()
        world.drain()
        campaign = world.get(campaign_id)
        assert (campaign.state, campaign.stop_reason) == (CampaignState.PAUSED, "late")
        world.resume(campaign_id)
        world.drain()
        assert world.get(campaign_id).state is CampaignState.FINISHED
        assert len(world.mailer.sent) == 3

    @pytest.mark.parametrize(
        ("local", "utc"),
        [
            ("2027-03-28T02:30:00", "2027-03-28T01:30:00+00:00"),  # Madrid's clocks skip it
            ("2027-10-31T02:30:00", "2027-10-31T00:30:00+00:00"),  # and show this one twice
        ],
    )
    def test_both_edges_of_summer_time(self, local, utc):
        from chalicelib.marketing.campaigns.domain import moment

        assert moment(datetime.fromisoformat(local), "Europe/Madrid").isoformat() == utc

    def test_cancelling_forgets_the_schedule(self, table):
        world = World(table)
        campaign_id = world.campaign()
        world.send(campaign_id, at=world.clock.now() + timedelta(hours=1))
        world.cancel(campaign_id)
        assert world.runtime.scheduler.set == {}


class TestWhatTheProviderAnswers:
    def test_deferred_ones_are_tried_again_and_counted_once(self, table):
        world = World(table)
        campaign_id = world.campaign()
        world.mailer.fail = [MailDeferredError("Throttling"), MailDeferredError("Throttling")]
        world.send(campaign_id)
        world.drain()
        assert len(world.mailer.sent) == 3
        assert world.get(campaign_id).state is CampaignState.FINISHED
        assert max(row.attempt for row in world.rows(campaign_id)) >= 2

    def test_refused_ones_have_failed_with_the_providers_reason(self, table):
        world = World(table)
        campaign_id = world.campaign()
        world.mailer.fail = [MailRefusedError("MessageRejected", "no")]
        world.send(campaign_id)
        world.drain()
        failed = [row for row in world.rows(campaign_id) if row.state is State.FAILED]
        assert [row.reason for row in failed] == ["MessageRejected"]
        assert len(world.mailer.sent) == 2

    def test_a_refusal_of_our_account_pauses_the_campaign(self, table):
        world = World(table)
        campaign_id = world.campaign()
        world.mailer.fail = [MailRefusedError("AccountSendingPausedException", "no")]
        world.send(campaign_id)
        world.drain()
        campaign = world.get(campaign_id)
        assert (campaign.state, campaign.stop_reason) == (CampaignState.PAUSED, "refused")
        assert all(row.state is not State.FAILED for row in world.rows(campaign_id))

    def test_the_unknown_one_is_parked_after_an_hour_and_a_person_decides(self, table):
        world = World(table)
        campaign_id = world.campaign()
        world.mailer.fail = [MailUnknownError("?")]
        world.send(campaign_id)
        world.drain()
        unknown = next(row for row in world.rows(campaign_id) if row.state is State.UNKNOWN)
        assert world.get(campaign_id).state is CampaignState.SENDING
        for _ in range(70):
            world.later(minutes=1)
            world.tick()
            world.drain(move=False)
        parked = world.row(campaign_id, unknown.contact_id)
        assert (parked.state, parked.reason) == (State.PARKED, "no_evidence")
        assert world.get(campaign_id).state is CampaignState.FINISHED
        sending.resolve(
            table=table, clock=world.clock, queues=world.queues, workspace_id=world.id, campaign_id=campaign_id,
            contact_id=unknown.contact_id, was_sent=False,
        )  # fmt: skip
        assert world.get(campaign_id).state is CampaignState.SENDING
        world.drain()
        assert world.row(campaign_id, unknown.contact_id).state is State.SENT
        assert world.get(campaign_id).state is CampaignState.FINISHED
        assert len(world.mailer.sent) == 3
        with pytest.raises(ConflictError):
            sending.resolve(
                table=table, clock=world.clock, queues=world.queues, workspace_id=world.id, campaign_id=campaign_id,
                contact_id=unknown.contact_id, was_sent=True,
            )  # fmt: skip

    def test_an_event_settles_the_unknown_one_and_the_campaign_finishes(self, table):
        world = World(table)
        campaign_id = world.campaign()
        world.mailer.fail = [MailUnknownError("?")]
        world.send(campaign_id)
        world.drain()
        unknown = next(row for row in world.rows(campaign_id) if row.state is State.UNKNOWN)
        world.report(world.event("Delivery", unknown))
        assert world.row(campaign_id, unknown.contact_id).shown_state == "delivered"
        world.later(minutes=5)
        world.tick()
        world.drain()
        assert world.get(campaign_id).state is CampaignState.FINISHED


class TestAnAddressThatWanders:
    """Two rows have one address when it went from one contact to another while the campaign was planned."""

    def move(self, table, world, address, giver, taker):
        for contact_id, emails in ((giver, []), (taker, [{"address": address}])):
            present = contacts.get_contact(table=table, workspace_id=world.id, contact_id=contact_id)
            contacts.change_contact(
                table=table, clock=world.clock, workspace=world.workspace, contact_id=contact_id, version=present.version,
                changes={"emails": emails},
            )  # fmt: skip

    def test_planned_for_two_it_gets_one_message(self, table, monkeypatch):
        monkeypatch.setattr(planner, "PAGE", 1)
        world = World(table, people=2)
        campaign_id = world.campaign()
        world.send(campaign_id)
        world.take()
        plan = {"table": table, "clock": world.clock, "queues": world.queues, "workspace_id": world.id}
        planner.plan(**plan, campaign_id=campaign_id, seconds=0.0)
        (planned,) = world.rows(campaign_id)
        one, address = planned.contact_id, planned.email
        two = next(contact_id for contact_id in world.contacts if contact_id != one)
        world.later(seconds=1)
        self.move(table, world, address, one, two)
        world.later(seconds=1)
        while world.get(campaign_id).state is CampaignState.PLANNING:
            planner.plan(**plan, campaign_id=campaign_id, seconds=0.0)
        world.queues.published[:] = [each for each in world.queues.published if each[0] == "campaign-send"]
        assert [row.email for row in world.rows(campaign_id)] == [address, address]
        walks = world.take()
        for queue, envelope, _ in walks:  # to the second, who has it now
            world.deliver(queue, envelope)
        assert [row.state.value for row in world.rows(campaign_id)].count("sent") == 1
        world.later(seconds=1)
        self.move(table, world, address, two, one)
        for queue, envelope, _ in walks:
            world.deliver(queue, envelope)
        world.drain()
        assert [recipient for _, recipient, _, _ in world.mailer.sent] == [address]
        assert world.row(campaign_id, one).reason == "address_changed"

    def test_who_was_only_edited_gets_it(self, table):
        world = World(table, people=2)
        campaign_id = world.campaign()
        world.send(campaign_id)
        for queue, envelope, _ in world.take():
            world.deliver(queue, envelope)
        world.later(seconds=1)
        present = contacts.get_contact(table=table, workspace_id=world.id, contact_id=world.contacts[0])
        contacts.change_contact(
            table=table, clock=world.clock, workspace=world.workspace, contact_id=present.id, version=present.version,
            changes={"first_name": "Berta"},
        )  # fmt: skip
        world.drain()
        assert len(world.mailer.sent) == 2

    def test_who_gave_it_away_and_took_it_back_does_not(self, table):
        world = World(table, people=2)
        one, two = world.contacts
        campaign_id = world.campaign()
        world.send(campaign_id)
        for queue, envelope, _ in world.take():
            world.deliver(queue, envelope)
        world.later(seconds=1)
        self.move(table, world, "p0@example.com", one, two)
        self.move(table, world, "p0@example.com", two, one)
        world.drain()
        assert world.row(campaign_id, one).reason == "address_changed"
        assert [recipient for _, recipient, _, _ in world.mailer.sent] == []


class TestPauseResumeCancel:
    def test_a_paused_campaign_sends_nothing_and_goes_on_when_resumed(self, table):
        world = World(table, people=12)
        campaign_id = world.campaign()
        world.send(campaign_id)
        for queue, envelope, _ in world.take():
            world.deliver(queue, envelope)
        world.pause(campaign_id)
        world.drain()
        assert world.mailer.sent == []
        world.resume(campaign_id)
        world.drain()
        assert len(world.mailer.sent) == 12
        assert world.get(campaign_id).state is CampaignState.FINISHED

    def test_pausing_while_it_is_being_planned(self, table):
        world = World(table)
        campaign_id = world.campaign()
        world.send(campaign_id)
        world.pause(campaign_id)
        world.drain()
        assert world.rows(campaign_id) == []
        world.resume(campaign_id)
        world.drain()
        assert len(world.mailer.sent) == 3

    def test_a_cancelled_campaign_says_so_of_everybody_who_was_waiting(self, table):
        world = World(table)
        campaign_id = world.campaign()
        world.send(campaign_id)
        for queue, envelope, _ in world.take():
            world.deliver(queue, envelope)
        world.take()
        world.cancel(campaign_id)
        world.drain()
        assert {(row.state, row.reason) for row in world.rows(campaign_id)} == {
            (State.SUPPRESSED, "campaign_cancelled")
        }
        assert world.mailer.sent == []


class TestEstimatesAndCaps:
    def test_an_estimate_counts_who_would_get_it_and_what_it_costs(self, table):
        world = World(table, people=4)
        campaign_id = world.campaign()
        consent.withdraw(
            table=table, clock=world.clock, workspace_id=world.id, contact_id=world.contacts[0], purpose="marketing_email",
            source="t",
        )  # fmt: skip
        found = estimate(runtime=world.runtime, workspace_id=world.id, campaign_id=campaign_id)
        assert (found.audience, found.sendable, found.exact) == (4, 3, True)
        assert found.excluded == {"consent_withdrawn": 1}
        assert found.cost.amount > 0

    def test_a_capped_contact_is_left_out_of_the_second_campaign(self, table):
        world = World(table)
        sending.change_cap(
            table=table, clock=world.clock, workspace_id=world.id, cap=FrequencyCap(1, 7), changed_by="t"
        )
        first, second = world.campaign(), world.campaign()
        for campaign_id in (first, second):
            world.send(campaign_id)
            world.drain()
        assert {row.reason for row in world.rows(second)} == {"frequency_cap"}
        world.later(days=8)
        third = world.campaign()
        world.send(third)
        world.drain()
        assert states(world, third) == ["sent"] * 3


class TestDrafts:
    def test_a_change_needs_the_present_version(self, table):
        world = World(table)
        campaign_id = world.campaign()
        common = {
            "table": table,
            "clock": world.clock,
            "workspace_id": world.id,
            "campaign_id": campaign_id,
            "body": None,
        }
        changed = campaigns.change_campaign(version=1, changes={"name": "Dos"}, changed_by="t", **common)
        assert (changed.name, changed.version) == ("Dos", 2)
        with pytest.raises(ConflictError) as caught:
            campaigns.change_campaign(version=1, changes={"name": "Tres"}, changed_by="t", **common)
        assert caught.value.current.name == "Dos"

    def test_only_drafts_are_changed_and_deleted(self, table):
        world = World(table)
        campaign_id = world.campaign()
        world.send(campaign_id)
        version = world.get(campaign_id).version
        with pytest.raises(ConflictError):
            campaigns.change_campaign(
                table=table, clock=world.clock, workspace_id=world.id, campaign_id=campaign_id, version=version,
                changes={"name": "x"}, body=None, changed_by="t",
            )  # fmt: skip
        with pytest.raises(ConflictError):
            campaigns.delete_campaign(
                table=table, clock=world.clock, workspace_id=world.id, campaign_id=campaign_id, changed_by="t"
            )
