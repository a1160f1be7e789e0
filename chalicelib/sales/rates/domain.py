"""What exchange rates are: what a currency is worth in another, from a day on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from chalicelib.foundation.errors import FieldError, InvalidError
from chalicelib.sales.money import EXACT

RATES_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class Rate:
    """One unit of ``currency`` is worth ``rate`` units of the base, from the day ``since`` on."""

    currency: str
    rate: Decimal
    since: date


@dataclass(frozen=True, slots=True)
class ExchangeRates:
    """All rates of a workspace, in one ``base`` currency. ``version`` is 0 until somebody has written some down."""

    workspace_id: str
    base: str
    rates: tuple[Rate, ...] = ()
    version: int = 0
    updated_at: datetime | None = None
    changed_by: str = ""

    def rate(self, currency: str, day: date) -> Decimal | None:
        """What a currency is worth on a day: the latest rate from that day or before; None when there is none, which nobody
        guesses.
        """
        if currency == self.base:
            return Decimal(1)
        known = [each for each in self.rates if each.currency == currency and each.since <= day]
        return max(known, key=lambda each: each.since).rate if known else None

    def in_base(self, amount: Decimal, currency: str, day: date) -> Decimal | None:
        """An amount in the base currency, not rounded; None without a rate."""
        rate = self.rate(currency, day)
        return None if rate is None else EXACT.multiply(amount, rate)


def check_rates(base: str, rates: Sequence[Rate]) -> tuple[Rate, ...]:
    """The rates by currency and day; `InvalidError` names those of the base itself and repeated ones."""
    if len(rates) > RATES_LIMIT:
        raise InvalidError(f"At most {RATES_LIMIT}.", field="rates", code="too_many")
    wrong, seen = [], set()
    for position, each in enumerate(rates):
        if each.currency == base:
            wrong.append(FieldError(f"rates.{position}.currency", "The base is always worth one.", "base"))
        if (each.currency, each.since) in seen:
            wrong.append(FieldError(f"rates.{position}.from", "Another rate begins on this day.", "repeated"))
        seen.add((each.currency, each.since))
    if wrong:
        raise InvalidError(fields=wrong)
    return tuple(sorted(rates, key=lambda each: (each.currency, each.since)))
