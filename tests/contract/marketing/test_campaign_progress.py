"""How far sending is, how fast it goes and how long it will take."""

from dataclasses import replace
from datetime import timedelta

from chalicelib.marketing.campaigns.domain import CampaignState, Mark, is_stopping, progress
from tests.contract.marketing.campaign_world import World


def test_the_rate_is_that_of_the_last_minutes(table, stream):
    world = World(table, people=12)
    campaign_id = world.campaign()
    world.send(campaign_id)
    (order,) = world.take()
    world.deliver(order[0], order[1])
    assert [mark.ended for mark in world.get(campaign_id).marks] == [0]
    left_out = world.rows(campaign_id)[-1].shard  # so that it is not finished
    for queue, envelope, _ in world.take():
        if envelope.data["shard"] != left_out:
            world.deliver(queue, envelope)
    stream.project(world.runtime)
    world.later(minutes=2)
    world.tick()
    campaign = world.get(campaign_id, counted=True)
    done = campaign.counts["sent"]
    found = progress(campaign)
    assert 0 < done < 12
    assert [mark.ended for mark in campaign.marks] == [0, done]
    assert (found.ended, found.total) == (done, 12)
    whole = replace(campaign, counts={"sent": 40}, audience=100, marks=(Mark(world.clock.now(), 0), Mark(world.clock.now() + timedelta(minutes=4), 40)))  # fmt: skip
    assert (progress(whole).per_minute, progress(whole).seconds_left) == (10, 360)
    paused = replace(whole, state=CampaignState.PAUSED)
    assert (progress(paused).per_minute, progress(paused).seconds_left) == (0, None)


def test_it_is_stopping_while_somebody_is_still_being_sent_to(table):
    world = World(table, people=1)
    draft = world.get(world.campaign())
    assert progress(draft) is None
    assert not is_stopping(draft)
    assert is_stopping(replace(draft, state=CampaignState.PAUSED, counts={"claimed": 1, "pending": 5}))
    assert not is_stopping(replace(draft, state=CampaignState.PAUSED, counts={"claimed": 0, "pending": 5}))
    assert is_stopping(replace(draft, state=CampaignState.CANCELLED, counts={"pending": 5}))
