"""The first rows of an import's file, as they would be written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chalicelib.customers.imports import pieces, service
from chalicelib.customers.imports.domain import BrokenFileError, Import, ImportField, ImportPart, Planned, Row, State
from chalicelib.customers.imports.mapping import Suggestion, profile_of, suggest
from chalicelib.customers.imports.reading.opening import format_of, opened, sized
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.runtime import Runtime
from chalicelib.workspaces.settings.domain import Workspace

ROWS = 20
SAMPLES = 3
_LOOKED_AT = 50
_WORKBOOK_LIMIT = 4 * 1024 * 1024
"""Bytes of a workbook that is opened while a person waits; bigger ones are shown when the queue has read them."""


@dataclass(frozen=True, slots=True)
class Preview:
    """``importing`` with what is known of its file so far; ``suggestions`` and ``samples`` by column; ``rows`` with what they hold and
    what would become of them. Everything is empty while a big workbook is still being read.
    """

    importing: Import
    fields: Sequence[ImportField]
    suggestions: Sequence[Suggestion | None] = ()
    samples: Sequence[Sequence[str]] = ()
    rows: Sequence[tuple[Row, Planned]] = ()


def preview(
    *, runtime: Runtime, workspace: Workspace, importing: Import, mapping: Mapping[str, str | None] | None = None
) -> Preview:
    """Look at the file, and begin to read it if that has not been done. ``mapping`` is tried in place of the present one.

    `BrokenFileError` when the file cannot be imported at all.
    """
    part = service.part_of(runtime, importing.kind)
    importing = service.read_if_sent(runtime=runtime, importing=importing)
    fields = part.fields(runtime, workspace)
    if importing.state is State.UPLOADING or importing.error:
        return Preview(importing, fields)
    importing, rows = _head(runtime, importing)
    if not rows:
        return Preview(importing, fields)
    samples = [
        [row.cells[at] if at < len(row.cells) else "" for row in rows if not row.broken]
        for at in range(len(importing.columns))
    ]
    profile = profile_of(importing.columns)
    suggestions = suggest(importing.columns, samples, fields, profile)
    chosen = mapping if mapping is not None else importing.mapping or _mapping(importing.columns, suggestions)
    shown = replace(
        importing,
        mapping={column: field for column, field in chosen.items() if column in importing.columns},
        profile=profile.name if profile else "none",
        started_at=importing.started_at or runtime.clock.now(),
    )
    planned = _planned(runtime, workspace, part, shown, rows[:ROWS])
    return Preview(shown, fields, suggestions, samples, list(zip(rows[:ROWS], planned, strict=True)))


def _head(runtime: Runtime, importing: Import) -> tuple[Import, list[Row]]:
    """The import with its file's layout, and the first rows: out of the first piece, or else out of the file."""
    if importing.chunks:
        return importing, pieces.get_rows(runtime.files, importing, 0)[:_LOOKED_AT]
    size, head = sized(runtime.files, importing.source)
    if format_of(head) == "xlsx" and (size > _WORKBOOK_LIMIT or not _can_open_workbooks()):
        return importing, []
    with opened(runtime.files, importing.source) as (layout, source):
        rows = []
        for row, _ in source.rows(layout.begin, layout.number):
            rows.append(row)
            if len(rows) == _LOOKED_AT:
                break
    found = replace(
        importing,
        format=layout.format,
        columns=layout.columns,
        encoding=layout.encoding,
        separator=layout.separator,
        sheet=layout.sheet,
    )
    return found, rows


def _can_open_workbooks() -> bool:
    """Whether this function has calamine; the API's has not, the queue's has."""
    from importlib.util import find_spec

    return find_spec("python_calamine") is not None


def _mapping(columns: Sequence[str], suggestions: Sequence[Suggestion | None]) -> dict[str, str | None]:
    return {
        column: suggestion.field if suggestion and suggestion.confidence >= 0.5 else None
        for column, suggestion in zip(columns, suggestions, strict=True)
    }


def _planned(
    runtime: Runtime, workspace: Workspace, part: ImportPart, importing: Import, rows: Sequence[Row]
) -> list[Planned]:
    session = part.session(runtime, workspace, importing, runtime.clock.now())
    return session.plan(rows, {})


__all__ = ["BrokenFileError", "InvalidError", "Preview", "preview"]
