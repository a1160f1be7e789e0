"""Exports as the API shows and takes them."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from chalicelib.customers.schemas import Reference
from chalicelib.foundation.http import Schema
from chalicelib.foundation.http.schemas import Instant
from chalicelib.workspaces.jobs.domain import Job

ExportKind = Literal["contact", "company", "lead", "deal", "task", "everything"]
ExportFormat = Literal["csv", "xlsx", "json", "jsonl", "vcard"]


class ExportIn(Schema):
    """A new export: of the records with these ids, of all that meet a filter, or of all there are."""

    kind: ExportKind
    ids: Annotated[list[Reference], Field(min_length=1, max_length=5000)] | None = None
    filter: Annotated[list[dict[str, Any]], Field(max_length=20)] | None = Field(
        default=None, description="Conditions that must all hold."
    )
    columns: Annotated[list[Annotated[str, Field(max_length=80)]], Field(min_length=1, max_length=200)] | None = Field(
        default=None, description="The columns' keys, in their order; left out: all of them."
    )
    format: ExportFormat = "csv"

    @model_validator(mode="after")
    def one_of_them(self) -> "ExportIn":
        """Ids or a filter, not both."""
        if self.ids is not None and self.filter is not None:
            raise ValueError("give ids or a filter")
        return self


class ExportOut(Schema):
    """An export: a job, and the file when it is done. ``rows`` are counted in the file itself."""

    id: str
    kind: ExportKind
    format: ExportFormat
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    done: int
    total: int | None
    rows: int | None
    missing: int | None
    file_url: str | None
    file_name: str | None
    bytes: int | None
    sha256: str | None
    error: str | None
    result: dict[str, Any] | None
    created_by: str
    created_at: Instant
    updated_at: Instant
    expires_at: Instant | None

    @classmethod
    def of(cls, job: Job, asked: Mapping[str, Any], result: Mapping[str, Any] | None) -> Self:
        """The export as shown."""
        shown = dict(result or {})
        return cls(
            id=job.id,
            kind=asked.get("kind", "contact"),
            format=asked.get("format", "csv"),
            state=job.state.value,
            done=job.done,
            total=job.total,
            rows=shown.get("rows"),
            missing=shown.get("missing"),
            file_url=shown.get("file_url"),
            file_name=shown.get("file_name"),
            bytes=shown.get("bytes"),
            sha256=shown.get("sha256"),
            error=job.error or None,
            result=shown or None,
            created_by=job.created_by,
            created_at=job.created_at,
            updated_at=job.updated_at,
            expires_at=shown.get("expires_at"),
        )
