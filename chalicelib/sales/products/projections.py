"""What follows from a change of a product: the audit."""

from chalicelib.foundation.projection import Projection
from chalicelib.sales.products.records import ProductRecord
from chalicelib.workspaces.audit.service import audited


def _subject(record: ProductRecord) -> str:
    return record.product_id


_AUDITED = ("name", "code", "description", "unit_price", "currency", "tax_percent", "active")

PROJECTIONS: dict[str, list[Projection]] = {"product": [audited("product", fields=_AUDITED, subject=_subject)]}
