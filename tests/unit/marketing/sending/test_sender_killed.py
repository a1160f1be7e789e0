"""A campaign to 1,000 people (150 where each step is tried apart) while functions die, answers get lost and people pause and resume it.

Every DynamoDB operation and every send is a step before or after which the function may end without a word (`Killed`); its message
then comes again, as from SQS. In the end nobody has the message twice, and everybody is at a visible end that is true.
"""

import contextlib
import random
from collections import Counter
from datetime import timedelta

import pytest

from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.mail import MailDeferredError, MailUnknownError
from chalicelib.foundation.table import Table
from chalicelib.marketing.campaigns.domain import CampaignState
from chalicelib.marketing.sending.domain import ENDED, State
from tests.contract.marketing.campaign_world import World
from tests.memory_dynamodb import MemoryDynamoDB

MANY, FEW = 1000, 150


class Killed(BaseException):
    """The function ended: nothing of ours may catch it."""


class Provider:
    """SES: what it took is what counts. ``fate`` says what becomes of a call."""

    def __init__(self):
        self.taken: list[dict[str, str]] = []
        self.fate = lambda: "ok"
        self.step = lambda: None

    def send(self, *, source, recipient, mime, tags=None):
        self.step()
        fate = self.fate()
        if fate == "deferred":
            raise MailDeferredError("Throttling")
        if fate == "lost before":
            raise MailUnknownError("no answer")
        self.taken.append(dict(tags))
        self.step()
        if fate == "lost after":
            raise MailUnknownError("no answer")
        return f"m-{len(self.taken)}"


class Storm:
    def __init__(self, world: World, dynamodb: MemoryDynamoDB, provider: Provider, seed: int):
        self.world, self.dynamodb, self.provider = world, dynamodb, provider
        self.rng = random.Random(seed)
        self.steps = 0
        self.kill_at = 0
        self.kills = 0
        dynamodb.before = dynamodb.after = lambda name, request: self.step()
        provider.step = self.step

    def step(self) -> None:
        self.steps += 1
        if self.kill_at and self.steps == self.kill_at:
            self.kills += 1
            raise Killed

    def deliver(self, queue, envelope, *, kill_at: int) -> bool:
        """One delivery, which may die at its n-th step; True when its message is done with."""
        self.steps, self.kill_at = 0, kill_at
        try:
            self.world.deliver(queue, envelope)
        except Killed:
            return False
        finally:
            self.kill_at = 0
        return True

    def run(self, campaign_id: str, *, kill, evidence: bool, meddle: bool = False) -> None:
        """Deliver, die, deliver again, until the campaign has finished; ``kill`` gives each delivery's fatal step (0: none)."""
        world = self.world
        for _ in range(4000):
            campaign = world.get(campaign_id)
            if campaign.state is CampaignState.FINISHED:
                return
            if meddle and self.rng.random() < 0.2:
                with contextlib.suppress(ConflictError):
                    world.pause(campaign_id) if self.rng.random() < 0.5 else world.resume(campaign_id)
            ready = [each for each in world.queues.published if not each[2]]
            if not ready:
                if campaign.state is CampaignState.PAUSED:
                    world.resume(campaign_id)
                    continue
                if evidence:
                    self.tell()
                world.later(minutes=1)
                world.tick()
                waiting, world.queues.published[:] = list(world.queues.published), []
                world.queues.published += [(queue, envelope, max(0, delay - 60)) for queue, envelope, delay in waiting]
                continue
            picked = self.rng.choice(ready)
            if self.rng.random() < 0.9:  # the rest of the time it is delivered twice
                world.queues.published.remove(picked)
            if not self.deliver(picked[0], picked[1], kill_at=kill()):
                world.later(seconds=20)
                world.queues.published.append((picked[0], picked[1], 120))
        raise AssertionError("the campaign does not finish")

    def tell(self) -> None:
        """The provider's events about whatever is in doubt, as they drain from their queue."""
        rows = {row.contact_id: row for row in self.world.rows(self.campaign_id)}
        for tags in self.provider.taken:
            row = rows[tags["recipient"]]
            if row.state not in (State.SENT, State.FAILED):
                self.world.report(self.world.event("Delivery", row).replace("unknown", f"m-{row.contact_id}"))


@pytest.fixture(scope="module")
def many():
    """A planned campaign, made once."""
    return plan(MANY)


@pytest.fixture(scope="module")
def few():
    """A smaller one."""
    return plan(FEW)


def plan(people):
    """A planned campaign: its store, world, id, items, messages and time."""
    dynamodb = MemoryDynamoDB()
    world = World(Table(dynamodb, "t"), people=people)
    campaign_id = world.campaign()
    world.send(campaign_id)
    for queue, envelope, _ in world.take():
        world.deliver(queue, envelope)
    assert world.get(campaign_id).audience == people
    return dynamodb, world, campaign_id, dynamodb.copy(), world.take(), world.clock.now()


