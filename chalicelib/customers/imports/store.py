"""Reading, moving and holding imports."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from chalicelib.customers.imports.domain import ARROWS, LEASE, WORKING, Import, IntoSegment, State
from chalicelib.customers.imports.records import (
    DUE,
    ChunkRecord,
    ImportRecord,
    chunk_prefix,
    import_key,
    import_partition,
    imports_partition,
)
from chalicelib.customers.journals.service import KEPT
from chalicelib.foundation.clock import to_text
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.table import Check, Create, Operation, Record, Table, Update
from chalicelib.foundation.table.table import TransactionConflictError


def read(table: Table, workspace_id: str, import_id: str) -> Import | None:
    """An import as it is now, or None."""
    record = table.get(ImportRecord, import_key(workspace_id, import_id), consistent=True)
    return None if record is None else to_domain(record)


def recent(table: Table, workspace_id: str, *, before: str, limit: int) -> list[Import]:
    """The newest imports, made before the one with the id ``before`` if it is given."""
    page = table.query(
        ImportRecord, imports_partition(workspace_id), index="gsi1", before=before, newest_first=True, limit=limit
    )
    return [to_domain(record) for record in page.items]


def create(table: Table, importing: Import) -> None:
    """Write a new import; `ConflictError` when its id is there already."""
    table.create(to_record(importing))


def move(
    table: Table,
    importing: Import,
    state: State,
    now: datetime,
    *,
    by: str,
    due: bool = False,
    held: bool = False,
    **values: Any,
) -> Import:
    """The import in another state, from the one it was read in; `ConflictError` with the present one when it has moved meanwhile
    or that is no way to go. Whoever held it holds it no longer, unless ``held``; with ``due`` it waits to be worked on.
    """
    if state not in ARROWS[importing.state]:
        raise ConflictError(current=importing)
    actions = _actions(now, values)
    actions += [
        ImportRecord.state.set(state.value),
        ImportRecord.changed_by.set(by),
    ]
    if not held:
        actions += [ImportRecord.holder.remove(), ImportRecord.lease_until.remove(), ImportRecord.attempts.remove()]
        actions += _due(now if due else None, importing.id)
    condition = (ImportRecord.state == importing.state.value) & (ImportRecord.version == importing.version)
    return _update(table, importing, actions, condition)


def want(table: Table, importing: Import, now: datetime, *, by: str, **values: Any) -> Import | None:
    """Note on an import that is being read that it is to run then; None when it is not being read any more."""
    actions = [*_actions(now, values), ImportRecord.wanted.set(True), ImportRecord.changed_by.set(by)]
    try:
        return _update(table, importing, actions, ImportRecord.state == State.READING.value)
    except ConflictError:
        return None


def take(table: Table, workspace_id: str, import_id: str, holder: str, now: datetime) -> tuple[Import, int] | None:
    """Hold the import for a while, if there is work and nobody holds it: the import and how often it has been taken without
    getting anywhere. None when there is nothing to do.
    """
    free = ImportRecord.holder.does_not_exist() | (ImportRecord.lease_until < now) | (ImportRecord.holder == holder)
    actions = [
        ImportRecord.holder.set(holder),
        ImportRecord.attempts.set((ImportRecord.attempts | 0) + 1),
        *_leased(now, import_id),
    ]
    try:
        record = table.update(
            ImportRecord,
            import_key(workspace_id, import_id),
            actions,
            condition=free & ImportRecord.state.is_in(*(state.value for state in WORKING)),
        )
    except ConflictError:
        return None
    return to_domain(record), int(record.attempts or 0)


def advance(table: Table, importing: Import, holder: str, now: datetime, **values: Any) -> Import:
    """Write how far the work is, as its holder, and hold it on; `ConflictError` when somebody else does by now."""
    actions = [*_actions(now, values), ImportRecord.attempts.set(0), *_leased(now, importing.id)]
    return _update(table, importing, actions, ImportRecord.holder == holder)


def release(table: Table, importing: Import, holder: str, now: datetime) -> None:
    """Hold it no longer: another delivery goes on."""
    actions = [ImportRecord.holder.remove(), ImportRecord.lease_until.remove(), *_due(now, importing.id)]
    try:
        table.update(
            ImportRecord,
            import_key(importing.workspace_id, importing.id),
            actions,
            condition=ImportRecord.holder == holder,
        )
    except ConflictError:
        return


def end(table: Table, importing: Import, holder: str, state: State, now: datetime, **values: Any) -> Import:
    """The last write of a piece of work: another state, nobody's any longer."""
    actions = [
        *_actions(now, values),
        ImportRecord.state.set(state.value),
        ImportRecord.holder.remove(),
        ImportRecord.lease_until.remove(),
        ImportRecord.attempts.remove(),
        *_due(now if state in WORKING else None, importing.id),
    ]
    return _update(table, importing, actions, ImportRecord.holder == holder)


