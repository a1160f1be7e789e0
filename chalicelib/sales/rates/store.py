"""Exchange rates in the table."""

from datetime import date, datetime
from decimal import Decimal

from chalicelib.foundation.table import Create, Operation, Replace, Table
from chalicelib.sales.money import plain_text
from chalicelib.sales.rates.domain import ExchangeRates, Rate
from chalicelib.sales.rates.records import ExchangeRatesRecord, rates_key


def read(table: Table, workspace_id: str, *, consistent: bool = False) -> ExchangeRates | None:
    """The rates, or None while nobody has written any down."""
    record = table.get(ExchangeRatesRecord, rates_key(workspace_id), consistent=consistent)
    return None if record is None else to_domain(record)


def written(rates: ExchangeRates, now: datetime) -> Operation:
    """The operation that writes the rates over the version they were read at."""
    key = rates_key(rates.workspace_id)
    record = ExchangeRatesRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=rates.workspace_id,
        version=max(rates.version, 1),
        created_at=now,
        updated_at=now,
        changed_by=rates.changed_by or None,
        base=rates.base,
        rates=[[each.currency, plain_text(each.rate), each.since.isoformat()] for each in rates.rates],
    )
    return Replace(record) if rates.version else Create(record)


def to_domain(record: ExchangeRatesRecord) -> ExchangeRates:
    """The rates in an item."""
    return ExchangeRates(
        workspace_id=record.workspace_id,
        base=record.base,
        rates=tuple(Rate(each[0], Decimal(each[1]), date.fromisoformat(each[2])) for each in record.rates),
        version=int(record.version),
        updated_at=record.updated_at,
        changed_by=record.changed_by or "",
    )
