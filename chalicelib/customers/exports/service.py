"""Asking for an export, and the work on the queue ``exports``."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.customers.exports import formats
from chalicelib.customers.exports.domain import EVERYTHING, ExportColumn, ExportPart, Format
from chalicelib.customers.exports.formats import Sheet
from chalicelib.customers.journals import service as journals
from chalicelib.customers.vcards.service import write_card
from chalicelib.customers.work import service as work
from chalicelib.foundation.clock import to_text
from chalicelib.foundation.errors import ConflictError, InvalidError
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.runtime import Runtime
from chalicelib.workspaces.jobs import service as jobs
from chalicelib.workspaces.jobs.domain import Job, State
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import get_workspace

KIND = "export"
PIECE = 500
IDS_LIMIT = 5000
LINK_SECONDS = 3600
ORDER = ("contact", "company", "lead", "deal", "task")
_JSON = "application/json"


def part_of(runtime: Runtime, kind: str) -> ExportPart:
    """What exports know of a kind; `InvalidError` names ``kind``."""
    part: ExportPart | None = runtime.parts("export").get(kind)
    if part is None:
        known = ", ".join([*sorted(runtime.parts("export")), EVERYTHING])
        raise InvalidError(f"One of {known}.", field="kind", code="unknown")
    return part


def kinds_of(runtime: Runtime, kind: str) -> list[str]:
    """The kinds that an export has: itself, or all there are."""
    if kind != EVERYTHING:
        part_of(runtime, kind)
        return [kind]
    known = runtime.parts("export")
    return [each for each in ORDER if each in known] + sorted(known.keys() - set(ORDER))


def ask(
    *,
    runtime: Runtime,
    workspace: Workspace,
    job_id: str,
    kind: str,
    kinds: Sequence[str],
    ids: Sequence[str] | None,
    filter: Any,  # noqa: A002 - the request's own word
    columns: Sequence[str] | None,
    format_: Format,
    language: str,
    me: str,
    created_by: str,
) -> Job:
    """Order a file of the records with these ids, or of all that meet a filter. ``kinds`` are those of `kinds_of` that the caller
    may read. `InvalidError` names what does not fit.
    """
    if format_ == "vcard" and kind != "contact":
        raise InvalidError("Only contacts are vCards.", field="format", code="not_for_kind")
    if kind == EVERYTHING and (ids is not None or filter or columns):
        raise InvalidError("Everything has no filter, ids or columns.", field="kind", code="everything")
    data: dict[str, Any] = {"kind": kind, "kinds": list(kinds), "format": format_, "language": language, "me": me}
    if columns is not None:
        known = {column.key for column in part_of(runtime, kind).columns(runtime, workspace)}
        wrong = next((each for each in columns if each not in known), None)
        if wrong is not None:
            raise InvalidError(
                "There is no such column.", field=f"columns.{list(columns).index(wrong)}", code="unknown"
            )
        data["columns"] = list(dict.fromkeys(columns))
    total = None
    if ids is not None:
        wanted = [each for each in dict.fromkeys(ids) if is_id(each)]
        content = json.dumps(wanted).encode()
        runtime.files.put(f"{_folder(workspace.id, job_id)}/ids", content, content_type=_JSON)
        data["ids"], total = len(wanted), len(wanted)
    elif kind != EVERYTHING:
        data["filter"] = filter or []
        _listing(runtime, kind).conditions(runtime, workspace.id, data["filter"], me=me)
    return work.begin(
        runtime=runtime,
        workspace_id=workspace.id,
        job_id=job_id,
        kind=KIND,
        queue="exports",
        data=data,
        created_by=created_by,
        permission="exports:run",
        stage="writing",
        total=total,
    )


def asked(*, runtime: Runtime, job: Job) -> Mapping[str, Any]:
    """What an export is of: ``kind``, ``format``, …"""
    found = work.read(runtime=runtime, workspace_id=job.workspace_id, job_id=job.id)
    return found.data if found is not None else {}


def list_exports(
    *, runtime: Runtime, workspace_id: str, created_by: str, before: str, limit: int
) -> tuple[list[Job], str | None]:
    """Somebody's newest exports, and the id after which the next page starts."""
    return jobs.list_jobs(
        table=runtime.table,
        clock=runtime.clock,
        workspace_id=workspace_id,
        sees=lambda job: job.kind == KIND and job.created_by == created_by,
        before=before,
        limit=limit,
    )


