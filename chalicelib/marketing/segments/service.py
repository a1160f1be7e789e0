"""Making, filling, reading and deleting segments."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Contact
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, FieldError, InvalidError, NotFoundError
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.table import Table
from chalicelib.marketing.segments import store
from chalicelib.marketing.segments.domain import (
    SHARDS,
    MembersPage,
    Segment,
    SegmentState,
    compile_conditions,
    parse,
)

SETTLING = timedelta(seconds=2)
"""A fill lists contacts through an index, which follows the table within a second; it starts this long after the segment was
made, so that it sees every change that the projector handled before the segment was there."""

PAGE = 200
PREVIEW_LIMIT = 2000
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Preview:
    """How many of the contacts looked at meet the conditions; ``complete`` when all contacts were looked at."""

    matched: int
    evaluated: int
    complete: bool
    contacts: list[Contact]


def get_segment(*, table: Table, workspace_id: str, segment_id: str) -> Segment:
    """The segment; `NotFoundError` when there is none."""
    found = store.read(table, workspace_id, segment_id, consistent=True) if is_id(segment_id) else None
    if found is None:
        raise NotFoundError("There is no such segment.")
    return found


def get_segments(*, table: Table, workspace_id: str, ids: Iterable[str]) -> dict[str, Segment]:
    """Those of the segments that exist, by id."""
    wanted = [id_ for id_ in ids if is_id(id_)]
    return store.read_many(table, workspace_id, wanted, consistent=True) if wanted else {}


def list_segments(*, table: Table, workspace_id: str, before: str = "", limit: int = 50) -> list[Segment]:
    """The newest segments, newest first."""
    return store.recent(table, workspace_id, before=before, limit=limit)


def create_static(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    segment_id: str,
    name: str,
    contact_ids: Sequence[str] = (),
    changed_by: str = "",
) -> Segment:
    """Make a list of these contacts. `InvalidError` names those that do not exist. Making the same id again goes on with it."""
    _check_contacts(table, workspace_id, contact_ids)
    now = clock.now()
    segment = Segment(
        workspace_id, segment_id, name, "static", None, SegmentState.READY, 0, SHARDS, now, now, now, 1, changed_by
    )
    _create(table, segment)
    if contact_ids:
        store.add_members(table, segment, dict.fromkeys(contact_ids), now)
    return get_segment(table=table, workspace_id=workspace_id, segment_id=segment_id)


def create_dynamic(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    segment_id: str,
    name: str,
    conditions: Mapping[str, Any],
    changed_by: str = "",
) -> Segment:
    """Make a segment of everybody who meets the conditions; it fills from the queue ``segment-fill``. `InvalidError` names each
    wrong place of the conditions.
    """
    parse(conditions)
    now = clock.now()
    segment = Segment(
        workspace_id,
        segment_id,
        name,
        "dynamic",
        dict(conditions),
        SegmentState.FILLING,
        0,
        SHARDS,
        None,
        now,
        now,
        1,
        changed_by,
    )
    _create(table, segment)
    return segment


def _create(table: Table, segment: Segment) -> None:
    try:
        store.create(table, segment)
    except ConflictError:
        if store.read(table, segment.workspace_id, segment.id, consistent=True) is None:
            raise


def delete_segment(*, table: Table, clock: Clock, workspace_id: str, segment_id: str) -> None:
    """Delete a segment; its members' rows are cleared away from the queue. `NotFoundError` when there is none."""
    segment = get_segment(table=table, workspace_id=workspace_id, segment_id=segment_id)
    store.delete(table, segment, clock.now())


def add_contacts(
    *, table: Table, clock: Clock, workspace_id: str, segment_id: str, contact_ids: Sequence[str]
) -> Segment:
    """Put contacts into a static segment; who is in already stays."""
    segment = _static(table, workspace_id, segment_id)
    _check_contacts(table, workspace_id, contact_ids)
    store.add_members(table, segment, dict.fromkeys(contact_ids), clock.now())
    return get_segment(table=table, workspace_id=workspace_id, segment_id=segment_id)


