"""Reading and writing jobs. A job that has ended does not move again."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from chalicelib.foundation.errors import ConflictError, NotFoundError
from chalicelib.foundation.table import Table
from chalicelib.workspaces.jobs.domain import Job, State
from chalicelib.workspaces.jobs.records import JobRecord, job_key, jobs_partition

KEPT = timedelta(days=30)


def read(table: Table, workspace_id: str, job_id: str, now: datetime) -> Job | None:
    """A job, or None; one whose time is over counts as none."""
    record = table.get(JobRecord, job_key(workspace_id, job_id), consistent=True)
    return None if record is None or record.expired(now) else to_domain(record)


def recent(table: Table, workspace_id: str, *, before: str, limit: int) -> list[Job]:
    """The newest jobs, made before the one with the id ``before`` if it is given."""
    page = table.query(
        JobRecord, jobs_partition(workspace_id), index="gsi1", before=before, newest_first=True, limit=limit
    )
    return [to_domain(record) for record in page.items]


def ask_cancel(table: Table, job: tuple[str, str], now: datetime) -> Job | None:
    """Note that it is to stop; None when it has ended."""
    actions = [JobRecord.cancel_asked.set(True), JobRecord.updated_at.set(now)]
    condition = JobRecord.state.is_in(State.QUEUED.value, State.RUNNING.value)
    try:
        return to_domain(table.update(JobRecord, job_key(*job), actions, condition=condition))
    except ConflictError:
        return None


def change_result(table: Table, job: tuple[str, str], now: datetime, result: Mapping[str, Any]) -> None:
    """Another result for a job that is done; nothing for one that is not there (any more)."""
    actions = [JobRecord.result.set(dict(result)), JobRecord.updated_at.set(now)]
    try:
        table.update(JobRecord, job_key(*job), actions, condition=JobRecord.state == State.DONE.value)
    except ConflictError:
        return


def move(
    table: Table,
    job: tuple[str, str],
    now: datetime,
    *,
    state: State,
    done: int | None,
    total: int | None,
    **end: object,
) -> Job:
    """Write what is known now, unless the job has ended or was further already; the job as it is then."""
    actions = [JobRecord.state.set(state.value), JobRecord.updated_at.set(now)]
    condition = JobRecord.state.is_in(State.QUEUED.value, State.RUNNING.value)
    if done is not None:
        actions.append(JobRecord.done.set(done))
        condition &= JobRecord.done <= done
    if total is not None:
        actions.append(JobRecord.total.set(total))
    if end.get("error"):
        actions.append(JobRecord.error.set(str(end["error"])[:500]))
    if end.get("result") is not None:
        actions.append(JobRecord.result.set(end["result"]))
    try:
        return to_domain(table.update(JobRecord, job_key(*job), actions, condition=condition))
    except ConflictError as conflict:
        if not isinstance(conflict.current, JobRecord):
            raise NotFoundError("There is no such job.") from conflict
        return to_domain(conflict.current)


def to_domain(record: JobRecord) -> Job:
    """The job in a record."""
    return Job(
        workspace_id=record.workspace_id,
        id=record.id,
        kind=record.job_kind,
        state=State(record.state),
        done=int(record.done),
        total=None if record.total is None else int(record.total),
        error=record.error or "",
        result=record.result,
        permission=record.permission,
        created_by=record.created_by or "",
        cancel_asked=bool(record.cancel_asked),
        created_at=record.created_at,
        updated_at=record.updated_at or record.created_at,
    )


def to_record(job: Job) -> JobRecord:
    """The record of a new job."""
    key = job_key(job.workspace_id, job.id)
    return JobRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=job.workspace_id,
        created_at=job.created_at,
        updated_at=job.updated_at,
        changed_by=job.created_by or None,
        expires_at=int((job.created_at + KEPT).timestamp()),
        gsi1pk=jobs_partition(job.workspace_id),
        gsi1sk=job.id,
        id=job.id,
        job_kind=job.kind,
        state=job.state.value,
        done=job.done,
        total=job.total,
        permission=job.permission,
        created_by=job.created_by or None,
    )
