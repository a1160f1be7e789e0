"""The routes of pipelines."""

from chalicelib.foundation.http import Answer, Call, Page, Routes
from chalicelib.sales.pipelines import service
from chalicelib.sales.pipelines.domain import Stage
from chalicelib.sales.pipelines.schemas import PipelineIn, PipelineOut
from chalicelib.workspaces.settings.service import get_workspace

routes = Routes("pipelines", __name__)


@routes.get("/pipelines", permission="deals:read", returns=Page[PipelineOut])
def list_pipelines(call: Call[None]) -> Page[PipelineOut]:
    """The pipelines, all on one page; there is always one."""
    found = service.list_pipelines(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace=get_workspace(table=call.runtime.table, workspace_id=call.workspace_id),
    )
    return Page[PipelineOut](items=[PipelineOut.of(pipeline) for pipeline in found])


@routes.post("/pipelines", permission="workspace:write", body=PipelineIn, returns=PipelineOut, status=201)
def create_pipeline(call: Call[PipelineIn]) -> Answer:
    """Make a pipeline."""
    pipeline = service.create_pipeline(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        pipeline_id=call.creation_id,
        name=call.body.name,
        stages=[Stage(each.id, each.name, each.probability) for each in call.body.stages],
        changed_by=call.actor.reference,
    )
    return Answer(PipelineOut.of(pipeline), 201, {"Location": "/api/v1/pipelines"})
