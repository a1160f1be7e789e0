"""Search as the API shows it."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.customers.search.domain import QUERY
from chalicelib.foundation.http import Schema


class SearchQuery(Schema):
    """What is searched for: beginnings of words of a name, an address, a company or a number."""

    q: Annotated[str, Field(min_length=1, max_length=QUERY)]
    kind: Literal["contact", "company", "lead", "deal"] | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 50


class HitOut(Schema):
    """Something that was found."""

    kind: Literal["contact", "company", "lead", "deal"]
    id: str
    title: str
    subtitle: str | None
