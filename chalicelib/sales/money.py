"""Money: how many decimals a currency has, rounding to them, and amounts as text."""

from decimal import ROUND_HALF_UP, Context, Decimal

EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
"""Arithmetic that never rounds what we multiply (quantity × price × percent has at most 40 digits) but where it is told to."""

LARGEST = Decimal(10) ** 14
"""Amounts are below this, so that sums of thousands stay exact in the 38 digits that DynamoDB keeps."""

_DECIMALS = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF"), 0
    ),
    **dict.fromkeys(("XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
"""ISO 4217's minor units where they are not two."""


def decimals_of(currency: str) -> int:
    """How many decimals a currency's amounts have: 2 for EUR, 0 for JPY, 3 for KWD."""
    return _DECIMALS.get(currency, 2)


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