def remove_contacts(
    *, table: Table, clock: Clock, workspace_id: str, segment_id: str, contact_ids: Sequence[str]
) -> Segment:
    """Take contacts out of a static segment; who is not in does not matter."""
    segment = _static(table, workspace_id, segment_id)
    store.remove_members(table, segment, [id_ for id_ in contact_ids if is_id(id_)], clock.now())
    return get_segment(table=table, workspace_id=workspace_id, segment_id=segment_id)


def members(
    *, table: Table, workspace_id: str, segment_id: str, start: Sequence[str] | None = None, limit: int = 100
) -> MembersPage:
    """Contact ids of a segment, page by page; ``start`` is a former page's ``next``. `NotFoundError` without the segment."""
    segment = get_segment(table=table, workspace_id=workspace_id, segment_id=segment_id)
    return store.members(table, segment, start=start, limit=limit)


def preview(*, table: Table, workspace_id: str, conditions: Mapping[str, Any]) -> Preview:
    """Who would be in a segment with these conditions, looked up among the first `PREVIEW_LIMIT` contacts."""
    matcher = compile_conditions([parse(conditions)])
    start: str | None = None
    evaluated, matched, shown = 0, 0, []
    while True:
        page = contacts.page_of_contacts(table=table, workspace_id=workspace_id, start=start, limit=PAGE)
        for contact in page.items:
            if matcher(contact)[0]:
                matched += 1
                shown.append(contact)
        evaluated += len(page.items)
        start = page.next
        if start is None or evaluated >= PREVIEW_LIMIT:
            return Preview(matched, evaluated, start is None, shown[:SHOWN])


def fill(
    *, table: Table, clock: Clock, workspace_id: str, segment_id: str, start: str | None, pages: int
) -> str | None:
    """Go through some pages of all contacts and make members of those who meet the conditions; where to go on, or None when it
    is over (the segment is ready then, or has been deleted). Doing it again changes nothing.
    """
    segment = store.read(table, workspace_id, segment_id, consistent=True)
    if segment is None or segment.conditions is None or segment.state is SegmentState.READY:
        return None
    matcher = compile_conditions([parse(segment.conditions)])
    for _ in range(pages):
        page = contacts.page_of_contacts(table=table, workspace_id=workspace_id, start=start, limit=PAGE)
        found = page.items
        while found:
            versions: dict[str, int | None] = {contact.id: contact.version for contact in found if matcher(contact)[0]}
            try:
                added = store.add_members(table, segment, versions, clock.now())
            except NotFoundError:
                return None
            again = contacts.get_contacts(
                table=table, workspace_id=workspace_id, contact_ids=added.changed, consistent=True
            )
            found = list(again.values())
        start = page.next
        if start is None:
            _ready(table, segment, clock)
            return None
    return start


def _ready(table: Table, segment: Segment, clock: Clock) -> None:
    try:
        store.mark_ready(table, segment, clock.now())
    except ConflictError:  # another delivery of the last page was quicker, or the segment is gone
        return


def clear(*, table: Table, workspace_id: str, segment_id: str, shards: int) -> bool:
    """Delete some thousand rows of a deleted segment's members; whether that was all."""
    return store.clear(table, workspace_id, segment_id, shards, limit=5000)


def members_among(*, table: Table, workspace_id: str, segment_id: str, contact_ids: Iterable[str]) -> set[str]:
    """Which of these contacts are in the segment, as they certainly are. `NotFoundError` without the segment."""
    segment = get_segment(table=table, workspace_id=workspace_id, segment_id=segment_id)
    return store.members_among(table, segment, contact_ids)


def _static(table: Table, workspace_id: str, segment_id: str) -> Segment:
    segment = get_segment(table=table, workspace_id=workspace_id, segment_id=segment_id)
    if segment.kind != "static":
        raise InvalidError("A dynamic segment follows its conditions.", field="contact_ids", code="dynamic")
    return segment


def _check_contacts(table: Table, workspace_id: str, contact_ids: Sequence[str]) -> None:
    found = contacts.get_contacts(table=table, workspace_id=workspace_id, contact_ids=contact_ids)
    wrong = [
        FieldError(f"contact_ids.{position}", "There is no such contact.", "unknown")
        for position, contact_id in enumerate(contact_ids)
        if contact_id not in found
    ]
    if wrong:
        raise InvalidError("Some contacts do not exist.", fields=wrong[:20])
