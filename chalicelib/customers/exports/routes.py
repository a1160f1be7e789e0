"""The routes of exports."""

from typing import Any

from chalicelib.customers.exports import service
from chalicelib.customers.exports.domain import EVERYTHING
from chalicelib.customers.exports.schemas import ExportIn, ExportOut
from chalicelib.foundation.http import Answer, Call, Page, PageQuery, Routes
from chalicelib.workspaces.jobs.domain import Job
from chalicelib.workspaces.members import service as members
from chalicelib.workspaces.settings.service import get_workspace

routes = Routes("exports", __name__)
_MAY = "exports:run"


@routes.get("/exports", permission=_MAY, query=PageQuery, returns=Page[ExportOut])
def list_exports(call: Call[None]) -> Page[ExportOut]:
    """The caller's exports, the newest first. Files are kept for a week."""
    cursors = call.runtime.cursors
    position = cursors.read(call.workspace_id, "exports", call.query.cursor)
    found, after = service.list_exports(
        runtime=call.runtime,
        workspace_id=call.workspace_id,
        created_by=call.actor.reference,
        before=position[0] if position else "",
        limit=call.query.limit,
    )
    more = cursors.write(call.workspace_id, "exports", [after]) if after else None
    return Page[ExportOut](items=[_shown(call, job) for job in found], next_cursor=more)


@routes.post("/exports", permission=_MAY, body=ExportIn, returns=ExportOut, status=202)
def ask_export(call: Call[ExportIn]) -> Answer:
    """Write a file: a job, with a signed link when it is done."""
    body, runtime = call.body, call.runtime
    workspace = get_workspace(table=runtime.table, workspace_id=call.workspace_id)
    kinds = service.kinds_of(runtime, body.kind)
    if body.kind == EVERYTHING:
        kinds = [kind for kind in kinds if call.actor.may(service.part_of(runtime, kind).permission)]
    for kind in kinds:
        call.require(service.part_of(runtime, kind).permission)
    job = service.ask(
        runtime=runtime,
        workspace=workspace,
        job_id=call.creation_id,
        kind=body.kind,
        kinds=kinds,
        ids=body.ids,
        filter=body.filter,
        columns=body.columns,
        format_=body.format,
        language=members.language_of(table=runtime.table, workspace=workspace, actor=call.actor, asked=call.languages),
        me=call.actor.id if call.actor.kind == "member" else "",
        created_by=call.actor.reference,
    )
    return Answer(_shown(call, job), 202, {"Location": f"/api/v1/jobs/{job.id}"})


def _shown(call: Call[Any], job: Job) -> ExportOut:
    return ExportOut.of(job, service.asked(runtime=call.runtime, job=job), service.result(call.runtime, job))
