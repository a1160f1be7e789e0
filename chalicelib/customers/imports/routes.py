"""The routes of imports."""

from typing import Any

from chalicelib.customers.imports import samples, service
from chalicelib.customers.imports.domain import BrokenFileError, Import
from chalicelib.customers.imports.previewing import Preview, preview
from chalicelib.customers.imports.schemas import (
    ImportBegun,
    ImportIn,
    ImportOut,
    ImportPreview,
    ImportStart,
    PreviewQuery,
    SampleQuery,
)
from chalicelib.customers.imports.words import file_message
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.http import Answer, Call, Page, PageQuery, Routes
from chalicelib.workspaces.members import service as members
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import get_workspace

routes = Routes("imports", __name__)
_MAY = "imports:run"


@routes.get("/imports", permission=_MAY, query=PageQuery, returns=Page[ImportOut])
def list_imports(call: Call[None]) -> Page[ImportOut]:
    """The imports, the newest first."""
    limit, cursors = call.query.limit, call.runtime.cursors
    position = cursors.read(call.workspace_id, "imports", call.query.cursor)
    before = position[0] if position else ""
    found = service.list_imports(runtime=call.runtime, workspace_id=call.workspace_id, before=before, limit=limit)
    more = cursors.write(call.workspace_id, "imports", [found[-1].id]) if len(found) == limit else None
    return Page[ImportOut](items=[ImportOut.of(each) for each in found], next_cursor=more)


@routes.post("/imports", permission=_MAY, body=ImportIn, returns=ImportBegun, status=201)
def begin_import(call: Call[ImportIn]) -> Answer:
    """Make an import. Send its file as the answer's ``upload`` says, look at the preview, and start it."""
    call.require(service.part_of(call.runtime, call.body.kind).permission)
    workspace = _workspace(call)
    begun = service.begin(
        runtime=call.runtime,
        workspace=workspace,
        import_id=call.creation_id,
        language=_language(call, workspace),
        created_by=call.actor.reference,
        **call.body.model_dump(),
    )
    body = ImportBegun.begun(begun.importing, begun.upload)
    return Answer(body, 201, {"Location": f"/api/v1/imports/{begun.importing.id}"})


@routes.get("/imports/sample", permission=_MAY, query=SampleQuery, raw=True)
def sample(call: Call[None]) -> Answer:
    """A CSV file to fill in, with every field as a column."""
    workspace = _workspace(call)
    part = service.part_of(call.runtime, call.query.kind)
    content = samples.sample(part.fields(call.runtime, workspace), _language(call, workspace))
    name = f'attachment; filename="{call.query.kind}.csv"'
    return Answer(content, 200, {"Content-Disposition": name}, "text/csv; charset=utf-8")


@routes.get("/imports/{import_id}", permission=_MAY, returns=ImportOut)
def get_import(call: Call[None], import_id: str) -> ImportOut:
    """One import: where it is, and what became of its rows."""
    return _shown(call, _import(call, import_id))


@routes.get("/imports/{import_id}/preview", permission=_MAY, query=PreviewQuery, returns=ImportPreview)
def preview_import(call: Call[None], import_id: str) -> ImportPreview:
    """The first rows of the file with what would become of them, and which column seems to be which field."""
    importing = _import(call, import_id)
    mapping = call.query.chosen()
    try:
        found = preview(runtime=call.runtime, workspace=_workspace(call), importing=importing, mapping=mapping)
    except BrokenFileError as error:
        text = file_message(error.code, importing.language)
        raise InvalidError(text, field="file", code=error.code) from error
    except FileNotFoundError:
        found = Preview(importing, ())
    return ImportPreview.of(found)


@routes.post(
    "/imports/{import_id}/start",
    permission=_MAY,
    body=ImportStart,
    returns=ImportOut,
    status=202,
    present=ImportOut.of,
)
def start_import(call: Call[ImportStart], import_id: str) -> ImportOut:
    """Write the rows, or with ``dry_run`` only say what would become of them; a trial can be followed by the import itself."""
    importing = _import(call, import_id)
    segment = call.body.segment
    if segment is not None:
        call.require("segments:write")
    started = service.start(
        runtime=call.runtime,
        workspace=_workspace(call),
        importing=importing,
        mapping=call.body.mapping,
        dry_run=call.body.dry_run,
        by=call.actor.reference,
        segment=segment.model_dump(exclude_none=True) if segment is not None else None,
    )
    return _shown(call, started)


@routes.post("/imports/{import_id}/cancel", permission=_MAY, returns=ImportOut, status=202, present=ImportOut.of)
def cancel_import(call: Call[None], import_id: str) -> ImportOut:
    """Stop it. What was written stays, and can be undone."""
    importing = _import(call, import_id)
    return _shown(call, service.cancel(runtime=call.runtime, importing=importing, by=call.actor.reference))


@routes.post("/imports/{import_id}/undo", permission=_MAY, returns=ImportOut, status=202, present=ImportOut.of)
def undo_import(call: Call[None], import_id: str) -> ImportOut:
    """Take back what it wrote: what it made is deleted and what it changed restored, unless somebody has edited it since."""
    importing = _import(call, import_id)
    return _shown(call, service.undo(runtime=call.runtime, importing=importing, by=call.actor.reference))


def _import(call: Call[Any], import_id: str) -> Import:
    importing = service.get_import(runtime=call.runtime, workspace_id=call.workspace_id, import_id=import_id)
    call.require(service.part_of(call.runtime, importing.kind).permission)
    return importing


def _shown(call: Call[Any], importing: Import) -> ImportOut:
    return ImportOut.of(importing, service.verdict_url(call.runtime, importing))


def _workspace(call: Call[Any]) -> Workspace:
    return get_workspace(table=call.runtime.table, workspace_id=call.workspace_id)


def _language(call: Call[Any], workspace: Workspace) -> str:
    return members.language_of(table=call.runtime.table, workspace=workspace, actor=call.actor, asked=call.languages)
