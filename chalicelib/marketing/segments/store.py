"""Segments, their members and counts in the table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.foundation.errors import InvalidError, NotFoundError
from chalicelib.foundation.table import Check, Create, Delete, Key, Operation, Record, Replace, Table, Update, partition
from chalicelib.foundation.table.table import TransactionConflictError
from chalicelib.marketing.segments.domain import MembersPage, Segment, SegmentState
from chalicelib.marketing.segments.records import (
    CatalogueRecord,
    CountRecord,
    MemberRecord,
    SegmentRecord,
    catalogue_key,
    count_key,
    member_key,
    members_partition,
    segment_key,
    segments_partition,
)

DYNAMIC_LIMIT = 200
CATALOGUE_LIMIT = 300_000  # characters; an item has at most 400 KB
_ATTEMPTS = 6


def read(table: Table, workspace_id: str, segment_id: str, *, consistent: bool = False) -> Segment | None:
    """The segment with its count, or None."""
    return read_many(table, workspace_id, [segment_id], consistent=consistent).get(segment_id)


def read_many(
    table: Table, workspace_id: str, segment_ids: Iterable[str], *, consistent: bool = False
) -> dict[str, Segment]:
    """Those of the segments that exist, with their counts."""
    ids = list(dict.fromkeys(segment_ids))
    keys = [key for id_ in ids for key in (segment_key(workspace_id, id_), count_key(workspace_id, id_))]
    found = table.get_many(Record, keys, consistent=consistent)
    segments = {}
    for id_ in ids:
        record, count = found.get(segment_key(workspace_id, id_)), found.get(count_key(workspace_id, id_))
        if isinstance(record, SegmentRecord):
            segments[id_] = to_domain(record, count if isinstance(count, CountRecord) else None)
    return segments


def recent(table: Table, workspace_id: str, *, before: str, limit: int) -> list[Segment]:
    """The newest segments, made before the one with this id if it is given."""
    page = table.query(
        SegmentRecord,
        segments_partition(workspace_id),
        index="gsi1",
        before=before,
        newest_first=True,
        limit=limit,
    )
    ids = [record.segment_id for record in page.items]
    counts = table.get_many(CountRecord, [count_key(workspace_id, id_) for id_ in ids]) if ids else {}
    return [to_domain(record, counts.get(count_key(workspace_id, record.segment_id))) for record in page.items]


def create(table: Table, segment: Segment) -> None:
    """Write a new segment, its count and, for a dynamic one, its place in the catalogue, at once."""
    now = segment.created_at
    key, counted = segment_key(segment.workspace_id, segment.id), count_key(segment.workspace_id, segment.id)
    record = SegmentRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=segment.workspace_id,
        created_at=now,
        gsi1pk=segments_partition(segment.workspace_id),
        gsi1sk=segment.id,
        name=segment.name,
        segment_kind=segment.kind,
        conditions=segment.conditions,
        state=segment.state.value,
        shards=segment.shards,
        filled_at=segment.refreshed_at,
        changed_by=segment.changed_by or None,
    )
    count = CountRecord(
        pk=counted.pk, sk=counted.sk, workspace_id=segment.workspace_id, created_at=now, updated_at=now, members=0
    )
    own = [Create(record), Create(count)]
    if segment.conditions is None:
        table.transact(own)
        return
    entry = {"conditions": segment.conditions, "shards": segment.shards}
    _with_catalogue(table, segment.workspace_id, own, now, add={segment.id: entry})


def delete(table: Table, segment: Segment, now: datetime) -> None:
    """Delete a segment, its count and its place in the catalogue, at once. Its members are cleared away afterwards."""
    own: list[Operation] = [
        Delete(segment_key(segment.workspace_id, segment.id), Record.pk.exists()),
        Delete(count_key(segment.workspace_id, segment.id)),
    ]
    if segment.conditions is None:
        table.transact(own)
        return
    _with_catalogue(table, segment.workspace_id, own, now, remove=segment.id)


def _with_catalogue(
    table: Table,
    workspace_id: str,
    own: Sequence[Operation],
    now: datetime,
    *,
    add: Mapping[str, Any] | None = None,
    remove: str = "",
) -> None:
    key = catalogue_key(workspace_id)
    for attempt in range(_ATTEMPTS):
        present = table.get(CatalogueRecord, key, consistent=True)
        segments = dict(present.segments) if present else {}
        segments.update(add or {})
        segments.pop(remove, None)
        if add and (len(segments) > DYNAMIC_LIMIT or len(str(segments)) > CATALOGUE_LIMIT):
            message = f"A workspace has at most {DYNAMIC_LIMIT} dynamic segments."
            raise InvalidError(message, field="conditions", code="too_many")
        if present is None:
            record = CatalogueRecord(pk=key.pk, sk=key.sk, workspace_id=workspace_id, created_at=now, segments=segments)
            catalogue: Operation = Create(record)
        else:
            present.segments, present.updated_at = segments, now
            catalogue = Replace(present)
        try:
            table.transact([*own, catalogue])
        except TransactionConflictError as conflict:
            others = [position for position in conflict.failed if position < len(own)]
            if others or attempt == _ATTEMPTS - 1:
                raise
        else:
            return


def mark_ready(table: Table, segment: Segment, now: datetime) -> None:
    """The first fill is over."""
    table.update(
        SegmentRecord,
        segment_key(segment.workspace_id, segment.id),
        [
            SegmentRecord.state.set(SegmentState.READY.value),
            SegmentRecord.filled_at.set(now),
            SegmentRecord.updated_at.set(now),
        ],
        condition=SegmentRecord.state == SegmentState.FILLING.value,
    )


# Members


@dataclass(frozen=True, slots=True)
class Added:
    """How many became members, and whose contact had changed meanwhile (they were not added)."""

    count: int
    changed: tuple[str, ...]


def add_members(table: Table, segment: Segment, contacts: Mapping[str, int | None], now: datetime) -> Added:
    """Make these contacts members, those who are not yet, with the count in the same transaction.

    A contact given with its version is added only while it still has that version: a fill that decided on what it read must
    not undo what the projector decided on since. `NotFoundError` when the segment has been deleted.
    """
    added, changed = 0, []
    waiting = list(contacts.items())
    while waiting:
        size = 49 if any(version is not None for _, version in waiting) else 99
        now_, waiting = waiting[:size], waiting[size:]
        while now_:
            operations: list[Operation] = [_counted(segment, len(now_), now)]
            owners = [""]
            for contact_id, version in now_:
                operations.append(Create(_member(segment, contact_id, now)))
                owners.append(contact_id)
                if version is not None:
                    operations.append(_unchanged(segment.workspace_id, contact_id, version))
                    owners.append(contact_id)
            try:
                table.transact(operations)
            except TransactionConflictError as conflict:
                if not conflict.failed:
                    raise
                if 0 in conflict.failed:
                    raise NotFoundError("There is no such segment.") from conflict
                out = {owners[position] for position in conflict.failed}
                members = {owners[p] for p in conflict.failed if isinstance(operations[p], Create)}
                changed += [contact_id for contact_id, _ in now_ if contact_id in out - members]
                now_ = [item for item in now_ if item[0] not in out]
            else:
                added += len(now_)
                now_ = []
    return Added(added, tuple(changed))


def remove_members(table: Table, segment: Segment, contact_ids: Iterable[str], now: datetime) -> int:
    """Take these contacts out, those who are in, with the count in the same transaction; how many were."""
    removed = 0
    waiting = list(dict.fromkeys(contact_ids))
    while waiting:
        now_, waiting = waiting[:99], waiting[99:]
        while now_:
            operations: list[Operation] = [_counted(segment, -len(now_), now)]
            operations += [Delete(_place(segment, contact_id), Record.pk.exists()) for contact_id in now_]
            try:
                table.transact(operations)
            except TransactionConflictError as conflict:
                if not conflict.failed:
                    raise
                if 0 in conflict.failed:
                    raise NotFoundError("There is no such segment.") from conflict
                now_ = [contact_id for p, contact_id in enumerate(now_, start=1) if p not in conflict.failed]
            else:
                removed += len(now_)
                now_ = []
    return removed


def entering(workspace_id: str, segment_id: str, shards: int, contact_id: str, now: datetime) -> list[Operation]:
    """The transaction by which one contact enters; it fails when it is in already."""
    key = member_key(workspace_id, segment_id, contact_id, shards)
    member = MemberRecord(pk=key.pk, sk=key.sk, workspace_id=workspace_id, created_at=now)
    return [Create(member), _count(workspace_id, segment_id, 1, now)]


def leaving(workspace_id: str, segment_id: str, shards: int, contact_id: str, now: datetime) -> list[Operation]:
    """The transaction by which one contact leaves; it fails when it is not in."""
    key = member_key(workspace_id, segment_id, contact_id, shards)
    return [Delete(key, Record.pk.exists()), _count(workspace_id, segment_id, -1, now)]


def members(table: Table, segment: Segment, *, start: Sequence[str] | None, limit: int) -> MembersPage:
    """Some members' contact ids, shard by shard; ``start`` is a former page's ``next``."""
    shard, after = (int(start[0]), start[1]) if start else (0, "")
    found: list[str] = []
    while shard < segment.shards:
        pk = members_partition(segment.workspace_id, segment.id, shard)
        page = table.query(MemberRecord, pk, after=after, limit=limit - len(found))
        found += [record.contact_id for record in page.items]
        if len(found) >= limit:
            return MembersPage(found, [str(shard), f"C#{found[-1]}"])
        shard, after = shard + 1, ""
    return MembersPage(found)


def is_member(table: Table, segment: Segment, contact_id: str) -> bool:
    """Whether a contact is in the segment, as it certainly is."""
    return table.get(MemberRecord, _place(segment, contact_id), consistent=True) is not None


def members_among(table: Table, segment: Segment, contact_ids: Iterable[str]) -> set[str]:
    """Which of these contacts are in the segment, as they certainly are."""
    places = {_place(segment, contact_id): contact_id for contact_id in contact_ids}
    found = table.get_many(MemberRecord, places, consistent=True) if places else {}
    return {places[key] for key in found}


def clear(table: Table, workspace_id: str, segment_id: str, shards: int, *, limit: int) -> bool:
    """Delete up to ``limit`` rows of a deleted segment's members; whether that was all of them."""
    left = limit
    for shard in range(shards):
        while left > 0:
            page = table.query(MemberRecord, members_partition(workspace_id, segment_id, shard), limit=min(left, 500))
            table.write_many([], deletes=[record.key for record in page.items])
            left -= len(page.items)
            if page.next is None:
                break
    return left > 0


