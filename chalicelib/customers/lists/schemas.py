"""Lists and counts as the API takes them."""

from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.customers.lists.domain import FILTER_LIMIT
from chalicelib.foundation.http import Call, PageQuery, Schema

ListKind = Literal["contact", "company", "lead", "deal", "task"]
FilterText = Annotated[
    str,
    Field(
        max_length=FILTER_LIMIT,
        description='Conditions that must all hold, as JSON: [{"field": "tag", "op": "is", "value": "vip"}]. '
        "Ops: is, in, not, empty, present, between (from, to), at_least, at_most, begins.",
    ),
]
SortText = Annotated[
    str, Field(max_length=60, pattern=r"^-?[a-z_]+$", description="created, or a field; - for backwards")
]


class ListQuery(PageQuery):
    """What every list can be asked: an order, a filter, and what is in the bin instead."""

    sort: SortText = "-created"
    filter: FilterText | None = None
    deleted: Annotated[
        bool, Field(description="What is in the bin, the last deleted first; nothing else narrows it.")
    ] = False


class CountQuery(Schema):
    """What is counted."""

    kind: ListKind
    filter: FilterText | None = None


class CountOut(Schema):
    """How many there are; at least so many, when it is not exact."""

    count: int
    exact: bool


def question(query: PageQuery) -> str:
    """A list's query as the name its cursors are good for."""
    return query.model_dump_json(exclude={"limit", "cursor"}, exclude_none=True)


def asker(call: Call[Any]) -> str:
    """The member who asks, whom ``me`` stands for; empty for a key."""
    return call.actor.id if call.actor.kind == "member" else ""
