"""Imports as the API shows and takes them."""

import json
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from chalicelib.customers.imports.domain import VERDICTS, Import, Row
from chalicelib.customers.imports.previewing import SAMPLES, Preview
from chalicelib.customers.imports.words import file_message, message
from chalicelib.customers.schemas import ShortText
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.files import Upload
from chalicelib.foundation.http import Schema
from chalicelib.foundation.http.schemas import Instant

_CELL = 200  # characters of a cell that a preview shows
ImportKind = Literal["contact", "company", "lead", "deal"]
ImportMode = Literal["create", "update", "both"]
ImportState = Literal[
    "uploading", "reading", "ready", "running", "done", "cancelling", "cancelled", "undoing", "undone", "failed"
]
Column = Annotated[str, Field(max_length=200)]
ColumnMapping = dict[Column, Annotated[str, Field(max_length=80)] | None]


class ImportIn(Schema):
    """A new import."""

    file_name: Annotated[ShortText, Field(min_length=1)]
    kind: ImportKind = "contact"
    mode: ImportMode = "create"
    match_field: Annotated[str, Field(max_length=80)] | None = Field(
        default=None, description="How present records are found: email, phone, id, domain, name, custom.<key> …"
    )


class ImportSegmentIn(Schema):
    """Where the people are put: the static segment ``id``, or a new one that is called ``name``."""

    id: Annotated[str, Field(max_length=26)] | None = None
    name: Annotated[str, Field(min_length=1, max_length=100)] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.id is None) == (self.name is None):
            raise ValueError("say the id of a segment, or the name of a new one")
        return self


class ImportStart(Schema):
    """Starting an import. Without a mapping the suggested one is taken. With a segment, people whose row ends as created, updated
    or unchanged are put into it; a trial puts in nobody, and the import that follows it says its segment itself.
    """

    mapping: Annotated[ColumnMapping, Field(max_length=500)] | None = None
    dry_run: bool = False
    segment: ImportSegmentIn | None = None


class PreviewQuery(Schema):
    """The query of a preview."""

    mapping: Annotated[str, Field(max_length=60_000)] | None = Field(
        default=None, description="A mapping to try, as JSON: {column: field | null}."
    )

    def chosen(self) -> dict[str, str | None] | None:
        """The mapping to try; `InvalidError` when it is none."""
        if not self.mapping:
            return None
        try:
            return ImportStart.model_validate({"mapping": json.loads(self.mapping)}).mapping
        except (ValueError, ValidationError, RecursionError) as error:
            raise InvalidError("This is no mapping.", field="mapping", code="json_invalid") from error


class SampleQuery(Schema):
    """The query of a sample file."""

    kind: ImportKind = "contact"


class UploadOut(Schema):
    """How to send the file: as a form of these fields and, last, the field ``file``."""

    url: str
    method: str
    headers: dict[str, str]
    fields: dict[str, str]

    @classmethod
    def of(cls, upload: Upload) -> Self:
        """The permission as shown."""
        return cls(url=upload.url, method=upload.method, headers=dict(upload.headers), fields=dict(upload.fields))


class ImportCounts(Schema):
    """Rows by verdict. While an import runs, ``rows`` are all there are and the others those so far."""

    rows: int
    created: int
    updated: int
    unchanged: int
    duplicate: int
    rejected: int


class ImportUndone(Schema):
    """What an undo did with the rows that had been written."""

    undone: int
    kept: int


class ImportSegmentOut(Schema):
    """Where the people are put. ``made`` is false until there is the new segment, which is made with the first of them. ``added`` have
    been put in, ``present`` were in before. ``gone``: it was deleted under way, and the rest was put nowhere.
    """

    id: str
    name: str
    made: bool
    added: int
    present: int
    gone: bool


class ImportFailure(Schema):
    """Why an import failed."""

    code: str
    message: str


class ImportOut(Schema):
    """An import."""

    id: str
    kind: ImportKind
    file_name: str
    mode: ImportMode
    match_field: str
    state: ImportState
    dry_run: bool
    counts: ImportCounts
    done: Annotated[int, Field(description="Rows with a verdict, or taken back while undoing.")]
    total: int
    format: str | None
    encoding: str | None
    separator: str | None
    sheet: str | None
    profile: str
    columns: list[str]
    mapping: dict[str, str | None]
    verdict_url: str | None
    undone: ImportUndone | None
    segment: ImportSegmentOut | None
    error: ImportFailure | None
    created_by: str
    created_at: Instant
    updated_at: Instant
    started_at: Instant | None
    finished_at: Instant | None
    version: int

    @classmethod
    def of(cls, importing: Import, verdict_url: str | None = None) -> Self:
        """The import as shown."""
        return cls.model_validate(shown(importing, verdict_url))


class ImportBegun(ImportOut):
    """A new import, and how its file is sent."""

    upload: UploadOut

    @classmethod
    def begun(cls, importing: Import, upload: Upload) -> Self:
        """The import as shown with its permission."""
        return cls.model_validate({**shown(importing, None), "upload": UploadOut.of(upload)})


