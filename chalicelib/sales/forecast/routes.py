"""The route of the forecast."""

from chalicelib.customers.lists.schemas import asker
from chalicelib.foundation.http import Call, Routes
from chalicelib.sales.forecast import service
from chalicelib.sales.forecast.domain import month_after
from chalicelib.sales.forecast.schemas import ForecastOut, ForecastQuery
from chalicelib.workspaces.settings.service import get_workspace

routes = Routes("forecast", __name__)


@routes.get("/forecast", permission="deals:read", query=ForecastQuery, returns=ForecastOut)
def show_forecast(call: Call[None]) -> ForecastOut:
    """What is expected and what was won, by month and owner; lost deals count nothing."""
    query, table = call.query, call.runtime.table
    workspace = get_workspace(table=table, workspace_id=call.workspace_id)
    today = call.runtime.clock.now().astimezone(workspace.zone).date()
    first = query.first or min(today.isoformat()[:7], query.last or "9999-12")
    forecast = service.get_forecast(
        table=table,
        workspace=workspace,
        first=first,
        last=query.last or month_after(first, 5),
        today=today,
        owner_id=(asker(call) or "=" if query.owner_id == "me" else query.owner_id) or "",
        pipeline_id=query.pipeline_id or "",
    )
    return ForecastOut.of(forecast)
