"""What all requests and responses share."""

from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer

from chalicelib.foundation import clock

Item = TypeVar("Item")


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("a time needs a zone, for example 2026-11-21T09:00:00Z")
    return instant.astimezone(UTC)


Instant = Annotated[datetime, AfterValidator(_aware), PlainSerializer(clock.to_text, return_type=str)]
"""RFC 3339 with a zone in, UTC out."""


class Schema(BaseModel):
    """A request or response. Unknown fields in a request are an error; texts are trimmed."""

    model_config = ConfigDict(
        extra="forbid", str_strip_whitespace=True, populate_by_name=True, ser_json_bytes="base64", defer_build=True
    )


class PageQuery(Schema):
    """The query of every list."""

    limit: Annotated[int, Field(ge=1, le=100, description="How many items, at most.")] = 50
    cursor: Annotated[str | None, Field(max_length=4096, description="Where a former page ended.")] = None


class Page(Schema, Generic[Item]):
    """One page of a list; ``next_cursor`` is null on the last one."""

    items: list[Item]
    next_cursor: str | None = None


class Versioned(Schema):
    """A change to a record: ``version`` is the one it was read at (or send it as If-Match)."""

    version: Annotated[int, Field(ge=1)]
