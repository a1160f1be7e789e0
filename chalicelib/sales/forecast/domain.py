"""What a forecast is, and months. Pure.

An open deal counts in the month it is expected to close in, in the stage it is in now:

- ``committed``: what stands in stages that count as *commit*;
- ``best_case``: that, and what stands in stages that count as *best case*;
- ``weighted``: each deal times the chance that its stage gives, but for stages that are *omitted*;
- ``won``: what was won in the month, in whatever month it was expected.

A lost deal counts nothing, and so does one in the bin. Amounts in other currencies count at the rate in force on the month's last
day; without a rate they are left out, and the currency is named.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from chalicelib.foundation.errors import InvalidError
from chalicelib.sales.money import rounded

MONTHS_LIMIT = 36


@dataclass(slots=True)
class Figures:
    """What is expected and what was won, in one currency."""

    committed: Decimal = Decimal(0)
    best_case: Decimal = Decimal(0)
    weighted: Decimal = Decimal(0)
    won: Decimal = Decimal(0)

    def add(self, other: "Figures") -> None:
        """Count others in."""
        self.committed += other.committed
        self.best_case += other.best_case
        self.weighted += other.weighted
        self.won += other.won

    def rounded(self, currency: str) -> "Figures":
        """The same in the currency's minor units."""
        values = (self.committed, self.best_case, self.weighted, self.won)
        return Figures(*(rounded(value, currency) for value in values))


@dataclass(frozen=True, slots=True)
class Forecast:
    """The figures by month and owner (empty: of nobody), those of deals without an expected day, all together (each sum of what
    is shown), and the currencies that are left out because there is no rate.
    """

    currency: str
    months: dict[tuple[str, str], Figures] = field(default_factory=dict)
    undated: Figures = field(default_factory=Figures)
    totals: Figures = field(default_factory=Figures)
    missing: tuple[str, ...] = ()


def months_between(first: str, last: str) -> list[str]:
    """The months from the first to the last, both included: ``2026-11``. `InvalidError` names ``to`` when it comes before or is
    too far.
    """
    if last < first:
        raise InvalidError("The last month does not come before the first.", field="to", code="before_from")
    found = []
    for month in _from(first):
        found.append(month)
        if month == last:
            return found
        if len(found) == MONTHS_LIMIT:
            break
    raise InvalidError(f"At most {MONTHS_LIMIT} months.", field="to", code="too_far")


def month_after(month: str, count: int) -> str:
    """The month so many later (or, below zero, earlier)."""
    year, number = divmod(int(month[:4]) * 12 + int(month[5:]) - 1 + count, 12)
    return f"{year:04}-{number + 1:02}"


def last_day(month: str) -> date:
    """A month's last day."""
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, monthrange(year, number)[1])


def _from(month: str) -> Iterator[str]:
    while True:
        yield month
        month = month_after(month, 1)
