"""Exchange rates as the API shows and takes them."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field

from chalicelib.foundation.http import Schema
from chalicelib.foundation.http.schemas import Instant
from chalicelib.sales.money import plain_text
from chalicelib.sales.rates.domain import RATES_LIMIT, ExchangeRates, Rate
from chalicelib.sales.schemas import Currency


class ExchangeRateIn(Schema):
    """One unit of the currency is worth ``rate`` units of the base, from a day on. The rate is a decimal text."""

    currency: Currency
    rate: Annotated[Decimal, Field(gt=0, max_digits=20, decimal_places=10)]
    since: Annotated[date, Field(alias="from")]


class ExchangeRatesIn(Schema):
    """All rates anew; ``version`` is the one that was read, 0 before the first."""

    base: Currency | None = None
    rates: Annotated[list[ExchangeRateIn], Field(max_length=RATES_LIMIT)]
    version: Annotated[int, Field(ge=0)]

    def values(self) -> list[Rate]:
        """The rates of the domain."""
        return [Rate(each.currency, each.rate, each.since) for each in self.rates]


class ExchangeRateOut(Schema):
    """One unit of the currency is worth ``rate`` units of the base, from a day on."""

    currency: str
    rate: str
    since: Annotated[date, Field(alias="from")]


class ExchangeRatesOut(Schema):
    """The workspace's rates, by currency and day."""

    base: str
    rates: list[ExchangeRateOut]
    updated_at: Instant | None
    version: int

    @classmethod
    def of(cls, rates: ExchangeRates) -> Self:
        """The rates as shown."""
        shown = [
            ExchangeRateOut(currency=each.currency, rate=plain_text(each.rate), since=each.since)
            for each in rates.rates
        ]
        return cls(base=rates.base, rates=shown, updated_at=rates.updated_at, version=rates.version)