def fresh(planned, seed):
    dynamodb, world, campaign_id, items, messages, at = planned
    dynamodb.before = dynamodb.after = lambda name, request: None
    dynamodb.items = {key: dict(item) for key, item in items.items()}
    world.queues.published[:] = list(messages)
    world.clock.set(at)
    provider = Provider()
    world.mailer = world.runtime.__dict__["mailer"] = provider
    storm = Storm(world, dynamodb, provider, seed)
    storm.campaign_id = campaign_id
    return storm, world, provider, campaign_id


def verdict(world, provider, campaign_id):
    times = Counter(tags["recipient"] for tags in provider.taken)
    rows = world.rows(campaign_id)
    assert len(rows) == world.people
    duplicates = sum(count > 1 for count in times.values())
    losses = sum(
        (row.state is State.SENT) != (times[row.contact_id] > 0) for row in rows if row.state is not State.PARKED
    )
    return duplicates, losses, Counter(row.state for row in rows)


class TestKilled:
    # A delivery takes about 10 steps before its first claim, then three for each message: the table's and the provider's two.
    @pytest.mark.parametrize("step", [1, 3, 5, 9, 13, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 29, 33])
    def test_at_the_same_step_every_time(self, few, step):
        storm, world, provider, campaign_id = fresh(few, step)
        deaths = iter([step] * 25)
        storm.run(campaign_id, kill=lambda: next(deaths, 0), evidence=True)
        duplicates, losses, states = verdict(world, provider, campaign_id)
        assert storm.kills >= 5  # the later the step, the fewer deaths fit into a campaign
        assert (duplicates, losses) == (0, 0)
        assert set(states) <= ENDED
        assert states[State.UNKNOWN] == 0

    @pytest.mark.parametrize("seed", range(2))
    def test_anywhere_with_lost_answers_and_people_pausing(self, many, seed):
        storm, world, provider, campaign_id = fresh(many, seed)
        rng = storm.rng
        provider.fate = lambda: rng.choices(["ok", "deferred", "lost before", "lost after"], [92, 3, 2, 3])[0]
        deaths = iter([rng.randint(1, 60) if rng.random() < 0.7 else 0 for _ in range(400)])
        storm.run(campaign_id, kill=lambda: next(deaths, 0), evidence=True, meddle=True)
        duplicates, losses, states = verdict(world, provider, campaign_id)
        assert storm.kills > 20
        assert (duplicates, losses, states[State.UNKNOWN]) == (0, 0, 0)
        assert set(states) <= ENDED
        # What the provider took is known as sent; what is parked was never taken, and says so.
        taken = {tags["recipient"] for tags in provider.taken}
        assert all(row.contact_id not in taken for row in world.rows(campaign_id) if row.state is State.PARKED)

    def test_without_any_evidence_the_doubtful_are_parked_not_guessed(self, few):
        storm, world, provider, campaign_id = fresh(few, 99)
        rng = storm.rng
        provider.fate = lambda: rng.choices(["ok", "lost before", "lost after"], [90, 5, 5])[0]
        storm.run(campaign_id, kill=lambda: 0, evidence=False)
        duplicates, losses, states = verdict(world, provider, campaign_id)
        assert (duplicates, losses) == (0, 0)
        assert states[State.PARKED] > 5
        assert world.clock.now() - few[5] >= timedelta(hours=1)


def test_the_planner_killed_at_every_step_makes_the_same_audience():
    for step in range(1, 60, 3):
        dynamodb = MemoryDynamoDB()
        world = World(Table(dynamodb, "t"), people=60)
        campaign_id = world.campaign()
        world.send(campaign_id)
        provider = Provider()
        storm = Storm(world, dynamodb, provider, step)
        storm.campaign_id = campaign_id
        ((queue, envelope, _),) = world.take()
        storm.deliver(queue, envelope, kill_at=step)
        for again, _ in enumerate(range(3), 1):
            storm.deliver(queue, envelope, kill_at=step + again)
        world.later(minutes=2)
        world.tick()
        world.runtime.__dict__["mailer"] = provider
        world.drain()
        campaign = world.get(campaign_id)
        assert (campaign.audience, len(world.rows(campaign_id))) == (60, 60), step
        for _ in range(6):
            world.later(minutes=1)
            world.tick()
            world.drain()
        assert world.get(campaign_id).state is CampaignState.FINISHED, step
        assert Counter(tags["recipient"] for tags in provider.taken).most_common(1)[0][1] == 1