# The work


def write(worker: work.Worker) -> None:
    """Write the rows in pieces, then put the file together."""
    workspace = get_workspace(table=worker.runtime.table, workspace_id=worker.work.workspace_id)
    if worker.work.stage == "writing" and not _pieces(worker, workspace):
        return
    _compose(worker, workspace)


def _pieces(worker: work.Worker, workspace: Workspace) -> bool:
    """Whether all pieces are written; else another delivery goes on, or it was cancelled."""
    data = worker.work.data
    position = dict(worker.work.position)
    kinds = data["kinds"]
    while int(position.get("at", 0)) < len(kinds):
        at = int(position.get("at", 0))
        kind = kinds[at]
        records, following, missing = _page(worker, workspace, kind, position.get("start"))
        counts, chunks = dict(worker.work.counts), worker.work.chunks
        if records:
            content = _content(worker, workspace, kind, records)
            worker.runtime.files.put(_piece_key(worker, kind, chunks), content, content_type="application/octet-stream")
            pieces = dict(position.get("pieces") or {})
            pieces[kind] = [pieces.get(kind, [chunks])[0], chunks]
            position["pieces"] = pieces
            counts[kind] = counts.get(kind, 0) + len(records)
            chunks += 1
        if missing:
            counts["missing"] = counts.get("missing", 0) + missing
        position |= {"at": at, "start": following} if following is not None else {"at": at + 1, "start": None}
        worker.advance(chunks=chunks, counts=counts, position=position)
        job = worker.progress(sum(worker.work.counts.values()))
        if job.cancel_asked:
            worker.end(State.CANCELLED)
            return False
        if worker.over:
            worker.later()
            return False
    worker.advance(stage="composing")
    return True


def _page(worker: work.Worker, workspace: Workspace, kind: str, start: Any) -> tuple[Sequence[Any], Any, int]:
    """Some records, where the next ones start (None after the last), and how many of those asked for are not there."""
    runtime, data = worker.runtime, worker.work.data
    listing = _listing(runtime, kind)
    if "ids" in data:
        wanted = json.loads(runtime.files.get(f"{_folder(workspace.id, worker.work.id)}/ids"))
        begin = int(start or 0)
        asked_for = wanted[begin : begin + PIECE]
        found = listing.read_many(runtime.table, workspace.id, asked_for)
        records = [found[each] for each in asked_for if each in found]
        following = begin + PIECE if begin + PIECE < len(wanted) else None
        return records, following, len(asked_for) - len(records)
    conditions = listing.conditions(runtime, workspace.id, data.get("filter") or [], me=data["me"])
    if start is None and len(data["kinds"]) == 1:
        count, exact = listing.count(runtime, workspace, conditions)
        if exact:
            worker.progress(0, count)
    records, following = listing.page(runtime, workspace, conditions, "-created", start, PIECE)
    return records, following, 0


def _content(worker: work.Worker, workspace: Workspace, kind: str, records: Sequence[Any]) -> bytes:
    runtime, data = worker.runtime, worker.work.data
    if data["format"] == "vcard":
        return "".join(write_card(contact) for contact in records).encode()
    part = part_of(runtime, kind)
    rows = part.rows(runtime, workspace, records)
    return formats.piece(data["format"], _columns(runtime, workspace, part, data), rows, data["language"])


def _columns(
    runtime: Runtime, workspace: Workspace, part: ExportPart, data: Mapping[str, Any]
) -> Sequence[ExportColumn]:
    columns = part.columns(runtime, workspace)
    wanted = data.get("columns")
    if not wanted:
        return columns
    by_key = {column.key: column for column in columns}
    return [by_key[key] for key in wanted if key in by_key]


