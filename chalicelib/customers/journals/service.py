"""Writing many changes: each exactly once, however often the work is delivered, and so that all can be undone.

The protocol, for one chunk of the work (which one delivery at a time does, holding a lease on the item ``work``):

1. the journal of the chunk's changes, with the items as they were, is put into S3;
2. the changes are written in transactions of up to a hundred actions. Each transaction checks that the lease is still ours
   (``holder`` and ``chunk`` stand on the work's item) and makes a `BatchRecord`. So a batch is written once or not at all, by
   nobody who has lost the lease, and what it was is in the journal that its record names;
3. changes whose own conditions failed (somebody else was there first) are given back, to be looked at again.

A delivery that takes over a chunk reads its batches first and leaves those rows alone.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.customers.journals.domain import Change, Image, Item, Undone, from_lines, to_lines, undone
from chalicelib.customers.journals.records import BatchRecord
from chalicelib.foundation.clock import to_text
from chalicelib.foundation.errors import ClientelaError
from chalicelib.foundation.files import Files
from chalicelib.foundation.table import Create, Delete, Key, Operation, Put, Record, Replace, Table
from chalicelib.foundation.table.record import kind_of
from chalicelib.foundation.table.table import Restore, TransactionConflictError

ACTIONS = 98
"""Of a transaction's hundred, besides the check of the lease and the batch's own record."""
_BYTES = 2_500_000  # of four million, with room for what the journal's lines do not show
KEPT = timedelta(days=14)
_KIND = kind_of(BatchRecord)


class LostError(ClientelaError):
    """Another delivery has taken the work over, or it is not where it was: nothing more may be written."""


@dataclass(frozen=True, slots=True)
class Work:
    """Who writes what: the work's item, which carries ``holder`` and ``chunk``, and where its journals are kept."""

    workspace_id: str
    key: Key
    holder: str
    chunk: int
    folder: str


class Writer:
    """Writes the changes of one chunk."""

    def __init__(self, *, table: Table, files: Files, work: Work, now: datetime):
        self._table = table
        self._files = files
        self._work = work
        self._now = now
        self._journals = 0
        self._check: Item = {
            "ConditionCheck": {
                "TableName": table.name,
                "Key": work.key.image(),
                "ConditionExpression": "holder = :holder AND chunk = :chunk",
                "ExpressionAttributeValues": {":holder": {"S": work.holder}, ":chunk": {"N": str(work.chunk)}},
            }
        }

    def write(self, changes: Sequence[Change]) -> list[Change]:
        """Make the changes; gives back those whose conditions did not hold. `LostError` when the work is no longer ours."""
        if not changes:
            return []
        lines = to_lines(changes)
        work = self._work
        journal = f"{work.folder}/journal/{work.chunk:06d}-{work.holder}-{self._journals}"
        self._journals += 1
        self._files.put(journal, "\n".join(lines).encode(), content_type="application/x-ndjson")
        refused: list[Change] = []
        for batch in _batches(changes, lines):
            refused += self._batch(batch, journal)
        return refused

    def _batch(self, batch: list[Change], journal: str) -> list[Change]:
        refused: list[Change] = []
        while batch:
            items, owners = [self._check, self._marker(batch, journal)], [-1, -1]
            for position, change in enumerate(batch):
                items += change.items
                owners += [position] * len(change.items)
            try:
                self._table.transact_raw(items)
            except TransactionConflictError as conflict:
                if not conflict.failed:
                    raise
                if 0 in conflict.failed:
                    raise LostError from conflict
                if 1 in conflict.failed:  # the answer to our own write was lost, and it was sent again
                    return refused
                failed = {owners[position] for position in conflict.failed}
                refused += [change for position, change in enumerate(batch) if position in failed]
                batch = [change for position, change in enumerate(batch) if position not in failed]
            else:
                return refused
        return refused

    def _marker(self, batch: list[Change], journal: str) -> Item:
        work = self._work
        rows = json.dumps([change.row for change in batch], separators=(",", ":"))
        return {
            "Put": {
                "TableName": self._table.name,
                "Item": {
                    "pk": {"S": work.key.pk},
                    "sk": {"S": f"{_prefix(work.chunk)}{batch[0].row:08d}"},
                    "kind": {"S": _KIND},
                    "workspace_id": {"S": work.workspace_id},
                    "version": {"N": "1"},
                    "created_at": {"S": to_text(self._now)},
                    "expires_at": {"N": str(int((self._now + KEPT).timestamp()))},
                    "rows": {"S": rows},
                    "journal": {"S": journal},
                },
                "ConditionExpression": "attribute_not_exists(pk)",
            }
        }


def written(*, table: Table, files: Files, key: Key, chunk: int) -> Iterator[Change]:
    """The changes of a chunk that were made, in the order of their rows."""
    by_journal: dict[str, set[int]] = {}
    for batch in table.query_all(BatchRecord, key.pk, begins_with=_prefix(chunk), consistent=True):
        by_journal.setdefault(batch.journal, set()).update(batch.rows)
    found = []
    for journal, rows in by_journal.items():
        found += [change for change in from_lines(files.get(journal)) if change.row in rows]
    found.sort(key=lambda change: change.row)
    yield from found


