"""The forecast as the API shows it."""

from typing import Annotated, Self

from pydantic import Field

from chalicelib.customers.schemas import Reference
from chalicelib.foundation.http import Schema
from chalicelib.sales.forecast.domain import Figures, Forecast
from chalicelib.sales.money import amount_text

Month = Annotated[str, Field(pattern=r"^(19|20|21)\d{2}-(0[1-9]|1[0-2])$", description="2026-11")]


class ForecastQuery(Schema):
    """From which month to which (this one and the five after it, if nothing is said), of which owner (``me``, ``none``) and
    pipeline.
    """

    first: Annotated[Month | None, Field(alias="from")] = None
    last: Annotated[Month | None, Field(alias="to")] = None
    owner_id: Reference | None = None
    pipeline_id: Reference | None = None


class FiguresOut(Schema):
    """What is expected and what was won. Decimal texts."""

    committed: str
    best_case: str
    weighted: str
    won: str

    @classmethod
    def of(cls, figures: Figures, currency: str) -> Self:
        """The figures as shown."""
        return cls(
            committed=amount_text(figures.committed, currency),
            best_case=amount_text(figures.best_case, currency),
            weighted=amount_text(figures.weighted, currency),
            won=amount_text(figures.won, currency),
        )


class ForecastMonthOut(FiguresOut):
    """A month of an owner; ``owner_id`` is null for deals of nobody, and for a month in which nothing is expected."""

    month: str
    owner_id: str | None


class ForecastOut(Schema):
    """``committed``: stages that count as commit; ``best_case``: those and the ones that count as best case; ``weighted``: times
    the chance; ``won``: what was won in the month. ``undated`` are open deals without an expected day, which are in no month and
    not in the totals; ``missing_rates`` are currencies that are left out because there is no exchange rate.
    """

    currency: str
    missing_rates: list[str]
    months: list[ForecastMonthOut]
    undated: FiguresOut
    totals: FiguresOut

    @classmethod
    def of(cls, forecast: Forecast) -> Self:
        """The forecast as shown."""
        currency = forecast.currency
        months = [
            ForecastMonthOut(month=month, owner_id=owner or None, **FiguresOut.of(figures, currency).model_dump())
            for (month, owner), figures in forecast.months.items()
        ]
        return cls(
            currency=currency,
            missing_rates=list(forecast.missing),
            months=months,
            undated=FiguresOut.of(forecast.undated, currency),
            totals=FiguresOut.of(forecast.totals, currency),
        )
