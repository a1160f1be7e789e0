"""A campaign's states, walked at random by Hypothesis through the real use cases: a plain one, one with a test, a recurring one."""

from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from chalicelib.foundation import projection
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.table import Table
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.campaigns.domain import (
    REST,
    TRANSITIONS,
    AbState,
    AbTest,
    CampaignState,
    IllegalMoveError,
    Move,
    Recurrence,
    Variant,
    Wording,
    after,
    next_occurrence,
)
from chalicelib.marketing.sending import projections
from chalicelib.marketing.sending.domain import ENDED, State
from tests.contract.marketing.campaign_world import World
from tests.memory_dynamodb import MemoryDynamoDB

ENDS = {CampaignState.FINISHED, CampaignState.CANCELLED}


def test_every_move_is_in_the_table_or_refused():
    for state in CampaignState:
        for move in Move:
            wanted = TRANSITIONS.get((state, move))
            try:
                assert after(state, move) is wanted
            except IllegalMoveError:
                assert wanted is None


def test_nothing_leaves_cancelled_and_only_a_person_reopens_finished():
    assert [move for state, move in TRANSITIONS if state is CampaignState.CANCELLED] == []
    assert [move for state, move in TRANSITIONS if state is CampaignState.FINISHED] == [Move.REOPEN]


class CampaignLife(RuleBasedStateMachine):
    """One campaign to a few people; anything may be tried at any time, and messages come in any number and order.

    No rule has a precondition: ids are random, who is in which shard and variant with them, so what is waiting differs from run to
    run, and Hypothesis must be able to draw the same again.
    """

    people = 2
    chosen = {}  # of the campaign, besides what every one has

    def __init__(self):
        super().__init__()
        self.dynamodb = MemoryDynamoDB()
        self.world = World(Table(self.dynamodb, "t"), people=self.people)
        self.id = self.world.campaign(subject="Propio", **self.chosen)
        self.last = self.world.get(self.id)

    def attempt(self, action):
        before = self.world.get(self.id)
        try:
            action()
        except ConflictError:
            assert self.world.get(self.id).state is before.state

    @rule()
    def send(self):
        self.attempt(lambda: self.world.send(self.id))

    @rule()
    def schedule(self):
        self.attempt(lambda: self.world.send(self.id, at=self.world.clock.now() + timedelta(minutes=5)))

    @rule()
    def pause(self):
        self.attempt(lambda: self.world.pause(self.id))

    @rule()
    def resume(self):
        self.attempt(lambda: self.world.resume(self.id))

    @rule(dice=some.integers(1, 6))
    def cancel(self, dice):
        if dice == 6:  # it is the end of everything
            self.attempt(lambda: self.world.cancel(self.id))

    @rule()
    def edit(self):
        version = self.world.get(self.id).version
        self.attempt(
            lambda: campaigns.change_campaign(
                table=self.world.table, clock=self.world.clock, workspace_id=self.world.id, campaign_id=self.id,
                version=version, changes={"name": "Otra"}, body=None, changed_by="t",
            )
        )  # fmt: skip

    @rule()
    def deliver_twice(self):
        if not self.world.queues.published:
            return
        queue, envelope, _ = self.world.queues.published.pop(0)
        self.world.deliver(queue, envelope)
        self.world.deliver(queue, envelope)

    @rule()
    def all_is_delivered(self):
        self.world.drain(move=False)

    @rule()
    def minutes_pass(self):
        self.world.later(minutes=6)
        self.world.tick()

    @invariant()
    def only_moves_of_the_table_were_made(self):
        campaign = self.world.get(self.id)
        assert campaign.version >= self.last.version
        if self.last.state is CampaignState.CANCELLED:
            assert campaign.state is CampaignState.CANCELLED
        if campaign.state is CampaignState.DRAFT:
            assert self.last.state is CampaignState.DRAFT
        self.last = campaign

    @invariant()
    def nobody_has_it_twice_and_finished_means_everybody_ended(self):
        copies = [(tags["campaign"], address) for _, address, _, tags in self.world.mailer.sent]
        assert len(copies) == len(set(copies))
        for campaign in self.sending():
            if campaign.state is CampaignState.FINISHED:
                rows = self.world.rows(campaign.id)
                assert len(rows) == campaign.audience == self.people
                assert all(row.state in ENDED for row in rows)
            if campaign.state is CampaignState.DRAFT:
                assert copies == []

    def sending(self):
        """The campaigns that send."""
        return [self.world.get(self.id)]

    def teardown(self):
        """Whatever happened, it can be brought to its end."""
        for _ in range(25):
            waiting = [each for each in self.sending() if each.state not in {*ENDS, CampaignState.DRAFT}]
            if not waiting:
                break
            for campaign in waiting:
                if campaign.state is CampaignState.PAUSED:
                    self.world.resume(campaign.id)
            self.on()
        self.world.drain()
        for campaign in self.sending():
            assert campaign.state in {*ENDS, CampaignState.DRAFT}
            assert all(row.state is not State.PENDING for row in self.world.rows(campaign.id))

    def on(self):
        """Some time in which everything that is ordered is done."""
        self.world.drain()
        self.world.later(minutes=6)
        self.world.tick()


