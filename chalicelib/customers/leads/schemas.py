"""Leads as the API shows and takes them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.leads.domain import Lead
from chalicelib.customers.lists.schemas import FilterText, SortText
from chalicelib.customers.schemas import Name, Reference, ScoreOut, ShortText
from chalicelib.foundation.http import PageQuery, Schema, Versioned
from chalicelib.foundation.http.schemas import Instant

LeadStatusName = Literal["new", "working", "qualified", "disqualified", "converted"]
Reason = Annotated[ShortText, Field(max_length=300)]
Custom = Annotated[dict[str, Any], Field(max_length=100, description="Custom fields by key; null takes a value away.")]


class LeadsQuery(PageQuery):
    """The list of leads, narrowed by what is given. ``owner_id`` is a member's id, ``me``, or ``none`` for leads that nobody has; ``sort`` is
    created or owner, with - backwards. ``email``, ``overdue`` and ``deleted`` are lists of their own, which ``filter`` and ``q`` do not narrow.
    """

    email: Annotated[str, Field(max_length=254)] | None = None
    status: LeadStatusName | None = None
    source: Annotated[str, Field(max_length=120)] | None = None
    owner_id: Reference | None = None
    age: Annotated[
        Literal["today", "week", "month", "older"] | None,
        Field(description="Made today, in the last 7 or 30 days, or before them."),
    ] = None
    overdue: Annotated[bool, Field(description="Those whose first answer is overdue, the most overdue first.")] = False
    q: Annotated[str | None, Field(max_length=200, description="Beginnings of words of its contact.")] = None
    filter: FilterText | None = None
    sort: SortText = "-created"
    deleted: Annotated[bool, Field(description="What lies in the bin.")] = False

    @property
    def listed_apart(self) -> bool:
        """Whether a list of its own is asked for."""
        return bool(self.email or self.overdue)

    @property
    def by_rows(self) -> bool:
        """Whether more is asked for than the inbox's own lists give without looking at many leads."""
        more = self.source or self.owner_id == "none" or self.sort.lstrip("-") != "created"
        return bool(self.filter or self.q or (more and not self.listed_apart))


class LeadPersonIn(Schema):
    """A new lead's person: the contact that has the address or the number, or else a new one."""

    first_name: Name | None = None
    last_name: Name | None = None
    email: Annotated[str, Field(max_length=254)] | None = None
    phone: Annotated[str, Field(max_length=40)] | None = None
    company: ShortText | None = None


class LeadIn(Schema):
    """A new lead, on a contact that is there (``contact_id``) or on a person (``contact``)."""

    contact_id: Reference | None = None
    contact: LeadPersonIn | None = None
    source: Annotated[ShortText, Field(max_length=120)] | None = None
    owner_id: Reference | None = None
    custom: Custom | None = None

    def person(self) -> dict[str, str]:
        """What was said of the person."""
        return self.contact.model_dump(exclude_none=True) if self.contact else {}


class LeadChange(Versioned):
    """A change to a lead; what is left out stays, a null ``owner_id`` takes the owner away."""

    status: Literal["new", "working", "qualified", "disqualified"] | None = None
    owner_id: Reference | None = None
    disqualify_reason: Reason | None = None
    custom: Custom | None = None

    def changes(self) -> dict[str, Any]:
        """What was said."""
        return self.model_dump(exclude_unset=True, exclude={"version"})


class LeadMove(Schema):
    """A lead is qualified or reopened, as it was at ``version`` if that is given."""

    version: Annotated[int, Field(ge=1)] | None = None


class LeadDisqualify(LeadMove):
    """A lead is given up, and why."""

    reason: Annotated[Reason, Field(min_length=1)]


class LeadDelete(Schema):
    """Which version of the lead is deleted; without one, whichever there is."""

    version: Annotated[int, Field(ge=1)] | None = None


class LeadContactOut(Schema):
    """The person behind a lead, in short."""

    display_name: str
    email: str | None
    company_name: str | None


class LeadOut(Schema):
    """A lead. The score is its contact's. ``respond_by`` is when the first answer is owed, ``overdue`` whether it should have been
    given by now.
    """

    id: str
    status: LeadStatusName
    contact_id: str
    contact: LeadContactOut
    source: str
    medium: str | None
    campaign: str | None
    form_id: str | None
    owner_id: str | None
    score: ScoreOut
    disqualify_reason: str | None
    touches: Annotated[int, Field(description="How many captures fell on it.")]
    custom: Annotated[dict[str, Any], Field(description="Custom fields by key.")]
    respond_by: Instant | None
    first_response_at: Instant | None
    overdue: bool
    deal_id: str | None
    company_id: str | None
    converted_at: Instant | None
    deleted_at: Instant | None
    created_at: Instant
    updated_at: Instant
    version: int

    @classmethod
    def of(cls, lead: Lead, contact: Contact | None, custom: Mapping[str, Any], now: datetime) -> Self:
        """The lead as shown at this instant; a contact that is gone leaves an empty one behind."""
        shown = LeadContactOut.model_construct(display_name="", email=None, company_name=None)
        score = ScoreOut.model_construct(fit=0, engagement=0, total=0, grade="")
        if contact is not None:
            score = ScoreOut.of(contact)
            shown = LeadContactOut.model_construct(
                display_name=contact.display_name,
                email=contact.email or None,
                company_name=contact.company_name or None,
            )
        return cls.model_construct(
            id=lead.id,
            status=lead.status.value,
            contact_id=contact.id if contact is not None else lead.contact_id,
            contact=shown,
            source=lead.source,
            medium=lead.medium or None,
            campaign=lead.campaign or None,
            form_id=lead.form_id or None,
            owner_id=lead.owner_id or None,
            score=score,
            disqualify_reason=lead.disqualify_reason or None,
            touches=lead.touches,
            custom=dict(custom),
            respond_by=lead.respond_by,
            first_response_at=lead.first_response_at,
            overdue=lead.overdue(now),
            deal_id=lead.deal_id or None,
            company_id=lead.company_id or None,
            converted_at=lead.converted_at,
            deleted_at=lead.deleted_at,
            created_at=lead.created_at,
            updated_at=lead.updated_at,
            version=lead.version,
        )
