"""Leads as the API shows and takes them."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field

from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.leads.domain import Lead
from chalicelib.customers.schemas import Reference, ScoreOut
from chalicelib.foundation.http import PageQuery, Schema, Versioned
from chalicelib.foundation.http.schemas import Instant

Status = Literal["new", "working", "qualified", "disqualified"]


class LeadsQuery(PageQuery):
    """The list of leads, narrowed by what is given."""

    email: Annotated[str, Field(max_length=254)] | None = None
    status: Status | None = None
    source: Annotated[str, Field(max_length=120)] | None = None
    owner_id: Reference | None = None


class LeadChange(Versioned):
    """A change to a lead; what is left out stays, a null ``owner_id`` takes the owner away."""

    status: Status | None = None
    owner_id: Reference | None = None
    disqualify_reason: Annotated[str, Field(max_length=300)] | None = None

    def changes(self) -> dict[str, Any]:
        """What was said."""
        return self.model_dump(exclude_unset=True, exclude={"version"})


class LeadContactOut(Schema):
    """The person behind a lead, in short."""

    display_name: str
    email: str | None
    company_name: str | None


class LeadOut(Schema):
    """A lead. The score is its contact's."""

    id: str
    status: Status
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
    created_at: Instant
    updated_at: Instant
    version: int

    @classmethod
    def of(cls, lead: Lead, contact: Contact | None) -> Self:
        """The lead as shown; a contact that is gone leaves an empty one behind."""
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
            contact_id=lead.contact_id,
            contact=shown,
            source=lead.source,
            medium=lead.medium or None,
            campaign=lead.campaign or None,
            form_id=lead.form_id or None,
            owner_id=lead.owner_id or None,
            score=score,
            disqualify_reason=lead.disqualify_reason or None,
            touches=lead.touches,
            created_at=lead.created_at,
            updated_at=lead.updated_at,
            version=lead.version,
        )
