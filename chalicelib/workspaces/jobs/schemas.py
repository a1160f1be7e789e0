"""A job as the API shows it."""

from typing import Any, Literal, Self

from chalicelib.foundation.http import Schema
from chalicelib.foundation.http.schemas import Instant
from chalicelib.workspaces.jobs.domain import Job


class JobOut(Schema):
    """Long work: where it is and what came of it."""

    id: str
    kind: str
    state: Literal["queued", "running", "done", "failed"]
    done: int
    total: int | None
    error: str | None
    result: dict[str, Any] | None
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, job: Job) -> Self:
        """The job as shown."""
        return cls(
            id=job.id,
            kind=job.kind,
            state=job.state.value,
            done=job.done,
            total=job.total,
            error=job.error or None,
            result=None if job.result is None else dict(job.result),
            created_at=job.created_at,
            updated_at=job.updated_at,
        )