class FieldLabel(Schema):
    """A field's name in both languages."""

    es: str
    en: str


class ImportFieldOut(Schema):
    """A field that a column can be mapped to."""

    key: str
    label: FieldLabel
    type: str


class SuggestionOut(Schema):
    """A field for a column, and how sure that is (0 to 1)."""

    field: str
    confidence: float


class ImportColumn(Schema):
    """A column: some of its cells, the field suggested, and the field it is now."""

    name: str
    samples: list[str]
    suggested: SuggestionOut | None
    field: str | None


class CellError(Schema):
    """What is wrong with a row's value."""

    field: str
    column: str | None
    message: str
    code: str


class ImportRowOut(Schema):
    """A row: its number as a spreadsheet counts, its cells by column, and what would become of it."""

    number: int
    values: dict[str, str]
    errors: list[CellError]
    verdict: Literal["create", "update", "unchanged", "duplicate", "rejected"]
    id: str | None


class ImportPreview(Schema):
    """The first rows of a file. ``columns`` is empty while a big workbook is still being read: ask again."""

    state: ImportState
    format: str | None
    encoding: str | None
    separator: str | None
    sheet: str | None
    profile: str
    columns: list[ImportColumn]
    fields: list[ImportFieldOut]
    rows: list[ImportRowOut]
    error: ImportFailure | None

    @classmethod
    def of(cls, preview: Preview) -> Self:
        """The preview as shown, in the language of who asked for the import."""
        importing = preview.importing
        columns = [
            {
                "name": name,
                "samples": [cell[:_CELL] for cell in cells if cell.strip()][:SAMPLES],
                "suggested": {"field": each.field, "confidence": each.confidence} if each else None,
                "field": importing.mapping.get(name),
            }
            for name, cells, each in zip(importing.columns, preview.samples, preview.suggestions, strict=False)
        ]
        by_field = {field: column for column, field in importing.mapping.items() if field}
        return cls.model_validate(
            {
                "state": importing.state.value,
                "format": importing.format or None,
                "encoding": importing.encoding or None,
                "separator": importing.separator or None,
                "sheet": importing.sheet or None,
                "profile": importing.profile,
                "columns": columns,
                "fields": [
                    {"key": each.key, "label": {"es": each.labels[0], "en": each.labels[1]}, "type": each.type}
                    for each in preview.fields
                ],
                "rows": [_row(importing, row, planned, by_field) for row, planned in preview.rows],
                "error": _error(importing),
            }
        )


def shown(importing: Import, verdict_url: str | None) -> dict[str, Any]:
    """The import in plain values."""
    undoing = bool(importing.undone)
    counts = {name: importing.counts.get(name, 0) for name in VERDICTS}
    total = counts["created"] + counts["updated"] if undoing else importing.rows
    return {
        "id": importing.id,
        "kind": importing.kind,
        "file_name": importing.file_name,
        "mode": importing.mode,
        "match_field": importing.match_field,
        "state": importing.state.value,
        "dry_run": importing.dry_run,
        "counts": {"rows": importing.rows, **counts},
        "done": sum(importing.undone.values()) if undoing else importing.done,
        "total": total,
        "format": importing.format or None,
        "encoding": importing.encoding or None,
        "separator": importing.separator or None,
        "sheet": importing.sheet or None,
        "profile": importing.profile,
        "columns": list(importing.columns),
        "mapping": dict(importing.mapping),
        "verdict_url": verdict_url,
        "undone": {"undone": 0, "kept": 0, **importing.undone} if undoing else None,
        "segment": _segment(importing),
        "error": _error(importing),
        "created_by": importing.created_by,
        "created_at": importing.created_at,
        "updated_at": importing.updated_at,
        "started_at": importing.started_at,
        "finished_at": importing.finished_at,
        "version": importing.version,
    }


def _segment(importing: Import) -> dict[str, Any] | None:
    into = importing.segment
    return None if into is None else {name: getattr(into, name) for name in ImportSegmentOut.model_fields}


def _error(importing: Import) -> dict[str, str] | None:
    if not importing.error:
        return None
    return {"code": importing.error, "message": file_message(importing.error, importing.language)}


def _row(importing: Import, row: Row, planned: Any, by_field: dict[str, str]) -> dict[str, Any]:
    verdict = {"created": "create", "updated": "update"}.get(planned.verdict, planned.verdict)
    return {
        "number": row.number,
        "values": {
            column: row.cells[at][:_CELL] if at < len(row.cells) else "" for at, column in enumerate(importing.columns)
        },
        "errors": [
            {
                "field": error.field,
                "column": by_field.get(error.field),
                "message": message(
                    error.code,
                    importing.language,
                    given=error.message,
                    row=error.message if error.code == "repeated" else "",
                ),
                "code": error.code,
            }
            for error in planned.errors
        ],
        "verdict": verdict,
        "id": planned.id if verdict not in ("create", "rejected") and planned.id else None,
    }
