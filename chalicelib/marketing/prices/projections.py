"""What follows from a change of the price table: the audit."""

from chalicelib.foundation.projection import Projection
from chalicelib.marketing.prices.records import PricesRecord
from chalicelib.workspaces.audit.service import audited


def _subject(record: PricesRecord) -> str:
    return record.workspace_id


PROJECTIONS: dict[str, list[Projection]] = {
    "prices": [audited("prices", fields=("currency", "prices"), subject=_subject)]
}
