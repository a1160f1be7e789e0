"""A sender keeps to its share of the account's rate, with nobody in doubt while it waits, and hears of a pause meanwhile."""

from collections import Counter
from datetime import timedelta

from chalicelib.foundation.mail_rate import MailRate
from chalicelib.foundation.table import Table
from chalicelib.marketing.campaigns.domain import CampaignState
from chalicelib.marketing.sending import consumers, sender
from chalicelib.marketing.sending.domain import State
from chalicelib.marketing.sending.work import Sender
from tests.contract.marketing.campaign_world import World
from tests.memory_dynamodb import MemoryDynamoDB


class Slow:
    """One shard of a campaign, whose sender has a fifth of one message a second, on a clock that moves when it sleeps."""

    def __init__(self):
        self.world = World(Table(MemoryDynamoDB(), "t"), people=50)
        self.campaign_id = self.world.campaign()
        self.world.send(self.campaign_id)
        self.left_at = []
        self.doubtful = []
        self.on_sleep = lambda: None
        for queue, envelope, _ in self.world.take():
            self.world.deliver(queue, envelope)
        self.began = self.world.clock.now()
        counted = Counter(row.shard for row in self.world.rows(self.campaign_id))
        self.shard = counted.most_common(1)[0][0]  # five people or more: who is in which shard is chance

    def sleep(self, seconds: float) -> None:
        rows = self.rows()
        self.doubtful.append(sum(row.state is State.CLAIMED for row in rows))
        self.world.clock.set(self.world.clock.now() + timedelta(seconds=seconds))
        self.on_sleep()

    def rows(self):
        return [row for row in self.world.rows(self.campaign_id) if row.shard == self.shard]

    def walk(self) -> None:
        world = self.world
        runtime = world.runtime
        send = world.mailer.send

        def sending(**values):
            self.left_at.append((world.clock.now() - self.began).total_seconds())
            return send(**values)

        work = Sender(
            table=runtime.table, clock=world.clock, queues=world.queues, signer=runtime.signer, mailer=world.mailer,
            letter=lambda campaign: consumers.letter_of(runtime, campaign), holder="us",
            rate=MailRate(lambda: 1.0, 5, lambda: world.clock.now().timestamp()), sleep=self.sleep,
        )  # fmt: skip
        world.mailer.send = sending
        sender.walk(
            work, workspace_id=world.id, campaign_id=self.campaign_id, shard=self.shard, after="", ended=0, retry_at=""
        )


def test_messages_leave_one_share_apart_and_nobody_is_in_doubt_while_it_waits():
    slow = Slow()
    slow.walk()
    gaps = [later - earlier for earlier, later in zip(slow.left_at, slow.left_at[1:], strict=False)]
    assert len(slow.left_at) == len(slow.rows()) > 2
    assert min(gaps) >= 5 / 0.9
    assert max(slow.doubtful) == 0
    assert {row.state for row in slow.rows()} == {State.SENT}


def test_a_pause_is_heard_of_within_five_seconds_of_waiting():
    slow = Slow()

    def pause():
        if slow.world.get(slow.campaign_id).state is CampaignState.SENDING and len(slow.left_at) == 2:
            slow.world.pause(slow.campaign_id)
            slow.paused_at = slow.world.clock.now()

    slow.on_sleep = pause
    slow.walk()
    assert len(slow.left_at) == 2
    assert slow.world.clock.now() - slow.paused_at <= timedelta(seconds=5)
    states = [row.state for row in slow.rows()]
    assert (states.count(State.SENT), states.count(State.PENDING)) == (2, len(states) - 2)
