"""Products as the API shows and takes them."""

from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import Field

from chalicelib.customers.schemas import Label, LongText, ShortText
from chalicelib.foundation.http import PageQuery, Schema, Versioned
from chalicelib.foundation.http.schemas import Instant
from chalicelib.sales.money import amount_text, plain_text
from chalicelib.sales.products.domain import Product
from chalicelib.sales.schemas import Currency, Percent, Price

ProductName = Annotated[ShortText, Field(min_length=1)]


class ProductsQuery(PageQuery):
    """Products by name; ``q`` is how the name begins."""

    q: Annotated[str | None, Field(max_length=100)] = None
    active: bool | None = None


class ProductDeletionQuery(Schema):
    """The version that was seen, if it matters."""

    version: int | None = None


class ProductFields(Schema):
    """What people say of a product. Numbers are decimal texts."""

    name: ProductName | None = None
    code: Label | None = None
    description: LongText | None = None
    unit_price: Price | None = None
    currency: Currency | None = None
    tax_percent: Percent | None = None
    active: bool | None = None

    def values(self) -> dict[str, Any]:
        """What was said, by the names of the domain."""
        return self.model_dump(exclude_unset=True, exclude={"version"})


class ProductIn(ProductFields):
    """A new product, in the workspace's currency unless another is given."""

    name: ProductName
    unit_price: Price = Decimal(0)


class ProductChange(Versioned, ProductFields):
    """A change of a product; what is left out stays."""


class ProductOut(Schema):
    """A product. Numbers are decimal texts."""

    id: str
    name: str
    code: str
    description: str
    unit_price: str
    currency: str
    tax_percent: str
    active: bool
    created_at: Instant
    updated_at: Instant
    version: int

    @classmethod
    def of(cls, product: Product) -> Self:
        """The product as shown."""
        return cls(
            id=product.id,
            name=product.name,
            code=product.code,
            description=product.description,
            unit_price=amount_text(product.unit_price, product.currency),
            currency=product.currency,
            tax_percent=plain_text(product.tax_percent),
            active=product.active,
            created_at=product.created_at,
            updated_at=product.updated_at,
            version=product.version,
        )
