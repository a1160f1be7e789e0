"""What segments order of themselves on the queue ``segment-fill``, and the facts of entering and leaving."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.table import Change
from chalicelib.marketing.segments.records import BelongingRecord, SegmentRecord

QUEUE = "segment-fill"
FILL = "segment.fill"
COPY = "segment.copy"
CLEAR = "segment.clear"
CHECK = "segment.check"
ZONE = "segment.zone"
COMPANY = "segment.company"
DUE = "segment.due"

ENTERED = "segment.entered"
LEFT = "segment.left"
VERSION = 1


def order(what: str, workspace_id: str, at: datetime, key: str, cause: str = "", **data: Any) -> Envelope:
    """An order; its id follows from ``key``, so that the same one twice is one."""
    return Envelope(id=f"{what}:{key}", type=what, workspace_id=workspace_id, at=at, data=data, cause=cause)


def orders_of(change: Change) -> Iterator[Envelope]:
    """What follows from a segment's change: a new or edited one is filled, a frozen one copied, a deleted one cleared away."""
    record = change.record
    assert isinstance(record, SegmentRecord)
    segment_id, revision = record.segment_id, int(record.revision or 1)
    at = record.updated_at or record.created_at
    if change.new is None:
        yield order(
            CLEAR, record.workspace_id, at, segment_id, change.id, segment_id=segment_id, shards=int(record.shards)
        )
    elif change.old is None or change.changed("revision"):
        what = FILL if record.conditions is not None else COPY if record.source_id else ""
        if what:
            key = f"{segment_id}:{revision}"
            yield order(what, record.workspace_id, at, key, change.id, segment_id=segment_id, revision=revision)


def moves_of(change: Change) -> Iterator[Envelope]:
    """That a contact entered or left dynamic segments, as its belonging tells: each once, in the order of the contact's decisions.
    Whoever wants to act on them takes them from the stream of belongings.
    """
    old, new = change.old, change.new
    before = frozenset(old.inside or ()) if isinstance(old, BelongingRecord) else frozenset[str]()
    after = frozenset(new.inside or ()) if isinstance(new, BelongingRecord) else frozenset[str]()
    record = change.record
    assert isinstance(record, BelongingRecord)
    at = record.updated_at or record.created_at
    for what, ids in ((ENTERED, after - before), (LEFT, before - after)):
        for segment_id in sorted(ids):
            yield Envelope(
                id=f"{what}:{segment_id}:{record.contact_id}:{int(record.version)}",
                type=what,
                workspace_id=record.workspace_id,
                at=at,
                data={"segment_id": segment_id, "contact_id": record.contact_id},
                version=VERSION,
                cause=change.id,
            )
