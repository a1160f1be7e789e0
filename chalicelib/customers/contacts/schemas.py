"""Contacts as the API shows and takes them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import Field
from pydantic_core import to_json

from chalicelib.customers.consent.domain import Suppression
from chalicelib.customers.contacts.domain import Contact, Touch
from chalicelib.customers.fields.schemas import Custom
from chalicelib.customers.lists.schemas import ListQuery
from chalicelib.customers.schemas import (
    AddressIn,
    AddressOut,
    Country,
    Label,
    LanguageTag,
    LongText,
    Name,
    Reference,
    ScoreOut,
    ShortText,
    Stage,
    Tag,
    Tags,
)
from chalicelib.foundation.clock import to_text
from chalicelib.foundation.http import Schema, Versioned
from chalicelib.foundation.http.schemas import Instant

KycStatus = Literal["none", "pending", "verified", "rejected"]


class EmailIn(Schema):
    """An e-mail address as it is given."""

    address: Annotated[str, Field(min_length=1, max_length=254)]
    label: Label = ""
    primary: bool = False


class PhoneIn(Schema):
    """A phone number as it is given: with its country code, or in the contact's or the workspace's country."""

    number: Annotated[str, Field(min_length=1, max_length=40)]
    label: Label = ""
    primary: bool = False


class KycIn(Schema):
    """Whether somebody is who they say, and by which document."""

    status: KycStatus = "none"
    document_type: Label | None = None
    document_number: Name | None = None
    verified_at: Instant | None = None
    note: LongText | None = None


class KycOut(Schema):
    """Whether somebody is who they say, and by which document."""

    status: KycStatus
    document_type: str | None
    document_number: str | None
    verified_at: Instant | None
    note: str | None


class ContactFields(Schema):
    """What people fill in. In a change, what is left out stays and null empties."""

    first_name: Name | None = None
    last_name: Name | None = None
    emails: Annotated[list[EmailIn], Field(max_length=20)] | None = None
    phones: Annotated[list[PhoneIn], Field(max_length=20)] | None = None
    company_id: Reference | None = None
    company_name: ShortText | None = None
    language: LanguageTag | None = None
    time_zone: Annotated[str, Field(max_length=64)] | None = None
    country: Country | None = None
    city: Name | None = None
    tags: Tags | None = None
    lifecycle_stage: Stage | None = None
    owner_id: Reference | None = None
    title: Label | None = None
    job_title: Name | None = None
    addresses: Annotated[list[AddressIn], Field(max_length=20)] | None = None
    birthday: date | None = None
    interests: Annotated[list[Name], Field(max_length=50)] | None = None
    kyc: KycIn | None = None
    satisfaction: Annotated[int, Field(ge=0, le=10)] | None = None
    custom: Custom | None = None

    def values(self) -> dict[str, Any]:
        """What was said, by the names of the domain."""
        values = self.model_dump(exclude_unset=True, exclude={"version"})
        if values.get("lifecycle_stage") is None:
            values.pop("lifecycle_stage", None)
        return values


class ContactIn(ContactFields):
    """A new contact: a name, an e-mail address or a phone number at least."""


class ContactChange(ContactFields, Versioned):
    """A change to a contact."""


class ContactsQuery(ListQuery):
    """The list of contacts, narrowed by what is given."""

    company_id: Reference | None = None
    q: Annotated[str, Field(max_length=120, description="Beginnings of words, as in search.")] | None = None
    tag: Tag | None = None
    owner_id: Annotated[Reference, Field(description="A member's id, me, or none")] | None = None
    lifecycle_stage: Stage | None = None
    country: Country | None = None
    language: LanguageTag | None = None
    grade: Annotated[str, Field(max_length=2)] | None = None
    source: ShortText | None = None

    def narrowing(self) -> dict[str, str | None]:
        """The parameters that are conditions of their own."""
        return self.model_dump(exclude={"limit", "cursor", "sort", "filter", "deleted"}, exclude_none=True)


class EmailOut(Schema):
    """An e-mail address."""

    address: str
    label: str
    primary: bool


class PhoneOut(Schema):
    """A phone number in E.164."""

    number: str
    label: str
    primary: bool


class TouchOut(Schema):
    """One marketing interaction."""

    source: str | None
    medium: str | None
    campaign: str | None
    term: str | None
    content: str | None
    referrer: str | None
    landing_page: str | None
    form_id: str | None
    at: Instant


class ConsentOut(Schema):
    """The person's last word on one purpose."""

    purpose: str
    state: Literal["granted", "withdrawn"]
    at: Instant
    source: str
    text_version: str


