"""The route of bulk actions."""

from chalicelib.customers.bulk import service
from chalicelib.customers.bulk.schemas import BulkIn
from chalicelib.foundation.http import Answer, Call, Routes
from chalicelib.foundation.http.call import SIGNED_IN
from chalicelib.workspaces.jobs.schemas import JobOut
from chalicelib.workspaces.settings.service import get_workspace

routes = Routes("bulk", __name__)


@routes.post("/bulk", permission=SIGNED_IN, body=BulkIn, returns=JobOut, status=202)
def ask_bulk(call: Call[BulkIn]) -> Answer:
    """Change many records at once: a job with its progress, which can be cancelled, and undone for a week."""
    body = call.body
    call.require(service.part_of(call.runtime, body.kind).permission)
    job = service.ask(
        runtime=call.runtime,
        workspace=get_workspace(table=call.runtime.table, workspace_id=call.workspace_id),
        job_id=call.creation_id,
        kind=body.kind,
        ids=body.ids,
        filter=body.filter,
        action=body.action.action(),
        me=call.actor.id if call.actor.kind == "member" else "",
        created_by=call.actor.reference,
    )
    return Answer(JobOut.of(job), 202, {"Location": f"/api/v1/jobs/{job.id}"})
