"""Asking for an import, looking at its file, starting, cancelling and undoing it. The work itself is done from the queue
(`chalicelib.customers.imports.running`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.customers.fields import service as custom_fields
from chalicelib.customers.imports import events, grouping, store
from chalicelib.customers.imports.domain import (
    BYTES_LIMIT,
    KEPT,
    BrokenFileError,
    Import,
    ImportPart,
    Mode,
    State,
)
from chalicelib.foundation.errors import ConflictError, FieldError, InvalidError, NotFoundError
from chalicelib.foundation.files import Upload
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.runtime import Runtime
from chalicelib.workspaces.settings.domain import Workspace

UPLOAD_SECONDS = 3600
_TYPES = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "txt": "text/plain",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "vcf": "text/vcard",
}
_RETRIES = 5
_MATCHED_TYPES = frozenset({"text", "number", "url", "choice"})


@dataclass(frozen=True, slots=True)
class Begun:
    """A new import, and how its file is sent."""

    importing: Import
    upload: Upload


def part_of(runtime: Runtime, kind: str) -> ImportPart:
    """What imports know of a kind; `InvalidError` names ``kind`` when it cannot be imported."""
    part: ImportPart | None = runtime.parts("import").get(kind)
    if part is None:
        known = ", ".join(sorted(runtime.parts("import")))
        raise InvalidError(f"One of {known}.", field="kind", code="unknown")
    return part


def begin(
    *,
    runtime: Runtime,
    workspace: Workspace,
    import_id: str,
    file_name: str,
    kind: str,
    mode: Mode,
    match_field: str | None,
    language: str,
    created_by: str,
) -> Begun:
    """Make an import and the permission to send its file. `InvalidError` names ``match_field`` and ``file_name``. Making the same id
    again gives the import that is there, with a new permission.
    """
    part = part_of(runtime, kind)
    chosen = match_field or part.match_fields[0]
    check_match_field(runtime, workspace, part, kind, mode, chosen)
    content_type = _TYPES.get(file_name.rpartition(".")[2].lower())
    if content_type is None:
        raise InvalidError("A file that ends in .csv, .tsv, .txt, .xlsx or .vcf.", field="file_name", code="file_type")
    now = runtime.clock.now()
    importing = Import(
        workspace_id=workspace.id,
        id=import_id,
        kind=kind,
        file_name=file_name,
        mode=mode,
        match_field=chosen,
        state=State.UPLOADING,
        language=language,
        created_by=created_by,
        created_at=now,
        updated_at=now,
    )
    try:
        store.create(runtime.table, importing)
    except ConflictError:
        importing = get_import(runtime=runtime, workspace_id=workspace.id, import_id=import_id)
    upload = runtime.files.upload(
        importing.source, content_type=content_type, max_bytes=BYTES_LIMIT, seconds=UPLOAD_SECONDS
    )
    return Begun(importing, upload)


def check_match_field(
    runtime: Runtime, workspace: Workspace, part: ImportPart, kind: str, mode: Mode, chosen: str
) -> None:
    """`InvalidError` when records of the kind cannot be found by this field."""
    allowed = list(part.match_fields)
    catalogue = custom_fields.get_catalogue(table=runtime.table, workspace_id=workspace.id)
    allowed += [
        f"custom.{field.key}" for field in catalogue.of(kind) if field.filterable and field.type.value in _MATCHED_TYPES
    ]
    if mode == "create":
        allowed = [each for each in allowed if each != "id"]
    if chosen not in allowed:
        raise InvalidError(f"One of {', '.join(allowed)}.", field="match_field", code="unknown")


def get_import(*, runtime: Runtime, workspace_id: str, import_id: str) -> Import:
    """The import; `NotFoundError` when there is none."""
    found = store.read(runtime.table, workspace_id, import_id) if is_id(import_id) else None
    if found is None:
        raise NotFoundError("There is no such import.")
    return found


def list_imports(*, runtime: Runtime, workspace_id: str, before: str, limit: int) -> list[Import]:
    """The newest imports, newest first."""
    return store.recent(runtime.table, workspace_id, before=before, limit=limit)


def read_if_sent(*, runtime: Runtime, importing: Import) -> Import:
    """Begin to read the file if it has come; the import as it is then."""
    if importing.state is not State.UPLOADING:
        return importing
    try:
        runtime.files.size(importing.source)
    except FileNotFoundError:
        return importing
    return _move(runtime, importing, State.READING, by=importing.created_by, due=True)


def start(
    *,
    runtime: Runtime,
    workspace: Workspace,
    importing: Import,
    mapping: Mapping[str, str | None] | None,
    dry_run: bool,
    by: str,
    segment: Mapping[str, str] | None = None,
) -> Import:
    """Write the rows (or only say what would become of them): at once when the file has been read, else as soon as it is. The
    people among them are put into ``segment`` (`grouping.chosen`).

    `InvalidError` names ``mapping`` or ``segment``; `ConflictError` with the present import when it cannot be started where it is.
    """
    if importing.state is State.UPLOADING:
        importing = read_if_sent(runtime=runtime, importing=importing)
        if importing.state is State.UPLOADING:
            raise ConflictError("The file has not been sent yet.", current=importing)
    again = importing.state is State.DONE and importing.dry_run
    if importing.state not in (State.READING, State.READY) and not again:
        raise ConflictError("This import cannot be started any more.", current=importing)
    part = part_of(runtime, importing.kind)
    now = runtime.clock.now()
    into = grouping.chosen(runtime, importing, segment)
    values: dict[str, Any] = {"dry_run": dry_run or None, "started_at": now, "segment": into}
    if importing.state is State.READING:
        columns = importing.columns or _columns(runtime, importing)
        if mapping is not None:
            if not columns:
                raise ConflictError("The file is still being read.", current=importing)
            values["mapping"] = checked(runtime, workspace, part, importing, columns, mapping)
        return _wanted(runtime, importing, values, by)
    chosen = importing.mapping if mapping is None else mapping
    values["mapping"] = checked(runtime, workspace, part, importing, importing.columns, chosen)
    return _move(
        runtime,
        importing,
        State.RUNNING,
        by=by,
        due=True,
        finished_at=None,
        verdict_key=None,
        counts=None,
        chunk=0,
        **values,
    )


def checked(
    runtime: Runtime,
    workspace: Workspace,
    part: ImportPart,
    importing: Import,
    columns: Sequence[str],
    mapping: Mapping[str, str | None],
) -> dict[str, str | None]:
    """A mapping of every column. `InvalidError` names ``mapping.<column>`` for what is no column, no field, or said twice, and
    ``mapping`` when nothing is mapped by which rows are matched.
    """
    known = {field.key for field in part.fields(runtime, workspace)}
    errors: list[FieldError] = []
    taken: set[str] = set()
    for column, field in mapping.items():
        path = f"mapping.{column[:60]}"
        if column not in columns:
            errors.append(FieldError(path, "There is no such column.", "unknown"))
        elif field and field not in known:
            errors.append(FieldError(path, "There is no such field.", "unknown_field"))
        elif field and field in taken:
            errors.append(FieldError(path, "Another column is this field.", "repeated"))
        taken.add(field or "")
    if not errors and not taken - {""}:
        errors.append(FieldError("mapping", "Map a column to a field.", "missing"))
    elif not errors and importing.mode != "create" and not _matches(importing.match_field, taken):
        message = f"Map a column to {importing.match_field}, by which rows are matched."
        errors.append(FieldError("mapping", message, "match_field"))
    if errors:
        raise InvalidError("The mapping does not fit.", fields=errors[:50])
    return {column: mapping.get(column) or None for column in columns}


def _matches(match_field: str, fields: set[str]) -> bool:
    return any(field == match_field or field.startswith(f"{match_field}_") for field in fields)


def cancel(*, runtime: Runtime, importing: Import, by: str) -> Import:
    """Stop after the piece of rows that is being written; what was written stays, and can be undone. `ConflictError` when it has
    ended.
    """
    for _ in range(_RETRIES):
        running = importing.state is State.RUNNING
        if importing.state is State.CANCELLING:
            return importing
        try:
            # A delivery that is at work finishes its piece; so it keeps the import until then.
            return store.move(
                runtime.table,
                importing,
                State.CANCELLING if running else State.CANCELLED,
                runtime.clock.now(),
                by=by,
                held=running,
            )
        except ConflictError as conflict:
            if not isinstance(conflict.current, Import) or conflict.current.version == importing.version:
                raise ConflictError("This import has ended.", current=importing) from conflict
            importing = conflict.current
    raise ConflictError(current=importing)


def undo(*, runtime: Runtime, importing: Import, by: str) -> Import:
    """Take back what the import wrote. `ConflictError` when there is nothing to take back (it is at work, was a trial, is undone
    already, or its journals are gone after a week).
    """
    now = runtime.clock.now()
    if importing.state is State.UNDOING:
        return importing
    began = bool(importing.counts) or (importing.state is State.FAILED and importing.chunks > 0)
    if importing.dry_run or not importing.started_at or not began:
        raise ConflictError("This import has written nothing.", current=importing)
    if now >= importing.started_at + KEPT:
        raise ConflictError("An import can be undone for a week.", current=importing)
    values: dict[str, Any] = {"error": None}
    if not importing.undone:
        # The piece in which a run that failed was interrupted may have been written in part.
        pieces = min(importing.chunk + 1, importing.chunks)
        values |= {"chunk": 0, "chunks": pieces, "undone": {"undone": 0, "kept": 0}, "finished_at": None}
    return _move(runtime, importing, State.UNDOING, by=by, due=True, **values)


def verdict_url(runtime: Runtime, importing: Import) -> str | None:
    """A link to the verdict file, while there is one."""
    if not importing.verdict_key or runtime.clock.now() >= importing.created_at + KEPT:
        return None
    return runtime.files.link(importing.verdict_key, seconds=3600)


def tick(*, runtime: Runtime) -> None:
    """Order work on the imports that somebody should be at work on and nobody is."""
    now = runtime.clock.now()
    orders = [events.work(importing, now) for importing in store.due(runtime.table, now)]
    if orders:
        runtime.queues.publish("imports", orders)


def _columns(runtime: Runtime, importing: Import) -> tuple[str, ...]:
    """The columns of a file of text, before anybody has read the whole of it."""
    from chalicelib.customers.imports.reading.opening import format_of, opened, sized

    try:
        if format_of(sized(runtime.files, importing.source)[1]) == "xlsx":
            return ()
        with opened(runtime.files, importing.source) as (layout, _):
            return layout.columns
    except (BrokenFileError, FileNotFoundError):
        return ()


def _wanted(runtime: Runtime, importing: Import, values: Mapping[str, Any], by: str) -> Import:
    """Note that it is to run as soon as it has been read; if it has been meanwhile, that is now."""
    for _ in range(_RETRIES):
        found = store.want(runtime.table, importing, runtime.clock.now(), by=by, **values)
        if found is not None:
            return found
        importing = get_import(runtime=runtime, workspace_id=importing.workspace_id, import_id=importing.id)
        if importing.state is State.READY:
            return _move(runtime, importing, State.RUNNING, by=by, due=True, **values)
    raise ConflictError(current=importing)


def _move(runtime: Runtime, importing: Import, state: State, *, by: str, due: bool, **values: Any) -> Import:
    """Move it and order the work; who asks twice at once gets the same."""
    now = runtime.clock.now()
    try:
        moved = store.move(runtime.table, importing, state, now, by=by, due=due, **values)
    except ConflictError as conflict:
        if isinstance(conflict.current, Import) and conflict.current.state is state:
            return conflict.current
        raise
    if due:
        runtime.queues.publish("imports", [events.work(moved, now)])
    return moved
