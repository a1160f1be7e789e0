"""The routes of pipelines."""

from chalicelib.foundation.http import Answer, Call, Page, Routes, Schema
from chalicelib.sales.deals.service import holds_open_deals
from chalicelib.sales.pipelines import service
from chalicelib.sales.pipelines.schemas import PipelineChange, PipelineIn, PipelineOut
from chalicelib.workspaces.settings.service import get_workspace

routes = Routes("pipelines", __name__)


class DeletionQuery(Schema):
    """The version that was seen, if it matters."""

    version: int | None = None


@routes.get("/pipelines", permission="deals:read", returns=Page[PipelineOut])
def list_pipelines(call: Call[None]) -> Page[PipelineOut]:
    """The pipelines, all on one page; there is always one."""
    found = service.list_pipelines(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace=get_workspace(table=call.runtime.table, workspace_id=call.workspace_id),
    )
    return Page[PipelineOut](items=[PipelineOut.of(pipeline) for pipeline in found])


@routes.post("/pipelines", permission="pipelines:write", body=PipelineIn, returns=PipelineOut, status=201)
def create_pipeline(call: Call[PipelineIn]) -> Answer:
    """Make a pipeline."""
    pipeline = service.create_pipeline(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        pipeline_id=call.creation_id,
        changed_by=call.actor.reference,
        **call.body.values(),
    )
    return Answer(PipelineOut.of(pipeline), 201, {"Location": f"/api/v1/pipelines/{pipeline.id}"})


@routes.get("/pipelines/{pipeline_id}", permission="deals:read", returns=PipelineOut)
def get_pipeline(call: Call[None], pipeline_id: str) -> PipelineOut:
    """One pipeline."""
    return PipelineOut.of(
        service.get_pipeline(
            table=call.runtime.table, workspace_id=call.workspace_id, pipeline_id=pipeline_id, consistent=True
        )
    )


@routes.patch(
    "/pipelines/{pipeline_id}",
    permission="pipelines:write",
    body=PipelineChange,
    returns=PipelineOut,
    present=PipelineOut.of,
)
def change_pipeline(call: Call[PipelineChange], pipeline_id: str) -> PipelineOut:
    """Change a pipeline; the open deals of a stage that is removed go where ``move_to`` says."""
    changed = service.change_pipeline(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        pipeline_id=pipeline_id,
        version=call.body.version,
        changes=call.body.values(),
        in_use=holds_open_deals(call.runtime.table, call.workspace_id),
        changed_by=call.actor.reference,
    )
    return PipelineOut.of(changed)


@routes.delete("/pipelines/{pipeline_id}", permission="pipelines:write", query=DeletionQuery, present=PipelineOut.of)
def delete_pipeline(call: Call[None], pipeline_id: str) -> None:
    """Delete a pipeline that has no open deals; what was won and lost in it stays in reports."""
    service.delete_pipeline(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace=get_workspace(table=call.runtime.table, workspace_id=call.workspace_id),
        pipeline_id=pipeline_id,
        in_use=holds_open_deals(call.runtime.table, call.workspace_id),
        version=call.query.version,
        changed_by=call.actor.reference,
    )
