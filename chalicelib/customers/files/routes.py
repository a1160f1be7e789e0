"""The routes of files. What a file belongs to says who may see and change it."""

from typing import Any

from chalicelib.customers.files import service
from chalicelib.customers.files.domain import File, Owner
from chalicelib.customers.files.schemas import FileAnnounced, FileDeletion, FileIn, FileOut, FilesQuery, FileUploadOut
from chalicelib.customers.things import Things
from chalicelib.foundation.errors import NotFoundError
from chalicelib.foundation.http import Answer, Call, Page, Routes

routes = Routes("files", __name__)


@routes.get("/files", permission="contacts:read", query=FilesQuery, returns=Page[FileOut])
def list_files(call: Call[None]) -> Page[FileOut]:
    """The files of a contact, company, deal, lead or task, the newest first."""
    about, limit = (call.query.about_kind, call.query.about_id), call.query.limit
    _allow(call, about[0], write=False)
    name = f"files?{about[0]}&{about[1]}"
    position = call.runtime.cursors.read(call.workspace_id, name, call.query.cursor)
    found = service.files_of(
        table=call.runtime.table,
        workspace_id=call.workspace_id,
        things=_things(call),
        about=about,
        before=position[0] if position else "",
        limit=limit,
    )
    more = call.runtime.cursors.write(call.workspace_id, name, [found[-1].id]) if len(found) == limit else None
    return Page[FileOut](items=[FileOut.of(file) for file in found], next_cursor=more)


@routes.post("/files", permission="contacts:write", body=FileIn, returns=FileAnnounced, status=201, secrets=("upload",))
def announce_file(call: Call[FileIn]) -> Answer:
    """Begin with a file: the answer says how to send its content."""
    body = call.body
    _allow(call, body.about.kind, write=True)
    file, upload = service.announce(
        table=call.runtime.table,
        clock=call.runtime.clock,
        files=call.runtime.files,
        things=_things(call),
        workspace_id=call.workspace_id,
        file_id=call.creation_id,
        about=(body.about.kind, body.about.id),
        file_name=body.file_name,
        media_type=body.content_type,
        size=body.size,
        actor=call.actor.reference,
    )
    shown = FileAnnounced(**FileOut.of(file).model_dump(), upload=FileUploadOut.of(upload))
    return Answer(shown, 201, {"Location": f"/api/v1/files/{file.id}"})


@routes.post("/files/{file_id}/complete", permission="contacts:write", returns=FileOut)
def complete_file(call: Call[None], file_id: str) -> FileOut:
    """Say that the content was sent. It is looked at: what it really is decides whether it is kept."""
    _allowed_file(call, file_id, write=True)
    file = service.complete(
        table=call.runtime.table,
        clock=call.runtime.clock,
        files=call.runtime.files,
        things=_things(call),
        workspace_id=call.workspace_id,
        file_id=file_id,
    )
    return FileOut.of(file, service.link(files=call.runtime.files, file=file))


@routes.get("/files/{file_id}", permission="contacts:read", returns=FileOut)
def get_file(call: Call[None], file_id: str) -> FileOut:
    """A file, with an address to save it from."""
    file = _allowed_file(call, file_id, write=False)
    ready = service.get_file(table=call.runtime.table, workspace_id=call.workspace_id, file_id=file.id)
    return FileOut.of(ready, service.link(files=call.runtime.files, file=ready))


@routes.delete("/files/{file_id}", permission="contacts:write", query=FileDeletion, present=FileOut.of)
def delete_file(call: Call[None], file_id: str) -> Answer:
    """Delete a file, for good."""
    _allowed_file(call, file_id, write=True)
    service.delete_file(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        file_id=file_id,
        actor=call.actor.reference,
        version=call.query.version,
    )
    return Answer(None, 204)


def _things(call: Call[Any]) -> "dict[str, Things]":
    return dict(call.runtime.parts("things"))


def _allow(call: Call[Any], kind: Owner, *, write: bool) -> None:
    things = _things(call)
    if kind in things:
        call.require(things[kind].write if write else things[kind].read)


def _allowed_file(call: Call[Any], file_id: str, *, write: bool) -> File:
    """The file in any state, if the caller may see (or change) what it belongs to and that is still there."""
    file = service.get_file(table=call.runtime.table, workspace_id=call.workspace_id, file_id=file_id, any_state=True)
    _allow(call, file.about_kind, write=write)
    things = _things(call)
    if file.about_id not in things[file.about_kind].titles(call.runtime.table, call.workspace_id, [file.about_id]):
        raise NotFoundError("There is no such file.")
    return file