def finish_chunk(
    table: Table,
    importing: Import,
    holder: str,
    now: datetime,
    *,
    run: str,
    verdict: str,
    seen: str,
    counts: Mapping[str, int],
    into: str = "counts",
    segment: IntoSegment | None = None,
) -> Import:
    """Count a piece's rows (in ``counts``, or in ``undone``) and its people in the ``segment``, once: the piece's record and the
    import's next piece are one transaction. `ConflictError` when the work is another's by now.
    """
    number = importing.chunk
    pk = import_partition(importing.workspace_id, importing.id)
    record = ChunkRecord(
        pk=pk,
        sk=f"{chunk_prefix(run)}{number:06d}",
        workspace_id=importing.workspace_id,
        created_at=now,
        expires_at=int((now + KEPT).timestamp()),
        verdict=verdict,
        seen=seen,
    )
    so_far: Mapping[str, int] = getattr(importing, into)
    total = {name: so_far.get(name, 0) + counts.get(name, 0) for name in {*so_far, *counts}}
    placed = {} if segment is None else {"segment": asdict(segment)}
    actions = [
        *_actions(now, {"chunk": number + 1, into: total, **placed}),
        ImportRecord.attempts.set(0),
        *_leased(now, importing.id),
    ]
    condition = (ImportRecord.holder == holder) & (ImportRecord.chunk == number)
    operations: list[Operation] = [
        Create(record),
        Update(import_key(importing.workspace_id, importing.id), actions, condition),
    ]
    try:
        table.transact(operations)
    except TransactionConflictError as conflict:
        present = read(table, importing.workspace_id, importing.id)
        if present is not None and present.chunk == number + 1 and 1 in conflict.failed:
            chunk = table.get(ChunkRecord, record.key, consistent=True)
            if chunk is not None and chunk.verdict == verdict:
                return present  # our own write, whose answer was lost
        raise ConflictError from conflict
    present = read(table, importing.workspace_id, importing.id)
    if present is None:
        raise ConflictError
    return present


def held(importing: Import, holder: str) -> Check:
    """For others' transactions: that this delivery still holds the import, at this piece."""
    condition = (ImportRecord.holder == holder) & (ImportRecord.chunk == importing.chunk)
    return Check(import_key(importing.workspace_id, importing.id), condition)


def chunks(table: Table, importing: Import, run: str) -> list[ChunkRecord]:
    """The pieces that have their verdict, in order."""
    pk = import_partition(importing.workspace_id, importing.id)
    return list(table.query_all(ChunkRecord, pk, begins_with=chunk_prefix(run), consistent=True))


def due(table: Table, now: datetime, limit: int = 50) -> list[Import]:
    """Imports that somebody should be at work on and nobody is."""
    page = table.query(ImportRecord, DUE, index="due", before=to_text(now), limit=limit)
    return [to_domain(record) for record in page.items]


def _update(table: Table, importing: Import, actions: Sequence[Any], condition: Any) -> Import:
    key = import_key(importing.workspace_id, importing.id)
    try:
        return to_domain(table.update(ImportRecord, key, actions, condition=condition))
    except ConflictError as conflict:
        current = conflict.current
        raise ConflictError(current=to_domain(current) if isinstance(current, ImportRecord) else None) from conflict


def _actions(now: datetime, values: Mapping[str, Any]) -> list[Any]:
    actions: list[Any] = [ImportRecord.updated_at.set(now)]
    for name, value in values.items():
        attribute = getattr(ImportRecord, name)
        actions.append(attribute.remove() if value is None or value == "" else attribute.set(value))
    return actions


def _leased(now: datetime, import_id: str) -> list[Any]:
    return [ImportRecord.lease_until.set(now + LEASE), *_due(now + LEASE, import_id)]


def _due(at: datetime | None, import_id: str) -> list[Any]:
    if at is None:
        return [ImportRecord.duepk.remove(), ImportRecord.duesk.remove()]
    return [ImportRecord.duepk.set(DUE), ImportRecord.duesk.set(f"{to_text(at)}#{import_id}")]


# Record ↔ domain


def to_domain(record: ImportRecord) -> Import:
    """The import in a record."""
    return Import(
        workspace_id=record.workspace_id,
        id=record.pk.rpartition("#")[2],
        kind=record.subject,
        file_name=record.file_name,
        mode=record.mode,  # type: ignore[arg-type]
        match_field=record.match_field,
        state=State(record.state),
        language=record.language,
        created_by=record.created_by,
        created_at=record.created_at,
        updated_at=record.updated_at or record.created_at,
        version=int(record.version),
        columns=tuple(record.columns or ()),
        mapping=record.mapping or {},
        counts=record.counts or {},
        dry_run=bool(record.dry_run),
        wanted=bool(record.wanted),
        started_at=record.started_at,
        finished_at=record.finished_at,
        undone=record.undone or {},
        format=record.format or "",
        encoding=record.encoding or "",
        separator=record.separator or "",
        sheet=record.sheet or "",
        profile=record.profile or "none",
        error=record.error or "",
        verdict_key=record.verdict_key or "",
        rows=int(record.rows or 0),
        chunks=int(record.chunks or 0),
        chunk=int(record.chunk or 0),
        position=int(record.position or 0),
        last_number=int(record.last_number or 0),
        segment=IntoSegment(**record.segment) if record.segment else None,
    )


def to_record(importing: Import) -> ImportRecord:
    """The record of a new import."""
    key = import_key(importing.workspace_id, importing.id)
    return ImportRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=importing.workspace_id,
        created_at=importing.created_at,
        changed_by=importing.created_by,
        gsi1pk=imports_partition(importing.workspace_id),
        gsi1sk=importing.id,
        subject=importing.kind,
        file_name=importing.file_name,
        mode=importing.mode,
        match_field=importing.match_field,
        state=importing.state.value,
        language=importing.language,
        created_by=importing.created_by,
    )


def import_of(record: Record) -> Import:
    """The import in a changed item, for projections."""
    assert isinstance(record, ImportRecord)
    return to_domain(record)
