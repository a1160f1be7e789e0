"""Reading and making audit rows."""

from collections.abc import Iterator
from typing import Any

from chalicelib.foundation import clock
from chalicelib.foundation.table import Key, Page, Table, Update
from chalicelib.workspaces.audit.domain import Entry
from chalicelib.workspaces.audit.records import AuditRecord, day_partition, subject_partition


def page(table: Table, workspace_id: str, day: str, *, limit: int, after: list[str] | None) -> Page[AuditRecord]:
    """A day's entries, the newest first."""
    start: dict[str, Any] | None = None
    if after:
        start = dict(Key(day_partition(workspace_id, day), after[0]).image())
    return table.query(AuditRecord, day_partition(workspace_id, day), newest_first=True, limit=limit, start=start)


def page_of_subject(table: Table, workspace_id: str, subject_id: str, *, limit: int, before: str) -> Page[AuditRecord]:
    """What was done to one thing, the newest first; before a position, if one is given."""
    partition = subject_partition(workspace_id, subject_id)
    return table.query(AuditRecord, partition, index="gsi2", before=before, newest_first=True, limit=limit)


def all_of_subject(table: Table, workspace_id: str, subject_id: str) -> Iterator[AuditRecord]:
    """Everything that was done to one thing."""
    return table.query_all(AuditRecord, subject_partition(workspace_id, subject_id), index="gsi2")


def emptied(record: AuditRecord) -> Update:
    """The operation that takes from an entry what it says of how the thing was."""
    return Update(record.key, [AuditRecord.before.set({}), AuditRecord.after.set({})])


def to_domain(record: AuditRecord) -> Entry:
    """The entry in a record."""
    return Entry(record.id, record.at, record.actor, record.action, record.subject_id, record.before, record.after)


def to_record(workspace_id: str, entry: Entry) -> AuditRecord:
    """The record of an entry."""
    at = clock.to_text(entry.at)
    return AuditRecord(
        pk=day_partition(workspace_id, at[:10]),
        sk=f"{at}#{entry.id}",
        gsi2pk=subject_partition(workspace_id, entry.subject_id) if entry.subject_id else None,
        gsi2sk=f"{at}#{entry.id}" if entry.subject_id else None,
        workspace_id=workspace_id,
        created_at=entry.at,
        changed_by=entry.actor,
        id=entry.id,
        at=entry.at,
        actor=entry.actor,
        action=entry.action,
        subject_id=entry.subject_id,
        before=dict(entry.before),
        after=dict(entry.after),
    )
