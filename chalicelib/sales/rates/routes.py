"""The routes of exchange rates."""

from chalicelib.foundation.http import Call, Routes
from chalicelib.sales.rates import service
from chalicelib.sales.rates.schemas import ExchangeRatesIn, ExchangeRatesOut
from chalicelib.workspaces.settings.service import get_workspace

routes = Routes("exchange-rates", __name__)


@routes.get("/exchange-rates", permission="deals:read", returns=ExchangeRatesOut)
def get_exchange_rates(call: Call[None]) -> ExchangeRatesOut:
    """What currencies are worth."""
    workspace = get_workspace(table=call.runtime.table, workspace_id=call.workspace_id)
    return ExchangeRatesOut.of(service.get_rates(table=call.runtime.table, workspace=workspace, consistent=True))


@routes.put(
    "/exchange-rates",
    permission="pipelines:write",
    body=ExchangeRatesIn,
    returns=ExchangeRatesOut,
    present=ExchangeRatesOut.of,
)
def put_exchange_rates(call: Call[ExchangeRatesIn]) -> ExchangeRatesOut:
    """Write down what currencies are worth, each from a day on."""
    rates = service.put_rates(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace=get_workspace(table=call.runtime.table, workspace_id=call.workspace_id),
        base=call.body.base or "",
        rates=call.body.values(),
        version=call.body.version,
        changed_by=call.actor.reference,
    )
    return ExchangeRatesOut.of(rates)