class SuppressedOut(Schema):
    """Why the contact must not be mailed."""

    reason: str
    at: Instant


class ContactListed(Schema):
    """A contact in a list."""

    id: str
    first_name: str | None
    last_name: str | None
    display_name: str
    emails: list[EmailOut]
    phones: list[PhoneOut]
    company_id: str | None
    company_name: str | None
    language: str | None
    time_zone: str | None
    country: str | None
    city: str | None
    tags: list[str]
    lifecycle_stage: str
    owner_id: str | None
    score: ScoreOut
    first_touch: TouchOut | None
    last_touch: TouchOut | None
    consents: list[ConsentOut]
    open_lead_id: str | None
    title: str | None
    job_title: str | None
    birthday: date | None
    satisfaction: int | None
    custom: Annotated[dict[str, Any], Field(description="The workspace's own fields, by their keys.")]
    deleted_at: Instant | None
    created_at: Instant
    updated_at: Instant
    version: int


class ContactOut(ContactListed):
    """A contact with all that is known, and whether it may be mailed at all."""

    suppressed: SuppressedOut | None
    addresses: list[AddressOut]
    interests: list[str]
    kyc: KycOut
    deleted_by: str | None
    merged_ids: Annotated[list[str], Field(description="The contacts that were merged into this one.")]

    @classmethod
    def whole(
        cls, contact: Contact, suppression: Suppression | None = None, custom: Mapping[str, Any] | None = None
    ) -> Self:
        """The contact as shown by itself, with its values of the workspace's own fields by key."""
        suppressed = None
        if suppression is not None:
            suppressed = {"reason": suppression.reason.value, "at": suppression.at}
        kyc = contact.kyc
        more = {
            "suppressed": suppressed,
            "addresses": [asdict(each) for each in contact.addresses],
            "interests": list(contact.interests),
            "kyc": {name: value or None for name, value in asdict(kyc).items()},
            "deleted_by": contact.deleted_by or None,
            "merged_ids": list(contact.merged_ids),
        }
        return cls.model_validate({**shown(contact, custom or {}), **more})


def shown(contact: Contact, custom: Mapping[str, Any]) -> dict[str, Any]:
    """A contact as `ContactListed`, with its custom values by key, in plain JSON: no models are made for a page of fifty."""
    first = _touch(contact.first_touch)
    return {
        "id": contact.id,
        "first_name": contact.first_name or None,
        "last_name": contact.last_name or None,
        "display_name": contact.display_name,
        "emails": [{"address": each.address, "label": each.label, "primary": each.primary} for each in contact.emails],
        "phones": [{"number": each.number, "label": each.label, "primary": each.primary} for each in contact.phones],
        "company_id": contact.company_id or None,
        "company_name": contact.company_name or None,
        "language": contact.language or None,
        "time_zone": contact.time_zone or None,
        "country": contact.country or None,
        "city": contact.city or None,
        "tags": sorted(contact.tags),
        "lifecycle_stage": contact.lifecycle_stage,
        "owner_id": contact.owner_id or None,
        "score": {
            "fit": contact.score_fit,
            "engagement": contact.score_engagement,
            "total": contact.score_total,
            "grade": contact.grade,
        },
        "first_touch": first,
        "last_touch": first if contact.last_touch is contact.first_touch else _touch(contact.last_touch),
        "consents": [
            {
                "purpose": purpose,
                "state": consent.state.value,
                "at": to_text(consent.at),
                "source": consent.source,
                "text_version": consent.text_version,
            }
            for purpose, consent in sorted(contact.consents.items())
        ],
        "open_lead_id": contact.open_lead_id or None,
        "title": contact.title or None,
        "job_title": contact.job_title or None,
        "birthday": contact.birthday or None,
        "satisfaction": contact.satisfaction,
        "custom": custom,
        "deleted_at": to_text(contact.deleted_at) if contact.deleted_at else None,
        "created_at": to_text(contact.created_at),
        "updated_at": to_text(contact.updated_at),
        "version": contact.version,
    }


def page_text(items: Sequence[Mapping[str, Any]], next_cursor: str | None) -> str:
    """A page of contacts, each as `shown`, as it is sent."""
    return to_json({"items": items, "next_cursor": next_cursor}).decode()


def _touch(touch: Touch | None) -> dict[str, Any] | None:
    if touch is None:
        return None
    return {
        "source": touch.source or None,
        "medium": touch.medium or None,
        "campaign": touch.campaign or None,
        "term": touch.term or None,
        "content": touch.content or None,
        "referrer": touch.referrer or None,
        "landing_page": touch.landing_page or None,
        "form_id": touch.form_id or None,
        "at": to_text(touch.at),
    }