class LifeWithATest(CampaignLife):
    """With a test of subjects: whoever is not in it waits for the winner, which is found once, by the rule or by a person."""

    people = 8
    chosen = {"ab_test": AbTest("subject", 50, (Variant(Wording("Variante B")),), "clicks", 15)}

    def __init__(self):
        super().__init__()
        self.seen = {}
        self.decided = None
        self.world.send(self.id)

    @rule()
    def counted(self):
        """The stream tells the counts of what has happened so far."""
        changes = []
        for key, item in self.dynamodb.items.items():
            if key[1].startswith("R#") and self.seen.get(key) != item:
                old = self.seen.get(key)
                images = {"NewImage": item, "ApproximateCreationDateTime": 0, **({"OldImage": old} if old else {})}
                changes.append(
                    {
                        "eventID": f"{key}{item['version']}",
                        "eventName": "MODIFY" if old else "INSERT",
                        "dynamodb": images,
                    }
                )
                self.seen[key] = dict(item)
        projection.project(
            {"Records": changes}, projections=projections.PROJECTIONS, table=self.world.table, queues=self.world.queues,
            clock=self.world.clock, reject=lambda change: self.fail(change),
        )  # fmt: skip
        self.world.queues.published[:] = [
            each for each in self.world.queues.published if each[0].startswith("campaign-")
        ]

    def fail(self, change):
        raise AssertionError(change)

    @rule(variant=some.sampled_from([0, 1]))
    def pick(self, variant):
        world = self.world
        self.attempt(
            lambda: campaigns.pick_winner(
                table=world.table, clock=world.clock, queues=world.queues, workspace_id=world.id, campaign_id=self.id,
                variant=variant, changed_by="member:test",
            )
        )  # fmt: skip

    @rule()
    def a_quarter_of_an_hour_passes(self):
        self.counted()
        self.world.later(minutes=15)
        self.world.tick()

    @invariant()
    def nobody_gets_the_rest_before_the_winner_is_known_and_it_stays(self):
        ab = self.world.get(self.id).ab
        winner = ab.winner if ab is not None and ab.state is AbState.DECIDED else None
        if self.decided is not None:
            assert winner == self.decided
        self.decided = winner
        subjects = {row.email: row.variant for row in self.world.rows(self.id)}
        for _, address, mime, _ in self.world.mailer.sent:
            variant = winner if subjects[address] == REST else subjects[address]
            assert variant is not None
            assert (b"Subject: Variante B" if variant else b"Subject: Propio") in mime

    def on(self):
        self.world.drain(move=False)
        self.a_quarter_of_an_hour_passes()


class RecurringLife(CampaignLife):
    """Each morning: the campaign sends nothing itself; it makes one campaign for each occurrence that is not skipped."""

    chosen = {"recurrence": Recurrence("day", 1, "10:00", "Europe/Madrid")}

    def __init__(self):
        super().__init__()
        self.made = {}
        self.world.send(self.id)

    @rule(hours=some.sampled_from([7, 24, 30, 70]))
    def hours_pass(self, hours):
        self.world.later(hours=hours)
        self.world.tick()

    @rule()
    def a_tick_comes_twice(self):
        self.world.tick()
        self.world.tick()

    @rule(what=some.sampled_from(["pause", "resume", "cancel"]), which=some.integers(0, 20))
    def meddle_with_one(self, what, which):
        if self.made:
            campaign_id = sorted(self.made)[which % len(self.made)]
            self.attempt(lambda: getattr(self.world, what)(campaign_id))

    def sending(self):
        found, _ = campaigns.page_of_campaigns(
            table=self.world.table, workspace_id=self.world.id, limit=100, start=None
        )
        return [self.world.get(each.id) for each in found if each.id != self.id]

    @invariant()
    def one_campaign_for_each_occurrence_that_is_not_skipped(self):
        parent, made = self.world.get(self.id), self.sending()
        assert self.world.rows(self.id) == []
        times = sorted(each.scheduled_at for each in made)
        assert len(times) == len(set(times))
        done = parent.occurrences
        assert len(made) == (done.made if done is not None else 0)
        for each in made:
            assert each.occurrence_of == self.id
            before = each.scheduled_at - timedelta(seconds=1)
            assert each.scheduled_at == next_occurrence(parent.recurrence, before, parent.scheduled_at)
            assert each.scheduled_at <= self.world.clock.now()
        if self.last.state in {*ENDS, CampaignState.PAUSED} and parent.state is self.last.state:
            assert {each.id for each in made} == self.made.keys()  # it makes none while it stands still
        self.made = {each.id: each for each in made}

    def teardown(self):
        """The parent is stopped; what it has made can be brought to its end."""
        state = self.world.get(self.id).state
        if state not in {*ENDS, CampaignState.DRAFT}:
            self.world.cancel(self.id)
        super().teardown()


TestCampaignLife, TestWithATest, TestRecurringLife = (
    each.TestCase for each in (CampaignLife, LifeWithATest, RecurringLife)
)
TestCampaignLife.settings = settings(
    max_examples=60, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
TestWithATest.settings = TestRecurringLife.settings = settings(TestCampaignLife.settings, max_examples=40)
