"""Who is in a segment, in the table: rows of members, each written together with the segment's count."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from chalicelib.foundation.errors import NotFoundError
from chalicelib.foundation.table import Create, Delete, Key, Operation, Record, Table, Update
from chalicelib.foundation.table.table import TransactionConflictError
from chalicelib.marketing.segments.domain import MembersPage, Segment
from chalicelib.marketing.segments.records import CountRecord, MemberRecord, count_key, member_key, members_partition


def add_members(table: Table, segment: Segment, contact_ids: Iterable[str], now: datetime) -> int:
    """Make these contacts members, those who are not yet, with the count in the same transaction; how many were not.
    `NotFoundError` when the segment has been deleted.
    """
    added = 0
    waiting = list(dict.fromkeys(contact_ids))
    while waiting:
        now_, waiting = waiting[:99], waiting[99:]
        while now_:
            operations: list[Operation] = [counted(segment.workspace_id, segment.id, len(now_), now)]
            operations += [Create(member(segment.workspace_id, segment.id, each, segment.shards, now)) for each in now_]
            try:
                table.transact(operations)
            except TransactionConflictError as conflict:
                if not conflict.failed:
                    raise
                if 0 in conflict.failed:
                    raise NotFoundError("There is no such segment.") from conflict
                now_ = [contact_id for p, contact_id in enumerate(now_, start=1) if p not in conflict.failed]
            else:
                added += len(now_)
                now_ = []
    return added


def remove_members(table: Table, segment: Segment, contact_ids: Iterable[str], now: datetime) -> int:
    """Take these contacts out, those who are in, with the count in the same transaction; how many were."""
    removed = 0
    waiting = list(dict.fromkeys(contact_ids))
    while waiting:
        now_, waiting = waiting[:99], waiting[99:]
        while now_:
            operations: list[Operation] = [counted(segment.workspace_id, segment.id, -len(now_), now)]
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


def member(workspace_id: str, segment_id: str, contact_id: str, shards: int, now: datetime) -> MemberRecord:
    """The row of a membership."""
    key = member_key(workspace_id, segment_id, contact_id, shards)
    return MemberRecord(pk=key.pk, sk=key.sk, workspace_id=workspace_id, created_at=now)


def counted(workspace_id: str, segment_id: str, amount: int, now: datetime) -> Update:
    """So many members more."""
    actions = [CountRecord.members.add(amount), CountRecord.updated_at.set(now)]
    return Update(count_key(workspace_id, segment_id), actions)
