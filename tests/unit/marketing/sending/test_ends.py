"""Nobody is left in a state for ever: not in a campaign that was cancelled when the queue did not answer, nor when a person brings
somebody back to life at the moment that the campaign is finished.
"""

import contextlib
from datetime import timedelta

import pytest

from chalicelib.foundation.errors import UnavailableError
from chalicelib.foundation.mail import MailUnknownError
from chalicelib.foundation.table import Table
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.campaigns.domain import CampaignState
from chalicelib.marketing.sending import audience, service, store
from chalicelib.marketing.sending.domain import Reason, State
from tests.contract.marketing.campaign_world import World
from tests.memory_dynamodb import MemoryDynamoDB


def made(people: int = 3) -> World:
    return World(Table(MemoryDynamoDB(), "t"), people=people)


def step(world):
    for queue, envelope, _ in world.take():
        world.deliver(queue, envelope)


def states(world, campaign_id):
    return {row.state for row in world.rows(campaign_id)}


class TestCancelled:
    @pytest.mark.parametrize("planned", [False, True])
    def test_whoever_waited_ends_although_the_orders_were_lost(self, planned, monkeypatch):
        world = made()
        campaign_id = world.campaign()
        world.send(campaign_id)
        if not planned:  # dies before it has counted

            def die(*arguments):
                raise UnavailableError("no answer")

            monkeypatch.setattr(store, "put_shard", die)
        with contextlib.nullcontext() if planned else pytest.raises(UnavailableError):
            step(world)
        monkeypatch.undo()
        world.cancel(campaign_id)
        world.take()
        assert states(world, campaign_id) == {State.PENDING}
        world.later(minutes=1)
        world.tick()
        world.later(minutes=3)  # shards that were counted are looked at when nobody was at them for so long
        world.tick()
        world.drain()
        assert {(row.state, row.reason) for row in world.rows(campaign_id)} == {(State.SUPPRESSED, Reason.CANCELLED)}
        world.later(minutes=2)
        world.tick()
        world.drain()
        assert world.get(campaign_id).settled
        world.later(minutes=2)
        world.tick()
        assert world.take() == []

    def test_who_was_in_doubt_is_parked_although_the_next_walk_was_lost(self):
        world = made()
        campaign_id = world.campaign()
        world.mailer.fail = [MailUnknownError("no answer")]
        world.send(campaign_id)
        step(world)
        step(world)
        world.cancel(campaign_id)
        step(world)
        world.take()
        world.later(hours=1, minutes=10)
        world.tick()
        world.drain()
        assert states(world, campaign_id) == {State.SENT, State.PARKED}
        world.later(minutes=2)
        world.tick()
        assert world.get(campaign_id).settled

    def test_one_that_never_began_is_nobodys_affair(self):
        world = made()
        campaign_id = world.campaign()
        world.later(minutes=-1)
        world.send(campaign_id, at=world.clock.now().replace(hour=23))
        world.cancel(campaign_id)
        world.later(days=1)
        world.tick()
        assert world.take() == []


def test_of_two_walks_the_one_that_is_to_come_much_sooner_is_ordered():
    """Two at once through the same rows; who was put off until now by one does not wait for what the other waits for."""
    world = made()
    campaign_id = world.campaign()
    world.send(campaign_id)
    step(world)
    campaign, now = world.get(campaign_id), world.clock.now()
    shard = next(int(record.shard) for record in store.shards(world.table, campaign) if record.planned)
    ordered = [
        store.next_walk(world.table, campaign, shard, now + timedelta(minutes=minutes), now)
        for minutes in (60, 59.5, 30, 40, 29.5)
    ]
    assert ordered == [True, False, True, False, False]
    record = store.read_shard(world.table, campaign, shard)
    assert record is not None
    assert record.next_at == now + timedelta(minutes=30)


class TestBroughtBackToLife:
    """Somebody who is parked and to be sent again, at the moment that the last walk has seen them parked and goes on to finish."""

    def parked(self):
        world = made(people=1)
        campaign_id = world.campaign()
        world.mailer.fail = [MailUnknownError("no answer")]
        world.send(campaign_id)
        step(world)
        step(world)
        world.take()
        world.later(hours=1, minutes=10)
        return world, campaign_id

    def again(self, world, campaign_id):
        [row] = world.rows(campaign_id)
        service.resolve(
            table=world.table, clock=world.clock, queues=world.queues, workspace_id=world.id, campaign_id=campaign_id,
            contact_id=row.contact_id, was_sent=False,
        )  # fmt: skip

    @pytest.mark.parametrize("place", [(store, "done"), (campaigns, "finish")], ids=["before done", "before finish"])
    def test_they_are_sent_to(self, place, monkeypatch):
        world, campaign_id = self.parked()
        module, name = place
        original, times = getattr(module, name), []

        def late(*arguments, **named):
            if states(world, campaign_id) == {State.PARKED} and not times:
                times.append(name)
                self.again(world, campaign_id)
            return original(*arguments, **named)

        monkeypatch.setattr(module, name, late)
        world.tick()
        world.drain()
        assert times == [name]
        world.later(minutes=4)
        world.tick()
        world.drain()
        assert states(world, campaign_id) == {State.SENT}
        assert world.get(campaign_id).state is CampaignState.FINISHED
        assert len(world.mailer.sent) == 1


def test_a_campaign_that_cannot_be_looked_after_keeps_no_other_waiting(monkeypatch):
    world = made()
    first, second = world.campaign(), world.campaign()
    for campaign_id in (first, second):
        world.send(campaign_id)
        step(world)
        world.take()
    judge = campaigns.judge

    def fail(*, campaign_id, **named):
        if campaign_id == first:
            raise UnavailableError("no answer")
        return judge(campaign_id=campaign_id, **named)

    monkeypatch.setattr(campaigns, "judge", fail)
    world.later(minutes=4)
    with pytest.raises(ExceptionGroup):
        world.tick()
    world.drain()
    assert states(world, second) == {State.SENT}
    assert world.get(second).state is CampaignState.FINISHED


def test_a_segment_that_takes_long_to_fill_is_waited_for_and_by_one_order_a_minute(monkeypatch):
    world = made()
    campaign_id = world.campaign()
    monkeypatch.setattr(audience, "filling", lambda table, campaign: True)
    world.send(campaign_id)
    world.drain()
    for _ in range(20):
        world.later(minutes=1)
        world.tick()
        assert len(world.queues.published) == 1
        world.drain()
        assert world.queues.published == []
    assert (world.get(campaign_id).state, world.rows(campaign_id)) == (CampaignState.PLANNING, [])
    monkeypatch.undo()
    world.later(minutes=1)
    world.tick()
    world.drain()
    assert states(world, campaign_id) == {State.SENT}
