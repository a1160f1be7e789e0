"""Taking files in, giving them out and letting them go."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from chalicelib.customers.files import kinds, store
from chalicelib.customers.files.domain import LARGEST, LINK_SECONDS, UPLOAD_SECONDS, File, FileState, Owner
from chalicelib.customers.files.records import FileRecord, file_key
from chalicelib.customers.things import Things, check_thing
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.foundation.files import Files, Upload
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.table import Delete, Record, Table
from chalicelib.foundation.table.table import TransactionConflictError
from chalicelib.workspaces.audit import service as audit

_WAIT = 24 * 3600  # seconds until a file that did not arrive is forgotten


def announce(
    *,
    table: Table,
    clock: Clock,
    files: Files,
    things: Mapping[str, Things],
    workspace_id: str,
    file_id: str,
    about: tuple[Owner, str],
    file_name: str,
    media_type: str,
    size: int,
    actor: str,
) -> tuple[File, Upload]:
    """Begin with a file: what it will be, and the permission to send it. `InvalidError` names what keeps it out already. Begun
    again with the same id it is the same file, with a new permission.
    """
    kinds.check_name(file_name)
    if size > LARGEST:
        raise InvalidError(f"A file has at most {LARGEST // 1024 // 1024} MB.", field="size", code="too_large")
    check_thing(things, table, workspace_id, about[0], about[1], field="about.id")
    now = clock.now()
    file = File(workspace_id, file_id, about[0], about[1], file_name, media_type, size, now, actor)
    try:
        table.create(store.to_record(file, expires_at=int(now.timestamp()) + _WAIT))
    except ConflictError as conflict:
        if not isinstance(conflict.current, FileRecord):
            raise
        file = store.to_domain(conflict.current)
    permission = files.upload(
        file.waiting_key, content_type=media_type, max_bytes=min(LARGEST, max(size, 1)), seconds=UPLOAD_SECONDS
    )
    return file, permission


def complete(
    *, table: Table, clock: Clock, files: Files, things: Mapping[str, Things], workspace_id: str, file_id: str
) -> File:
    """Look at what has arrived and keep it; `InvalidError` names ``file`` and the rule when it is refused: then it is gone. Said
    again, it changes nothing.
    """
    file = get_file(table=table, workspace_id=workspace_id, file_id=file_id, any_state=True)
    if file.state is FileState.READY:
        return file
    check_thing(things, table, workspace_id, file.about_kind, file.about_id, field="about.id")
    try:
        size = files.size(file.waiting_key)
        content = files.get(file.waiting_key) if size <= LARGEST else b""
    except FileNotFoundError as error:
        raise InvalidError("The file has not arrived.", field="file", code="missing") from error
    try:
        if not content:
            raise InvalidError("The file is empty or too large.", field="file", code="too_large")
        kind = kinds.check(content, file.file_name)
    except InvalidError:
        files.delete([file.waiting_key])
        table.delete(file_key(workspace_id, file_id), condition=FileRecord.state == FileState.UPLOADING.value)
        raise
    ready = replace(file, state=FileState.READY, media_type=kind.media_type, size=len(content), updated_at=clock.now())
    files.put(file.key, content, content_type=kind.media_type, file_name=file.file_name)
    try:
        table.replace(store.to_record(ready))
    except ConflictError as conflict:
        if isinstance(conflict.current, FileRecord) and conflict.current.state == FileState.READY.value:
            return store.to_domain(conflict.current)  # somebody else completed the same file
        files.delete([file.key])
        raise NotFoundError("There is no such file.") from conflict
    files.delete([file.waiting_key])
    return replace(ready, version=file.version + 1)


def get_file(*, table: Table, workspace_id: str, file_id: str, any_state: bool = False) -> File:
    """The file, ready; in any state when asked for. `NotFoundError` when there is none."""
    found = store.read(table, workspace_id, file_id) if is_id(file_id) else None
    if found is None or (found.state is not FileState.READY and not any_state):
        raise NotFoundError("There is no such file.")
    return found


def attached(*, table: Table, workspace_id: str, file_ids: Iterable[str]) -> dict[str, File]:
    """Those of the files that exist and are ready, by id."""
    found = store.read_many(table, workspace_id, [each for each in file_ids if is_id(each)])
    return {file_id: file for file_id, file in found.items() if file.state is FileState.READY}


def files_of(
    *,
    table: Table,
    workspace_id: str,
    things: Mapping[str, Things],
    about: tuple[Owner, str],
    before: str = "",
    limit: int = 50,
) -> list[File]:
    """The files of a thing and of what was merged into it, the newest first; `NotFoundError` without such a thing."""
    kind, thing_id = about
    if kind not in things:
        raise NotFoundError(f"There is no such {kind}.")
    ids = things[kind].all_ids(table, workspace_id, thing_id)
    return store.newest(table, workspace_id, kind, ids, before=before, limit=limit)


def link(*, files: Files, file: File) -> str:
    """A signed address, good for some minutes, under which a browser saves the file by its name."""
    return files.link(file.key, seconds=LINK_SECONDS, file_name=file.file_name)


def delete_file(
    *, table: Table, clock: Clock, workspace_id: str, file_id: str, actor: str, version: int | None = None
) -> None:
    """Delete a file; its content goes with the change of the table. `ConflictError` when it is not at ``version``, if given."""
    file = get_file(table=table, workspace_id=workspace_id, file_id=file_id, any_state=True)
    if version is not None and version != file.version:
        raise ConflictError(current=file)
    farewell = audit.deletion(
        workspace_id=workspace_id,
        at=clock.now(),
        actor=actor,
        action="file.deleted",
        subject_id=file.id,
        before={"about": f"{file.about_kind}:{file.about_id}", "file_name": file.file_name, "size": file.size},
    )
    condition = FileRecord.version == file.version
    try:
        table.transact([Delete(file_key(workspace_id, file_id), condition), farewell])
    except TransactionConflictError as conflict:
        raise ConflictError(current=store.read(table, workspace_id, file_id)) from conflict


def sweep(*, table: Table, files: Files, workspace_id: str, kind: str, thing_id: str) -> int:
    """Let go of everything that was with a thing that is gone for good; how many files that were."""
    found = list(store.all_of(table, workspace_id, kind, thing_id))
    files.delete([key for file in found for key in (file.key, file.waiting_key)])
    table.write_many([], deletes=[file_key(workspace_id, file.id) for file in found])
    return len(found)


def erase_content(*, files: Files, workspace_id: str, file_id: str) -> None:
    """Delete a file's content, arrived or kept, with all versions."""
    files.delete([f"{workspace_id}/files/{file_id}", f"tmp/{workspace_id}/files/{file_id}"])


def file_of(record: Record) -> File:
    """The file in a changed item, for projections."""
    assert isinstance(record, FileRecord)
    return store.to_domain(record)
