"""Companies as the API shows and takes them."""

from typing import Annotated, Any, Self

from pydantic import Field

from chalicelib.customers.companies.domain import Company
from chalicelib.customers.schemas import Country, Name
from chalicelib.foundation.http import Schema, Versioned
from chalicelib.foundation.http.schemas import Instant

CompanyName = Annotated[str, Field(min_length=1, max_length=200)]
Domain = Annotated[str, Field(max_length=253)]
Tags = Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=100)]


class CompanyIn(Schema):
    """A new company."""

    name: CompanyName
    domain: Domain | None = None
    city: Name | None = None
    country: Country | None = None
    tags: Tags | None = None

    def values(self) -> dict[str, Any]:
        """What was said, by the names of the domain."""
        return self.model_dump(exclude_unset=True)


class CompanyChange(Versioned):
    """A change to a company; what is left out stays, null empties."""

    name: CompanyName | None = None
    domain: Domain | None = None
    city: Name | None = None
    country: Country | None = None
    tags: Tags | None = None

    def values(self) -> dict[str, Any]:
        """What was said, by the names of the domain; a company keeps its name."""
        values = self.model_dump(exclude_unset=True, exclude={"version"})
        if values.get("name") is None:
            values.pop("name", None)
        return values


class CompanyOut(Schema):
    """A company."""

    id: str
    name: str
    domain: str | None
    city: str | None
    country: str | None
    tags: list[str]
    created_at: Instant
    updated_at: Instant
    version: int

    @classmethod
    def of(cls, company: Company) -> Self:
        """The company as shown."""
        return cls(
            id=company.id,
            name=company.name,
            domain=company.domain or None,
            city=company.city or None,
            country=company.country or None,
            tags=sorted(company.tags),
            created_at=company.created_at,
            updated_at=company.updated_at,
            version=company.version,
        )
