"""Quotes as the API shows and takes them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.customers.schemas import LongText, Reference, ShortText
from chalicelib.foundation.http import PageQuery, Schema
from chalicelib.foundation.http.schemas import Instant
from chalicelib.sales.approvals.domain import Need
from chalicelib.sales.money import amount_text
from chalicelib.sales.quotes.domain import HistoryEntry, Quote, QuoteState, Reply
from chalicelib.sales.schemas import Currency, LineIn, LineOut, TotalsOut, lines_out
from chalicelib.sales.totals import LINES_LIMIT

State = Literal[
    "draft", "pending_approval", "approved", "rejected", "issued", "accepted", "declined", "expired", "superseded"
]
Version = Annotated[int, Field(ge=1)]
_STATES = "|".join(state.value for state in QuoteState)


class QuotesQuery(PageQuery):
    """The quotes in these states (with commas between), or of one deal."""

    deal_id: Reference | None = None
    state: Annotated[str, Field(pattern=f"^({_STATES})(,({_STATES}))*$")] | None = None

    def states(self) -> tuple[QuoteState, ...]:
        """The states asked for."""
        return tuple(QuoteState(each) for each in dict.fromkeys((self.state or "").split(",")) if each)


class QuotePageQuery(BaseModel):
    """The query of the customer's page: its language, and whatever else the link to it brought along."""

    model_config = ConfigDict(extra="allow")

    lang: list[str] = []

    @property
    def language(self) -> str:
        """What was asked for; empty when nothing was."""
        return self.lang[0] if self.lang else ""


class QuoteFields(Schema):
    """What a draft can say. Lines are replaced as a whole."""

    title: Annotated[ShortText, Field(min_length=1)] | None = None
    currency: Currency | None = None
    lines: Annotated[list[LineIn], Field(max_length=LINES_LIMIT)] | None = None
    valid_until: date | None = None
    terms: LongText | None = None
    language: Literal["es", "en"] | None = None
    contact_id: Reference | None = None
    company_id: Reference | None = None
    owner_id: Annotated[str, Field(max_length=64)] | None = None

    def values(self) -> dict[str, Any]:
        """What was said, by the names of the domain."""
        said = self.model_dump(exclude_unset=True, exclude={"version", "lines"})
        if self.lines is not None:
            said["lines"] = [line.values() for line in self.lines]
        return said


class QuoteIn(QuoteFields):
    """A draft for a deal. What is left out is the deal's."""

    deal_id: Annotated[Reference, Field(min_length=1)]

    def values(self) -> dict[str, Any]:
        """What was said, by the names of the domain; null is as if it were left out."""
        return {name: value for name, value in super().values().items() if value is not None}


class QuoteChange(QuoteFields):
    """A change of a draft: what is not there stays."""

    version: Version


class QuoteStep(Schema):
    """Which version is meant, if it matters."""

    version: Version | None = None


class QuoteDecision(QuoteStep):
    """An approver's yes or no, and why."""

    comment: Annotated[LongText, Field(max_length=2000)] = ""


class QuoteIssue(QuoteStep):
    """Sending it out. With ``send`` it is mailed to ``email``, or to the contact's address, with ``message`` above the link."""

    send: bool = False
    email: Annotated[str, Field(max_length=254)] | None = None
    message: Annotated[LongText, Field(max_length=2000)] = ""


class QuoteNeedOut(Schema):
    """Why it needs approval: its total is above the limit, its currency has no limit, or a discount is above the percent."""

    reason: Literal["amount", "currency", "discount"]
    limit: str

    @classmethod
    def of(cls, need: Need) -> Self:
        """The reason as shown."""
        return cls(reason=need.reason, limit=need.limit)


