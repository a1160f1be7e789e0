"""Segments, their members and counts in the table."""

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace as with_
from datetime import UTC, datetime
from typing import Any

from chalicelib.customers.consent import service as consent
from chalicelib.foundation import clock as clocks
from chalicelib.foundation.errors import ConflictError, InvalidError
from chalicelib.foundation.table import Check, Create, Delete, Key, Operation, Record, Replace, Table, Update
from chalicelib.foundation.table.table import TransactionConflictError
from chalicelib.marketing.segments.domain import BUILDERS_LIMIT, DYNAMIC_LIMIT, Problem, Segment, SegmentState
from chalicelib.marketing.segments.language import former
from chalicelib.marketing.segments.profile import Profile
from chalicelib.marketing.segments.records import (
    CatalogueRecord,
    CountRecord,
    FillRecord,
    ProfileRecord,
    SegmentRecord,
    belonging_key,
    catalogue_key,
    count_key,
    fill_key,
    profile_key,
    sample_key,
    sample_partition,
    segment_key,
    segments_partition,
)

_ATTEMPTS = 6
_BROKEN = Problem("conditions", "gone", "The conditions ask for something that is gone.")


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
            segments[id_] = to_domain(table, record, count if isinstance(count, CountRecord) else None)
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
    return [to_domain(table, record, counts.get(count_key(workspace_id, record.segment_id))) for record in page.items]


def create(table: Table, segment: Segment, asks: Sequence[str] = ()) -> None:
    """Write a new segment, its count and, for a dynamic one, its place in the catalogue, at once. `InvalidError` when one of those
    it ``asks`` for is gone, or there are too many.
    """
    key, counted = segment_key(segment.workspace_id, segment.id), count_key(segment.workspace_id, segment.id)
    count = CountRecord(
        pk=counted.pk,
        sk=counted.sk,
        workspace_id=segment.workspace_id,
        created_at=segment.created_at,
        updated_at=segment.created_at,
        members=0,
    )
    own: list[Operation] = [Create(to_record(segment, key)), Create(count)]
    if segment.conditions is None:
        table.transact(own)
        return

    def added(segments: dict[str, Any]) -> list[Operation]:
        if segment.id not in segments and len(segments) >= DYNAMIC_LIMIT:
            message = f"A workspace has at most {DYNAMIC_LIMIT} dynamic segments."
            raise InvalidError(message, field="conditions", code="too_many")
        segments[segment.id] = {"rev": segment.revision, "asks": sorted(asks)}
        _check_builders(segments, segment.id)
        return [*own, *_asked(segment.workspace_id, segments, asks, own=segment.id)]

    _with_catalogue(table, segment.workspace_id, segment.created_at, added)


def rename(table: Table, segment: Segment, name: str, now: datetime, *, changed_by: str) -> None:
    """Give a segment another name, at the version it was read at; whether it is being filled is left as it is."""
    actions = [
        SegmentRecord.name.set(name),
        SegmentRecord.updated_at.set(now),
        SegmentRecord.changed_by.set(changed_by),
    ]
    key = segment_key(segment.workspace_id, segment.id)
    table.update(SegmentRecord, key, actions, condition=Record.version == segment.version)


def refill(table: Table, segment: Segment, now: datetime, *, asks: Sequence[str]) -> None:
    """Write a segment whose conditions mean something else now over the version it was read at: it is to be filled anew, and so is
    every segment that builds on it. ``segment.revision`` is the new one, or the next if the segment has been filled anew meanwhile
    because of one that it builds on: that is no edit, and a fill that has begun already would not see the new conditions everywhere.
    """
    where = segment.workspace_id

    def changed(segments: dict[str, Any]) -> list[Operation]:
        entry = segments.get(segment.id, {})
        revision = max(segment.revision, int(entry.get("rev", 1)) + 1)
        record = to_record(with_(segment, revision=revision), segment_key(where, segment.id))
        operations: list[Operation] = [Replace(record), *_asked(where, segments, asks, own=segment.id)]
        segments[segment.id] = {"rev": revision, "asks": sorted(asks)} | _mark(entry)
        if asks:
            _check_builders(segments, segment.id)
        for each in dependents(segments, segment.id):
            segments[each] = {**segments[each], "rev": int(segments[each].get("rev", 1)) + 1}
            operations.append(Update(segment_key(where, each), _emptied(now), SegmentRecord.pk.exists(), upsert=True))
        return operations

    _with_catalogue(table, where, now, changed)


