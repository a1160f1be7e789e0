"""What follows from a change of the exchange rates: the audit."""

from chalicelib.foundation.projection import Projection
from chalicelib.sales.rates.records import ExchangeRatesRecord
from chalicelib.workspaces.audit.service import audited


def _subject(record: ExchangeRatesRecord) -> str:
    return record.workspace_id


PROJECTIONS: dict[str, list[Projection]] = {
    "exchange_rates": [audited("exchange_rates", fields=("base", "rates"), subject=_subject)]
}
