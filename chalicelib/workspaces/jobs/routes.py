"""Asking how a job goes."""

from chalicelib.foundation.http import Call, Routes
from chalicelib.foundation.http.call import SIGNED_IN
from chalicelib.workspaces.jobs import service
from chalicelib.workspaces.jobs.schemas import JobOut

routes = Routes("jobs", __name__)


@routes.get("/jobs/{job_id}", permission=SIGNED_IN, returns=JobOut)
def get_job(call: Call[None], job_id: str) -> JobOut:
    """A job's state. Whoever asked for the work, or may read what it is about, may see it."""
    job = service.get_job(
        table=call.runtime.table, clock=call.runtime.clock, workspace_id=call.workspace_id, job_id=job_id
    )
    if job.created_by != call.actor.reference:
        call.require(job.permission)
    return JobOut.of(job)