def _check_builders(segments: Mapping[str, Any], own: str) -> None:
    """All that build on a segment are filled with it, in one transaction: there must not be more than fit."""
    for each in reached(segments, own):
        if len(dependents(segments, each)) > BUILDERS_LIMIT:
            message = f"At most {BUILDERS_LIMIT} segments build on one, by whatever way."
            raise InvalidError(message, field="conditions", code="too_many")


def kept_by_rows(segments: Mapping[str, Any]) -> list[str]:
    """Those of a catalogue's segments that versions of before 22 November 2026 filled: these kept the conditions in the catalogue and
    who is in a segment in its rows only.
    """
    return sorted(each for each, entry in segments.items() if "conditions" in entry or entry.get("rows"))


def _mark(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What a segment's entry must not lose when it is written anew: that there may be rows which no belonging tells of."""
    return {"rows": True} if kept_by_rows({"": entry}) else {}


def _emptied(now: datetime) -> list[Any]:
    return [
        SegmentRecord.state.set(SegmentState.FILLING.value),
        SegmentRecord.revision.add(1),
        SegmentRecord.filled_at.remove(),
        SegmentRecord.updated_at.set(now),
    ]


def delete(table: Table, segment: Segment, now: datetime) -> None:
    """Delete a segment, its count and its place in the catalogue, at once. Its members are cleared away afterwards. `ConflictError`
    while another asks for it.
    """
    own: list[Operation] = [
        Delete(segment_key(segment.workspace_id, segment.id), Record.pk.exists()),
        Delete(count_key(segment.workspace_id, segment.id)),
    ]

    def removed(segments: dict[str, Any]) -> list[Operation]:
        using = [each for each, entry in segments.items() if segment.id in entry.get("asks", ())]
        if using:
            raise InUseError(using)
        segments.pop(segment.id, None)
        return own

    _with_catalogue(table, segment.workspace_id, now, removed)


class InUseError(Exception):
    """Other segments (their ids) ask for this one."""

    def __init__(self, ids: Sequence[str]):
        self.ids = tuple(ids)
        super().__init__(", ".join(ids))


def _asked(workspace_id: str, segments: Mapping[str, Any], asks: Sequence[str], *, own: str) -> list[Operation]:
    """Checks that the static segments among these are there; the dynamic ones are in the catalogue that is written with them."""
    if own in asks or any(own in reached(segments, each) for each in asks):
        raise CircleError([own])
    statics = [each for each in asks if each not in segments]
    return [Check(segment_key(workspace_id, each), Record.pk.exists()) for each in statics]


class CircleError(Exception):
    """Segments that ask for one another."""

    def __init__(self, way: Sequence[str]):
        self.way = tuple(way)
        super().__init__(" → ".join(way))


def reached(segments: Mapping[str, Any], start: str) -> set[str]:
    """All that a segment asks for, and those ask for."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for asked in segments.get(waiting.pop(), {}).get("asks", ()):
            if asked not in found:
                found.add(asked)
                waiting.append(asked)
    return found


def dependents(segments: Mapping[str, Any], segment_id: str) -> list[str]:
    """All that ask for a segment, by whatever way."""
    return [each for each in segments if each != segment_id and segment_id in reached(segments, each)]


def catalogue(table: Table, workspace_id: str) -> CatalogueRecord | None:
    """The dynamic segments as they certainly are, or None while there has never been one."""
    return table.get(CatalogueRecord, catalogue_key(workspace_id), consistent=True)


def catalogue_version(table: Table, workspace_id: str) -> int:
    """The catalogue's version as it certainly is; 0 without one."""
    found = catalogue(table, workspace_id)
    return int(found.version) if found else 0


def population(table: Table, workspace_id: str) -> int:
    """How many contacts the last fill saw; 0 if there was none."""
    found = catalogue(table, workspace_id)
    return int(found.population or 0) if found else 0


def sampled(table: Table, workspace_id: str) -> int:
    """How many contacts the sample for previews has."""
    return table.count(sample_partition(workspace_id))


def _with_catalogue(
    table: Table, workspace_id: str, now: datetime, change: Callable[[dict[str, Any]], list[Operation]]
) -> None:
    """Carry out operations together with a change of the catalogue; ``change`` is given what is in it and may be asked again."""
    key = catalogue_key(workspace_id)
    for attempt in range(_ATTEMPTS):
        present = table.get(CatalogueRecord, key, consistent=True)
        segments = dict(present.segments) if present else {}
        own = change(segments)
        if present is None:
            if not segments:
                table.transact(own)
                return
            record = CatalogueRecord(pk=key.pk, sk=key.sk, workspace_id=workspace_id, created_at=now, segments=segments)
            last: Operation = Create(record)
        else:
            present.segments, present.updated_at = segments, now
            last = Replace(present)
        try:
            table.transact([*own, last])
        except TransactionConflictError as conflict:
            if any(position < len(own) for position in conflict.failed) or attempt == _ATTEMPTS - 1:
                raise
        else:
            return


# Fills


def write_progress(
    table: Table, segment: Segment, part: int, *, done: int, total: int, parts: int, finished: bool, now: datetime
) -> None:
    """How far a fill has come in one part; what an older fill says is left out."""
    key = fill_key(segment.workspace_id, segment.id, part)
    record = FillRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=segment.workspace_id,
        created_at=now,
        revision=segment.revision,
        done=done,
        total=total,
        parts=parts,
        finished=finished or None,
    )
    condition = Record.pk.does_not_exist() | (FillRecord.revision <= segment.revision)
    with contextlib.suppress(ConflictError):
        table.put(record, condition=condition)


