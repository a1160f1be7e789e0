"""A conversion as the API shows and takes it."""

from datetime import date
from typing import Annotated, Any, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.customers.leads.schemas import LeadOut
from chalicelib.customers.schemas import LongText, Reference, ShortText
from chalicelib.foundation.http import Schema
from chalicelib.sales.conversion.domain import CompanyChoice, ConversionOrder
from chalicelib.sales.schemas import Amount, Currency


class ConversionCompanyIn(Schema):
    """The company: one that is there (``id``), or a new one (``name``). Without a ``domain`` a new one has that of the contact's address, if
    that says anything; a company that has it already is linked instead.
    """

    id: Reference | None = None
    name: Annotated[ShortText, Field(min_length=1)] | None = None
    domain: Annotated[str, Field(max_length=253)] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if bool(self.id) == bool(self.name) or (self.id and self.domain):
            raise PydanticCustomError("company", "A company that is there has an id, a new one a name.")
        return self


class ConversionDealIn(Schema):
    """The deal that comes of it, in the first stage of the first pipeline unless others are named. The contact and the company are those
    of the conversion; the owner is the lead's unless another is named.
    """

    title: Annotated[ShortText, Field(min_length=1)]
    description: LongText | None = None
    amount: Amount | None = None
    currency: Currency | None = None
    pipeline_id: Reference | None = None
    stage_id: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    expected_close: date | None = None
    owner_id: Reference | None = None
    custom: Annotated[dict[str, Any], Field(max_length=100)] | None = None


class ConversionIn(Schema):
    """What a lead shall become. Without a company the contact keeps its own; without a deal there is none."""

    company: ConversionCompanyIn | None = None
    deal: ConversionDealIn | None = None
    owner_id: Reference | None = None
    version: Annotated[int, Field(ge=1)] | None = None

    def order(self) -> ConversionOrder:
        """What was said, for the service."""
        company = None
        if self.company is not None:
            company = CompanyChoice(self.company.id or "", self.company.name or "", self.company.domain or "")
        deal = self.deal.model_dump(exclude_none=True) if self.deal is not None else None
        return ConversionOrder(company, deal, self.owner_id or "")


class ConversionOut(Schema):
    """A converted lead, which is kept, and what has come of it."""

    lead: LeadOut
    contact_id: str
    company_id: str | None
    deal_id: str | None
