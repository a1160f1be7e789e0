"""The route of the sales cycle."""

from chalicelib.foundation.errors import InvalidError, NotFoundError
from chalicelib.foundation.http import Call, Routes
from chalicelib.sales.cycle import service
from chalicelib.sales.cycle.schemas import SalesCycleOut, SalesCycleQuery
from chalicelib.sales.forecast.domain import month_after, months_between
from chalicelib.sales.pipelines import service as pipelines
from chalicelib.sales.pipelines.domain import Pipeline
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import get_workspace, local_day

routes = Routes("sales-cycle", __name__)


@routes.get("/sales-cycle", permission="deals:read", query=SalesCycleQuery, returns=SalesCycleOut)
def show_sales_cycle(call: Call[None]) -> SalesCycleOut:
    """How long deals stay in each stage of a pipeline, and how many go on."""
    query, table = call.query, call.runtime.table
    workspace = get_workspace(table=table, workspace_id=call.workspace_id)
    pipeline = _pipeline(call, workspace, query.pipeline_id)
    last = query.last or local_day(workspace, call.runtime.clock.now())[:7]
    months = months_between(query.first or month_after(last, -11), last)
    cycle = service.get_cycle(table=table, pipeline=pipeline, first=months[0], last=months[-1])
    return SalesCycleOut.of(pipeline.id, cycle)


def _pipeline(call: Call[None], workspace: Workspace, pipeline_id: str | None) -> Pipeline:
    table = call.runtime.table
    if not pipeline_id:
        return pipelines.list_pipelines(table=table, clock=call.runtime.clock, workspace=workspace)[0]
    try:
        return pipelines.get_pipeline(table=table, workspace_id=workspace.id, pipeline_id=pipeline_id)
    except NotFoundError as error:
        raise InvalidError("There is no such pipeline.", field="pipeline_id", code="unknown") from error
