"""Files in the table."""

from collections.abc import Iterable, Sequence

from chalicelib.customers.files.domain import File, FileState, Owner
from chalicelib.customers.files.records import FileRecord, file_key, files_partition
from chalicelib.foundation.table import Table
from chalicelib.foundation.table.table import query_merged


def read(table: Table, workspace_id: str, file_id: str) -> File | None:
    """The file, consistent; None without one."""
    record = table.get(FileRecord, file_key(workspace_id, file_id), consistent=True)
    return None if record is None else to_domain(record)


def read_many(table: Table, workspace_id: str, file_ids: Iterable[str]) -> dict[str, File]:
    """Those of the files that exist, by id."""
    found = table.get_many(FileRecord, [file_key(workspace_id, each) for each in file_ids], consistent=True)
    return {record.file_id: to_domain(record) for record in found.values()}


def newest(
    table: Table, workspace_id: str, kind: Owner, thing_ids: Sequence[str], *, before: str, limit: int
) -> list[File]:
    """The newest ready files of these things, together; those before the one of this id, if one is given."""

    def of(thing_id: str):  # type: ignore[no-untyped-def]
        return lambda most: table.query(
            FileRecord,
            files_partition(workspace_id, kind, thing_id),
            index="gsi1",
            before=before,
            newest_first=True,
            limit=most,
        )

    records = query_merged([of(each) for each in thing_ids], limit=limit, position=lambda record: record.gsi1sk)
    return [to_domain(record) for record in records]


def all_of(table: Table, workspace_id: str, kind: str, thing_id: str) -> Iterable[File]:
    """Every ready file of a thing."""
    for record in table.query_all(FileRecord, files_partition(workspace_id, kind, thing_id), index="gsi1"):
        yield to_domain(record)


def to_record(file: File, *, expires_at: int | None = None) -> FileRecord:
    """The item of a file."""
    key = file_key(file.workspace_id, file.id)
    ready = file.state is FileState.READY
    return FileRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=file.workspace_id,
        version=file.version,
        created_at=file.created_at,
        updated_at=file.updated_at,
        changed_by=file.created_by or None,
        expires_at=expires_at,
        gsi1pk=files_partition(file.workspace_id, file.about_kind, file.about_id) if ready else None,
        gsi1sk=file.id if ready else None,
        about_kind=file.about_kind,
        about_id=file.about_id,
        file_name=file.file_name,
        media_type=file.media_type,
        size=file.size,
        state=file.state.value,
        created_by=file.created_by,
    )


def to_domain(record: FileRecord) -> File:
    """The file in an item."""
    return File(
        workspace_id=record.workspace_id,
        id=record.file_id,
        about_kind=record.about_kind,  # type: ignore[arg-type]
        about_id=record.about_id,
        file_name=record.file_name,
        media_type=record.media_type,
        size=int(record.size),
        created_at=record.created_at,
        created_by=record.created_by,
        state=FileState(record.state),
        updated_at=record.updated_at,
        version=int(record.version),
    )
