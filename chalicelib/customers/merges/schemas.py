"""Merges as the API shows and takes them."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from chalicelib.customers.companies.schemas import CompanyOut
from chalicelib.customers.contacts.domain import Kyc
from chalicelib.customers.contacts.schemas import ContactOut
from chalicelib.customers.merges.domain import Difference, Merge
from chalicelib.customers.schemas import Reference
from chalicelib.foundation.clock import to_text
from chalicelib.foundation.http import Schema
from chalicelib.foundation.http.schemas import Instant

Choices = Annotated[
    dict[Annotated[str, Field(max_length=100)], Literal["this", "other"]],
    Field(
        max_length=200,
        description="Field → the side whose value stays. What is left out is this one's, or the other's where this one has none.",
    ),
]


class MergeIn(Schema):
    """Who is merged into the contact of the path, and whose value stays where only one can. Lists are united."""

    other_id: Reference
    choices: Choices = {}


class MergeDoneOut(Schema):
    """A merge, and the contact that there is now."""

    merge_id: str
    contact: ContactOut


class MergeDifferenceOut(Schema):
    """A field of which only one value can stay."""

    field: str
    this: Any
    other: Any
    chosen: Literal["this", "other"]

    @classmethod
    def of(cls, difference: Difference) -> Self:
        """The difference as shown."""
        return cls.model_construct(
            field=difference.field,
            this=_plain(difference.this),
            other=_plain(difference.other),
            chosen=difference.chosen,
        )


class MergePreviewOut(Schema):
    """What a merge would make."""

    survivor: ContactOut
    differences: list[MergeDifferenceOut]


class MergeOut(Schema):
    """A merge that was made; ``until`` it can be taken back."""

    id: str
    kind: Literal["contact", "company"]
    survivor_id: str
    other_id: str
    at: Instant
    actor: str | None
    state: Literal["done", "undone"]
    until: Instant
    undone_at: Instant | None
    undone_by: str | None

    @classmethod
    def of(cls, merge: Merge) -> Self:
        """The merge as shown."""
        return cls.model_construct(
            id=merge.id,
            kind=merge.what,
            survivor_id=merge.survivor_id,
            other_id=merge.other_id,
            at=merge.at,
            actor=merge.actor or None,
            state=merge.state.value,
            until=merge.until,
            undone_at=merge.undone_at,
            undone_by=merge.undone_by or None,
        )


class MergeUndoneOut(Schema):
    """The two contacts (or companies) again: the one that had survived, and the other."""

    contacts: list[ContactOut] = []
    companies: list[CompanyOut] = []


class CompanyMergeDoneOut(Schema):
    """A merge, and the company that there is now."""

    merge_id: str
    company: CompanyOut


class CompanyMergePreviewOut(Schema):
    """What a merge would make."""

    survivor: CompanyOut
    differences: list[MergeDifferenceOut]


def _plain(value: Any) -> Any:
    if isinstance(value, Kyc):
        raw: Mapping[str, Any] = asdict(value)
        verified_at = value.verified_at
        return {
            **{name: each or None for name, each in raw.items()},
            "verified_at": verified_at and to_text(verified_at),
        }
    return None if value == "" else value
