"""Saved views as the API shows and takes them."""

from typing import Annotated, Any, Self

from pydantic import Field

from chalicelib.customers.lists.domain import CONDITIONS_LIMIT
from chalicelib.customers.lists.schemas import ListKind, SortText
from chalicelib.customers.schemas import Name
from chalicelib.customers.views.domain import COLUMNS_LIMIT, View
from chalicelib.foundation.http import Schema, Versioned
from chalicelib.foundation.http.schemas import Instant

Conditions = Annotated[list[dict[str, Any]], Field(max_length=CONDITIONS_LIMIT)]
Columns = Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=COLUMNS_LIMIT)]


class ViewIn(Schema):
    """A new view."""

    kind: ListKind
    name: Annotated[Name, Field(min_length=1)]
    filter: Conditions = []
    sort: SortText = "-created"
    columns: Columns = []
    shared: bool = False
    pinned: bool = False


class ViewChange(Versioned):
    """A change to a view; what is left out stays."""

    name: Annotated[Name, Field(min_length=1)] | None = None
    filter: Conditions | None = None
    sort: SortText | None = None
    columns: Columns | None = None
    shared: bool | None = None
    pinned: bool | None = None


class ViewsQuery(Schema):
    """Which views."""

    kind: ListKind | None = None


class ViewOut(Schema):
    """A saved view."""

    id: str
    kind: ListKind
    name: str
    filter: list[dict[str, Any]]
    sort: str
    columns: list[str]
    shared: bool
    pinned: bool
    owner_id: str
    created_at: Instant
    updated_at: Instant
    version: int

    @classmethod
    def of(cls, view: View) -> Self:
        """The view as shown."""
        return cls.model_validate(
            {
                "id": view.id,
                "kind": view.kind,
                "name": view.name,
                "filter": [dict(each) for each in view.filter],
                "sort": view.sort,
                "columns": list(view.columns),
                "shared": view.shared,
                "pinned": view.pinned,
                "owner_id": view.owner_id,
                "created_at": view.created_at,
                "updated_at": view.updated_at,
                "version": view.version,
            }
        )
