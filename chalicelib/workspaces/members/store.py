"""Reading and writing members. Every change of who is an owner goes together with the number of owners."""

from datetime import datetime
from typing import Any

from chalicelib.foundation.table import Create, Delete, Operation, Page, Replace, Table, Update, partition
from chalicelib.workspaces.members.domain import Member, Role
from chalicelib.workspaces.members.records import MemberRecord, OwnersRecord, member_key, owners_key, user_partition


def read(table: Table, workspace_id: str, user_id: str, *, consistent: bool = False) -> Member | None:
    """A member, or None."""
    record = table.get(MemberRecord, member_key(workspace_id, user_id), consistent=consistent)
    return None if record is None else to_domain(record)


def page(table: Table, workspace_id: str, *, limit: int, after: list[str] | None) -> Page[MemberRecord]:
    """Members in the order of their user ids."""
    start: dict[str, Any] | None = None
    if after:
        start = dict(member_key(workspace_id, after[0]).image())
    return table.query(MemberRecord, partition(workspace_id), begins_with="MEMBER#", limit=limit, start=start)


def memberships(table: Table, user_id: str) -> list[Member]:
    """Everything a person belongs to, at most a few dozen workspaces."""
    return [to_domain(record) for record in table.query_all(MemberRecord, user_partition(user_id), index="gsi1")]


def creation(member: Member, *, changed_by: str) -> list[Operation]:
    """What makes a member."""
    operations: list[Operation] = [Create(to_record(member, changed_by=changed_by))]
    if member.role is Role.OWNER:
        operations.append(_one_owner_more(member.workspace_id, member.created_at))
    return operations


def change(before: Member, after: Member, *, changed_by: str) -> list[Operation]:
    """What changes a member from the version it was read at."""
    operations: list[Operation] = [Replace(to_record(after, changed_by=changed_by))]
    if before.role is not after.role and after.role is Role.OWNER:
        operations.append(_one_owner_more(before.workspace_id, after.updated_at))
    elif before.role is not after.role and before.role is Role.OWNER:
        operations.append(_one_owner_less(before.workspace_id))
    return operations


def removal(member: Member) -> list[Operation]:
    """What removes a member as it was read."""
    operations: list[Operation] = [
        Delete(member_key(member.workspace_id, member.user_id), MemberRecord.version == member.version)
    ]
    if member.role is Role.OWNER:
        operations.append(_one_owner_less(member.workspace_id))
    return operations


def seen(table: Table, member: Member, at: datetime) -> None:
    """Note when the member was last here; no change in the sense of its version."""
    table.update(
        MemberRecord,
        member_key(member.workspace_id, member.user_id),
        [MemberRecord.last_seen_at.set(at)],
        condition=MemberRecord.role.exists(),
        upsert=True,  # does not count as a version; the condition keeps it from making a row
    )


def _one_owner_more(workspace_id: str, at: datetime) -> Update:
    return Update(
        owners_key(workspace_id),
        [
            OwnersRecord.count.add(1),
            OwnersRecord.kind.set(OwnersRecord),
            OwnersRecord.workspace_id.set(workspace_id),
            OwnersRecord.created_at.set(OwnersRecord.created_at | at),
            OwnersRecord.version.add(1),
        ],
        upsert=True,
    )


def _one_owner_less(workspace_id: str) -> Update:
    return Update(owners_key(workspace_id), [OwnersRecord.count.add(-1)], OwnersRecord.count > 1)


def to_domain(record: MemberRecord) -> Member:
    """The member in a record."""
    return Member(
        workspace_id=record.workspace_id,
        user_id=record.user_id,
        email=record.email,
        name=record.name,
        language=record.language or "",
        role=Role(record.role),
        created_at=record.created_at,
        updated_at=record.updated_at or record.created_at,
        last_seen_at=record.last_seen_at,
        version=int(record.version),
    )


def to_record(member: Member, *, changed_by: str) -> MemberRecord:
    """The record of a member."""
    key = member_key(member.workspace_id, member.user_id)
    return MemberRecord(
        pk=key.pk,
        sk=key.sk,
        gsi1pk=user_partition(member.user_id),
        gsi1sk=partition(member.workspace_id),
        workspace_id=member.workspace_id,
        version=member.version,
        created_at=member.created_at,
        updated_at=member.updated_at,
        changed_by=changed_by,
        user_id=member.user_id,
        email=member.email,
        name=member.name,
        language=member.language or None,
        role=member.role.value,
        last_seen_at=member.last_seen_at,
    )
