"""What a quote is, and the way it goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

from chalicelib.foundation.errors import ConflictError
from chalicelib.sales.approvals.domain import Need
from chalicelib.sales.totals import Line, Totals, totals

VALID_DAYS = 30
"""For how long a quote is valid when nobody says."""
LONGEST_DAYS = 730
TERMS_LENGTH = 10_000
LANGUAGES = ("es", "en")
NAMELESS = "—"
"""The title of a quote whose person was erased."""


class QuoteState(StrEnum):
    """Where a quote is on its way; `MOVES` says which steps there are."""

    DRAFT = "draft"
    PENDING = "pending_approval"
    APPROVED = "approved"
    REJECTED = "rejected"
    ISSUED = "issued"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


MOVES: Mapping[QuoteState, frozenset[QuoteState]] = {
    QuoteState.DRAFT: frozenset({QuoteState.PENDING, QuoteState.APPROVED}),
    QuoteState.PENDING: frozenset({QuoteState.APPROVED, QuoteState.REJECTED, QuoteState.SUPERSEDED}),
    QuoteState.APPROVED: frozenset({QuoteState.ISSUED, QuoteState.SUPERSEDED}),
    QuoteState.REJECTED: frozenset({QuoteState.SUPERSEDED}),
    QuoteState.ISSUED: frozenset({QuoteState.ACCEPTED, QuoteState.DECLINED, QuoteState.EXPIRED, QuoteState.SUPERSEDED}),
    QuoteState.DECLINED: frozenset({QuoteState.SUPERSEDED}),
    QuoteState.EXPIRED: frozenset({QuoteState.SUPERSEDED}),
    QuoteState.ACCEPTED: frozenset(),
    QuoteState.SUPERSEDED: frozenset(),
}
"""State → those it can go to. What was accepted stays accepted; what was superseded, superseded."""

Action = Literal["submitted", "not_needed", "approved", "rejected"]


class IllegalMoveError(ConflictError):
    """The quote is in a state from which this cannot be done; ``current`` is the quote."""


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody as they stand on a quote: the name in large letters, then lines (a person, an address)."""

    name: str = ""
    lines: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What the customer said on the page: when, under which name, from which address; ``reason`` of a decline."""

    at: datetime
    name: str
    ip: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A row of the history of approval, on this version of the quote; never changed."""

    version: int
    at: datetime
    actor: str
    action: Action
    comment: str = ""
    needed: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """An offer for a deal. ``valid_until`` is the last day, in the workspace's zone, on which it can be accepted.

    ``number`` (``Q-2026-0001``, later versions ``Q-2026-0001-2``) is given when it is issued; ``base_number`` is the first version's.
    ``revises`` is the quote it was made from, ``replaces`` the last issued one before it: superseded when this one is issued.
    ``needed`` is why it had to be approved when it was submitted, by a member of ``approver``. ``sender`` and ``recipient`` are as
    they stand on the issued quote, whatever they are called later. ``send_to`` is the address it is mailed to once it is on paper.
    """

    workspace_id: str
    id: str
    deal_id: str
    title: str
    currency: str
    valid_until: date
    created_at: datetime
    updated_at: datetime
    version: int = 1
    shard: int = 0
    state: QuoteState = QuoteState.DRAFT
    number: str = ""
    base_number: str = ""
    revision: int = 1
    revises: str = ""
    replaces: str = ""
    superseded_by: str = ""
    contact_id: str = ""
    company_id: str = ""
    owner_id: str = ""
    lines: tuple[Line, ...] = ()
    terms: str = ""
    language: str = "es"
    needed: tuple[Need, ...] = ()
    approver: str = ""
    submitted_by: str = ""
    issued_at: datetime | None = None
    ends_at: datetime | None = None
    sender: Party = Party()
    recipient: Party = Party()
    send_to: str = ""
    message: str = ""
    reply: Reply | None = None
    changed_by: str = ""

    @property
    def totals(self) -> Totals:
        """What its lines come to."""
        return totals(self.lines, self.currency)

    @property
    def was_issued(self) -> bool:
        """Whether it has ever gone out."""
        return bool(self.number)

    def open(self, now: datetime) -> bool:
        """Whether the customer can answer it now."""
        return self.state is QuoteState.ISSUED and self.ends_at is not None and now < self.ends_at

    def shown_state(self, now: datetime) -> QuoteState:
        """Its state as of now: an issued quote whose time is over has expired, noticed yet or not."""
        return QuoteState.EXPIRED if self.state is QuoteState.ISSUED and not self.open(now) else self.state

    def moved(self, to: QuoteState, *, at: datetime, by: str) -> "Quote":
        """The quote in another state; `IllegalMoveError` when there is no such step."""
        if to not in MOVES[self.state]:
            raise IllegalMoveError(f"A quote that is {self.state.value} cannot become {to.value}.", current=self)
        return replace(self, state=to, updated_at=at, changed_by=by)


def number_of(year: int, count: int) -> str:
    """The number of the ``count``-th quote of a year."""
    return f"Q-{year}-{count:04d}"


def revised_number(base: str, revision: int) -> str:
    """The number of a later version."""
    return f"{base}-{revision}"


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The first instant after a day in a zone."""
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
