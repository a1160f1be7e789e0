"""Keeping a job's row. Every step may be repeated or come late: a job never goes back."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, NotFoundError
from chalicelib.foundation.table import Create, Table
from chalicelib.workspaces.jobs import store
from chalicelib.workspaces.jobs.domain import Job, State
from chalicelib.workspaces.jobs.records import JobRecord, job_key


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
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    job_id: str,
    result: Mapping[str, Any] | None = None,
    state: State = State.DONE,
) -> Job:
    """It is done (or cancelled); ``result`` for programs. Said again, it changes nothing."""
    kept = None if result is None else dict(result)
    return store.move(table, (workspace_id, job_id), clock.now(), state=state, done=None, total=None, result=kept)


def fail(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    job_id: str,
    error: str,
    result: Mapping[str, Any] | None = None,
) -> Job:
    """It has failed for good; ``error`` is a sentence for people, without personal data."""
    kept = None if result is None else dict(result)
    return store.move(
        table, (workspace_id, job_id), clock.now(), state=State.FAILED, done=None, total=None, error=error, result=kept
    )


def forget_file(*, table: Table, clock: Clock, workspace_id: str, job_id: str) -> None:
    """The file that a job made is there no longer: its result no longer leads to it. Harmless when there is no such job."""
    job = store.read(table, workspace_id, job_id, clock.now())
    if job is not None and job.result and "file_key" in job.result:
        kept = {name: value for name, value in job.result.items() if name != "file_key"}
        store.change_result(table, (workspace_id, job_id), clock.now(), kept)


def cancel(*, table: Table, clock: Clock, job: Job) -> Job:
    """Stop it at the next piece of its work; `ConflictError` when it has ended."""
    asked = store.ask_cancel(table, (job.workspace_id, job.id), clock.now())
    if asked is None:
        present = get_job(table=table, clock=clock, workspace_id=job.workspace_id, job_id=job.id)
        raise ConflictError("This job has ended.", current=present)
    return asked


def list_jobs(
    *, table: Table, clock: Clock, workspace_id: str, sees: Callable[[Job], bool], before: str, limit: int
) -> tuple[list[Job], str | None]:
    """The newest jobs that somebody sees, and the id after which the next page starts. Looks at five hundred at most; then the page
    is short.
    """
    found: list[Job] = []
    now = clock.now()
    for _ in range(5):
        page = store.recent(table, workspace_id, before=before, limit=100)
        for job in page:
            before = job.id
            if job.created_at + store.KEPT > now and sees(job):
                found.append(job)
                if len(found) == limit:
                    return found, before
        if len(page) < 100:
            return found, None
    return found, before


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


def newest_jobs(*, table: Table, workspace_id: str, before: str, limit: int) -> list[Job]:
    """The newest jobs of everybody, made before the one with the id ``before`` if it is given; for work over all of them."""
    return store.recent(table, workspace_id, before=before, limit=limit)


def forget(*, table: Table, workspace_id: str, job_ids: Iterable[str]) -> None:
    """Delete jobs; those that are not there are no error."""
    table.write_many([], deletes=[job_key(workspace_id, job_id) for job_id in job_ids])
