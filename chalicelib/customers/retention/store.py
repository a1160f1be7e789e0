"""Rules of retention in the table."""

from datetime import datetime

from chalicelib.customers.retention.domain import RetentionKind, Rules
from chalicelib.customers.retention.records import DUE, RetentionRecord, retention_key
from chalicelib.foundation.clock import to_text
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.table import Create, Replace, Table


def read(table: Table, workspace_id: str) -> Rules | None:
    """The workspace's rules, or None while it has none."""
    record = table.get(RetentionRecord, retention_key(workspace_id), consistent=True)
    return None if record is None else to_domain(record)


def write(table: Table, workspace_id: str, rules: Rules, *, next_at: datetime, now: datetime, by: str) -> None:
    """Write rules over the version they were read at; `ConflictError` when that has moved on."""
    key = retention_key(workspace_id)
    record = RetentionRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=workspace_id,
        version=rules.version or 1,
        created_at=now,
        updated_at=now,
        changed_by=by or None,
        duepk=DUE if rules.days else None,
        duesk=f"{to_text(next_at)}#{workspace_id}" if rules.days else None,
        days={kind.value: days for kind, days in rules.days.items()},
    )
    table.write(Replace(record) if rules.version else Create(record))


def due(table: Table, now: datetime, *, limit: int) -> list[RetentionRecord]:
    """Workspaces whose rules are to be applied."""
    return table.query(RetentionRecord, DUE, index="due", before=f"{to_text(now)}~", limit=limit).items


def taken(table: Table, record: RetentionRecord, next_at: datetime) -> bool:
    """Move to the next run; False when another tick has. The rules' version stays: nobody has edited them."""
    position = f"{to_text(next_at)}#{record.workspace_id}"
    image = {**record.image(), "duesk": {"S": position}}
    try:
        table.put(RetentionRecord.from_image(image), condition=RetentionRecord.duesk == record.duesk)
    except ConflictError:
        return False
    return True


def to_domain(record: RetentionRecord) -> Rules:
    """The rules in an item."""
    return Rules({RetentionKind(kind): int(days) for kind, days in record.days.items()}, int(record.version))