def fills(table: Table, segment: Segment) -> list[FillRecord]:
    """The parts of the present fill that have begun, as they certainly are."""
    pk = fill_key(segment.workspace_id, segment.id, 0).pk
    found = table.query_all(FillRecord, pk, begins_with="FILL#", consistent=True)
    return [record for record in found if int(record.revision) == segment.revision]


def forget_fills(table: Table, workspace_id: str, segment_id: str) -> None:
    """Delete what stands of the fills of a segment that is no more."""
    pk = fill_key(workspace_id, segment_id, 0).pk
    table.write_many([], deletes=list(table.keys(pk, begins_with="FILL#")))


def mark_ready(table: Table, segment: Segment, now: datetime, *, population: int) -> bool:
    """The fill is over; False when another one has begun meanwhile."""
    try:
        table.update(
            SegmentRecord,
            segment_key(segment.workspace_id, segment.id),
            [
                SegmentRecord.state.set(SegmentState.READY.value),
                SegmentRecord.filled_at.set(now),
                SegmentRecord.updated_at.set(now),
            ],
            condition=(SegmentRecord.state == SegmentState.FILLING.value) & _of_revision(segment.revision),
            upsert=True,  # no edit: whoever has the segment open can go on
        )
    except ConflictError:
        return False
    if segment.conditions is not None:
        actions = [CatalogueRecord.population.set(population)]
        with contextlib.suppress(ConflictError):
            table.update(CatalogueRecord, catalogue_key(segment.workspace_id), actions)
    return True


def _of_revision(revision: int) -> Any:
    found = SegmentRecord.revision == revision
    return found | SegmentRecord.revision.does_not_exist() if revision == 1 else found


def moves_metric(segment_id: str) -> str:
    """The metric of how many entered and left a segment, by day."""
    return f"segment.{segment_id}"


