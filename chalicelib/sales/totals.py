"""What lines of products come to; the arithmetic of deals and quotes. Pure.

The rule, line by line as invoices are written, each step rounded half up to the currency's minor units:

    subtotal = quantity × unit price
    discount = subtotal × discount percent
    tax      = (subtotal − discount) × tax percent
    total    = subtotal − discount + tax

A document's totals are the sums of its lines' rounded figures, so what is printed always adds up.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from chalicelib.foundation.errors import FieldError, InvalidError
from chalicelib.sales.money import EXACT, LARGEST, plain_text, rounded

LINES_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Line:
    """So many of something at a price. Percentages are of 100. ``product_id`` is where it was taken from, or empty: name,
    price and tax are the line's own from then on.
    """

    id: str
    name: str
    quantity: Decimal = Decimal(1)
    unit_price: Decimal = Decimal(0)
    discount_percent: Decimal = Decimal(0)
    tax_percent: Decimal = Decimal(0)
    product_id: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """What a line, or all of them, comes to. ``total`` is ``subtotal`` − ``discount`` + ``tax``, exactly."""

    subtotal: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    total: Decimal = Decimal(0)


def line_totals(line: Line, currency: str) -> Totals:
    """What one line comes to in its currency."""
    subtotal = rounded(EXACT.multiply(line.quantity, line.unit_price), currency)
    discount = rounded(_percent(subtotal, line.discount_percent), currency)
    net = EXACT.subtract(subtotal, discount)
    tax = rounded(_percent(net, line.tax_percent), currency)
    return Totals(subtotal, discount, tax, EXACT.add(net, tax))


def totals(lines: Iterable[Line], currency: str) -> Totals:
    """What the lines come to together: the sums of each line's rounded figures."""
    zero = rounded(Decimal(0), currency)
    subtotal = discount = tax = zero
    for line in lines:
        figures = line_totals(line, currency)
        subtotal, discount, tax = subtotal + figures.subtotal, discount + figures.discount, tax + figures.tax
    return Totals(subtotal, discount, tax, subtotal - discount + tax)


def largest_discount(lines: Iterable[Line]) -> Decimal:
    """The highest discount percent of any line; zero without lines. Approval looks at it."""
    return max((line.discount_percent for line in lines), default=Decimal(0))


def check_lines(lines: Sequence[Line], currency: str) -> tuple[Line, ...]:
    """The same lines; `InvalidError` names ``lines`` when they are too many, share an id or come to more than an amount can
    be.
    """
    if len(lines) > LINES_LIMIT:
        raise InvalidError(f"There are at most {LINES_LIMIT} lines.", field="lines", code="too_many")
    wrong = []
    seen: set[str] = set()
    for position, line in enumerate(lines):
        if line.id in seen:
            wrong.append(FieldError(f"lines.{position}.id", "Each line has an id of its own.", "repeated"))
        seen.add(line.id)
    if wrong:
        raise InvalidError(fields=wrong)
    if totals(lines, currency).subtotal >= LARGEST or totals(lines, currency).total >= LARGEST:
        raise InvalidError("This comes to more than an amount can be.", field="lines", code="too_large")
    return tuple(lines)


def to_plain(lines: Iterable[Line]) -> list[list[str]]:
    """Lines as they are kept in an item: short, exact, plain JSON."""
    return [
        [
            line.id,
            line.name,
            plain_text(line.quantity),
            plain_text(line.unit_price),
            plain_text(line.discount_percent),
            plain_text(line.tax_percent),
            line.product_id,
        ]
        for line in lines
    ]


def from_plain(kept: Sequence[Sequence[str]] | None) -> tuple[Line, ...]:
    """The lines in an item; the other way round of `to_plain`."""
    return tuple(
        Line(each[0], each[1], Decimal(each[2]), Decimal(each[3]), Decimal(each[4]), Decimal(each[5]), each[6])
        for each in kept or ()
    )


def line_of(values: Mapping[str, Any], *, fallback_id: str) -> Line:
    """A line of what was sent (``id``, ``name``, ``quantity``, ``unit_price``, ``discount_percent``, ``tax_percent``,
    ``product_id``); what is not there is the default.
    """
    return Line(
        id=str(values.get("id") or fallback_id),
        name=str(values.get("name") or ""),
        quantity=Decimal(_or(values.get("quantity"), 1)),
        unit_price=Decimal(_or(values.get("unit_price"), 0)),
        discount_percent=Decimal(_or(values.get("discount_percent"), 0)),
        tax_percent=Decimal(_or(values.get("tax_percent"), 0)),
        product_id=str(values.get("product_id") or ""),
    )


def said(line: Line) -> dict[str, Any]:
    """The line as somebody would send it; the other way round of `line_of`."""
    return asdict(line)


def _or(value: Any, otherwise: int) -> Any:
    return otherwise if value is None else value


def _percent(amount: Decimal, percent: Decimal) -> Decimal:
    return EXACT.divide(EXACT.multiply(amount, percent), Decimal(100))