def _compose(worker: work.Worker, workspace: Workspace) -> None:
    runtime, data, counts = worker.runtime, worker.work.data, worker.work.counts
    language = data["language"]
    pieces = worker.work.position.get("pieces", {})  # kind → its first and last piece
    sheets = []
    for kind in data["kinds"]:
        part = part_of(runtime, kind)
        columns = _columns(runtime, workspace, part, data)
        first, last = pieces.get(kind, (0, -1))
        keys = [_piece_key(worker, kind, number) for number in range(first, last + 1)]
        sheets.append(Sheet(kind, part.labels[language != "es"], columns, keys, counts.get(kind, 0)))
    cells = sum(sheet.rows * len(sheet.columns) for sheet in sheets)
    if data["format"] == "xlsx" and (
        cells > formats.CELLS_LIMIT or any(sheet.rows > formats.ROWS_LIMIT for sheet in sheets)
    ):
        worker.end(State.FAILED, error="Demasiado para un libro XLSX: elija CSV. · Too much for an XLSX: choose CSV.")
        return
    zipped = data["kind"] == EVERYTHING
    name = _file_name(worker, workspace, sheets, zipped=zipped)
    key = f"{_folder(workspace.id, worker.work.id)}/{name}"
    written = formats.compose(
        runtime.files, key, format_=data["format"], sheets=sheets, language=language, file_name=name, zipped=zipped
    )
    known = {sheet.kind: sheet.rows for sheet in sheets}
    if written.rows != known:
        runtime.files.delete([key])
        worker.end(State.FAILED, error="Faltan filas en el archivo. · The file lacks rows.")
        return
    runtime.files.delete([key for sheet in sheets for key in sheet.pieces])
    total = sum(known.values())
    worker.progress(total + counts.get("missing", 0), total + counts.get("missing", 0))
    worker.end(
        State.DONE,
        result={
            "rows": total,
            "missing": counts.get("missing", 0),
            "kinds": known,
            "file_key": key,
            "file_name": name,
            "bytes": written.size,
            "sha256": written.sha256,
        },
    )


def _file_name(worker: work.Worker, workspace: Workspace, sheets: Sequence[Sheet], *, zipped: bool) -> str:
    """``contactos-2026-11-22-9700.csv``: of what, the day in the workspace's zone, and how many rows."""
    data = worker.work.data
    day = worker.work.created_at.astimezone(workspace.zone).date().isoformat()
    spanish = data["language"] == "es"
    title = ("todo" if spanish else "everything") if zipped else sheets[0].title.lower().replace(" ", "-")
    ending = "zip" if zipped and data["format"] != "xlsx" else formats.ENDINGS.get(data["format"], data["format"])
    return f"{title}-{day}-{sum(sheet.rows for sheet in sheets)}.{ending}"


def result(runtime: Runtime, job: Job) -> Mapping[str, Any] | None:
    """The export's result with a link that works for an hour, while there is a file."""
    if job.result is None or "file_key" not in job.result:
        return job.result
    shown = {name: value for name, value in job.result.items() if name != "file_key"}
    gone = runtime.clock.now() >= job.created_at + work.KEPT
    url = None if gone else runtime.files.link(str(job.result["file_key"]), seconds=LINK_SECONDS)
    return {**shown, "file_url": url, "expires_at": to_text(job.created_at + work.KEPT)}


class _Jobs:
    """The part of exports in jobs: they can be stopped."""

    def undo(self, runtime: Runtime, job: Job, *, job_id: str, by: str) -> Job:  # noqa: ARG002
        """There is nothing to undo."""
        raise ConflictError("An export changes nothing.", current=job)

    def result(self, runtime: Runtime, job: Job) -> Mapping[str, Any] | None:
        """See `result`."""
        return result(runtime, job)


JOBS = _Jobs()


def _listing(runtime: Runtime, kind: str) -> Any:
    return runtime.parts("list")[kind]


def _folder(workspace_id: str, job_id: str) -> str:
    return journals.folder(workspace_id, "exports", job_id)


def _piece_key(worker: work.Worker, kind: str, number: int) -> str:
    return f"{_folder(worker.work.workspace_id, worker.work.id)}/pieces/{kind}-{number:06d}"
