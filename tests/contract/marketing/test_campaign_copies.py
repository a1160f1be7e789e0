"""Campaigns that others are made of: sent again to who was silent, and made anew for each occurrence."""

import pytest

from chalicelib.foundation.errors import ConflictError, InvalidError
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.campaigns.domain import CampaignState, Recurrence
from chalicelib.marketing.sending import estimates
from chalicelib.marketing.tracking import service as tracking
from chalicelib.marketing.tracking.judging import Request
from chalicelib.workspaces.settings import service as workspaces
from tests.contract.marketing.campaign_world import World

PERSON = Request(
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "192.0.2.0/24"
)
DAILY = Recurrence("day", 1, "15:00", "UTC")  # the world begins at noon


def copies(world, campaign_id):
    return [sent[1] for sent in world.mailer.sent if sent[3].get("campaign") == campaign_id]


def clone(world, campaign_id, **more):
    return campaigns.clone_campaign(
        table=world.table, clock=world.clock, workspace_id=world.id, campaign_id=campaign_id,
        clone_id=world.runtime.new_id(), changed_by="member:test", **more,
    )  # fmt: skip


class TestSentAgain:
    def test_it_goes_to_who_was_sent_it_and_was_silent(self, table):
        world = World(table, people=4)
        first = world.campaign(segment_ids=[world.segment(*world.contacts[:3])])
        world.send(first)
        world.drain()
        world.later(minutes=10)
        common = {"table": table, "clock": world.clock, "signer": world.runtime.signer, "request": PERSON}
        tracking.opened(**common, token=world.token("open", first, world.contacts[0]))
        again = clone(world, first, resend=True)
        assert (again.resend_of, again.segment_ids) == (first, ())
        found = estimates.estimate(runtime=world.runtime, workspace_id=world.id, campaign_id=again.id)
        assert (found.audience, found.sendable) == (2, 2)
        tracking.clicked(**common, token=world.token("click", first, world.contacts[1]))
        world.send(again.id)
        world.drain()
        assert copies(world, again.id) == ["p2@example.com"]
        assert world.get(again.id).state is CampaignState.FINISHED

    def test_what_was_never_sent_is_not_sent_again(self, table):
        world = World(table, people=1)
        with pytest.raises(ConflictError):
            clone(world, world.campaign(), resend=True)

    def test_its_audience_is_not_chosen(self, table):
        world = World(table, people=1)
        first = world.campaign()
        world.send(first)
        world.drain()
        again = clone(world, first, resend=True)
        with pytest.raises(InvalidError) as caught:
            campaigns.change_campaign(
                table=table, clock=world.clock, workspace_id=world.id, campaign_id=again.id, version=1,
                changes={"segment_ids": [world.segment_id]}, body=None, changed_by="t",
            )  # fmt: skip
        assert caught.value.fields[0].field == "segment_ids"


class TestRecurring:
    def made(self, world, parent_id):
        found, _ = campaigns.list_campaigns(table=world.table, workspace_id=world.id, limit=50, start=None)
        return [campaign for campaign in found if campaign.occurrence_of == parent_id]

    def begin(self, world, recurrence=DAILY, **when):
        parent_id = world.campaign(recurrence=recurrence)
        world.send(parent_id, **when)
        return parent_id

    def test_each_occurrence_is_a_campaign_of_its_own_and_ticks_may_repeat(self, table):
        world = World(table, people=2)
        parent_id = self.begin(world)
        parent = world.get(parent_id)
        assert (parent.state, parent.occurrences.next_at.hour) == (CampaignState.RECURRING, 15)
        world.tick()
        assert self.made(world, parent_id) == []
        for hours in (4, 24):
            world.later(hours=hours)
            world.tick()
            world.tick()
            world.drain()
        made = self.made(world, parent_id)
        assert len(made) == 2
        assert [campaign.state for campaign in made] == [CampaignState.FINISHED] * 2
        assert {campaign.name for campaign in made} == {"Una · 2026-11-21", "Una · 2026-11-22"}
        assert sorted(address for campaign in made for address in copies(world, campaign.id)) == [
            "p0@example.com", "p0@example.com", "p1@example.com", "p1@example.com",
        ]  # fmt: skip
        assert copies(world, parent_id) == []
        assert world.get(parent_id).occurrences.made == 2

    def test_days_that_were_missed_are_not_made_up_and_what_is_too_late_waits(self, table):
        world = World(table, people=1)
        parent_id = self.begin(world)
        world.later(days=4, hours=-1)  # eleven in the morning: the last should have gone twenty hours ago
        world.tick()
        world.drain()
        (late,) = self.made(world, parent_id)
        assert (late.state, late.stop_reason) == (CampaignState.PAUSED, "late")
        done = world.get(parent_id).occurrences
        assert (done.made, done.skipped, done.last_id) == (1, 3, late.id)
        assert copies(world, late.id) == []

    def test_it_ends_by_itself_by_a_person_and_pauses(self, table):
        world = World(table, people=1)
        today = world.clock.now().date()
        parent_id = self.begin(world, Recurrence("day", 1, "15:00", "UTC", (), today))
        world.later(hours=4)
        world.tick()
        assert world.get(parent_id).state is CampaignState.FINISHED
        assert len(self.made(world, parent_id)) == 1
        second = self.begin(world)
        world.pause(second)
        world.later(days=2)
        world.tick()
        assert self.made(world, second) == []
        world.resume(second)
        assert world.get(second).occurrences.next_at > world.clock.now()
        world.cancel(second)
        world.later(days=2)
        world.tick()
        assert self.made(world, second) == []

    def test_one_that_would_never_come_is_refused(self, table):
        world = World(table, people=1)
        today = world.clock.now().date()
        with pytest.raises(InvalidError) as caught:
            self.begin(world, Recurrence("day", 1, "09:00", "UTC", (), today))
        assert caught.value.fields[0].field == "recurrence.until"

    def test_an_occurrence_that_may_not_be_sent_waits_for_a_person(self, table):
        world = World(table, people=1)
        parent_id = self.begin(world)
        workspace = workspaces.get_workspace(table=table, workspace_id=world.id)
        workspaces.change_workspace(
            table=table, clock=world.clock, workspace_id=world.id, version=workspace.version,
            changes={"postal_address": ""}, changed_by="t",
        )  # fmt: skip
        world.later(hours=4)
        world.tick()
        world.drain()
        (blocked,) = self.made(world, parent_id)
        assert (blocked.state, blocked.stop_reason) == (CampaignState.PAUSED, "blocked")
        with pytest.raises(InvalidError):
            world.resume(blocked.id)
