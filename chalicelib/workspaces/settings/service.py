"""Making, reading and changing a workspace."""

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.foundation.memory import Memory
from chalicelib.foundation.table import Table
from chalicelib.workspaces.settings import store
from chalicelib.workspaces.settings.domain import LANGUAGES, Workspace, check_time_zone
from chalicelib.workspaces.settings.records import WorkspaceRecord

SYSTEM = "system"
_remembered: "WeakKeyDictionary[Table, Memory[str, Workspace]]" = WeakKeyDictionary()


def get_workspace(*, table: Table, workspace_id: str, fresh: bool = False) -> Workspace:
    """The workspace; `NotFoundError` when there is none. What a function reads it believes for 60 seconds, unless it asks
    for it ``fresh`` (consistent).
    """
    memory = _memory(table)
    if fresh:
        memory.forget(workspace_id)

    def ask() -> Workspace:
        found = store.read(table, workspace_id, consistent=fresh)
        if found is None:
            raise NotFoundError("There is no such workspace.")
        return found

    return memory.get(workspace_id, time.monotonic(), ask)


def local_day(workspace: Workspace, instant: datetime) -> str:
    """The day of an instant in the workspace's zone: ``2026-11-21``."""
    return instant.astimezone(workspace.zone).date().isoformat()


def create_workspace(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    name: str,
    language: str = "es",
    time_zone: str = "Europe/Madrid",
    currency: str = "EUR",
    postal_address: str = "",
    sender_name: str = "",
    sender_email: str = "",
    shards: Mapping[str, int] | None = None,
    changed_by: str = SYSTEM,
) -> Workspace:
    """Make a workspace, without members; the one that is there already when it is made again with its id."""
    _check_language(language)
    now = clock.now()
    workspace = Workspace(
        id=workspace_id,
        name=name,
        language=language,
        time_zone=check_time_zone(time_zone),
        currency=currency,
        postal_address=postal_address,
        sender_name=sender_name,
        sender_email=sender_email,
        created_at=now,
        updated_at=now,
        shards=dict(shards or {}),
    )
    try:
        table.create(store.to_record(workspace, changed_by=changed_by))
    except ConflictError as conflict:
        if isinstance(conflict.current, WorkspaceRecord):
            return store.to_domain(conflict.current)
        raise
    return workspace


def change_workspace(
    *, table: Table, clock: Clock, workspace_id: str, version: int, changes: Mapping[str, Any], changed_by: str
) -> Workspace:
    """Change some of name, language, time_zone, currency, postal_address, sender_name and sender_email (or shards) of the
    workspace as it was at ``version``; `ConflictError` with the present `Workspace` when it has moved on.
    """
    if "language" in changes:
        _check_language(changes["language"])
    if "time_zone" in changes:
        check_time_zone(changes["time_zone"])
    present = get_workspace(table=table, workspace_id=workspace_id, fresh=True)
    if present.version != version:
        raise ConflictError(current=present)
    changed = replace(present, updated_at=clock.now(), **changes)
    record = store.to_record(changed, changed_by=changed_by)
    try:
        table.replace(record)
    except ConflictError as conflict:
        current = conflict.current
        raise ConflictError(
            current=store.to_domain(current) if isinstance(current, WorkspaceRecord) else None
        ) from conflict
    _memory(table).forget(workspace_id)
    return replace(changed, version=version + 1)


def _check_language(language: str) -> None:
    if language not in LANGUAGES:
        raise InvalidError(f"One of {', '.join(LANGUAGES)}.", field="language")


def _memory(table: Table) -> Memory[str, Workspace]:
    memory = _remembered.get(table)
    if memory is None:
        memory = _remembered[table] = Memory(seconds=60)
    return memory
