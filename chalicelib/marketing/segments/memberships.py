"""Who is in a segment, in the table: rows of members, each written together with the segment's count."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from chalicelib.foundation.errors import NotFoundError
from chalicelib.foundation.table import Check, Create, Delete, Key, Operation, Record, Table, Update
from chalicelib.foundation.table.table import TRANSACTION, TransactionConflictError
from chalicelib.marketing.segments.domain import MembersPage, Segment
from chalicelib.marketing.segments.records import CountRecord, MemberRecord, count_key, member_key, members_partition


def add_members(
    table: Table,
    segment: Segment,
    contact_ids: Iterable[str],
    now: datetime,
    *,
    by: str = "",
    guard: Check | None = None,
) -> int:
    """Make these contacts members, those who are not yet, with the count in the same transaction; how many were not. Each of them
    notes ``by`` whom. `NotFoundError` when the segment has been deleted, `ConflictError` when ``guard`` does not hold.
    """

    def operations(contact_ids: Sequence[str]) -> list[Operation]:
        return [
            Create(member(segment.workspace_id, segment.id, contact_id, segment.shards, now, by=by))
            for contact_id in contact_ids
        ]

    return _counted_together(table, segment, contact_ids, operations, +1, now, guard)


def remove_members(table: Table, segment: Segment, contact_ids: Iterable[str], now: datetime, *, by: str = "") -> int:
    """Take these contacts out, those who are in, with the count in the same transaction; how many were. With ``by`` only those who
    are in by this doing.
    """
    condition = MemberRecord.changed_by == by if by else Record.pk.exists()

    def operations(contact_ids: Sequence[str]) -> list[Operation]:
        return [Delete(_place(segment, contact_id), condition) for contact_id in contact_ids]

    return _counted_together(table, segment, contact_ids, operations, -1, now, None)


def _counted_together(
    table: Table,
    segment: Segment,
    contact_ids: Iterable[str],
    operations: Callable[[Sequence[str]], list[Operation]],
    step: int,
    now: datetime,
    guard: Check | None,
) -> int:
    """Carry out an operation for each contact, as many in one transaction as fit, and count those whose condition holds; their
    number.
    """
    checks: list[Operation] = [guard] if guard is not None else []
    room = TRANSACTION - 1 - len(checks)
    done = 0
    waiting = list(dict.fromkeys(contact_ids))
    while waiting:
        now_, waiting = waiting[:room], waiting[room:]
        while now_:
            count = counted(segment.workspace_id, segment.id, step * len(now_), now)
            try:
                table.transact([*operations(now_), count, *checks])
            except TransactionConflictError as conflict:
                size = len(now_)
                if not conflict.failed or (checks and size + 1 in conflict.failed):
                    raise
                if size in conflict.failed:
                    raise NotFoundError("There is no such segment.") from conflict
                now_ = [contact_id for position, contact_id in enumerate(now_) if position not in conflict.failed]
            else:
                done += len(now_)
                now_ = []
    return done


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
    return set(members_by(table, segment, contact_ids))


def members_by(table: Table, segment: Segment, contact_ids: Iterable[str]) -> dict[str, str]:
    """Who of these contacts is in the segment, as it certainly is, and by whose doing as far as that was noted."""
    places = {_place(segment, contact_id): contact_id for contact_id in contact_ids}
    found = table.get_many(MemberRecord, places, consistent=True) if places else {}
    return {places[key]: record.changed_by or "" for key, record in found.items()}


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


def member(
    workspace_id: str, segment_id: str, contact_id: str, shards: int, now: datetime, *, by: str = ""
) -> MemberRecord:
    """The row of a membership."""
    key = member_key(workspace_id, segment_id, contact_id, shards)
    return MemberRecord(pk=key.pk, sk=key.sk, workspace_id=workspace_id, created_at=now, changed_by=by or None)


def counted(workspace_id: str, segment_id: str, amount: int, now: datetime) -> Update:
    """So many members more."""
    actions = [CountRecord.members.add(amount), CountRecord.updated_at.set(now)]
    return Update(count_key(workspace_id, segment_id), actions)
