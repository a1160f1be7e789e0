"""Spreading a list that has grown over more partitions, while everything runs.

Functions believe a workspace's settings for a minute. Were readers and writers told at once, a writer that knows could put a record
where a reader that does not know yet never looks. So readers are told first, and writers two minutes later, by an order on the
queue. Records stay in the partition they were made in; readers merge all.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, InvalidError, UnavailableError
from chalicelib.foundation.messaging.envelope import Envelope
from chalicelib.foundation.messaging.publisher import Queues
from chalicelib.foundation.table import Table
from chalicelib.workspaces.settings import store
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.events import OPEN
from chalicelib.workspaces.settings.service import SYSTEM, get_workspace

SHARDS_LIMIT = 64
_READERS = 120  # seconds after which every function has read the settings again
_ATTEMPTS = 5


def spread(*, table: Table, clock: Clock, queues: Queues, workspace_id: str, collection: str, shards: int) -> Workspace:
    """Spread a list (``contacts``, ``leads``, …) over so many partitions: more than now. `InvalidError` names ``shards``."""
    if not 1 <= shards <= SHARDS_LIMIT:
        raise InvalidError(f"1 to {SHARDS_LIMIT} partitions.", field="shards", code="out_of_range")

    def grow(workspace: Workspace) -> Workspace:
        if shards <= workspace.shards_of(collection):
            message = "A list is spread over more partitions, never over fewer."
            raise InvalidError(message, field="shards", code="not_more")
        return replace(workspace, growing={**workspace.growing, collection: shards})

    grown = _change(table, clock, workspace_id, grow)
    data = {"collection": collection}
    envelope = Envelope(f"{OPEN}:{workspace_id}:{collection}:{shards}", OPEN, workspace_id, clock.now(), data)
    queues.publish("jobs", [envelope], delay=_READERS)
    return grown


def open_shards(*, table: Table, clock: Clock, workspace_id: str, collection: str) -> Workspace:
    """Let new records go to the partitions that everybody reads by now. Doing it again changes nothing."""

    def settle(workspace: Workspace) -> Workspace:
        growing: Mapping[str, int] = {name: n for name, n in workspace.growing.items() if name != collection}
        shards = {**workspace.shards, collection: workspace.shards_of(collection)}
        return replace(workspace, shards=shards, growing=growing)

    return _change(table, clock, workspace_id, settle)


def _change(table: Table, clock: Clock, workspace_id: str, change: Callable[[Workspace], Workspace]) -> Workspace:
    for _ in range(_ATTEMPTS):
        present = get_workspace(table=table, workspace_id=workspace_id, fresh=True)
        changed = change(present)
        if changed == present:
            return present
        try:
            table.replace(store.to_record(replace(changed, updated_at=clock.now()), changed_by=SYSTEM))
        except ConflictError:
            continue
        return get_workspace(table=table, workspace_id=workspace_id, fresh=True)
    raise UnavailableError("The workspace keeps being changed by others.")