class QuoteHistoryOut(Schema):
    """A row of the history of approval; it is never changed."""

    at: Instant
    actor: str
    action: Literal["submitted", "not_needed", "approved", "rejected"]
    comment: str
    needed: list[QuoteNeedOut]

    @classmethod
    def of(cls, entry: HistoryEntry) -> Self:
        """The row as shown."""
        return cls(
            at=entry.at,
            actor=entry.actor,
            action=entry.action,
            comment=entry.comment,
            needed=[QuoteNeedOut.of(need) for need in entry.needed],
        )


class QuoteApprovalOut(Schema):
    """Why it needed approval when it was submitted, whose, and what was decided. ``may_decide``: whether the caller can, now."""

    needed: list[QuoteNeedOut]
    role: Literal["admin", "owner"] | None
    history: list[QuoteHistoryOut]
    may_decide: bool


class QuoteReplyOut(Schema):
    """What the customer answered on the page."""

    at: Instant
    name: str
    ip: str
    reason: str

    @classmethod
    def of(cls, reply: Reply) -> Self:
        """The answer as shown."""
        return cls(at=reply.at, name=reply.name, ip=reply.ip, reason=reply.reason)


class QuoteDeliveryOut(Schema):
    """The mail to the customer: to whom, and what became of it (``waiting`` until the PDF is there)."""

    to: str
    state: Literal["waiting", "claimed", "sent", "refused", "unknown"]


class QuoteListed(Schema):
    """A quote in a list. ``number`` is null until it is issued."""

    id: str
    number: str | None
    revision: int
    deal_id: str
    contact_id: str | None
    contact_name: str | None
    company_id: str | None
    company_name: str | None
    owner_id: str | None
    title: str
    currency: str
    totals: TotalsOut
    valid_until: date
    language: str
    state: State
    created_at: Instant
    updated_at: Instant
    issued_at: Instant | None
    version: int

    @classmethod
    def fields(cls, quote: Quote, names: tuple[str, str], now: datetime) -> dict[str, Any]:
        """What a list shows of it; ``names`` are the contact's and the company's."""
        return {
            "id": quote.id,
            "number": quote.number or None,
            "revision": quote.revision,
            "deal_id": quote.deal_id,
            "contact_id": quote.contact_id or None,
            "contact_name": names[0] or None,
            "company_id": quote.company_id or None,
            "company_name": names[1] or None,
            "owner_id": quote.owner_id or None,
            "title": quote.title,
            "currency": quote.currency,
            "totals": TotalsOut.of(quote.totals, quote.currency),
            "valid_until": quote.valid_until,
            "language": quote.language,
            "state": quote.shown_state(now).value,
            "created_at": quote.created_at,
            "updated_at": quote.updated_at,
            "issued_at": quote.issued_at,
            "version": quote.version,
        }

    @classmethod
    def of(cls, quote: Quote, names: tuple[str, str], now: datetime) -> Self:
        """The quote as a list shows it."""
        return cls(**cls.fields(quote, names, now))


class QuoteOut(QuoteListed):
    """A quote. ``pdf_url`` saves the PDF, for an hour; null until it is on paper. ``accept_url`` is the customer's page."""

    lines: list[LineOut]
    terms: str
    amount: str
    revises: str | None
    superseded_by: str | None
    approval: QuoteApprovalOut
    accepted: QuoteReplyOut | None
    declined: QuoteReplyOut | None
    delivery: QuoteDeliveryOut | None
    pdf_url: str | None
    accept_url: str | None

    @classmethod
    def more(cls, quote: Quote) -> dict[str, Any]:
        """What one quote shows besides, as far as it is the quote's own."""
        reply = QuoteReplyOut.of(quote.reply) if quote.reply is not None else None
        return {
            "lines": lines_out(quote.lines, quote.currency),
            "terms": quote.terms,
            "amount": amount_text(quote.totals.total, quote.currency),
            "revises": quote.revises or None,
            "superseded_by": quote.superseded_by or None,
            "accepted": reply if quote.state is QuoteState.ACCEPTED else None,
            "declined": reply if quote.reply is not None and quote.state is not QuoteState.ACCEPTED else None,
        }
