"""From the table's stream to derived rows, counters and facts; safe to repeat and to reorder.

A projection is a function of one `Change` and a `Derivation`. It only says what follows from the change; nothing it does can
fail but for AWS itself, and whatever could fail or takes time becomes a fact on a queue.

Three kinds of consequence, each harmless when the change comes again or late:

- rows with a key and content that follow from the change alone (a timeline entry), written again with the same content;
- rows that mirror the present state of their source (search tokens, segment membership): the projection asks
  `Derivation.current` and derives from that, so a late change writes nothing stale;
- counts, which are added in one transaction with a marker of the change and so are added once.
"""

import json
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.foundation import observability
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.messaging.envelope import Envelope
from chalicelib.foundation.messaging.publisher import Queues
from chalicelib.foundation.table import Create, Key, Operation, Record, Table, Update, partition
from chalicelib.foundation.table.stream import Change, change_of
from chalicelib.foundation.table.table import TransactionConflictError

R = TypeVar("R", bound=Record)
_MARKER_DAYS = 7  # longer than the 24 hours a stream can repeat itself, with room for a redrive
_EVENTS_PER_TRANSACTION = 40


class MetricRecord(Record, discriminator="metric"):
    """One number of one day: ``W#w#METRIC#name`` / ``day#dimension``."""

    value = NumberAttribute()
    day = UnicodeAttribute()
    dimension = UnicodeAttribute()


class CountedRecord(Record, discriminator="counted"):
    """A change whose counts have been added."""


def metric_key(workspace_id: str, metric: str, day: str, dimension: str) -> Key:
    """Where a rollup's number stands; ``day`` is ``2026-11-21`` in the workspace's zone."""
    return Key(partition(workspace_id, "METRIC", metric), f"{day}#{dimension}")


@dataclass(frozen=True, slots=True)
class Count:
    """So much more of a metric on a day."""

    workspace_id: str
    metric: str
    day: str
    dimension: str
    amount: int = 1


