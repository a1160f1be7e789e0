"""The routes of the price table."""

from chalicelib.foundation.http import Call, Routes
from chalicelib.marketing.prices import service
from chalicelib.marketing.prices.schemas import PricesIn, PricesOut

routes = Routes("prices", __name__)


@routes.get("/prices", permission="campaigns:read", returns=PricesOut)
def get_prices(call: Call[None]) -> PricesOut:
    """What the cloud charges, as estimates are reckoned with it."""
    return PricesOut.of(service.get_prices(table=call.runtime.table, workspace_id=call.workspace_id, consistent=True))


@routes.put("/prices", permission="workspace:write", body=PricesIn, returns=PricesOut, present=PricesOut.of)
def put_prices(call: Call[PricesIn]) -> PricesOut:
    """Write down what the cloud charges."""
    prices = call.body.value(call.workspace_id, call.actor.reference)
    return PricesOut.of(service.put_prices(table=call.runtime.table, clock=call.runtime.clock, prices=prices))
