"""Segments as the API shows and takes them."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from chalicelib.customers.contacts.domain import Contact
from chalicelib.foundation.http import Instant, Schema
from chalicelib.marketing.segments.domain import Segment
from chalicelib.marketing.segments.service import Preview

Conditions = Annotated[
    dict[str, Any],
    Field(
        description='`{"all": […]}`, `{"any": […]}`, `{"not": {…}}` of `{"field", "op", "value"}`.',
        examples=[{"all": [{"field": "consent", "op": "is", "value": "marketing_email"}]}],
    ),
]
ContactIds = Annotated[list[Annotated[str, Field(max_length=26)]], Field(max_length=1000)]


class SegmentIn(Schema):
    """A segment to be made: a static one of these contacts, or a dynamic one of everybody who meets the conditions."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    kind: Literal["static", "dynamic"]
    contact_ids: ContactIds | None = None
    conditions: Conditions | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.kind == "static" and self.conditions is not None:
            raise ValueError("a static segment has contact_ids and no conditions")
        if self.kind == "dynamic" and (self.conditions is None or self.contact_ids is not None):
            raise ValueError("a dynamic segment has conditions and no contact_ids")
        return self


class SegmentOut(Schema):
    """A segment. ``refreshed_at`` is null until a dynamic one has been filled."""

    id: str
    name: str
    kind: Literal["static", "dynamic"]
    conditions: dict[str, Any] | None
    count: int
    state: Literal["filling", "ready"]
    refreshed_at: Instant | None
    created_at: Instant
    updated_at: Instant
    version: int

    @classmethod
    def of(cls, segment: Segment) -> Self:
        """The segment as shown."""
        return cls.model_validate(segment, from_attributes=True)


class MemberOut(Schema):
    """A contact of a segment, in short."""

    id: str
    display_name: str
    email: str
    company_name: str
    grade: str

    @classmethod
    def of(cls, contact: Contact) -> Self:
        """The contact as shown."""
        return cls.model_validate(contact, from_attributes=True)


class ContactIdsIn(Schema):
    """Contacts to put in or to take out."""

    contact_ids: Annotated[ContactIds, Field(min_length=1)]


class PreviewIn(Schema):
    """Conditions to try."""

    conditions: Conditions


class PreviewOut(Schema):
    """How many of the contacts looked at (``evaluated``) meet the conditions, and the first of them; ``complete`` when these
    were all contacts of the workspace.
    """

    matched: int
    evaluated: int
    complete: bool
    contacts: list[MemberOut]

    @classmethod
    def of(cls, preview: Preview) -> Self:
        """The preview as shown."""
        contacts = [MemberOut.of(contact) for contact in preview.contacts]
        return cls(matched=preview.matched, evaluated=preview.evaluated, complete=preview.complete, contacts=contacts)