@dataclass(slots=True)
class Derivation:
    """What follows from the changes of one batch."""

    table: Table
    now: datetime
    _rows: dict[Key, Record | None] = field(default_factory=dict)
    _counts: dict[tuple[str, str], list[Count]] = field(default_factory=lambda: defaultdict(list))
    _facts: dict[str, dict[str, Envelope]] = field(default_factory=lambda: defaultdict(dict))
    _once: list[Sequence[Operation]] = field(default_factory=list)
    _current: dict[Key, Record | None] = field(default_factory=dict)
    _after: list[Callable[[Table], None]] = field(default_factory=list)
    _together: dict[Callable[[Table, list[Any]], None], dict[Any, None]] = field(default_factory=dict)
    _batch: dict[type[Record], list[Key]] = field(default_factory=lambda: defaultdict(list))

    def expect(self, record: Record) -> None:
        """Say that this item is among the batch's changes, so that `current` reads those of one kind together."""
        self._batch[type(record)].append(record.key)

    def put(self, record: Record) -> None:
        """Write this row."""
        self._rows[record.key] = record

    def delete(self, key: Key) -> None:
        """Delete this row."""
        self._rows[key] = None

    def count(self, change: Change, metric: str, day: str, dimension: str, amount: int = 1) -> None:
        """Add to a day's number, once for this change however often it comes."""
        workspace_id = change.record.workspace_id
        self._counts[workspace_id, change.id].append(Count(workspace_id, metric, day, dimension, amount))

    def fact(self, queue: str, envelope: Envelope) -> None:
        """Put a fact on a queue; its id must follow from the change, so that a consumer sees a repetition as one."""
        self._facts[queue][envelope.id] = envelope

    def once(self, operations: Sequence[Operation]) -> None:
        """Carry out this transaction unless one of its conditions says that it has been: a membership row that must be
        new together with the count it adds to. A failed condition is not an error.
        """
        self._once.append(operations)

    def after(self, work: Callable[[Table], None]) -> None:
        """Do this once the batch's rows are written: what has to see rows that another batch may be writing at this moment,
        and writes its own (conditionally, like everything here). It comes again with the batch.
        """
        self._after.append(work)

    def together(self, work: Callable[[Table, list[Any]], None], item: Any) -> None:
        """`after` for what many changes of a batch ask for: the work is called once, with every item it was given, each once."""
        self._together.setdefault(work, {})[item] = None

    def current(self, record: type[R], key: Key) -> R | None:
        """The source as it is now (consistent, read once a batch; the changed items of a kind all at once)."""
        if key not in self._current:
            together = self._batch.get(record, [])
            if key in together:
                keys = list(dict.fromkeys(together))
                read = self.table.get_many(record, keys, consistent=True)
                self._current.update({each: read.get(each) for each in keys})
            else:
                self._current[key] = self.table.get(record, key, consistent=True)
        found = self._current[key]
        return found if isinstance(found, record) else None

    def flush(self, queues: Queues) -> None:
        """Carry everything out. Raises when AWS does not take it; the whole batch then comes again."""
        self.table.write_many(
            (record for record in self._rows.values() if record is not None),
            deletes=[key for key, record in self._rows.items() if record is None],
        )
        for work in self._after:
            work(self.table)
        for shared, items in self._together.items():
            shared(self.table, list(items))
        for operations in self._once:
            try:
                self.table.transact(operations)
            except TransactionConflictError as conflict:
                if not conflict.failed:
                    raise
        self._flush_counts()
        for queue, envelopes in self._facts.items():
            queues.publish(queue, list(envelopes.values()))

    def _flush_counts(self) -> None:
        by_workspace: dict[str, list[tuple[str, list[Count]]]] = defaultdict(list)
        for (workspace_id, change_id), counts in self._counts.items():
            by_workspace[workspace_id].append((change_id, counts))
        for workspace_id, events in by_workspace.items():
            while events:
                now, events = events[:_EVENTS_PER_TRANSACTION], events[_EVENTS_PER_TRANSACTION:]
                self._add(workspace_id, now)

    def _add(self, workspace_id: str, events: list[tuple[str, list[Count]]]) -> None:
        while events:
            totals: dict[tuple[str, str, str], int] = defaultdict(int)
            operations: list[Operation] = []
            for change_id, counts in events:
                operations.append(Create(self._marker(workspace_id, change_id)))
                for count in counts:
                    totals[count.metric, count.day, count.dimension] += count.amount
            if len(operations) + len(totals) > 100:
                half = len(events) // 2
                self._add(workspace_id, events[:half])
                events = events[half:]
                continue
            for (metric, day, dimension), amount in totals.items():
                operations.append(self._addition(Count(workspace_id, metric, day, dimension, amount)))
            try:
                self.table.transact(operations)
            except TransactionConflictError as conflict:
                if not conflict.failed:
                    raise
                seen = set(conflict.failed)
                events = [event for position, event in enumerate(events) if position not in seen]
            else:
                return

    def _marker(self, workspace_id: str, change_id: str) -> CountedRecord:
        return CountedRecord(
            pk=partition(workspace_id, "COUNTED", change_id),
            sk="COUNTED",
            workspace_id=workspace_id,
            created_at=self.now,
            expires_at=int(self.now.timestamp()) + _MARKER_DAYS * 86400,
        )

    def _addition(self, count: Count) -> Update:
        key = metric_key(count.workspace_id, count.metric, count.day, count.dimension)
        return Update(
            key,
            [
                MetricRecord.value.add(count.amount),
                MetricRecord.day.set(count.day),
                MetricRecord.dimension.set(count.dimension),
                MetricRecord.workspace_id.set(count.workspace_id),
                MetricRecord.kind.set(MetricRecord),
                MetricRecord.created_at.set(MetricRecord.created_at | self.now),
                MetricRecord.updated_at.set(self.now),
                MetricRecord.version.add(1),
            ],
            upsert=True,
        )


Projection = Callable[[Change, Derivation], None]


def project(
    event: Mapping[str, Any],
    *,
    projections: Mapping[str, Sequence[Projection]],
    table: Table,
    queues: Queues,
    clock: Clock,
    reject: Callable[[str], None],
) -> dict[str, Any]:
    """One batch of the stream. A change that a projection chokes on goes to ``reject`` (a dead-letter queue) and the rest of
    the batch goes on; what AWS does not take raises, and the whole batch comes again.
    """
    started = time.perf_counter()
    derivation = Derivation(table, clock.now())
    records: dict[str, Mapping[str, Any]] = {}
    for record in event["Records"]:
        records.setdefault(record.get("eventID", ""), record)  # a redrive may put the same change twice into one batch
    changes: dict[str, Change] = {}
    rejected = 0

    def choked(event_id: str) -> None:
        nonlocal rejected
        rejected += 1
        observability.failure("change rejected", event_id=event_id)
        reject(json.dumps(records[event_id], default=str))

    for event_id, record in records.items():
        try:
            change = change_of(record)
        except Exception:
            choked(event_id)
            continue
        if change is not None:
            changes[event_id] = change
            derivation.expect(change.record)
    for event_id, change in changes.items():
        try:
            for projection in projections.get(change.kind, ()):
                projection(change, derivation)
        except Exception:
            choked(event_id)
    derivation.flush(queues)
    observability.invocation("stream", started=started, changes=len(records), rejected=rejected)
    return {"batchItemFailures": []}
