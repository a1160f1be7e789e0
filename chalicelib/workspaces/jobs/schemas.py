"""A job as the API shows it."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from chalicelib.foundation.http import PageQuery, Schema
from chalicelib.foundation.http.schemas import Instant
from chalicelib.workspaces.jobs.domain import ENDED, Job


class JobsQuery(PageQuery):
    """The list of jobs."""

    mine: bool = True
    kind: Annotated[str, Field(max_length=40)] | None = None


class JobOut(Schema):
    """Long work: where it is and what came of it. ``rows`` and ``file_url`` are those of an export's result."""

    id: str
    kind: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    done: int
    total: int | None
    error: str | None
    result: dict[str, Any] | None
    rows: int | None = None
    file_url: str | None = None
    undoable: bool = False
    cancel_asked: bool = False
    created_by: str
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, job: Job, result: Mapping[str, Any] | None = None) -> Self:
        """The job as shown, with its result in the form it has now."""
        shown = dict(result if result is not None else job.result or {})
        return cls(
            rows=shown.get("rows"),
            file_url=shown.get("file_url"),
            undoable=bool(shown.get("undoable")),
            cancel_asked=job.cancel_asked and job.state not in ENDED,
            created_by=job.created_by,
            id=job.id,
            kind=job.kind,
            state=job.state.value,
            done=job.done,
            total=job.total,
            error=job.error or None,
            result=shown if job.result is not None else None,
            created_at=job.created_at,
            updated_at=job.updated_at,
        )
