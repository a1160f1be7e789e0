"""Consent as the API shows and takes it."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from chalicelib.customers.consent.domain import (
    PURPOSE_LENGTH,
    PURPOSES_LIMIT,
    LedgerEntry,
    Purpose,
    Purposes,
    Suppressed,
)
from chalicelib.customers.schemas import ShortText
from chalicelib.foundation.http import PageQuery, Schema
from chalicelib.foundation.http.schemas import Instant

Channel = Literal["email", "phone", "sms", "whatsapp", "post", "web"]
PurposeId = Annotated[str, Field(min_length=1, max_length=PURPOSE_LENGTH, pattern=r"^[a-z][a-z0-9_]*$")]
Words = Annotated[str, Field(min_length=3, max_length=2000)]


class ConsentIn(Schema):
    """What a member writes down of what a person said. ``text`` (or ``proof``, its older name) says to which words, or how it was
    said: a call, a letter, a signed sheet; ``source`` where.
    """

    purpose: PurposeId
    channel: Channel | None = None
    state: Literal["granted", "withdrawn"]
    text: Words | None = None
    proof: Words | None = None
    source: Annotated[str, Field(max_length=60, pattern=r"^[A-Za-z0-9_.:-]*$")] = "member"

    @model_validator(mode="after")
    def _has_words(self) -> Self:
        if not self.text and not self.proof:
            raise ValueError("say in text what the person agreed to, or how they said so")
        return self

    @property
    def words(self) -> str:
        """What was said."""
        return self.text or self.proof or ""


class LedgerOut(Schema):
    """A row of the ledger."""

    id: str
    purpose: str
    channel: str | None
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
            purpose=entry.purpose.partition(":")[0],
            channel=entry.channel or None,
            state=entry.state.value,
            at=entry.at,
            source=entry.source,
            text=entry.text or None,
            text_version=entry.text_version or None,
            source_ip=entry.source_ip or None,
            actor=entry.actor or None,
        )


class PurposeName(Schema):
    """What a purpose is called, in both languages."""

    es: Annotated[ShortText, Field(min_length=1)]
    en: Annotated[ShortText, Field(min_length=1)]


class PurposeItem(Schema):
    """Something that may be agreed to."""

    id: PurposeId
    name: PurposeName
    channels: Annotated[list[Channel], Field(max_length=6)] = []


class PurposesIn(Schema):
    """A workspace's purposes, all of them; ``version`` is the one they were read at, 0 before the first change."""

    purposes: Annotated[list[PurposeItem], Field(max_length=PURPOSES_LIMIT)]
    version: Annotated[int, Field(ge=0)]

    def taken(self) -> Purposes:
        """The purposes in the domain's terms."""
        items = (
            Purpose(each.id, each.name.model_dump(), tuple(dict.fromkeys(each.channels))) for each in self.purposes
        )
        return Purposes(tuple(items), self.version)


class PurposesOut(Schema):
    """A workspace's purposes."""

    purposes: list[PurposeItem]
    version: int

    @classmethod
    def of(cls, purposes: Purposes) -> Self:
        """The purposes as shown."""
        items = [{"id": each.id, "name": dict(each.name), "channels": list(each.channels)} for each in purposes.items]
        return cls.model_validate({"purposes": items, "version": purposes.version})


class SuppressionsQuery(PageQuery):
    """The list, or with ``email`` whether one address is on it."""

    email: Annotated[str | None, Field(max_length=254)] = None


class SuppressionQuery(Schema):
    """One address."""

    email: Annotated[str, Field(min_length=3, max_length=254)]


class SuppressionIn(Schema):
    """An address that must not be mailed."""

    email: Annotated[str, Field(min_length=3, max_length=254)]


class SuppressionsFile(Schema):
    """A suppression list as CSV: an address (or a digest out of an export) a line, and a reason in a second column if there is one;
    ``reason`` is the others'. At most 20,000 lines.
    """

    csv: Annotated[str, Field(min_length=3, max_length=2_000_000)]
    reason: Literal["manual", "unsubscribed", "bounced", "complained"] = "manual"


class SuppressionJob(Schema):
    """The job that does it; ask for it at ``/jobs/{id}``."""

    job_id: str


class SuppressionOut(Schema):
    """An address that must not be mailed. Only a keyed digest of it is kept, of which the beginning is shown."""

    digest: str
    reason: Literal["unsubscribed", "bounced", "complained", "manual", "erased"]
    at: Instant
    source: str | None
    actor: str | None

    @classmethod
    def of(cls, found: Suppressed) -> Self:
        """The row as shown."""
        return cls(
            digest=f"{found.digest[:12]}…",
            reason=found.suppression.reason.value,
            at=found.suppression.at,
            source=found.suppression.source or None,
            actor=found.actor or None,
        )
