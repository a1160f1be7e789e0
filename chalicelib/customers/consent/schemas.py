"""Consent as the API shows and takes it."""

from typing import Annotated, Literal, Self

from pydantic import Field

from chalicelib.customers.consent.domain import PURPOSE_LENGTH, LedgerEntry
from chalicelib.foundation.http import Schema
from chalicelib.foundation.http.schemas import Instant


class ConsentIn(Schema):
    """What a member writes down of what a person said. ``proof`` says how it was said: a call, a letter, a signed sheet."""

    purpose: Annotated[str, Field(min_length=1, max_length=PURPOSE_LENGTH, pattern=r"^[a-z][a-z0-9_]*$")]
    state: Literal["granted", "withdrawn"]
    proof: Annotated[str, Field(min_length=3, max_length=2000)]


class LedgerOut(Schema):
    """A row of the ledger."""

    id: str
    purpose: str
    state: Literal["granted", "withdrawn"]
    at: Instant
    source: str
    text: str | None
    text_version: str | None
    source_ip: str | None
    actor: str | None

    @classmethod
    def of(cls, entry: LedgerEntry) -> Self:
        """The row as shown."""
        return cls(
            id=entry.id,
            purpose=entry.purpose,
            state=entry.state.value,
            at=entry.at,
            source=entry.source,
            text=entry.text or None,
            text_version=entry.text_version or None,
            source_ip=entry.source_ip or None,
            actor=entry.actor or None,
        )
