"""Deals as the API shows and takes them."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from chalicelib.customers.schemas import Reference
from chalicelib.foundation.http import PageQuery, Schema
from chalicelib.foundation.http.schemas import Instant
from chalicelib.sales.deals.domain import Deal

Amount = Annotated[Decimal, Field(ge=0, max_digits=18, decimal_places=4)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class DealsQuery(PageQuery):
    """The deals of one pipeline; of the first, if none is named."""

    pipeline_id: Reference | None = None


class DealIn(Schema):
    """A new deal. Money is a decimal text, ``"1200.50"``."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    amount: Amount = Decimal(0)
    currency: Currency | None = None
    pipeline_id: Reference | None = None
    stage_id: Annotated[str, Field(max_length=40)] | None = None
    contact_id: Reference | None = None
    company_id: Reference | None = None
    owner_id: Reference | None = None
    expected_close: date | None = None

    def values(self) -> dict[str, Any]:
        """What was said, by the names of the domain."""
        return self.model_dump(exclude_none=True)


class DealOut(Schema):
    """A deal, with the names of its contact and company."""

    id: str
    title: str
    amount: str
    currency: str
    pipeline_id: str
    stage_id: str
    status: Literal["open", "won", "lost"]
    contact_id: str | None
    contact_name: str | None
    company_id: str | None
    company_name: str | None
    owner_id: str | None
    expected_close: date | None
    created_at: Instant
    updated_at: Instant
    version: int

    @classmethod
    def of(cls, deal: Deal, contact_name: str = "", company_name: str = "") -> Self:
        """The deal as shown."""
        return cls(
            id=deal.id,
            title=deal.title,
            amount=deal.amount_text,
            currency=deal.currency,
            pipeline_id=deal.pipeline_id,
            stage_id=deal.stage_id,
            status=deal.status.value,
            contact_id=deal.contact_id or None,
            contact_name=contact_name or None,
            company_id=deal.company_id or None,
            company_name=company_name or None,
            owner_id=deal.owner_id or None,
            expected_close=deal.expected_close,
            created_at=deal.created_at,
            updated_at=deal.updated_at,
            version=deal.version,
        )