def _prefix(chunk: int) -> str:
    return f"BATCH#{chunk:06d}#"


def folder(workspace_id: str, what: str, work_id: str) -> str:
    """Where the files of a piece of work are kept: for a week, then S3 deletes them."""
    return f"tmp/{workspace_id}/{what}/{work_id}"


# Undoing


@dataclass(frozen=True, slots=True)
class Outcome:
    """What undoing one change came to: ``undone``, or ``kept`` with the attributes that somebody changed since, or
    ``taken`` when an address has another holder by now.
    """

    change: Change
    verdict: str
    kept: tuple[str, ...] = ()


def undo(
    *,
    table: Table,
    sided: Any,
    workspace_id: str,
    changes: Sequence[Change],
    now: datetime,
    changed_by: str,
) -> list[Outcome]:
    """Take the changes back, as `chalicelib.customers.journals.domain.undone` says; ``sided`` is the kind's `Sided`. Doing it again
    changes nothing.
    """
    outcomes: dict[int, Outcome] = {}
    waiting = list(changes)
    for attempt in range(5):
        current = _current(table, sided.record, waiting)
        todo: list[tuple[Change, list[Operation]]] = []
        for change in waiting:
            found = current.get(Key(change.pk, change.sk))
            image = found.image() if found is not None else None
            plan = undone(change, image, sided.ours, getattr(sided, "ours_when_made", frozenset()))
            outcomes[change.row] = Outcome(change, "kept" if plan.kept else "undone", plan.kept)
            if plan.changes and found is not None:
                todo.append((change, _operations(sided, workspace_id, found, plan, now, changed_by)))
        waiting = _write_back(table, todo)
        if not waiting:
            break
        if attempt == 4:
            outcomes |= {change.row: Outcome(change, "taken") for change in waiting}
    return [outcomes[change.row] for change in changes]


def _current(table: Table, record: type[Record], changes: Sequence[Change]) -> dict[Key, Record]:
    keys = [Key(change.pk, change.sk) for change in changes]
    return table.get_many(record, keys, consistent=True) if keys else {}


def _operations(
    sided: Any, workspace_id: str, current: Record, plan: Undone, now: datetime, changed_by: str
) -> list[Operation]:
    version = int(current.version)
    if plan.image is None:
        gone = Delete(current.key, type(current).version == version)
        return [gone, *sided.beside(workspace_id, current, None, now)]
    restored = type(current).from_image(plan.image)
    restored.version, restored.updated_at, restored.changed_by = version, now, changed_by
    if "edited_version" in type(restored)._attributes:
        restored.edited_version = version + 1  # type: ignore[attr-defined]
    return [Replace(restored), *sided.beside(workspace_id, current, restored, now)]


def _write_back(table: Table, todo: list[tuple[Change, list[Operation]]]) -> list[Change]:
    """Write in transactions; a change whose conditions fail is given back, and does not keep the others."""
    refused: list[Change] = []
    for group in _grouped(todo):
        while group:
            owners = [position for position, (_, operations) in enumerate(group) for _ in operations]
            try:
                table.transact([operation for _, operations in group for operation in operations])
            except TransactionConflictError as conflict:
                if not conflict.failed:
                    raise
                failed = {owners[position] for position in conflict.failed}
                refused += [change for position, (change, _) in enumerate(group) if position in failed]
                group = [each for position, each in enumerate(group) if position not in failed]
            else:
                break
    return refused


def _grouped(
    todo: list[tuple[Change, list[Operation]]],
) -> Iterator[list[tuple[Change, list[Operation]]]]:
    group: list[tuple[Change, list[Operation]]] = []
    keys: set[Key] = set()
    count = 0
    for each in todo:
        own = {_key(operation) for operation in each[1]}
        if group and (count + len(each[1]) > 100 or own & keys):
            yield group
            group, keys, count = [], set(), 0
        group.append(each)
        keys |= own
        count += len(each[1])
    if group:
        yield group


def _key(operation: Operation) -> Key:
    match operation:
        case Create(record) | Put(record) | Replace(record):
            return record.key
        case Restore(image):
            return Key(image["pk"]["S"], image["sk"]["S"])
        case _:
            return operation.key


def _batches(changes: Sequence[Change], lines: Sequence[str]) -> Iterator[list[Change]]:
    """Changes that go into one transaction: not too many, not too big, no item twice."""
    batch: list[Change] = []
    keys: set[tuple[str, str]] = set()
    count = size = 0
    for change, line in zip(changes, lines, strict=True):
        length = len(change.items)
        own = [_item_key(item) for item in change.items] if length > 1 else [(change.pk, change.sk)]
        if batch and (count + length > ACTIONS or size + len(line) > _BYTES or not keys.isdisjoint(own)):
            yield batch
            batch, count, size = [], 0, 0
            keys.clear()
        batch.append(change)
        keys.update(own)
        count += length
        size += len(line)
    if batch:
        yield batch


def _item_key(item: Mapping[str, Any]) -> tuple[str, str]:
    for request in item.values():
        raw: Image = request.get("Item") or request["Key"]
        return raw["pk"]["S"], raw["sk"]["S"]
    raise ValueError("an item has one action")
