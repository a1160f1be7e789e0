"""What a contact is: a person with addresses, tags, consents, a score and the marketing touches that brought them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from chalicelib.customers.claims.domain import Claim
from chalicelib.foundation.errors import InvalidError

TAGS_LIMIT = 100
TAG_LENGTH = 60
ADDRESSES_LIMIT = 20
INTERESTS_LIMIT = 50
SATISFACTION = range(11)
BIN = timedelta(days=30)
"""How long something deleted can be restored."""
KYC_STATES = ("none", "pending", "verified", "rejected")

LIFECYCLE_STAGES = ("awareness", "acquisition", "retention", "fulfilment", "loyalty")

Dimension = Literal["fit", "engagement"]
GradeOf = Callable[[int, int], str]
"""Points of fit and of engagement → grade (``A1`` … ``C3``)."""


class ConsentState(StrEnum):
    """What the person said last."""

    GRANTED = "granted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """A normalised e-mail address; one of a contact's is the primary."""

    address: str
    label: str = ""
    primary: bool = False


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number in E.164 (``+34600111222``); one of a contact's is the primary."""

    number: str
    label: str = ""
    primary: bool = False


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """Where somebody lives or works; ``country`` is ISO 3166, two letters. One of a contact's is the primary."""

    label: str = ""
    street: str = ""
    city: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Kyc:
    """Whether somebody is who they say, and by which document (know your customer)."""

    status: str = KYC_STATES[0]
    document_type: str = ""
    document_number: str = ""
    verified_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Touch:
    """One marketing interaction: where somebody came from, and when."""

    at: datetime
    source: str = ""
    medium: str = ""
    campaign: str = ""
    term: str = ""
    content: str = ""
    referrer: str = ""
    landing_page: str = ""
    form_id: str = ""


@dataclass(frozen=True, slots=True)
class Consent:
    """The present answer to one purpose; ``ledger_id`` is the row of the ledger that proves it."""

    state: ConsentState
    at: datetime
    source: str
    text_version: str
    ledger_id: str


@dataclass(frozen=True, slots=True)
class ScoreEntry:
    """Points that were given (or taken), with the reason. ``id`` follows from the fact that gave them, so that the same fact
    delivered again gives nothing more.
    """

    id: str
    at: datetime
    points: int
    reason: str
    rule_id: str
    dimension: Dimension


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """A row of the score's history; ``total`` is the score after it."""

    entry: ScoreEntry
    total: int


@dataclass(frozen=True, slots=True)
class Contact:
    """A person. ``shard`` is the partition of the list the contact stands in; ``grade`` is empty until it was scored.

    ``birthday`` is ``2026-11-21`` and has no zone; ``custom`` holds the workspace's own fields by their ids, in the shapes of
    `chalicelib.customers.fields`. ``edited_version`` is the version that the last change of what people fill in made: who read
    the contact at that version or later has seen all of it (docs/decisions/0007-edits-and-scores.md).

    A contact in the bin has ``deleted_at``; one that was merged away has ``merged_into``, the survivor's id; the survivor has
    the ids of all that went into it, however often, in ``merged_ids``.
    """

    workspace_id: str
    id: str
    created_at: datetime
    updated_at: datetime
    version: int = 1
    shard: int = 0
    first_name: str = ""
    last_name: str = ""
    emails: tuple[EmailAddress, ...] = ()
    phones: tuple[PhoneNumber, ...] = ()
    company_id: str = ""
    company_name: str = ""
    language: str = ""
    time_zone: str = ""
    country: str = ""
    city: str = ""
    tags: frozenset[str] = frozenset()
    lifecycle_stage: str = LIFECYCLE_STAGES[0]
    owner_id: str = ""
    score_fit: int = 0
    score_engagement: int = 0
    grade: str = ""
    first_touch: Touch | None = None
    last_touch: Touch | None = None
    consents: Mapping[str, Consent] = field(default_factory=dict)
    open_lead_id: str = ""
    changed_by: str = ""
    title: str = ""
    job_title: str = ""
    addresses: tuple[PostalAddress, ...] = ()
    birthday: str = ""
    interests: tuple[str, ...] = ()
    kyc: Kyc = Kyc()
    satisfaction: int | None = None
    custom: Mapping[str, Any] = field(default_factory=dict)
    edited_version: int = 1
    deleted_at: datetime | None = None
    deleted_by: str = ""
    merged_into: str = ""
    merged_ids: tuple[str, ...] = ()

    @property
    def gone(self) -> bool:
        """Whether ordinary reads do not see it: in the bin, or merged into another."""
        return self.deleted_at is not None or bool(self.merged_into)

    @property
    def all_ids(self) -> tuple[str, ...]:
        """Under which ids things hang on this person: its own, and those merged into it."""
        return (self.id, *self.merged_ids)

    def edited(self, *, at: datetime, by: str, **values: Any) -> "Contact":
        """The contact with something changed that people fill in, as it is to be written over the present version."""
        return replace(self, updated_at=at, changed_by=by, edited_version=self.version + 1, **values)

    @property
    def address(self) -> PostalAddress | None:
        """Where to write to on paper."""
        return next((each for each in self.addresses if each.primary), self.addresses[0] if self.addresses else None)

    @property
    def score_total(self) -> int:
        """Fit and engagement together."""
        return self.score_fit + self.score_engagement

    @property
    def email(self) -> str:
        """The address to write to, or empty."""
        return next(
            (email.address for email in self.emails if email.primary), self.emails[0].address if self.emails else ""
        )

    @property
    def phone(self) -> str:
        """The number to call, or empty."""
        return next(
            (phone.number for phone in self.phones if phone.primary), self.phones[0].number if self.phones else ""
        )

    @property
    def display_name(self) -> str:
        """What to call the person on a screen: the name, or else an address."""
        return f"{self.first_name} {self.last_name}".strip() or self.email or self.phone

    @property
    def claims(self) -> set[Claim]:
        """The addresses and numbers that are this contact's alone."""
        return {Claim("email", each.address) for each in self.emails} | {
            Claim("phone", each.number) for each in self.phones
        }

    def consented(self, purpose: str) -> bool:
        """Whether the person's last word on this purpose is yes."""
        consent = self.consents.get(purpose)
        return consent is not None and consent.state is ConsentState.GRANTED