def _place(segment: Segment, contact_id: str) -> Key:
    return member_key(segment.workspace_id, segment.id, contact_id, segment.shards)


def _member(segment: Segment, contact_id: str, now: datetime) -> MemberRecord:
    key = _place(segment, contact_id)
    return MemberRecord(pk=key.pk, sk=key.sk, workspace_id=segment.workspace_id, created_at=now)


def _counted(segment: Segment, amount: int, now: datetime) -> Update:
    return _count(segment.workspace_id, segment.id, amount, now)


def _count(workspace_id: str, segment_id: str, amount: int, now: datetime) -> Update:
    actions = [CountRecord.members.add(amount), CountRecord.updated_at.set(now)]
    return Update(count_key(workspace_id, segment_id), actions)


def _unchanged(workspace_id: str, contact_id: str, version: int) -> Check:
    return Check(Key(partition(workspace_id, "C", contact_id), "CONTACT"), Record.version == version)


def to_domain(record: SegmentRecord, count: CountRecord | None) -> Segment:
    """The segment in its items."""
    moved = count.updated_at if count else None
    refreshed = max((instant for instant in (record.filled_at, moved) if instant), default=None)
    return Segment(
        workspace_id=record.workspace_id,
        id=record.segment_id,
        name=record.name,
        kind="dynamic" if record.segment_kind == "dynamic" else "static",
        conditions=record.conditions,
        state=SegmentState(record.state),
        count=int(count.members) if count else 0,
        shards=int(record.shards),
        refreshed_at=refreshed if record.filled_at else None,
        created_at=record.created_at,
        updated_at=record.updated_at or record.created_at,
        version=int(record.version),
    )
