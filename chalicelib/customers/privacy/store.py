"""Erasures under way in the table."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.customers.privacy.records import ErasureRecord, erasure_key
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.table import Create, Table

_KEPT = timedelta(days=7)  # an erasure that has failed for good does not keep what it was to erase
RawItem = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Erasure:
    """Where an erasure stands: ``lap`` of the rounds, ``step`` of the features in order, and what was counted so far."""

    workspace_id: str
    contact_id: str
    job_id: str
    actor: str
    images: Sequence[RawItem]
    ordered_at: datetime
    moved_at: datetime
    lap: int = 0
    step: int = 0
    counts: Mapping[str, int] | None = None


def read(table: Table, workspace_id: str, contact_id: str) -> Erasure | None:
    """The erasure of a contact that is under way, or None."""
    record = table.get(ErasureRecord, erasure_key(workspace_id, contact_id), consistent=True)
    return None if record is None else to_domain(record)


def create(erasure: Erasure) -> Create:
    """The operation that begins one."""
    key = erasure_key(erasure.workspace_id, erasure.contact_id)
    return Create(
        ErasureRecord(
            pk=key.pk,
            sk=key.sk,
            workspace_id=erasure.workspace_id,
            created_at=erasure.ordered_at,
            expires_at=int((erasure.ordered_at + _KEPT).timestamp()),
            job_id=erasure.job_id,
            actor=erasure.actor or None,
            images=json.dumps(erasure.images, separators=(",", ":"), ensure_ascii=False),
        )
    )


def move(table: Table, erasure: Erasure, *, lap: int, step: int, counts: Mapping[str, int], now: datetime) -> bool:
    """Write down how far it is; False when somebody else has gone on from here."""
    actions = [
        ErasureRecord.lap.set(lap),
        ErasureRecord.step.set(step),
        ErasureRecord.counts.set(dict(counts)),
        ErasureRecord.updated_at.set(now),
    ]
    here = (ErasureRecord.lap == erasure.lap) & (ErasureRecord.step == erasure.step)
    try:
        table.update(ErasureRecord, erasure_key(erasure.workspace_id, erasure.contact_id), actions, condition=here)
    except ConflictError:
        return False
    return True


def delete(table: Table, erasure: Erasure) -> None:
    """It is done."""
    table.delete(erasure_key(erasure.workspace_id, erasure.contact_id))


def to_domain(record: ErasureRecord) -> Erasure:
    """The erasure in an item."""
    return Erasure(
        workspace_id=record.workspace_id,
        contact_id=record.contact_id,
        job_id=record.job_id,
        actor=record.actor or "",
        images=json.loads(record.images),
        ordered_at=record.created_at,
        moved_at=record.updated_at or record.created_at,
        lap=int(record.lap),
        step=int(record.step),
        counts=record.counts or {},
    )
