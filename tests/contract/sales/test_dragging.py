"""Two people move cards on the same board at once: none is lost, none is there twice, both see the same order."""

import random
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from threading import Barrier
from typing import Any

import pytest

from chalicelib.foundation.clock import SystemClock
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.runtime import Runtime
from chalicelib.sales.deals import board, placing, ranks, store
from chalicelib.sales.deals import service as deals
from chalicelib.sales.deals.domain import Deal
from chalicelib.sales.pipelines import service as pipelines
from chalicelib.sales.pipelines.domain import Pipeline, Stage
from chalicelib.workspaces.settings.service import create_workspace

CARDS = 50


class World:
    """A pipeline of three stages on lists of several shards, and its cards."""

    def __init__(self, runtime: Runtime, shards: int):
        self.table, self.runtime, self.clock = runtime.table, runtime, SystemClock()
        self.workspace = create_workspace(
            table=self.table, clock=self.clock, workspace_id=runtime.new_id(), name="Ejemplo", shards={"deals": shards}
        )
        self.pipeline: Pipeline = pipelines.create_pipeline(
            table=self.table, clock=self.clock, workspace_id=self.workspace.id, pipeline_id=runtime.new_id(),
            name="B2B", stages=[Stage("a", "A", 10), Stage("b", "B", 50), Stage("c", "C", 90)],
        )  # fmt: skip
        self.here: dict[str, Any] = {"table": self.table, "clock": self.clock, "workspace_id": self.workspace.id}

    def card(self, stage: str = "a") -> Deal:
        values = {"title": "x", "pipeline_id": self.pipeline.id, "stage_id": stage}
        return deals.create_deal(
            table=self.table, clock=self.clock, workspace=self.workspace, deal_id=self.runtime.new_id(), values=values
        )

    def drag(self, deal_id: str, stage: str, **neighbour: str) -> Deal:
        """As a person would: what has moved on is looked at again."""
        for _ in range(50):
            present = deals.get_deal(table=self.table, workspace_id=self.workspace.id, deal_id=deal_id)
            try:
                return deals.move_deal(
                    **self.here, deal_id=deal_id, stage_id=stage, version=present.version, **neighbour
                )
            except ConflictError:
                continue
        raise AssertionError("never came through")

    def order(self) -> dict[str, list[str]]:
        columns = board.board(table=self.table, workspace=self.workspace, pipeline=self.pipeline, limit=100)
        return {column.stage.id: [deal.id for deal in column.deals] for column in columns}

    def paged(self, size: int) -> dict[str, list[str]]:
        """The same board by a reader who pages."""
        found: dict[str, list[str]] = {}
        for stage in self.pipeline.stages:
            after, found[stage.id] = "", []
            while True:
                [column] = board.board(
                    table=self.table, workspace=self.workspace, pipeline=self.pipeline, limit=size,
                    stage_id=stage.id, after=after,
                )  # fmt: skip
                found[stage.id] += [deal.id for deal in column.deals]
                after = column.next
                if not after:
                    break
        return found


@pytest.mark.parametrize("shards", [1, 3])
def test_two_people_drag_fifty_cards_at_once(runtime: Runtime, shards: int) -> None:
    world = World(runtime, shards)
    cards = [world.card().id for _ in range(CARDS)]
    start = Barrier(2)

    def person(number: int) -> int:
        chance = random.Random(number)
        order = chance.sample(cards, len(cards))
        start.wait()
        for card in order:
            other = chance.choice([each for each in cards if each != card])
            where = chance.choice([{}, {"before_id": other}, {"after_id": other}])
            world.drag(card, chance.choice("abc"), **where)
        return number

    with ThreadPoolExecutor(2) as people:
        assert sorted(people.map(person, range(2))) == [0, 1]
    seen = world.order()
    everything = [card for column in seen.values() for card in column]
    assert sorted(everything) == sorted(cards)
    assert all(world.paged(size) == seen for size in (1, 7))
    steps = [deals.history_of(table=world.table, workspace_id=world.workspace.id, deal_id=card) for card in cards]
    for card, rows in zip(cards, steps, strict=True):
        present = deals.get_deal(table=world.table, workspace_id=world.workspace.id, deal_id=card)
        assert rows[-1][1].to_stage == present.stage_id
        for (_, one), (_, other) in pairwise(rows):
            assert other.from_stage == one.to_stage  # every step begins where the last one ended


def test_all_at_the_same_place(runtime: Runtime) -> None:
    """Fifty cards are put between the same two by ten people at once."""
    world = World(runtime, 1)
    low, high = world.card("b"), world.card("b")
    cards = [world.card().id for _ in range(CARDS)]
    with ThreadPoolExecutor(10) as people:
        list(people.map(lambda card: world.drag(card, "b", after_id=high.id), cards))
    column = world.order()["b"]
    assert sorted(column) == sorted([low.id, high.id, *cards])
    assert (column[0], column[-1]) == (high.id, low.id)
    assert world.paged(9)["b"] == column


def test_cards_that_stand_too_close_are_spread_out(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(runtime, 2)
    monkeypatch.setattr(ranks, "LONG", 14)
    monkeypatch.setattr(placing, "_AROUND", 5)
    low, high = world.card("b"), world.card("b")
    wanted = [high.id, low.id]
    before = {each.id: each.version for each in (low, high)}
    for number in range(60):
        card = world.card().id
        middle = len(wanted) // 2
        world.drag(card, "b", **({"after_id": wanted[middle - 1]} if number % 2 else {"before_id": wanted[middle]}))
        wanted.insert(middle, card)
    assert world.order()["b"] == wanted
    found = store.read_many(world.table, world.workspace.id, wanted, consistent=True)
    assert all(len(deal.rank) - 26 <= 14 for deal in found.values())
    assert {each: found[each].version for each in before} == before  # being spread out is no change of a deal
