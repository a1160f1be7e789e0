"""Reading and writing the price table."""

from dataclasses import replace

from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.table import Table
from chalicelib.marketing.prices import store
from chalicelib.marketing.prices.domain import Prices
from chalicelib.marketing.prices.records import PricesRecord


def get_prices(*, table: Table, workspace_id: str, consistent: bool = False) -> Prices:
    """The workspace's prices; the public ones, at version 0, while nobody has written any down."""
    return store.read(table, workspace_id, consistent=consistent) or Prices(workspace_id)


def put_prices(*, table: Table, clock: Clock, prices: Prices) -> Prices:
    """Write all prices anew, over the ones of ``prices.version`` (0: there were none); `ConflictError` with the present ones when
    they have moved on.
    """
    present = get_prices(table=table, workspace_id=prices.workspace_id, consistent=True)
    if present.version != prices.version:
        raise ConflictError(current=present)
    now = clock.now()
    try:
        table.write(store.written(prices, now))
    except ConflictError as conflict:
        current = conflict.current
        shown = store.to_domain(current) if isinstance(current, PricesRecord) else None
        raise ConflictError(current=shown) from conflict
    return replace(prices, version=prices.version + 1, updated_at=now)
