"""People that an import puts into a static segment: once, however often it is disturbed; taken out again by its undo, and nobody else."""

from typing import Any

import pytest

from chalicelib.customers.imports import running
from chalicelib.customers.imports import service as imports
from chalicelib.customers.imports.domain import IntoSegment, State
from chalicelib.foundation.errors import InvalidError, NotFoundError
from chalicelib.marketing.segments import memberships
from chalicelib.marketing.segments import service as segments
from tests.unit.customers.imports.world import COUNTS, KNOWN, WORKSPACE, Killed, World

SEGMENT = "01JD0000000000000000000021"
BEFORE = {KNOWN[1]}
"""Sol is in the segment already; her row is unchanged."""


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several pieces, and several transactions in each."""
    monkeypatch.setattr(running, "CHUNK_ROWS", 4)
    monkeypatch.setattr(memberships, "TRANSACTION", 4)
    monkeypatch.setattr("chalicelib.customers.journals.service.ACTIONS", 20)


def begun(segment: dict[str, str] | None = None) -> World:
    """An import that has been started, with a segment that has one of its people."""
    world = World()
    segments.create_static(
        table=world.table,
        clock=world.clock,
        workspace_id=WORKSPACE,
        segment_id=SEGMENT,
        name="Feria",
        contact_ids=[KNOWN[1]],
    )
    world.start(segment=segment or {"id": SEGMENT})
    return world


def inside(world: World, segment_id: str = SEGMENT) -> set[str]:
    """Who is in the segment; its count says as many."""
    segment = segments.get_segment(table=world.table, workspace_id=WORKSPACE, segment_id=segment_id)
    found = memberships.members(world.table, segment, start=None, limit=100).contact_ids
    assert segment.count == len(found) == len(set(found))
    return set(found)


def imported(world: World) -> set[str]:
    """The contacts of the file, by what they are called."""
    names = {"Ana", "Eva", "Luis", "Sol", "Mar", "Paz"}
    return {
        pk.rpartition("#")[2]
        for (pk, _), item in world.dynamodb.items.items()
        if item["kind"]["S"] == "contact" and item["first_name"]["S"] in names
    }


def right(world: World) -> None:
    assert world.importing.state is State.DONE
    assert dict(world.importing.counts) == COUNTS
    assert inside(world) == imported(world)
    assert len(inside(world)) == 6
    assert world.importing.segment == IntoSegment(SEGMENT, "Feria", added=5, present=1)


def killed() -> None:
    raise Killed


def undone(world: World) -> None:
    assert world.importing.state is State.UNDONE
    assert inside(world) == BEFORE


def steps(world: World) -> int:
    """How many steps it takes from here."""
    first = world.steps.count
    world.settle()
    return world.steps.count - first


def test_rows_that_were_written_or_known_and_no_others() -> None:
    world = begun()
    world.settle()
    right(world)
    world.undo()
    world.settle()
    undone(world)
    assert not {KNOWN[0], KNOWN[1]} - imported(world)


@pytest.mark.parametrize("lease_over", [True, False])
def test_a_second_delivery_at_every_step(lease_over: bool) -> None:
    total = steps(begun())
    assert total > 60
    for at in range(1, total + 1, 1 if lease_over else 6):
        world = begun()

        def overtake(world: World = world) -> None:
            if lease_over:
                world.clock.advance(seconds=200)
            world.deliver()

        world.steps.at, world.steps.do = world.steps.count + at, overtake
        world.settle()
        right(world)


def test_killed_at_every_step() -> None:
    total = steps(begun())
    for at in range(1, total + 1):
        world = begun()
        world.steps.at, world.steps.do = world.steps.count + at, killed
        try:
            world.settle()
        except Killed:
            world.clock.advance(seconds=200)
            world.settle()
        right(world)


def test_a_delivery_that_comes_back_after_the_undo_puts_in_nobody() -> None:
    for at in range(1, steps(begun()) + 1, 2):
        world = begun()

        def overtake(world: World = world) -> None:
            world.clock.advance(seconds=200)
            if world.settle().state is State.DONE:
                world.undo()
                world.settle()

        world.steps.at, world.steps.do = world.steps.count + at, overtake
        world.settle()
        assert world.importing.state is State.UNDONE
        assert inside(world) == BEFORE


def test_every_request_sent_twice() -> None:
    world = begun()
    call = world.dynamodb.call

    def twice(service: str, target: str, request: dict[str, Any], *, version: str = "1.0") -> dict[str, Any]:
        if target.endswith("TransactWriteItems"):
            call(service, target, request, version=version)
        return call(service, target, request, version=version)

    world.dynamodb.call = twice  # type: ignore[method-assign]
    world.settle()
    right(world)


def test_undo_killed_or_overtaken_at_every_step() -> None:
    world = begun()
    world.settle()
    world.undo()
    total = steps(world)
    for at in range(1, total + 1, 2):
        world = begun()
        world.settle()
        world.undo()

        def overtake(world: World = world) -> None:
            world.clock.advance(seconds=200)
            world.deliver()

        world.steps.at, world.steps.do = world.steps.count + at, killed if at % 4 == 1 else overtake
        try:
            world.settle()
        except Killed:
            world.clock.advance(seconds=200)
            world.settle()
        undone(world)


def test_given_up_half_way_and_undone() -> None:
    """A run that failed while it put a piece's people in: its piece has no verdicts that count, and is taken out all the same."""
    interrupted = 0
    for at in range(1, steps(begun()) + 1, 3):
        world = begun()
        world.steps.at, world.steps.do = world.steps.count + at, killed
        try:
            world.settle()
        except Killed:
            world.clock.advance(seconds=200)
        world.table.raw(
            "UpdateItem",
            {
                "Key": {"pk": {"S": f"W#{WORKSPACE}#IMPORT#{world.importing.id}"}, "sk": {"S": "IMPORT"}},
                "UpdateExpression": "SET attempts = :a",
                "ExpressionAttributeValues": {":a": {"N": str(running.TRIES)}},
            },
            write=True,
        )
        ended = world.settle()
        if ended.state is State.FAILED and ended.started_at and ended.chunks == 3:
            interrupted += inside(world) != BEFORE
            world.undo()
            world.settle()
            undone(world)
    assert interrupted > 10


