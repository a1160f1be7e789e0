"""Making the rows of a list anew, for records that were there before their field could be filtered by.

The projector keeps rows as records change; this is for what does not change. It goes page by page and can be stopped, repeated
and run beside everything else: a row is only written while its record is still as it was read.
"""

from collections.abc import Callable, Iterable
from typing import Any

from chalicelib.customers.fields import service as fields
from chalicelib.customers.lists import store
from chalicelib.customers.lists.records import ListedRecord, listed_partition
from chalicelib.customers.lists.service import HasTable, Listing
from chalicelib.foundation.table import Check, Key, Operation, Put, Record, Table
from chalicelib.foundation.table.table import TransactionConflictError
from chalicelib.workspaces.settings.domain import Workspace

_PAGE = 100
_ACTIONS = 90  # in one transaction; a record's check and its rows go together


def index_page(
    runtime: HasTable, listing: Listing[Any], workspace: Workspace, *, index: str, start: str | None
) -> str | None:
    """Make the rows of one index (all of them when it is empty) for a page of records; where the next page starts."""
    found, following = listing.page(runtime, workspace, (), "created", start, _PAGE)
    waiting = [*found]
    for _ in range(3):
        waiting = _write(runtime.table, listing, workspace.id, waiting, index)
        if not waiting:
            break
        waiting = [*listing.read_many(runtime.table, workspace.id, [each.id for each in waiting]).values()]
    return following  # what keeps changing is the projector's


def drop(table: Table, workspace: Workspace, listing: Listing[Any], index: str) -> None:
    """Delete all rows of an index."""
    for shard in range(workspace.shards_of(listing.collection)):
        partition = listed_partition(workspace.id, listing.kind, index, shard)
        while keys := store.rows_of_partition(table, partition, limit=500):
            table.write_many([], deletes=keys)


def each_record(
    runtime: HasTable,
    listing: Listing[Any],
    workspace: Workspace,
    *,
    start: str | None,
    pages: int,
    work: Callable[[Any], None],
) -> str | None:
    """Do something with some pages of all records; where to go on, None after the last."""
    for _ in range(pages):
        found, start = listing.page(runtime, workspace, (), "created", start, _PAGE)
        for record in found:
            work(record)
        if start is None:
            break
    return start


def _write(table: Table, listing: Listing[Any], workspace_id: str, records: Iterable[Any], index: str) -> list[Any]:
    """Write the rows of these records; gives back those that had changed meanwhile."""
    changed: list[Any] = []
    batch: list[tuple[Any, list[Operation]]] = []
    for record in records:
        keys = [key for key in listing.rows(table, workspace_id, record) if not index or _index_of(key) == index]
        if not keys:
            continue
        check = Check(fields.place_of(workspace_id, listing.kind, record.id), Record.version == record.version)
        puts = [Put(_row(workspace_id, key, record)) for key in sorted(keys)]
        if sum(len(operations) for _, operations in batch) + 1 + len(puts) > _ACTIONS:
            changed += _transact(table, batch)
            batch = []
        batch.append((record, [check, *puts]))
    return changed + _transact(table, batch)


def _transact(table: Table, batch: list[tuple[Any, list[Operation]]]) -> list[Any]:
    if not batch:
        return []
    try:
        table.transact([operation for _, operations in batch for operation in operations])
    except TransactionConflictError as conflict:
        if len(batch) == 1 or not conflict.failed:
            return [record for record, _ in batch]
        return [record for one in batch for record in _transact(table, [one])]
    return []


def _row(workspace_id: str, key: Key, record: Any) -> ListedRecord:
    return ListedRecord(pk=key.pk, sk=key.sk, workspace_id=workspace_id, created_at=record.created_at)


def _index_of(key: Key) -> str:
    return key.pk.split("#")[4]
