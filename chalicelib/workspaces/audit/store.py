"""Reading and making audit rows."""

from typing import Any

from chalicelib.foundation import clock
from chalicelib.foundation.table import Key, Page, Table
from chalicelib.workspaces.audit.domain import Entry
from chalicelib.workspaces.audit.records import AuditRecord, day_partition


def page(table: Table, workspace_id: str, day: str, *, limit: int, after: list[str] | None) -> Page[AuditRecord]:
    """A day's entries, the newest first."""
    start: dict[str, Any] | None = None
    if after:
        start = dict(Key(day_partition(workspace_id, day), after[0]).image())
    return table.query(AuditRecord, day_partition(workspace_id, day), newest_first=True, limit=limit, start=start)


def to_domain(record: AuditRecord) -> Entry:
    """The entry in a record."""
    return Entry(record.id, record.at, record.actor, record.action, record.subject_id, record.before, record.after)


def to_record(workspace_id: str, entry: Entry) -> AuditRecord:
    """The record of an entry."""
    at = clock.to_text(entry.at)
    return AuditRecord(
        pk=day_partition(workspace_id, at[:10]),
        sk=f"{at}#{entry.id}",
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
