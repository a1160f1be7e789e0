"""Keeping a job's row. Every step may be repeated or come late: a job never goes back."""

from collections.abc import Mapping
from typing import Any

from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, NotFoundError
from chalicelib.foundation.table import Create, Table
from chalicelib.workspaces.jobs import store
from chalicelib.workspaces.jobs.domain import Job, State
from chalicelib.workspaces.jobs.records import JobRecord


def creation(
    *,
    clock: Clock,
    workspace_id: str,
    job_id: str,
    kind: str,
    total: int | None = None,
    permission: str = "workspace:read",
    created_by: str = "",
) -> Create:
    """What makes a job, for a transaction."""
    return Create(store.to_record(_new(clock, workspace_id, job_id, kind, total, permission, created_by)))


def create(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    job_id: str,
    kind: str,
    total: int | None = None,
    permission: str = "workspace:read",
    created_by: str = "",
) -> Job:
    """Make a queued job; the one that is there already when it is made again. ``permission`` is needed to see it."""
    job = _new(clock, workspace_id, job_id, kind, total, permission, created_by)
    try:
        table.create(store.to_record(job))
    except ConflictError as conflict:
        if isinstance(conflict.current, JobRecord):
            return store.to_domain(conflict.current)
        raise
    return job


def progress(*, table: Table, clock: Clock, workspace_id: str, job_id: str, done: int, total: int | None = None) -> Job:
    """Say how far it is; less than was said before is ignored, and so is anything after the end."""
    return store.move(table, (workspace_id, job_id), clock.now(), state=State.RUNNING, done=done, total=total)


def finish(
    *, table: Table, clock: Clock, workspace_id: str, job_id: str, result: Mapping[str, Any] | None = None
) -> Job:
    """It is done; ``result`` for programs. Said again, it changes nothing."""
    kept = None if result is None else dict(result)
    return store.move(table, (workspace_id, job_id), clock.now(), state=State.DONE, done=None, total=None, result=kept)


def fail(*, table: Table, clock: Clock, workspace_id: str, job_id: str, error: str) -> Job:
    """It has failed for good; ``error`` is a sentence for people, without personal data."""
    return store.move(
        table, (workspace_id, job_id), clock.now(), state=State.FAILED, done=None, total=None, error=error
    )


def get_job(*, table: Table, clock: Clock, workspace_id: str, job_id: str) -> Job:
    """The job; `NotFoundError` when there is none."""
    job = store.read(table, workspace_id, job_id, clock.now())
    if job is None:
        raise NotFoundError("There is no such job.")
    return job


def _new(
    clock: Clock, workspace_id: str, job_id: str, kind: str, total: int | None, permission: str, created_by: str
) -> Job:
    now = clock.now()
    return Job(
        workspace_id=workspace_id,
        id=job_id,
        kind=kind,
        state=State.QUEUED,
        done=0,
        total=total,
        permission=permission,
        created_by=created_by,
        created_at=now,
        updated_at=now,
    )