def one_primary_email(emails: Sequence[EmailAddress]) -> tuple[EmailAddress, ...]:
    """The same addresses, each once, with exactly one primary: the first that says so, or else the first."""
    if len(emails) > ADDRESSES_LIMIT:
        raise InvalidError(f"A contact has at most {ADDRESSES_LIMIT} addresses.", field="emails", code="too_many")
    primary = next((email.address for email in emails if email.primary), emails[0].address if emails else "")
    unique: dict[str, EmailAddress] = {}
    for email in emails:
        unique.setdefault(email.address, email)
    return tuple(replace(email, primary=email.address == primary) for email in unique.values())


def one_primary_phone(phones: Sequence[PhoneNumber]) -> tuple[PhoneNumber, ...]:
    """The same numbers, each once, with exactly one primary: the first that says so, or else the first."""
    if len(phones) > ADDRESSES_LIMIT:
        raise InvalidError(f"A contact has at most {ADDRESSES_LIMIT} numbers.", field="phones", code="too_many")
    primary = next((phone.number for phone in phones if phone.primary), phones[0].number if phones else "")
    unique: dict[str, PhoneNumber] = {}
    for phone in phones:
        unique.setdefault(phone.number, phone)
    return tuple(replace(phone, primary=phone.number == primary) for phone in unique.values())


def one_primary_address(addresses: Sequence[PostalAddress]) -> tuple[PostalAddress, ...]:
    """The same postal addresses with exactly one primary: the first that says so, or else the first."""
    if len(addresses) > ADDRESSES_LIMIT:
        message = f"A contact has at most {ADDRESSES_LIMIT} addresses."
        raise InvalidError(message, field="addresses", code="too_many")
    primary = next((position for position, each in enumerate(addresses) if each.primary), 0)
    return tuple(replace(each, primary=position == primary) for position, each in enumerate(addresses))


def kept_tag(tag: str) -> str:
    """A tag as it is kept: trimmed, lower-case, single spaces."""
    return " ".join(tag.split()).lower()


def clean_tags(tags: Sequence[str] | frozenset[str] | set[str]) -> frozenset[str]:
    """Tags as they are kept (`kept_tag`). `InvalidError` names ``tags``."""
    cleaned = frozenset(map(kept_tag, tags)) - {""}
    if len(cleaned) > TAGS_LIMIT:
        raise InvalidError(f"A contact has at most {TAGS_LIMIT} tags.", field="tags", code="too_many")
    if any(len(tag) > TAG_LENGTH for tag in cleaned):
        raise InvalidError(f"A tag has at most {TAG_LENGTH} characters.", field="tags", code="too_long")
    return cleaned


def clean_interests(interests: Sequence[str]) -> tuple[str, ...]:
    """Interests as they are kept: single spaces, each once (in any case), in the order given."""
    cleaned: dict[str, str] = {}
    for interest in interests:
        text = " ".join(interest.split())
        if text:
            cleaned.setdefault(text.lower(), text)
    if len(cleaned) > INTERESTS_LIMIT:
        message = f"A contact has at most {INTERESTS_LIMIT} interests."
        raise InvalidError(message, field="interests", code="too_many")
    return tuple(cleaned.values())


def shard_of(contact_id: str, shards: int) -> int:
    """The partition of the list for an id: its last characters are random, so partitions fill evenly."""
    return 0 if shards <= 1 else sum(map(ord, contact_id[-6:])) % shards
