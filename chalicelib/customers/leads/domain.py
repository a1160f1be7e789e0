"""What a lead is, and the moves it can make."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from chalicelib.foundation.errors import InvalidError

DIRECT = "direct"
"""The source of somebody who came without saying from where."""
MANUAL = "manual"
"""The source of a lead that somebody wrote down."""
BIN = timedelta(days=30)
"""How long a deleted lead can be restored."""


class LeadStatus(StrEnum):
    """Where a lead stands."""

    NEW = "new"
    WORKING = "working"
    QUALIFIED = "qualified"
    DISQUALIFIED = "disqualified"
    CONVERTED = "converted"

    @property
    def open(self) -> bool:
        """Whether somebody still has to decide on it; a contact has at most one open lead."""
        return self in (LeadStatus.NEW, LeadStatus.WORKING)


MOVES: dict[LeadStatus, frozenset[LeadStatus]] = {
    LeadStatus.NEW: frozenset({LeadStatus.WORKING, LeadStatus.QUALIFIED, LeadStatus.DISQUALIFIED}),
    LeadStatus.WORKING: frozenset({LeadStatus.NEW, LeadStatus.QUALIFIED, LeadStatus.DISQUALIFIED}),
    LeadStatus.QUALIFIED: frozenset({LeadStatus.WORKING}),  # reopened
    LeadStatus.DISQUALIFIED: frozenset({LeadStatus.WORKING}),  # reopened
    LeadStatus.CONVERTED: frozenset(),  # final: a contact, a company and a deal have come of it
}
CONVERTIBLE = frozenset({LeadStatus.NEW, LeadStatus.WORKING, LeadStatus.QUALIFIED})
"""From where a lead is converted, by `Lead.converted` alone."""


@dataclass(frozen=True, slots=True)
class Lead:
    """A person's interest, until it is qualified or not. ``touches`` counts the captures that fell on it; ``shard`` is the
    partition of the list it stands in. The score is the contact's. ``custom`` holds the workspace's own fields by their ids.

    ``respond_by`` is when somebody should have answered, ``first_response_at`` when somebody did; ``overdue_told_at`` when the
    owner was told that nobody had. A lead in the bin has ``deleted_at``. ``texts`` are what its contact is found by, where a list
    has looked them up.
    """

    workspace_id: str
    id: str
    contact_id: str
    created_at: datetime
    updated_at: datetime
    status: LeadStatus = LeadStatus.NEW
    version: int = 1
    shard: int = 0
    source: str = DIRECT
    medium: str = ""
    campaign: str = ""
    form_id: str = ""
    owner_id: str = ""
    disqualify_reason: str = ""
    touches: int = 1
    changed_by: str = ""
    custom: Mapping[str, Any] = field(default_factory=dict)
    respond_by: datetime | None = None
    first_response_at: datetime | None = None
    overdue_told_at: datetime | None = None
    rule_id: str = ""
    deal_id: str = ""
    company_id: str = ""
    converted_at: datetime | None = None
    deleted_at: datetime | None = None
    deleted_by: str = ""
    texts: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Whether it is the contact's open lead: undecided and not in the bin."""
        return self.status.open and self.deleted_at is None

    @property
    def awaiting(self) -> bool:
        """Whether the first answer is still owed, and by when is known."""
        return (
            self.status is LeadStatus.NEW
            and self.deleted_at is None
            and self.respond_by is not None
            and self.first_response_at is None
        )

    def overdue(self, now: datetime) -> bool:
        """Whether the answer should have come by now."""
        return self.awaiting and self.respond_by is not None and self.respond_by <= now

    @property
    def bearer(self) -> str:
        """Whose load of open leads it counts for, or empty."""
        return self.owner_id if self.open else ""

    def moved(self, status: LeadStatus, *, reason: str = "", at: datetime | None = None) -> "Lead":
        """The lead in another status; leaving ``new`` is an answer, at ``at``. `InvalidError` for a move that there is not, or a
        disqualification without a reason.
        """
        if status is self.status:
            return replace(self, disqualify_reason=reason) if reason and not status.open else self
        if status not in MOVES[self.status]:
            message = f"A lead does not go from {self.status} to {status}."
            raise InvalidError(message, field="status", code="illegal_move")
        if status is LeadStatus.DISQUALIFIED and not reason:
            raise InvalidError("Say why the lead is disqualified.", field="disqualify_reason", code="missing")
        return replace(
            self,
            status=status,
            disqualify_reason=reason if status is LeadStatus.DISQUALIFIED else "",
            first_response_at=self.first_response_at or at,
        )

    def converted(self, *, at: datetime, deal_id: str, company_id: str, owner_id: str) -> "Lead":
        """The lead once a contact, a company and a deal have come of it. `InvalidError` for one that was given up."""
        if self.status not in CONVERTIBLE:
            message = f"A lead does not go from {self.status} to {LeadStatus.CONVERTED}."
            raise InvalidError(message, field="status", code="illegal_move")
        return replace(
            self,
            status=LeadStatus.CONVERTED,
            converted_at=at,
            deal_id=deal_id,
            company_id=company_id,
            owner_id=owner_id,
            first_response_at=self.first_response_at or at,
        )