def to_profile(record: ProfileRecord) -> Profile:
    """The profile in an item."""
    return Profile(record.mail or {}, record.posts or {}, record.deals or {}, int(record.version))


def deeds_of(table: Table, workspace_id: str, contact_ids: Iterable[str]) -> list[dict[str, Any]]:
    """What the profiles of these contacts tell, a row for each campaign, form and deal."""
    keys = [profile_key(workspace_id, each) for each in contact_ids]
    profile = Profile.union(to_profile(each) for each in table.get_many(ProfileRecord, keys, consistent=True).values())
    mail = [{"campaign_id": each, **_moments(_MAIL, row)} for each, row in profile.mail.items()]
    posts = [{"form_id": form, "posts": len(sent)} for form, sent in profile.posts.items()]
    deals = [{"deal_id": each, "status": row[0]} for each, row in profile.deals.items()]
    return [*mail, *posts, *deals]


_MAIL = ("sent_at", "opened_at", "clicked_at", "bounced_at")


def _moments(names: Sequence[str], row: Sequence[Any]) -> dict[str, str]:
    return {name: clocks.to_text(datetime.fromtimestamp(at, UTC)) for name, at in zip(names, row, strict=False) if at}


def forget(table: Table, workspace_id: str, contact_ids: Iterable[str]) -> int:
    """Delete what stands beside these contacts; how many there were."""
    ids = list(contact_ids)
    keys = [key(workspace_id, each) for each in ids for key in (belonging_key, profile_key, sample_key)]
    found = table.get_many(Record, keys, consistent=True)
    table.write_many([], deletes=list(found))
    return len(found)


def profile_operation(workspace_id: str, contact_id: str, profile: Profile, now: datetime) -> Operation:
    """Write a profile over the version it was read at."""
    key = profile_key(workspace_id, contact_id)
    record = ProfileRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=workspace_id,
        version=profile.version or 1,
        created_at=now,
        mail=profile.mail or None,
        posts=profile.posts or None,
        deals=profile.deals or None,
    )
    return Replace(record) if profile.version else Create(record)


def to_record(segment: Segment, key: Key) -> SegmentRecord:
    """The item of a segment."""
    return SegmentRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=segment.workspace_id,
        version=segment.version,
        created_at=segment.created_at,
        updated_at=segment.updated_at,
        gsi1pk=segments_partition(segment.workspace_id),
        gsi1sk=segment.id,
        name=segment.name,
        segment_kind=segment.kind,
        conditions=segment.conditions,
        state=segment.state.value,
        shards=segment.shards,
        filled_at=segment.filled_at,
        revision=segment.revision,
        bound=segment.bound or None,
        broken=segment.broken or None,
        source_id=segment.source_id or None,
        changed_by=segment.changed_by or None,
    )


def conditions_of(table: Table, record: SegmentRecord) -> Any:
    """The conditions in an item, in the present language whoever wrote them; None for a static segment."""

    def purposes() -> list[str]:
        return [each.id for each in consent.get_purposes(table=table, workspace_id=record.workspace_id).items]

    return former.present(record.conditions, purposes)


def to_domain(table: Table, record: SegmentRecord, count: CountRecord | None) -> Segment:
    """The segment in its items."""
    moved = count.updated_at if count else None
    fresh = max((instant for instant in (record.filled_at, moved) if instant), default=None)
    return Segment(
        workspace_id=record.workspace_id,
        id=record.segment_id,
        name=record.name,
        kind="dynamic" if record.segment_kind == "dynamic" else "static",
        conditions=conditions_of(table, record),
        state=SegmentState(record.state),
        count=int(count.members) if count and not record.broken else 0,
        shards=int(record.shards),
        fresh_as_of=fresh if record.filled_at else None,
        filled_at=record.filled_at,
        created_at=record.created_at,
        updated_at=record.updated_at or record.created_at,
        version=int(record.version),
        revision=int(record.revision or 1),
        broken=bool(record.broken),
        bound=record.bound,
        source_id=record.source_id or "",
        problems=(_BROKEN,) if record.broken else (),
    )
