"""Making, reading, editing and deleting segments."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.addresses import normalise_email
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, FieldError, InvalidError, NotFoundError
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Table
from chalicelib.marketing.segments import checking, memberships, store
from chalicelib.marketing.segments.domain import (
    ASKED_LIMIT,
    SHARDS,
    AddedByEmail,
    FoundByEmail,
    MembersPage,
    Progress,
    Segment,
    SegmentState,
)
from chalicelib.marketing.segments.previewing import Preview, preview

__all__ = ["Preview", "preview"]

#: Of the newest segments, where one looks for copies that are being made: that takes seconds.
_COPIES = 50


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


def described(*, runtime: Runtime, segments: Sequence[Segment]) -> list[Segment]:
    """The same segments with what people want to see beside: what is wrong with their conditions, and how far a fill has come."""
    found = []
    words = None
    for segment in segments:
        if segment.broken:
            words = words or checking.vocabulary(runtime.table, segment.workspace_id)
            checked = checking.check(
                runtime, segment.workspace_id, segment.conditions, segment_id=segment.id, words=words
            )
            segment = replace(segment, problems=checked.problems or segment.problems)
        if segment.filling:
            rows = store.fills(runtime.table, segment)
            done = sum(int(row.done) for row in rows)
            total = max([done, *(int(row.total) for row in rows)])
            segment = replace(segment, progress=Progress(done, total))
        found.append(segment)
    return found


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
    segment = _new(workspace_id, segment_id, name, now, changed_by, state=SegmentState.READY, filled_at=now)
    _create(table, segment)
    if contact_ids:
        memberships.add_members(table, segment, contact_ids, now)
    return get_segment(table=table, workspace_id=workspace_id, segment_id=segment_id)


def create_dynamic(
    *,
    runtime: Runtime,
    workspace_id: str,
    segment_id: str,
    name: str,
    conditions: Mapping[str, Any],
    changed_by: str = "",
    clock: Clock | None = None,
) -> Segment:
    """Make a segment of everybody who meets the conditions; it fills from the queue ``segment-fill``. `InvalidError` names each
    wrong place of the conditions.
    """
    checked = checking.accept(runtime, workspace_id, conditions, segment_id=segment_id)
    now = (clock or runtime.clock).now()
    segment = _new(workspace_id, segment_id, name, now, changed_by, conditions=dict(conditions), bound=checked.bound)
    _create(runtime.table, segment, checked.asks)
    return segment


def freeze(
    *, runtime: Runtime, workspace_id: str, segment_id: str, copy_id: str, name: str, changed_by: str
) -> Segment:
    """A static segment of those who are in this one now: it is filled from the queue ``segment-fill``. `InvalidError` while this one
    is being filled itself.
    """
    source = get_segment(table=runtime.table, workspace_id=workspace_id, segment_id=segment_id)
    if source.filling:
        message = "The segment is being filled: not everybody is in it yet."
        raise InvalidError(message, field="segment_id", code="filling")
    now = runtime.clock.now()
    segment = _new(workspace_id, copy_id, name, now, changed_by, source_id=source.id)
    _create(runtime.table, segment)
    return segment


def _new(workspace_id: str, segment_id: str, name: str, now: datetime, changed_by: str, **given: Any) -> Segment:
    values: dict[str, Any] = {"state": SegmentState.FILLING, "conditions": None, **given}
    kind: Literal["static", "dynamic"] = "static" if values["conditions"] is None else "dynamic"
    return Segment(
        workspace_id=workspace_id,
        id=segment_id,
        name=name,
        kind=kind,
        count=0,
        shards=SHARDS,
        fresh_as_of=values.get("filled_at"),
        created_at=now,
        updated_at=now,
        changed_by=changed_by,
        **values,
    )


def _create(table: Table, segment: Segment, asks: Sequence[str] = ()) -> None:
    try:
        store.create(table, segment, asks)
    except ConflictError:
        if store.read(table, segment.workspace_id, segment.id, consistent=True) is None:
            raise


def change_segment(
    *,
    runtime: Runtime,
    workspace_id: str,
    segment_id: str,
    version: int,
    name: str | None = None,
    conditions: Mapping[str, Any] | None = None,
    changed_by: str = "",
) -> Segment:
    """Give a segment another name or other conditions, as it was at ``version``; `ConflictError` with the present one when it has
    moved on. With other conditions it is filled anew, and so is whatever builds on it.
    """
    table, now = runtime.table, runtime.clock.now()
    present = get_segment(table=table, workspace_id=workspace_id, segment_id=segment_id)
    if present.version != version:
        raise ConflictError(current=present)
    try:
        if conditions is not None and (present.broken or dict(conditions) != dict(present.conditions or {})):
            _refill(runtime, present, conditions, name=name or present.name, now=now, changed_by=changed_by)
        elif name is not None and name != present.name:
            store.rename(table, present, name, now, changed_by=changed_by)
    except ConflictError as conflict:
        current = store.read(table, workspace_id, segment_id, consistent=True)
        if current is None:
            raise NotFoundError("There is no such segment.") from conflict
        raise ConflictError(current=current) from conflict
    return get_segment(table=table, workspace_id=workspace_id, segment_id=segment_id)


def _refill(
    runtime: Runtime, present: Segment, conditions: Mapping[str, Any], *, name: str, now: datetime, changed_by: str
) -> None:
    if present.kind == "static":
        raise InvalidError("A list has no conditions.", field="conditions", code="static")
    checked = checking.accept(runtime, present.workspace_id, conditions, segment_id=present.id)
    changed = replace(
        present,
        name=name,
        conditions=dict(conditions),
        bound=checked.bound,
        broken=False,
        state=SegmentState.FILLING,
        filled_at=None,
        revision=present.revision + 1,
        updated_at=now,
        changed_by=changed_by,
    )
    try:
        store.refill(runtime.table, changed, now, asks=checked.asks)
    except store.CircleError as error:
        raise InvalidError("These segments ask for one another.", field="conditions", code="circle") from error


def delete_segment(*, table: Table, clock: Clock, workspace_id: str, segment_id: str) -> None:
    """Delete a segment; its members' rows are cleared away from the queue. `NotFoundError` when there is none, `InvalidError` while
    others ask for it or are copied from it.
    """
    segment = get_segment(table=table, workspace_id=workspace_id, segment_id=segment_id)
    newest = store.recent(table, workspace_id, before="", limit=_COPIES)
    copies = ", ".join(each.name for each in newest if each.filling and each.source_id == segment.id)
    if copies:
        raise InvalidError(f"This segment is being copied: {copies}.", field="segment_id", code="being_copied")
    try:
        store.delete(table, segment, clock.now())
    except store.InUseError as error:
        using = store.read_many(table, workspace_id, error.ids[:ASKED_LIMIT])
        names = ", ".join(each.name for each in using.values())
        raise InvalidError(f"Other segments ask for this one: {names}.", field="segment_id", code="in_use") from error


def add_contacts(
    *, table: Table, clock: Clock, workspace_id: str, segment_id: str, contact_ids: Sequence[str]
) -> Segment:
    """Put contacts into a static segment; who is in already stays."""
    segment = _static(table, workspace_id, segment_id)
    _check_contacts(table, workspace_id, contact_ids)
    memberships.add_members(table, segment, contact_ids, clock.now())
    return get_segment(table=table, workspace_id=workspace_id, segment_id=segment_id)


def add_by_emails(
    *, table: Table, clock: Clock, workspace_id: str, segment_id: str, emails: Sequence[str]
) -> AddedByEmail:
    """Put those contacts into a static segment who have these addresses, in any spelling and as one of several; what is no
    address, and whose contact there is none, is told.
    """
    segment = _static(table, workspace_id, segment_id, field="emails")
    given: dict[str, str] = {}
    invalid: list[str] = []
    for each in dict.fromkeys(emails):
        try:
            given.setdefault(normalise_email(each), each)
        except InvalidError:
            invalid.append(each)
    where: dict[str, Any] = {"table": table, "workspace_id": workspace_id}
    holders = contacts.find_by_emails(**where, emails=given)
    people = contacts.get_contacts(**where, contact_ids=holders.values())
    inside = memberships.members_among(table, segment, people)
    memberships.add_members(table, segment, [each for each in people if each not in inside], clock.now())
    found = [
        FoundByEmail(said, people[holders[email]], holders[email] not in inside)
        for email, said in given.items()
        if holders.get(email) in people
    ]
    unknown = [said for email, said in given.items() if holders.get(email) not in people]
    present = get_segment(table=table, workspace_id=workspace_id, segment_id=segment_id)
    return AddedByEmail(present, found, unknown, invalid)


def remove_contacts(
    *, table: Table, clock: Clock, workspace_id: str, segment_id: str, contact_ids: Sequence[str]
) -> Segment:
    """Take contacts out of a static segment; who is not in does not matter."""
    segment = _static(table, workspace_id, segment_id)
    memberships.remove_members(table, segment, [id_ for id_ in contact_ids if is_id(id_)], clock.now())
    return get_segment(table=table, workspace_id=workspace_id, segment_id=segment_id)


def members(
    *, table: Table, workspace_id: str, segment_id: str, start: Sequence[str] | None = None, limit: int = 100
) -> MembersPage:
    """Contact ids of a segment, page by page; ``start`` is a former page's ``next``. `NotFoundError` without the segment."""
    segment = get_segment(table=table, workspace_id=workspace_id, segment_id=segment_id)
    return memberships.members(table, segment, start=start, limit=limit)


def members_among(*, table: Table, workspace_id: str, segment_id: str, contact_ids: Iterable[str]) -> set[str]:
    """Which of these contacts are in the segment, as they certainly are. `NotFoundError` without the segment."""
    segment = get_segment(table=table, workspace_id=workspace_id, segment_id=segment_id)
    return memberships.members_among(table, segment, contact_ids)


def _static(table: Table, workspace_id: str, segment_id: str, *, field: str = "contact_ids") -> Segment:
    segment = get_segment(table=table, workspace_id=workspace_id, segment_id=segment_id)
    if segment.kind != "static":
        raise InvalidError("A dynamic segment follows its conditions.", field=field, code="dynamic")
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
