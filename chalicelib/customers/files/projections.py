"""What follows from a change of a file, and from the end of what files hang on."""

from chalicelib.customers.files import events, service
from chalicelib.customers.files.domain import FileState
from chalicelib.customers.files.records import FileRecord
from chalicelib.customers.timeline.domain import About
from chalicelib.customers.timeline.service import entry
from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.projection import Derivation, Projection
from chalicelib.foundation.table import Change
from chalicelib.workspaces.audit.service import audited

_TIMELINES = ("contact", "company", "deal")


def note(change: Change, into: Derivation) -> None:
    """An entry in the thing's timeline while the file is there."""
    file = service.file_of(change.record)
    if file.about_kind not in _TIMELINES or file.state is not FileState.READY:
        return
    row = entry(
        workspace_id=file.workspace_id,
        about=About(file.about_kind, file.about_id),  # type: ignore[arg-type]
        at=file.created_at,
        kind="file_added",
        id=derived_id(file.created_at, "file_added", file.id),
        data={"file_id": file.id, "file_name": file.file_name, "media_type": file.media_type, "size": file.size},
        actor=file.created_by,
    )
    if into.current(FileRecord, change.record.key) is None:
        into.delete(row.key)
    else:
        into.put(row)


def let_go(change: Change, into: Derivation) -> None:
    """When the item is gone, the content goes."""
    if change.new is None:
        record = change.record
        assert isinstance(record, FileRecord)
        into.fact("jobs", events.removed(record.workspace_id, record.file_id, record.created_at, change.id))


def sweep(kind: str) -> Projection:
    """When a thing is gone for good (not into the bin), its files go."""

    def follow(change: Change, into: Derivation) -> None:
        if change.new is None:
            record = change.record
            thing_id = record.pk.rpartition("#")[2]
            into.fact("jobs", events.sweep(record.workspace_id, kind, thing_id, record.created_at, change.id))

    return follow


def _subject(record: FileRecord) -> str:
    return record.file_id


PROJECTIONS: dict[str, list[Projection]] = {
    "file": [note, let_go, audited("file", fields=("file_name", "media_type", "size", "state"), subject=_subject)],
    **{kind: [sweep(kind)] for kind in ("contact", "company", "deal", "lead", "task")},
}
