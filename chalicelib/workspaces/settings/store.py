"""Workspaces in the table."""

from chalicelib.foundation.table import Table
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.records import WorkspaceRecord, workspace_key


def read(table: Table, workspace_id: str, *, consistent: bool = False) -> Workspace | None:
    """The workspace, or None."""
    record = table.get(WorkspaceRecord, workspace_key(workspace_id), consistent=consistent)
    return None if record is None else to_domain(record)


def to_domain(record: WorkspaceRecord) -> Workspace:
    """The workspace in a record."""
    return Workspace(
        id=record.workspace_id,
        name=record.name,
        language=record.language,
        time_zone=record.time_zone,
        currency=record.currency,
        postal_address=record.postal_address or "",
        sender_name=record.sender_name or "",
        sender_email=record.sender_email or "",
        created_at=record.created_at,
        updated_at=record.updated_at or record.created_at,
        version=int(record.version),
        shards={name: int(count) for name, count in (record.shards or {}).items()},
        growing={name: int(count) for name, count in (record.growing or {}).items()},
    )


def to_record(workspace: Workspace, *, changed_by: str) -> WorkspaceRecord:
    """The record of a workspace."""
    key = workspace_key(workspace.id)
    return WorkspaceRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=workspace.id,
        version=workspace.version,
        created_at=workspace.created_at,
        updated_at=workspace.updated_at,
        changed_by=changed_by,
        name=workspace.name,
        language=workspace.language,
        time_zone=workspace.time_zone,
        currency=workspace.currency,
        postal_address=workspace.postal_address or None,
        sender_name=workspace.sender_name or None,
        sender_email=workspace.sender_email or None,
        shards=dict(workspace.shards) or None,
        growing=dict(workspace.growing) or None,
    )