def test_cancelled_at_every_step_and_undone() -> None:
    for at in range(1, steps(begun()) + 1, 3):
        world = begun()

        def cancel(world: World = world) -> None:
            if world.importing.state in (State.READING, State.RUNNING):
                imports.cancel(runtime=world.runtime, importing=world.importing, by="member:x")

        world.steps.at, world.steps.do = world.steps.count + at, cancel
        ended = world.settle()
        written = sum(ended.counts.get(verdict, 0) for verdict in ("created", "updated", "unchanged"))
        assert ended.segment is not None
        assert ended.segment.added + ended.segment.present == written
        if ended.counts:
            world.undo()
            world.settle()
            undone(world)


def test_a_new_segment_is_made_with_the_first_of_its_people() -> None:
    world = begun({"name": "Nuevos"})
    into = world.importing.segment
    assert into is not None
    assert not into.made
    with pytest.raises(NotFoundError):
        segments.get_segment(table=world.table, workspace_id=WORKSPACE, segment_id=into.id)
    world.settle()
    assert inside(world, into.id) == imported(world)
    assert inside(world) == BEFORE
    made = segments.get_segment(table=world.table, workspace_id=WORKSPACE, segment_id=into.id)
    assert (made.name, made.kind) == ("Nuevos", "static")
    world.undo()
    world.settle()
    assert inside(world, into.id) == set()


def test_a_trial_changes_nothing() -> None:
    world = World()
    before = dict(world.dynamodb.items)
    imports.start(
        runtime=world.runtime,
        workspace=world.workspace,
        importing=world.importing,
        mapping=None,
        dry_run=True,
        by="member:x",
        segment={"name": "Nuevos"},
    )
    tried = world.settle()
    assert (tried.state, dict(tried.counts)) == (State.DONE, COUNTS)
    assert tried.segment is not None
    assert (tried.segment.made, tried.segment.added, tried.segment.present) == (False, 0, 0)
    after = {
        key: item for key, item in world.dynamodb.items.items() if item["kind"]["S"] not in ("import", "import_chunk")
    }
    assert after == {key: item for key, item in before.items() if item["kind"]["S"] != "import"}
    world.start()
    assert world.settle().segment is None  # each start says its own


def test_a_segment_deleted_under_way_takes_nobody_and_is_not_made_again() -> None:
    gone = 0
    for at in range(1, steps(begun({"name": "Nuevos"})) + 1, 2):
        world = begun({"name": "Nuevos"})
        into = world.importing.segment
        assert into is not None
        where: dict[str, Any] = {"table": world.table, "workspace_id": WORKSPACE, "segment_id": into.id}
        deleted: list[bool] = []

        def delete(where: dict[str, Any] = where, world: World = world, deleted: list[bool] = deleted) -> None:
            if segments.get_segments(table=world.table, workspace_id=WORKSPACE, ids=[where["segment_id"]]):
                segments.delete_segment(**where, clock=world.clock)
                deleted.append(True)

        world.steps.at, world.steps.do = world.steps.count + at, delete
        ended = world.settle()
        assert (ended.state, dict(ended.counts)) == (State.DONE, COUNTS)
        assert ended.segment is not None
        if deleted:
            with pytest.raises(NotFoundError):
                segments.get_segment(**where)
            gone += ended.segment.gone
            world.undo()
            assert world.settle().state is State.UNDONE
        else:
            assert inside(world, into.id) == imported(world)
    assert gone > 5


def test_what_a_hand_put_in_again_stays() -> None:
    world = begun()
    world.settle()
    where: dict[str, Any] = {
        "table": world.table,
        "clock": world.clock,
        "workspace_id": WORKSPACE,
        "segment_id": SEGMENT,
    }
    segments.remove_contacts(**where, contact_ids=[KNOWN[0]])
    segments.add_contacts(**where, contact_ids=[KNOWN[0]])
    world.undo()
    world.settle()
    assert inside(world) == {*KNOWN}


@pytest.mark.parametrize(
    ("segment", "field", "code"),
    [({"id": "01JD0000000000000000000099"}, "segment.id", "unknown"), ({"id": "x"}, "segment.id", "unknown")],
)
def test_refuses(segment: dict[str, str], field: str, code: str) -> None:
    world = World()
    with pytest.raises(InvalidError) as refused:
        world.start(segment=segment)
    assert [(each.field, each.code) for each in refused.value.fields] == [(field, code)]
    assert world.importing.state in (State.UPLOADING, State.READING)
