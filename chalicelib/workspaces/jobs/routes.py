"""Asking how jobs go, stopping them, and taking back what they did."""

from typing import Any

from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.http import Call, Page, Routes
from chalicelib.foundation.http.call import SIGNED_IN
from chalicelib.workspaces.jobs import service
from chalicelib.workspaces.jobs.domain import Job, JobPart
from chalicelib.workspaces.jobs.schemas import JobOut, JobsQuery

routes = Routes("jobs", __name__)


@routes.get("/jobs", permission=SIGNED_IN, query=JobsQuery, returns=Page[JobOut])
def list_jobs(call: Call[None]) -> Page[JobOut]:
    """The newest jobs that the caller asked for, or with ``mine=false`` all that they may see."""
    query, cursors = call.query, call.runtime.cursors
    name = f"jobs?mine={query.mine}&kind={query.kind or ''}"
    position = cursors.read(call.workspace_id, name, query.cursor)
    found, after = service.list_jobs(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        sees=lambda job: (not query.kind or job.kind == query.kind) and _sees(call, job, mine=query.mine),
        before=position[0] if position else "",
        limit=query.limit,
    )
    more = cursors.write(call.workspace_id, name, [after]) if after else None
    return Page[JobOut](items=[JobOut.of(job) for job in found], next_cursor=more)


@routes.get("/jobs/{job_id}", permission=SIGNED_IN, returns=JobOut)
def get_job(call: Call[None], job_id: str) -> JobOut:
    """A job's state. Whoever asked for the work, or may read what it is about, may see it."""
    return _shown(call, _job(call, job_id))


@routes.post("/jobs/{job_id}/cancel", permission=SIGNED_IN, returns=JobOut, status=202, present=JobOut.of)
def cancel_job(call: Call[None], job_id: str) -> JobOut:
    """Stop a job at the next piece of its work; what it did stays."""
    job = _job(call, job_id)
    _part(call, job, "This job cannot be stopped.")
    return _shown(call, service.cancel(table=call.runtime.table, clock=call.runtime.clock, job=job))


@routes.post("/jobs/{job_id}/undo", permission=SIGNED_IN, returns=JobOut, status=202, present=JobOut.of)
def undo_job(call: Call[None], job_id: str) -> JobOut:
    """Take back what a job did, by another job."""
    job = _job(call, job_id)
    call.require(job.permission)
    part = _part(call, job, "This job cannot be undone.")
    return _shown(call, part.undo(call.runtime, job, job_id=call.creation_id, by=call.actor.reference))


def _job(call: Call[Any], job_id: str) -> Job:
    job = service.get_job(
        table=call.runtime.table, clock=call.runtime.clock, workspace_id=call.workspace_id, job_id=job_id
    )
    if job.created_by != call.actor.reference:
        call.require(job.permission)
    return job


def _sees(call: Call[Any], job: Job, *, mine: bool) -> bool:
    if job.created_by == call.actor.reference:
        return True
    return not mine and call.actor.may(job.permission)


def _part(call: Call[Any], job: Job, refusal: str) -> JobPart:
    part: JobPart | None = call.runtime.parts("job").get(job.kind)
    if part is None:
        raise ConflictError(refusal, current=job)
    return part


def _shown(call: Call[Any], job: Job) -> JobOut:
    part: JobPart | None = call.runtime.parts("job").get(job.kind)
    return JobOut.of(job, part.result(call.runtime, job) if part is not None else None)
