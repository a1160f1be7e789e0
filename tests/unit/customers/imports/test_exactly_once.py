"""An import killed, repeated and overtaken at each of its steps writes every row once, and its undo takes every row back once."""

from typing import Any

import pytest

from chalicelib.customers.imports import running
from chalicelib.customers.imports.domain import State
from tests.unit.customers.imports.world import COUNTS, VERDICTS, Killed, World


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several pieces, and several transactions in each."""
    monkeypatch.setattr(running, "CHUNK_ROWS", 4)
    monkeypatch.setattr("chalicelib.customers.journals.service.ACTIONS", 5)


def done() -> World:
    world = World()
    world.start()
    world.settle()
    return world


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, Any]:
    world = done()
    return world.people()


def right(world: World, undisturbed: dict[str, Any]) -> None:
    assert world.importing.state is State.DONE
    assert dict(world.importing.counts) == COUNTS
    assert world.verdicts() == VERDICTS
    assert world.people() == undisturbed


def test_undisturbed(undisturbed: dict[str, Any]) -> None:
    world = done()
    right(world, undisturbed)
    assert sum("#CO#" in key for key in undisturbed) == 3
    before = World().people()
    world.undo()
    assert world.settle().state is State.UNDONE
    assert world.people() == before


def steps(world: World) -> int:
    """How many steps it takes from here."""
    first = world.steps.count
    world.settle()
    return world.steps.count - first


def _killed() -> None:
    raise Killed


def test_killed_at_every_step(undisturbed: dict[str, Any]) -> None:
    world = World()
    world.start()
    total = steps(world)
    assert total > 60
    for at in range(1, total + 1):
        world = World()
        world.start()
        world.steps.at, world.steps.do = world.steps.count + at, _killed
        try:
            world.settle()
        except Killed:
            world.clock.advance(seconds=200)
            world.settle()
        right(world, undisturbed)


def test_undo_killed_at_every_step() -> None:
    before = World().people()
    world = done()
    world.undo()
    total = steps(world)
    assert total > 30
    for at in range(1, total + 1):
        world = done()
        world.undo()
        world.steps.at, world.steps.do = world.steps.count + at, _killed
        try:
            world.settle()
        except Killed:
            world.clock.advance(seconds=200)
            world.settle()
        assert world.importing.state is State.UNDONE
        assert world.importing.undone == {"undone": 5, "kept": 0}
        assert world.people() == before


@pytest.mark.parametrize("lease_over", [True, False])
def test_a_second_delivery_at_every_step(undisturbed: dict[str, Any], lease_over: bool) -> None:
    world = World()
    world.start()
    total = steps(world)
    for at in range(1, total + 1, 1 if lease_over else 4):
        world = World()
        world.start()

        def overtake(world: World = world) -> None:
            if lease_over:
                world.clock.advance(seconds=200)
            world.deliver()

        world.steps.at, world.steps.do = world.steps.count + at, overtake
        world.settle()
        right(world, undisturbed)


def test_undo_overtaken_at_every_step() -> None:
    before = World().people()
    world = done()
    world.undo()
    total = steps(world)
    for at in range(1, total + 1):
        world = done()
        world.undo()

        def overtake(world: World = world) -> None:
            world.clock.advance(seconds=200)
            world.deliver()

        world.steps.at, world.steps.do = world.steps.count + at, overtake
        world.settle()
        assert world.importing.state is State.UNDONE
        assert world.people() == before


def test_every_request_sent_twice(undisturbed: dict[str, Any]) -> None:
    """A write whose answer was lost is sent again by the client; its condition does not hold the second time."""
    world = World()
    call = world.dynamodb.call

    def twice(service: str, target: str, request: dict[str, Any], *, version: str = "1.0") -> dict[str, Any]:
        if target.endswith("TransactWriteItems"):
            call(service, target, request, version=version)
        return call(service, target, request, version=version)

    world.dynamodb.call = twice  # type: ignore[method-assign]
    world.start()
    world.settle()
    right(world, undisturbed)


def test_cancelled_at_every_step_and_undone() -> None:
    from chalicelib.customers.imports import service

    before = World().people()
    world = World()
    world.start()
    total = steps(world)
    for at in range(1, total + 1, 2):
        world = World()
        world.start()

        def cancel(world: World = world) -> None:
            importing = world.importing
            if importing.state in (State.READING, State.RUNNING):
                service.cancel(runtime=world.runtime, importing=importing, by="member:x")

        world.steps.at, world.steps.do = world.steps.count + at, cancel
        ended = world.settle()
        assert ended.state in (State.CANCELLED, State.DONE)
        if ended.counts:
            assert len(world.verdicts()) == ended.done
            world.undo()
            assert world.settle().state is State.UNDONE
        assert world.people() == before


def test_one_that_dies_again_and_again_fails() -> None:
    world = World()
    world.start()
    world.deliver()
    for _ in range(running.TRIES + 2):
        world.steps.at, world.steps.do = world.steps.count + 4, _killed
        try:
            world.deliver()
        except Killed:
            world.clock.advance(seconds=200)
        world.steps.at = None
    assert (world.importing.state, world.importing.error) == (State.FAILED, "interrupted")
