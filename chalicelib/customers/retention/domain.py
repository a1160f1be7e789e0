"""How long each kind is kept. Nothing is deleted by itself unless the workspace has a rule for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from chalicelib.foundation.runtime import Runtime

EVERY = timedelta(days=1)
PAGE = 200
"""Things looked at for one message on the queue."""
SHORTEST = {
    "submissions": 7,
    "timeline": 30,
    "leads_closed": 30,
    "contacts_inactive": 90,
    "exports": 1,
    "imports": 1,
    "hits": 7,
}
"""Days that each kind is kept at least: a slip of the hand must not empty a workspace over night."""
LONGEST = 36_500


class RetentionKind(StrEnum):
    """What can have a rule."""

    SUBMISSIONS = "submissions"
    TIMELINE = "timeline"
    LEADS_CLOSED = "leads_closed"
    CONTACTS_INACTIVE = "contacts_inactive"
    EXPORTS = "exports"
    IMPORTS = "imports"
    HITS = "hits"


@dataclass(frozen=True, slots=True)
class Rules:
    """Days by kind; version 0 before the first change."""

    days: Mapping[RetentionKind, int]
    version: int = 0


@dataclass(frozen=True, slots=True)
class Expired:
    """What one piece of work came to: how many were deleted, and where the next piece begins (None: that was all)."""

    count: int
    next: str | None


class Expiring(Protocol):
    """What a feature does for a kind; registered in ``wiring.PARTS["expire"]`` under the kind's name."""

    def expire(
        self, runtime: Runtime, workspace_id: str, *, before: datetime, start: str | None, limit: int
    ) -> Expired:
        """Delete what is older than ``before`` among about ``limit`` things from ``start`` on; harmless when repeated."""
        ...
