"""The price table as the API takes and shows it."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field, PlainSerializer, StringConstraints

from chalicelib.foundation.http.schemas import Instant, Schema
from chalicelib.marketing.prices.domain import NAMES, Prices

Price = Annotated[
    Decimal,
    Field(ge=0, le=1000, decimal_places=12),
    PlainSerializer(lambda price: format(price, "f"), return_type=str),
]


class PricesIn(Schema):
    """What each unit costs, in one currency; ``version`` is the one they were read at (0: the public ones)."""

    version: Annotated[int, Field(ge=0)]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    mail: Price
    mail_data_gb: Price
    table_write: Price
    table_read: Price
    function_gb_second: Price
    function_request: Price
    queue_request: Price

    def value(self, workspace_id: str, changed_by: str) -> Prices:
        """As the domain has it."""
        prices = {name: getattr(self, name) for name in NAMES}
        return Prices(workspace_id, self.currency, **prices, version=self.version, changed_by=changed_by)


class PricesOut(PricesIn):
    """What each unit costs."""

    updated_at: Instant | None

    @classmethod
    def of(cls, prices: Prices) -> "PricesOut":
        """The prices as they are shown."""
        values = {name: getattr(prices, name) for name in (*NAMES, "version", "currency", "updated_at")}
        return cls(**values)
