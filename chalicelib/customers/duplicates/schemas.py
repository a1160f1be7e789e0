"""Duplicates as the API shows them."""

from typing import Literal, Self

from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.contacts.schemas import ContactOut
from chalicelib.customers.duplicates.domain import Reason
from chalicelib.customers.duplicates.service import FoundPair, Lookalike
from chalicelib.foundation.http import PageQuery, Schema
from chalicelib.foundation.http.schemas import Instant

ReasonCode = Literal[
    "same_name_and_company",
    "same_name_and_phone",
    "same_name_and_email_user",
    "same_name_and_email_domain",
    "same_mailbox",
    "phone_of_other",
]


class DuplicateReasonOut(Schema):
    """Why two contacts may be one person, and the field in which they agree."""

    code: ReasonCode
    field: str

    @classmethod
    def each(cls, reasons: tuple[Reason, ...]) -> list[Self]:
        """The reasons as shown."""
        return [cls.model_construct(code=reason.value, field=reason.field) for reason in reasons]


class DuplicateContactOut(Schema):
    """What one looks at to tell whether two contacts are one person."""

    id: str
    display_name: str
    first_name: str | None
    last_name: str | None
    emails: list[str]
    phones: list[str]
    company_id: str | None
    company_name: str | None
    job_title: str | None
    city: str | None
    country: str | None
    owner_id: str | None
    open_lead_id: str | None
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, contact: Contact) -> Self:
        """The contact as shown."""
        return cls.model_construct(
            id=contact.id,
            display_name=contact.display_name,
            first_name=contact.first_name or None,
            last_name=contact.last_name or None,
            emails=[each.address for each in contact.emails],
            phones=[each.number for each in contact.phones],
            company_id=contact.company_id or None,
            company_name=contact.company_name or None,
            job_title=contact.job_title or None,
            city=contact.city or None,
            country=contact.country or None,
            owner_id=contact.owner_id or None,
            open_lead_id=contact.open_lead_id or None,
            created_at=contact.created_at,
            updated_at=contact.updated_at,
        )


class DuplicateOut(Schema):
    """A contact that may be the same person as the one asked about."""

    id: str
    contact: DuplicateContactOut
    reasons: list[DuplicateReasonOut]

    @classmethod
    def of(cls, found: Lookalike) -> Self:
        """The lookalike as shown."""
        return cls.model_construct(
            id=found.pair_id,
            contact=DuplicateContactOut.of(found.contact),
            reasons=DuplicateReasonOut.each(found.reasons),
        )


class PossibleDuplicateOut(Schema):
    """Who a contact that was just made looks like."""

    id: str
    display_name: str
    reasons: list[DuplicateReasonOut]

    @classmethod
    def of(cls, found: Lookalike) -> Self:
        """The lookalike as shown."""
        return cls.model_construct(
            id=found.contact.id,
            display_name=found.contact.display_name,
            reasons=DuplicateReasonOut.each(found.reasons),
        )


class ContactMadeOut(ContactOut):
    """A contact that was just made, and who it looks like."""

    possible_duplicates: list[PossibleDuplicateOut]

    @classmethod
    def beside(cls, shown: ContactOut, found: list[Lookalike]) -> Self:
        """The contact as shown, with its lookalikes."""
        return cls.model_construct(
            **shown.__dict__, possible_duplicates=[PossibleDuplicateOut.of(each) for each in found]
        )


class DuplicatesQuery(PageQuery):
    """Pairs that wait for somebody to look at them, or those that were said to be two."""

    state: Literal["open", "ignored"] = "open"


class DuplicatePairOut(Schema):
    """Two contacts that may be one person."""

    id: str
    contacts: list[DuplicateContactOut]
    reasons: list[DuplicateReasonOut]
    state: Literal["open", "ignored"]
    found_at: Instant

    @classmethod
    def of(cls, found: FoundPair) -> Self:
        """The pair as shown."""
        return cls.model_construct(
            id=found.pair.id,
            contacts=[DuplicateContactOut.of(contact) for contact in found.contacts],
            reasons=DuplicateReasonOut.each(found.pair.reasons),
            state=found.pair.state.value,
            found_at=found.pair.found_at,
        )
