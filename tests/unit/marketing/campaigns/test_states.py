"""A campaign's states, walked at random by Hypothesis through the real use cases."""

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.table import Table
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.campaigns.domain import TRANSITIONS, CampaignState, IllegalMoveError, Move, after
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
    """One campaign to two people; anything may be tried at any time, and messages come in any number and order."""

    def __init__(self):
        super().__init__()
        self.world = World(Table(MemoryDynamoDB(), "t"), people=2)
        self.id = self.world.campaign()
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
        from datetime import timedelta

        self.attempt(lambda: self.world.send(self.id, at=self.world.clock.now() + timedelta(minutes=5)))

    @rule()
    def pause(self):
        self.attempt(lambda: self.world.pause(self.id))

    @rule()
    def resume(self):
        self.attempt(lambda: self.world.resume(self.id))

    @rule()
    def cancel(self):
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

    @precondition(lambda self: self.world.queues.published)
    @rule()
    def deliver_twice(self):
        queue, envelope, _ = self.world.queues.published.pop(0)
        self.world.deliver(queue, envelope)
        self.world.deliver(queue, envelope)

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
        addresses = [sent[1] for sent in self.world.mailer.sent]
        assert len(addresses) == len(set(addresses))
        campaign = self.world.get(self.id)
        if campaign.state is CampaignState.FINISHED:
            rows = self.world.rows(self.id)
            assert len(rows) == campaign.audience == 2
            assert all(row.state in ENDED for row in rows)
        if campaign.state is CampaignState.DRAFT:
            assert addresses == []

    def teardown(self):
        """Whatever happened, it can be brought to its end."""
        world = self.world
        for _ in range(20):
            campaign = world.get(self.id)
            if campaign.state in ENDS or campaign.state is CampaignState.DRAFT:
                break
            if campaign.state is CampaignState.PAUSED:
                world.resume(self.id)
            world.drain()
            world.later(minutes=6)
            world.tick()
        world.drain()
        campaign = world.get(self.id)
        assert campaign.state in {*ENDS, CampaignState.DRAFT}
        assert all(row.state is not State.PENDING for row in world.rows(self.id))


TestCampaignLife = CampaignLife.TestCase
TestCampaignLife.settings = settings(
    max_examples=60, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
