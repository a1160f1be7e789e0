"""Reading, holding and letting go of work."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.customers.journals.service import KEPT, LostError
from chalicelib.customers.work.domain import LEASE, Work
from chalicelib.customers.work.records import DUE, WorkRecord, work_key
from chalicelib.foundation.clock import to_text
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.table import Create, Key, Table
from chalicelib.foundation.table.table import TransactionConflictError


def read(table: Table, workspace_id: str, job_id: str) -> Work | None:
    """The work of a job, or None."""
    record = table.get(WorkRecord, work_key(workspace_id, job_id), consistent=True)
    return None if record is None else to_domain(record)


def begin(table: Table, job: Create, work: Work, now: datetime) -> None:
    """Write a job and its work, unless they are there already."""
    key = key_of(work)
    record = WorkRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=work.workspace_id,
        created_at=now,
        changed_by=work.created_by,
        expires_at=int((now + KEPT).timestamp()),
        duepk=DUE,
        duesk=f"{to_text(now + LEASE)}#{work.id}",
        what=work.what,
        queue=work.queue,
        data=dict(work.data),
        stage=work.stage or None,
        chunks=work.chunks or None,
        position=dict(work.position) or None,
    )
    try:
        table.transact([job, Create(record)])
    except TransactionConflictError as conflict:
        if not conflict.failed:
            raise


def take(table: Table, workspace_id: str, job_id: str, holder: str, now: datetime) -> tuple[Work, int] | None:
    """Hold it for a while, if it has not ended and nobody holds it: the work, and how often it was taken without getting on."""
    free = WorkRecord.holder.does_not_exist() | (WorkRecord.lease_until < now) | (WorkRecord.holder == holder)
    actions = [
        WorkRecord.holder.set(holder),
        WorkRecord.attempts.set((WorkRecord.attempts | 0) + 1),
        *_leased(now, job_id),
    ]
    key = work_key(workspace_id, job_id)
    try:
        record = table.update(WorkRecord, key, actions, condition=free & WorkRecord.duepk.exists())
    except ConflictError:
        return None
    return to_domain(record), int(record.attempts or 0)


def advance(table: Table, work: Work, holder: str, now: datetime, values: Mapping[str, Any]) -> Work:
    """Write how far it is, as its holder; `LostError` when somebody else holds it by now."""
    actions: list[Any] = [WorkRecord.updated_at.set(now), WorkRecord.attempts.set(0), *_leased(now, work.id)]
    for name, value in values.items():
        attribute = getattr(WorkRecord, name)
        actions.append(attribute.remove() if value is None else attribute.set(value))
    # A repeated write (the answer was lost) finds the piece already counted: then it has been done.
    condition = (WorkRecord.holder == holder) & (WorkRecord.version == work.version)
    try:
        return to_domain(table.update(WorkRecord, key_of(work), actions, condition=condition))
    except ConflictError as conflict:
        current = conflict.current
        if isinstance(current, WorkRecord) and current.holder == holder and int(current.version) == work.version + 1:
            return to_domain(current)
        raise LostError from conflict


def release(table: Table, work: Work, holder: str, now: datetime) -> None:
    """Hold it no longer."""
    actions = [
        WorkRecord.holder.remove(),
        WorkRecord.lease_until.remove(),
        WorkRecord.duesk.set(f"{to_text(now)}#{work.id}"),
    ]
    try:
        table.update(WorkRecord, key_of(work), actions, condition=WorkRecord.holder == holder)
    except ConflictError:
        return


def end(table: Table, work: Work, holder: str, now: datetime) -> None:
    """It has ended: nobody works on it any more."""
    actions = [
        WorkRecord.updated_at.set(now),
        WorkRecord.holder.remove(),
        WorkRecord.lease_until.remove(),
        WorkRecord.duepk.remove(),
        WorkRecord.duesk.remove(),
    ]
    try:
        table.update(WorkRecord, key_of(work), actions, condition=WorkRecord.holder == holder)
    except ConflictError:
        return


def claim_undo(table: Table, work: Work, by_job: str, now: datetime) -> bool:
    """Note which job takes it back; False when another does."""
    condition = WorkRecord.undone_by.does_not_exist() | (WorkRecord.undone_by == by_job)
    try:
        table.update(
            WorkRecord,
            key_of(work),
            [WorkRecord.undone_by.set(by_job), WorkRecord.updated_at.set(now)],
            condition=condition,
        )
    except ConflictError:
        return False
    return True


def due(table: Table, now: datetime, limit: int = 50) -> list[Work]:
    """Work that has not ended and that nobody holds (any more)."""
    page = table.query(WorkRecord, DUE, index="due", before=to_text(now), limit=limit)
    return [to_domain(record) for record in page.items]


def key_of(work: Work) -> Key:
    """Where it stands."""
    return work_key(work.workspace_id, work.id)


def _leased(now: datetime, job_id: str) -> list[Any]:
    until = now + LEASE
    return [WorkRecord.lease_until.set(until), WorkRecord.duesk.set(f"{to_text(until)}#{job_id}")]


def to_domain(record: WorkRecord) -> Work:
    """The work in a record."""
    return Work(
        workspace_id=record.workspace_id,
        id=record.pk.rpartition("#")[2],
        what=record.what,
        queue=record.queue,
        data=record.data,
        created_at=record.created_at,
        created_by=record.changed_by or "",
        stage=record.stage or "",
        chunk=int(record.chunk),
        chunks=int(record.chunks or 0),
        counts=record.counts or {},
        position=record.position or {},
        version=int(record.version),
        undone_by=record.undone_by or "",
    )
