"""Segments on DynamoDB Local: membership follows contacts, is filled in the background, and the count is exact."""

import random
from typing import Any

import pytest

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Contact
from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.errors import InvalidError, NotFoundError
from chalicelib.foundation.messaging import FakeQueues
from chalicelib.foundation.projection import project
from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.segments import evaluation, filling, memberships, projections, service
from chalicelib.marketing.segments.consumers import handle
from chalicelib.marketing.segments.domain import Segment, SegmentState
from chalicelib.workspaces.settings import service as settings
from chalicelib.workspaces.settings.domain import Workspace
from infra.local.priced import PricedTable
from tests.helpers import Stream

TAGGED = {"all": [{"field": "contact.tag", "op": "is", "value": "vip"}]}


@pytest.fixture
def workspace(runtime: Runtime, workspace_id: str) -> Workspace:
    return settings.create_workspace(
        table=runtime.table, clock=runtime.clock, workspace_id=workspace_id, name="Acme", shards={"contacts": 2}
    )


def make(runtime: Runtime, workspace: Workspace, number: int, *tags: str) -> Contact:
    return contacts.create_contact(
        table=runtime.table,
        clock=runtime.clock,
        workspace=workspace,
        contact_id=runtime.new_id(),
        values={"first_name": f"N{number}", "emails": [{"address": f"n{number}@x.example"}], "tags": list(tags)},
    )


def retag(runtime: Runtime, workspace: Workspace, contact: Contact, *tags: str) -> Contact:
    return contacts.change_contact(
        table=runtime.table,
        clock=runtime.clock,
        workspace=workspace,
        contact_id=contact.id,
        version=contact.version,
        changes={"tags": list(tags)},
    )


def dynamic(runtime: Runtime, workspace: Workspace, conditions: dict[str, Any] | None = None) -> Segment:
    return service.create_dynamic(
        runtime=runtime,
        workspace_id=workspace.id,
        segment_id=runtime.new_id(),
        name="S",
        conditions=conditions or TAGGED,
    )


def state(runtime: Runtime, segment: Segment) -> tuple[SegmentState, int, set[str]]:
    """The state, the count that is kept, and who is in."""
    now = service.get_segment(table=runtime.table, workspace_id=segment.workspace_id, segment_id=segment.id)
    found: list[str] = []
    start = None
    while True:
        page = service.members(
            table=runtime.table, workspace_id=segment.workspace_id, segment_id=segment.id, start=start, limit=3
        )
        found += page.contact_ids
        start = page.next
        if start is None:
            break
    assert len(found) == len(set(found))
    return now.state, now.count, set(found)


def drain(runtime: Runtime) -> None:
    """Deliver everything on the queue, each twice."""
    queues = runtime.queues
    assert isinstance(queues, FakeQueues)
    while queues.published:
        waiting, queues.published = queues.published, []
        for queue, envelope, delay in waiting:
            runtime.clock.advance(seconds=delay)  # type: ignore[attr-defined]
            if queue == "segment-fill":
                handle(runtime, envelope)
                handle(runtime, envelope)


def test_fill_and_follow(runtime: Runtime, workspace: Workspace, stream: Stream, clock: FixedClock) -> None:
    people = [make(runtime, workspace, number, *(["vip"] if number % 3 == 0 else [])) for number in range(30)]
    segment = dynamic(runtime, workspace)
    assert segment.state is SegmentState.FILLING
    assert stream.project(runtime) == []
    early = runtime.queues.on("segment-fill")  # type: ignore[attr-defined]
    assert [envelope.type for envelope in early] == ["segment.fill"]
    drain(runtime)
    wanted = {person.id for person in people[::3]}
    assert state(runtime, segment) == (SegmentState.READY, 10, wanted)

    joined = retag(runtime, workspace, people[1], "vip", "x")
    left = retag(runtime, workspace, people[0], "x")
    retag(runtime, workspace, joined, "vip")
    newcomer = make(runtime, workspace, 99, "vip")
    retag(runtime, workspace, retag(runtime, workspace, people[2], "vip"), "y")
    assert stream.project(runtime) == []
    wanted = (wanted - {left.id}) | {joined.id, newcomer.id}
    assert state(runtime, segment) == (SegmentState.READY, 11, wanted)


def test_replayed_and_regrouped(runtime: Runtime, workspace: Workspace, stream: Stream) -> None:
    """Every change three times, in batches of any size, each contact's in order, as a stream repeats itself."""
    people = [make(runtime, workspace, number) for number in range(8)]
    segment = dynamic(runtime, workspace)
    random_ = random.Random(3)
    for _ in range(60):
        position = random_.randrange(len(people))
        people[position] = retag(runtime, workspace, people[position], *random_.choice([(), ("vip",), ("vip", "a")]))
    records = list(stream.records())
    for size in (1, 7, len(records)):
        for at in range(0, len(records), size):
            project(
                {"Records": records[at : at + size]},
                projections=projections.PROJECTIONS,
                table=runtime.table,
                queues=FakeQueues(),
                clock=runtime.clock,
                reject=pytest.fail,
            )
    wanted = {person.id for person in people if "vip" in person.tags}
    assert state(runtime, segment)[1:] == (len(wanted), wanted)


