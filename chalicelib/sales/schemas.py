"""What several features of sales show and take: money, lines and totals."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import Field

from chalicelib.customers.schemas import Reference
from chalicelib.foundation.http import Schema
from chalicelib.sales.money import amount_text, plain_text
from chalicelib.sales.totals import Line, Totals, line_totals

Amount = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=4)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217, three letters")]
Quantity = Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=4)]
Price = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=4)]
Percent = Annotated[Decimal, Field(ge=0, le=100, decimal_places=4)]


class LineIn(Schema):
    """A line. Numbers are decimal texts. With a ``product_id``, what is left out (name, price, tax) is the product's."""

    id: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9_-]+$")] | None = None
    product_id: Reference | None = None
    name: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    quantity: Quantity = Decimal(1)
    unit_price: Price | None = None
    discount_percent: Percent = Decimal(0)
    tax_percent: Percent | None = None

    def values(self) -> dict[str, Any]:
        """What was said, by the names of the domain."""
        return self.model_dump(exclude_none=True)


class LineOut(Schema):
    """A line with what it comes to. Numbers are decimal texts."""

    id: str
    product_id: str | None
    name: str
    quantity: str
    unit_price: str
    discount_percent: str
    tax_percent: str
    subtotal: str
    discount: str
    tax: str
    total: str

    @classmethod
    def of(cls, line: Line, currency: str) -> Self:
        """The line as shown."""
        figures = line_totals(line, currency)
        return cls(
            id=line.id,
            product_id=line.product_id or None,
            name=line.name,
            quantity=plain_text(line.quantity),
            unit_price=amount_text(line.unit_price, currency),
            discount_percent=plain_text(line.discount_percent),
            tax_percent=plain_text(line.tax_percent),
            subtotal=amount_text(figures.subtotal, currency),
            discount=amount_text(figures.discount, currency),
            tax=amount_text(figures.tax, currency),
            total=amount_text(figures.total, currency),
        )


class TotalsOut(Schema):
    """What lines come to: ``total`` is ``subtotal`` − ``discount`` + ``tax``. Decimal texts."""

    subtotal: str
    discount: str
    tax: str
    total: str

    @classmethod
    def of(cls, figures: Totals, currency: str) -> Self:
        """The totals as shown."""
        return cls(
            subtotal=amount_text(figures.subtotal, currency),
            discount=amount_text(figures.discount, currency),
            tax=amount_text(figures.tax, currency),
            total=amount_text(figures.total, currency),
        )


def lines_out(lines: Iterable[Line], currency: str) -> list[LineOut]:
    """Lines as shown."""
    return [LineOut.of(line, currency) for line in lines]
