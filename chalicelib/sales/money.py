"""Money: rounding to a currency's decimals, and amounts as text."""

from decimal import ROUND_HALF_UP, Context, Decimal

from chalicelib.foundation.formats import decimals_of

EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
"""Arithmetic that never rounds what we multiply (quantity × price × percent has at most 40 digits) but where it is told to."""

LARGEST = Decimal(10) ** 14
"""Amounts are below this, so that sums of thousands stay exact in the 38 digits that DynamoDB keeps."""


def rounded(amount: Decimal, currency: str) -> Decimal:
    """The amount in the currency's own minor units; half a unit goes away from zero, as on invoices."""
    return EXACT.quantize(amount, Decimal(1).scaleb(-decimals_of(currency)))


def amount_text(amount: Decimal, currency: str) -> str:
    """The amount in digits, with the currency's decimals at least: ``1200.50``. DynamoDB does not keep the zeros at the end,
    so they are put back here; decimals beyond the currency's stay.
    """
    plain = amount.normalize(EXACT)
    given = -int(plain.as_tuple().exponent)
    return format(rounded(plain, currency) if given <= decimals_of(currency) else plain, "f")


def plain_text(number: Decimal) -> str:
    """A quantity, percentage or rate in digits, without zeros at the end: ``1.5``, ``21``."""
    return format(number.normalize(EXACT), "f")