def test_fill_races_the_projector(
    runtime: Runtime, workspace: Workspace, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between a fill's read and its write contacts change, and the projector has dealt with that: nobody stays wrongly."""
    people = [make(runtime, workspace, number, "vip") for number in range(6)]
    segment = dynamic(runtime, workspace)
    stream.project(runtime)
    carry_out = evaluation._Run.carry_out
    changed: list[Contact] = []

    def slowly(run: Any, plans: Any) -> Any:
        if not changed:
            changed.append(retag(runtime, workspace, people[0], "other"))
            changed.append(retag(runtime, workspace, people[1], "vip", "still"))
            stream.project(runtime)
        return carry_out(run, plans)

    monkeypatch.setattr(evaluation._Run, "carry_out", slowly)
    drain(runtime)
    wanted = {person.id for person in people[1:]}
    assert state(runtime, segment) == (SegmentState.READY, 5, wanted)


def test_fill_in_pages(runtime: Runtime, workspace: Workspace, stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "PAGE", 2)
    monkeypatch.setattr(filling, "PAGES", 2)
    people = [make(runtime, workspace, number, "vip") for number in range(13)]
    segment = dynamic(runtime, workspace)
    stream.project(runtime)
    drain(runtime)
    assert state(runtime, segment) == (SegmentState.READY, 13, {person.id for person in people})


def test_static(runtime: Runtime, workspace: Workspace, stream: Stream) -> None:
    people = [make(runtime, workspace, number) for number in range(120)]
    where = {"table": runtime.table, "clock": runtime.clock, "workspace_id": workspace.id}
    segment = service.create_static(
        **where, segment_id=runtime.new_id(), name="L", contact_ids=[person.id for person in people[:110]]
    )
    assert segment.count == 110
    again = service.create_static(
        **where, segment_id=segment.id, name="L", contact_ids=[person.id for person in people[:110]]
    )
    assert again.count == 110
    ids = [person.id for person in people[100:120]]
    assert service.add_contacts(**where, segment_id=segment.id, contact_ids=ids).count == 120
    assert service.add_contacts(**where, segment_id=segment.id, contact_ids=ids).count == 120
    assert (
        service.remove_contacts(**where, segment_id=segment.id, contact_ids=[*ids, runtime.new_id(), "x"]).count == 100
    )
    assert state(runtime, segment)[1:] == (100, {person.id for person in people[:100]})
    with pytest.raises(InvalidError) as error:
        service.add_contacts(**where, segment_id=segment.id, contact_ids=[people[0].id, runtime.new_id()])
    assert [each.field for each in error.value.fields] == ["contact_ids.1"]
    stream.project(runtime)
    runtime.queues.published.clear()  # type: ignore[attr-defined]
    service.delete_segment(**where, segment_id=segment.id)
    with pytest.raises(NotFoundError):
        service.get_segment(table=runtime.table, workspace_id=workspace.id, segment_id=segment.id)
    stream.project(runtime)
    drain(runtime)
    assert memberships.members(runtime.table, segment, start=None, limit=10).contact_ids == []


def test_deleted_while_filling(runtime: Runtime, workspace: Workspace, stream: Stream) -> None:
    person = make(runtime, workspace, 1, "vip")
    segment = dynamic(runtime, workspace)
    stream.project(runtime)
    service.delete_segment(table=runtime.table, clock=runtime.clock, workspace_id=workspace.id, segment_id=segment.id)
    drain(runtime)
    retag(runtime, workspace, person, "a")
    assert stream.project(runtime) == []
    drain(runtime)
    assert memberships.members(runtime.table, segment, start=None, limit=10).contact_ids == []


def test_other_workspaces_do_not_meet(runtime: Runtime, workspace: Workspace, stream: Stream) -> None:
    other = settings.create_workspace(
        table=runtime.table, clock=runtime.clock, workspace_id=runtime.new_id(), name="Other"
    )
    segment = dynamic(runtime, workspace)
    make(runtime, other, 1, "vip")
    stream.project(runtime)
    drain(runtime)
    assert state(runtime, segment) == (SegmentState.READY, 0, set())
    with pytest.raises(NotFoundError):
        service.get_segment(table=runtime.table, workspace_id=other.id, segment_id=segment.id)


def test_preview(runtime: Runtime, workspace: Workspace) -> None:
    for number in range(12):
        make(runtime, workspace, number, *(["vip"] if number < 11 else []))
    found = service.preview(runtime=runtime, workspace_id=workspace.id, conditions=TAGGED)
    assert (found.count, found.evaluated, found.exact, len(found.sample)) == (11, 12, True, 11)


def test_capacity(runtime: Runtime, workspace: Workspace, stream: Stream) -> None:
    person = make(runtime, workspace, 1)
    dynamic(runtime, workspace)
    stream.project(runtime)
    runtime.__dict__["table"] = priced = PricedTable(runtime.table)
    person = retag(runtime, workspace, person, "other")
    priced.reset()
    assert stream.project(runtime, projections.PROJECTIONS) == []
    assert priced.writes == 0  # makes no difference to any segment
    person = retag(runtime, workspace, person, "vip")
    priced.reset()
    assert stream.project(runtime, projections.PROJECTIONS) == []
    assert priced.parts[:3] == ["Create Member: 2 + 0", "Create Belonging: 2 + 0", "Update COUNT: 2 + 0"]
    retag(runtime, workspace, person)
    priced.reset()
    assert stream.project(runtime, projections.PROJECTIONS) == []
    assert priced.writes == 11  # and how many left on this day, and that this one did
