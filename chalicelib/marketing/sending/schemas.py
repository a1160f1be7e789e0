"""Previews, tests, estimates and recipients as the API takes and shows them."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from chalicelib.foundation.http.schemas import Instant, PageQuery, Schema
from chalicelib.marketing.sending.domain import FrequencyCap, Preview, Recipient
from chalicelib.marketing.sending.estimates import Estimate
from chalicelib.marketing.sending.why import Why


class TextChoice(Schema):
    """Which of a campaign's texts: of a test's variant (0 is the campaign's own), in a language; else what the person would get."""

    variant: Annotated[int | None, Field(ge=0, le=3)] = None
    language: Annotated[str, StringConstraints(max_length=35)] = ""


class PreviewIn(TextChoice):
    """Through whose eyes; somebody made up when nobody is named."""

    contact_id: Annotated[str, StringConstraints(max_length=40)] = ""


class PreviewOut(Schema):
    """A message as one person would see it."""

    subject: str
    html: str
    text: str

    @classmethod
    def of(cls, preview: Preview) -> "PreviewOut":
        """A preview as it is shown."""
        return cls(subject=preview.subject, html=preview.html, text=preview.text)


class TestIn(TextChoice):
    """Where a test goes."""

    to: Annotated[str, StringConstraints(min_length=3, max_length=254)]


class TestOut(Schema):
    """The test was handed over."""

    to: str


class CostPartOut(Schema):
    """A part of a cost: so many units of something."""

    name: str
    units: Decimal
    amount: Decimal


class CostOut(Schema):
    """What sending would cost by the workspace's price table."""

    currency: str
    amount: Decimal
    breakdown: list[CostPartOut]


class StepOut(Schema):
    """How many are left after a step, from the segments' members to those who will get it."""

    name: str
    count: int


class EstimateOut(Schema):
    """Who a campaign would go to and what it would cost. ``audience`` is ``sendable`` and all that is ``excluded``, by reason;
    where it is not ``exact``, all are reckoned from some thousand people.
    """

    audience: int
    sendable: int
    exact: bool
    excluded: dict[str, int]
    steps: list[StepOut]
    size: int
    cost: CostOut

    @classmethod
    def of(cls, estimate: Estimate) -> "EstimateOut":
        """An estimate as it is shown."""
        cost = estimate.cost
        parts = [CostPartOut(name=each.name, units=each.units, amount=each.amount) for each in cost.breakdown]
        return cls(
            audience=estimate.audience,
            sendable=estimate.sendable,
            exact=estimate.exact,
            excluded=estimate.excluded,
            steps=[StepOut(name=each.name, count=each.count) for each in estimate.steps],
            size=estimate.size,
            cost=CostOut(currency=cost.currency, amount=cost.amount, breakdown=parts),
        )


ShownState = Literal[
    "pending",
    "claimed",
    "sent",
    "failed",
    "suppressed",
    "unknown",
    "parked",
    "delivered",
    "bounced",
    "complained",
]


class RecipientsQuery(PageQuery):
    """Whose rows: of one address, or in one state. ``sent`` is shown for those of whom nothing more is known."""

    email: Annotated[str, StringConstraints(max_length=254)] = ""
    state: ShownState | None = None


class RecipientOut(Schema):
    """Why somebody did or did not get a campaign. ``variant`` is that of the test (0 is the campaign's own text, -1 who gets the
    winner), null without one.
    """

    contact_id: str
    email: str
    state: str
    reason: str
    variant: int | None
    language: str
    attempt: int
    consent_id: str
    message_id: str
    sent_at: Instant | None
    delivered_at: Instant | None
    bounced_at: Instant | None
    complained_at: Instant | None
    opened_at: Instant | None
    clicked_at: Instant | None
    machine_opened_at: Instant | None
    machine_clicked_at: Instant | None
    unsubscribed_at: Instant | None
    soft_bounces: int

    @classmethod
    def of(cls, row: Recipient) -> "RecipientOut":
        """A row as it is shown."""
        return cls(
            contact_id=row.contact_id,
            email=row.email,
            state=row.shown_state,
            reason=row.shown_reason,
            variant=row.variant,
            language=row.language,
            attempt=row.attempt,
            consent_id=row.consent_id,
            message_id=row.message_id,
            sent_at=row.sent_at,
            delivered_at=row.delivered_at,
            bounced_at=row.bounced_at,
            complained_at=row.complained_at,
            opened_at=row.opened_at,
            clicked_at=row.clicked_at,
            machine_opened_at=row.machine_opened_at,
            machine_clicked_at=row.machine_clicked_at,
            unsubscribed_at=row.unsubscribed_at,
            soft_bounces=row.soft_bounces,
        )


class WhyQuery(Schema):
    """Who it is about: an address, or a contact."""

    email: Annotated[str, StringConstraints(max_length=254)] = ""
    contact_id: Annotated[str, StringConstraints(max_length=40)] = ""


class EvidenceOut(Schema):
    """Something that shows why: when it was, the id of the thing, and more that its words need."""

    code: str
    at: Instant | None
    id: str
    params: dict[str, str]


class WhyOut(Schema):
    """Whether somebody got a campaign, and why not. ``outcome`` is ``received``, ``sent`` (not known to have arrived),
    ``not_received``, ``not_sent``, ``on_its_way``, ``unknown``, ``would_get`` or ``would_not_get`` (it is not planned yet) or
    ``unknown_person``; ``code`` says why.
    """

    outcome: str
    code: str
    email: str
    contact_id: str
    params: dict[str, str]
    evidence: list[EvidenceOut]
    recipient: RecipientOut | None
    planned: bool

    @classmethod
    def of(cls, why: Why) -> "WhyOut":
        """The answer as it is shown."""
        return cls(
            outcome=why.outcome,
            code=why.code,
            email=why.email,
            contact_id=why.contact_id,
            params=dict(why.params),
            evidence=[
                EvidenceOut(code=each.code, at=each.at, id=each.id, params=dict(each.params)) for each in why.evidence
            ],
            recipient=RecipientOut.of(why.recipient) if why.recipient is not None else None,
            planned=why.planned,
        )


class ResolveIn(Schema):
    """What became of a parked recipient: it was ``sent``, or is to be sent again (``resend``), which may be a second copy."""

    decision: Annotated[Literal["sent", "resend"], Field(alias="as")]


class CapSchema(Schema):
    """At most so many campaigns for a contact in so many days; 0 messages is no cap."""

    messages: Annotated[int, Field(ge=0, le=50)] = 0
    days: Annotated[int, Field(ge=1, le=60)] = 7

    @classmethod
    def of(cls, cap: FrequencyCap) -> "CapSchema":
        """A cap as it is shown."""
        return cls(messages=cap.messages, days=cap.days)


def present(row: Recipient) -> RecipientOut:
    """The present row in a conflict's answer."""
    return RecipientOut.of(row)
