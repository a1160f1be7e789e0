"""The price table in the table."""

from datetime import datetime
from decimal import Decimal

from chalicelib.foundation.table import Create, Operation, Replace, Table
from chalicelib.marketing.prices.domain import NAMES, Prices
from chalicelib.marketing.prices.records import PricesRecord, prices_key


def read(table: Table, workspace_id: str, *, consistent: bool = False) -> Prices | None:
    """The prices, or None while nobody has written any down."""
    record = table.get(PricesRecord, prices_key(workspace_id), consistent=consistent)
    return None if record is None else to_domain(record)


def written(prices: Prices, now: datetime) -> Operation:
    """The operation that writes the prices over the version they were read at."""
    key = prices_key(prices.workspace_id)
    record = PricesRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=prices.workspace_id,
        version=max(prices.version, 1),
        created_at=now,
        updated_at=now,
        changed_by=prices.changed_by or None,
        currency=prices.currency,
        prices={name: format(getattr(prices, name), "f") for name in NAMES},
    )
    return Replace(record) if prices.version else Create(record)


def to_domain(record: PricesRecord) -> Prices:
    """The prices in an item; one that it does not have yet is the public one."""
    return Prices(
        workspace_id=record.workspace_id,
        currency=record.currency,
        version=int(record.version),
        updated_at=record.updated_at,
        changed_by=record.changed_by or "",
        **{name: Decimal(text) for name, text in record.prices.items() if name in NAMES},
    )
