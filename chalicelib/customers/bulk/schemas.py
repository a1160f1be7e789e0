"""Bulk actions as the API takes them."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator

from chalicelib.customers.bulk.domain import BulkAction
from chalicelib.customers.schemas import Reference, Tags
from chalicelib.foundation.http import Schema

BulkRecordKind = Literal["contact", "company", "lead", "deal", "task"]


class BulkActionIn(Schema):
    """What is done to each record: ``tag`` and ``untag`` take ``tags``, ``assign`` an ``owner_id`` (null: nobody's), ``edit``
    ``fields`` by the names of the record's own PATCH, ``add_to_segment`` a ``segment_id``, ``delete`` nothing.
    """

    name: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z_]+$")]
    tags: Tags | None = None
    owner_id: Reference | None = None
    fields: Annotated[dict[str, Any], Field(max_length=50)] | None = None
    segment_id: Reference | None = None

    def action(self) -> BulkAction:
        """The action as the domain has it."""
        values = self.model_dump(exclude_unset=True, exclude={"name"})
        if "owner_id" in values:
            values["owner_id"] = values["owner_id"] or ""
        return BulkAction(self.name, values)


class BulkIn(Schema):
    """An action on many records: those with these ids, or all that meet a filter."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["ids"]}, {"required": ["filter"]}]})

    kind: BulkRecordKind
    ids: Annotated[list[Reference], Field(min_length=1, max_length=5000)] | None = None
    filter: Annotated[list[dict[str, Any]], Field(max_length=20)] | None = Field(
        default=None, description="Conditions that must all hold; an empty list is everything there is."
    )
    action: BulkActionIn

    @model_validator(mode="after")
    def one_of_them(self) -> "BulkIn":
        """Either ids or a filter, and which is said."""
        if (self.ids is None) == (self.filter is None):
            raise ValueError("give ids or a filter")
        return self
