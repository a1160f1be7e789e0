"""The time of a campaign that waits for it: moved, paused and resumed, and moved while it begins."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.foundation.errors import ConflictError, InvalidError
from chalicelib.foundation.table import Table
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.campaigns.domain import CampaignState, IllegalMoveError
from chalicelib.marketing.domains import service as domains
from tests.contract.marketing.campaign_world import World
from tests.memory_dynamodb import MemoryDynamoDB


@pytest.fixture
def world():
    world = World(Table(MemoryDynamoDB(), "t"), people=2)
    world.campaign_id = world.campaign()
    world.send(world.campaign_id, at=world.clock.now() + timedelta(hours=1))
    return world


def scheduled(world):
    return world.runtime.scheduler.set[f"campaign-{world.campaign_id}"]


def test_it_goes_at_the_time_that_was_chosen_last(world):
    _, queue, first = scheduled(world)
    later = world.clock.now() + timedelta(hours=3)
    world.send(world.campaign_id, at=later)
    assert scheduled(world)[0] == later
    world.later(hours=1)
    world.deliver(queue, first)  # the former schedule, which was about to fire
    world.tick()
    world.drain()
    campaign = world.get(world.campaign_id)
    assert (campaign.state, campaign.scheduled_at, world.mailer.sent) == (CampaignState.SCHEDULED, later, [])
    world.later(hours=2)
    world.deliver(queue, scheduled(world)[2])
    world.drain()
    assert world.get(world.campaign_id).state is CampaignState.FINISHED
    assert len(world.mailer.sent) == 2


def test_an_earlier_time_in_another_zone(world):
    world.later(minutes=-30)
    world.send(world.campaign_id, at=datetime(2026, 11, 21, 13, 0), time_zone="Europe/Madrid")
    campaign = world.get(world.campaign_id)
    assert (campaign.scheduled_at.isoformat(), campaign.time_zone) == ("2026-11-21T12:00:00+00:00", "Europe/Madrid")
    world.later(minutes=31)
    world.tick()
    world.drain()
    assert world.get(world.campaign_id).state is CampaignState.FINISHED


def test_a_time_that_has_passed_is_refused_and_the_former_one_stays(world):
    before = scheduled(world)
    with pytest.raises(InvalidError) as caught:
        world.send(world.campaign_id, at=world.clock.now())
    assert (caught.value.fields[0].field, caught.value.fields[0].code) == ("at", "past")
    assert scheduled(world) == before


def test_whoever_is_later_than_the_start_is_told_so(world, monkeypatch):
    """The campaign begins after it was read and before it is written."""
    unverified = domains.unverified

    def meanwhile(**asked):
        monkeypatch.setattr(domains, "unverified", unverified)
        world.later(hours=1)
        world.tick()
        queue, envelope, _ = world.queues.published[0]
        world.deliver(queue, envelope)
        return unverified(**asked)

    monkeypatch.setattr(domains, "unverified", meanwhile)
    with pytest.raises(ConflictError) as caught:
        world.send(world.campaign_id, at=world.clock.now() + timedelta(hours=5))
    assert caught.value.current.state is CampaignState.SENDING
    with pytest.raises(IllegalMoveError):
        world.send(world.campaign_id, at=world.clock.now() + timedelta(hours=5))
    world.drain()
    assert world.get(world.campaign_id).state is CampaignState.FINISHED
    assert len(world.mailer.sent) == 2


def test_paused_before_its_time_it_waits_again(world):
    world.pause(world.campaign_id)
    assert world.resume(world.campaign_id).state is CampaignState.SCHEDULED
    world.drain()
    assert world.mailer.sent == []
    world.pause(world.campaign_id)
    world.later(hours=2)
    world.tick()
    world.drain()
    assert world.mailer.sent == []
    assert world.resume(world.campaign_id).state is CampaignState.PLANNING
    world.drain()
    assert len(world.mailer.sent) == 2


def test_one_that_missed_its_time_can_be_given_another(world):
    world.later(hours=9)
    world.tick()
    world.drain()
    assert world.get(world.campaign_id).stop_reason == "late"
    world.send(world.campaign_id, at=world.clock.now() + timedelta(hours=1))
    moved = world.get(world.campaign_id)
    assert (moved.state, moved.stop_reason) == (CampaignState.SCHEDULED, "")
    world.later(hours=1)
    world.tick()
    world.drain()
    assert world.get(world.campaign_id).state is CampaignState.FINISHED


def test_what_has_begun_cannot_be_moved_even_while_it_is_paused(world):
    world.later(hours=1)
    world.tick()
    queue, envelope, _ = world.take()[0]
    world.deliver(queue, envelope)
    world.pause(world.campaign_id)
    with pytest.raises(IllegalMoveError):
        world.send(world.campaign_id, at=world.clock.now() + timedelta(hours=1))
    assert (
        campaigns.get_campaign(table=world.table, workspace_id=world.id, campaign_id=world.campaign_id).state
        is CampaignState.PAUSED
    )


@pytest.mark.parametrize("broken", [False, True])
def test_a_segment_that_is_gone_or_broken_is_named_and_nobody_is_forgotten(world, broken, monkeypatch):
    other = world.segment(world.contacts[0])
    draft = world.campaign(segment_ids=[world.segment_id, other])
    waiting = world.campaign(segment_ids=[world.segment_id, other])
    world.send(waiting, at=world.clock.now() + timedelta(hours=1))
    if broken:
        get = campaigns.segments.get_segments

        def with_problems(**asked):
            return {
                each: replace(found, problems=("?",)) if each == other else found
                for each, found in get(**asked).items()
            }

        monkeypatch.setattr(campaigns.segments, "get_segments", with_problems)
    else:
        campaigns.segments.delete_segment(table=world.table, clock=world.clock, workspace_id=world.id, segment_id=other)
    with pytest.raises(InvalidError) as refused:
        world.send(draft)
    assert [(each.field, each.code) for each in refused.value.fields] == [
        ("segment_ids.1", "broken" if broken else "not_found")
    ]
    world.later(hours=1)
    world.tick()
    world.drain()
    campaign = world.get(waiting)
    assert (campaign.state, campaign.stop_reason) == (CampaignState.PAUSED, "blocked")
    with pytest.raises(InvalidError):
        world.resume(waiting)
