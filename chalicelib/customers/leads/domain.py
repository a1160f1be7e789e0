"""What a lead is, and the moves it can make."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from chalicelib.foundation.errors import InvalidError

DIRECT = "direct"
"""The source of somebody who came without saying from where."""


class LeadStatus(StrEnum):
    """Where a lead stands."""

    NEW = "new"
    WORKING = "working"
    QUALIFIED = "qualified"
    DISQUALIFIED = "disqualified"

    @property
    def open(self) -> bool:
        """Whether somebody still has to decide on it; a contact has at most one open lead."""
        return self in (LeadStatus.NEW, LeadStatus.WORKING)


MOVES: dict[LeadStatus, frozenset[LeadStatus]] = {
    LeadStatus.NEW: frozenset({LeadStatus.WORKING, LeadStatus.QUALIFIED, LeadStatus.DISQUALIFIED}),
    LeadStatus.WORKING: frozenset({LeadStatus.NEW, LeadStatus.QUALIFIED, LeadStatus.DISQUALIFIED}),
    LeadStatus.QUALIFIED: frozenset({LeadStatus.WORKING}),  # reopened
    LeadStatus.DISQUALIFIED: frozenset({LeadStatus.WORKING}),  # reopened
}


@dataclass(frozen=True, slots=True)
class Lead:
    """A person's interest, until it is qualified or not. ``touches`` counts the captures that fell on it; ``shard`` is the
    partition of the list it stands in. The score is the contact's.
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

    def moved(self, status: LeadStatus, *, reason: str = "") -> "Lead":
        """The lead in another status. `InvalidError` for a move that there is not, or a disqualification without a reason."""
        if status is self.status:
            return replace(self, disqualify_reason=reason) if reason and not status.open else self
        if status not in MOVES[self.status]:
            message = f"A lead does not go from {self.status} to {status}."
            raise InvalidError(message, field="status", code="illegal_move")
        if status is LeadStatus.DISQUALIFIED and not reason:
            raise InvalidError("Say why the lead is disqualified.", field="disqualify_reason", code="missing")
        return replace(self, status=status, disqualify_reason=reason if status is LeadStatus.DISQUALIFIED else "")
