"""Companies as the API shows and takes them."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any, Self

from pydantic import Field

from chalicelib.customers.companies.domain import Company
from chalicelib.customers.contacts.schemas import EmailIn, EmailOut, PhoneIn, PhoneOut
from chalicelib.customers.fields.schemas import Custom
from chalicelib.customers.lists.schemas import ListQuery
from chalicelib.customers.schemas import (
    AddressIn,
    AddressOut,
    Country,
    LongText,
    Name,
    Reference,
    ShortText,
    Tag,
    Tags,
    WebAddress,
)
from chalicelib.foundation.http import Schema, Versioned
from chalicelib.foundation.http.schemas import Instant

CompanyName = Annotated[ShortText, Field(min_length=1)]
Domain = Annotated[str, Field(max_length=253)]


class CompanyFields(Schema):
    """What people fill in. In a change, what is left out stays and null empties. ``domain`` is the first of ``domains``."""

    domain: Domain | None = None
    domains: Annotated[list[Domain], Field(max_length=20)] | None = None
    website: WebAddress | None = None
    industry: Name | None = None
    size: Annotated[int, Field(ge=0, le=10_000_000, description="How many people work there.")] | None = None
    emails: Annotated[list[EmailIn], Field(max_length=20)] | None = None
    phones: Annotated[list[PhoneIn], Field(max_length=20)] | None = None
    addresses: Annotated[list[AddressIn], Field(max_length=20)] | None = None
    city: Name | None = None
    country: Country | None = None
    owner_id: Reference | None = None
    tags: Tags | None = None
    parent_id: Reference | None = None
    description: LongText | None = None
    custom: Custom | None = None


class CompanyIn(CompanyFields):
    """A new company."""

    name: CompanyName

    def values(self) -> dict[str, Any]:
        """What was said, by the names of the domain."""
        return self.model_dump(exclude_unset=True)


class CompanyChange(CompanyFields, Versioned):
    """A change to a company; it keeps its name when that is null."""

    name: CompanyName | None = None

    def values(self) -> dict[str, Any]:
        """What was said, by the names of the domain."""
        values = self.model_dump(exclude_unset=True, exclude={"version"})
        if values.get("name") is None:
            values.pop("name", None)
        return values


class CompaniesQuery(ListQuery):
    """The list of companies, narrowed by what is given."""

    q: Annotated[str, Field(max_length=120, description="Beginnings of words, as in search.")] | None = None
    tag: Tag | None = None
    owner_id: Annotated[Reference, Field(description="A member's id, me, or none")] | None = None
    country: Country | None = None
    industry: Name | None = None
    parent_id: Reference | None = None

    def narrowing(self) -> dict[str, str | None]:
        """The parameters that are conditions of their own."""
        return self.model_dump(exclude={"limit", "cursor", "sort", "filter", "deleted"}, exclude_none=True)


class CompanyOut(Schema):
    """A company."""

    id: str
    name: str
    domain: str | None
    domains: list[str]
    website: str | None
    industry: str | None
    size: int | None
    emails: list[EmailOut]
    phones: list[PhoneOut]
    addresses: list[AddressOut]
    city: str | None
    country: str | None
    owner_id: str | None
    tags: list[str]
    parent_id: str | None
    description: str | None
    custom: Annotated[dict[str, Any], Field(description="The workspace's own fields, by their keys.")]
    deleted_at: Instant | None
    deleted_by: str | None
    merged_ids: Annotated[list[str], Field(description="The companies that were merged into this one.")]
    created_at: Instant
    updated_at: Instant
    version: int

    @classmethod
    def of(cls, company: Company, custom: Mapping[str, Any] | None = None) -> Self:
        """The company as shown, with its values of the workspace's own fields by key."""
        return cls.model_validate(
            {
                "id": company.id,
                "name": company.name,
                "domain": company.domain or None,
                "domains": list(company.domains),
                "website": company.website or None,
                "industry": company.industry or None,
                "size": company.size,
                "emails": [asdict(each) for each in company.emails],
                "phones": [asdict(each) for each in company.phones],
                "addresses": [asdict(each) for each in company.addresses],
                "city": company.city or None,
                "country": company.country or None,
                "owner_id": company.owner_id or None,
                "tags": sorted(company.tags),
                "parent_id": company.parent_id or None,
                "description": company.description or None,
                "custom": dict(custom or {}),
                "deleted_at": company.deleted_at,
                "deleted_by": company.deleted_by or None,
                "merged_ids": list(company.merged_ids),
                "created_at": company.created_at,
                "updated_at": company.updated_at,
                "version": company.version,
            }
        )
