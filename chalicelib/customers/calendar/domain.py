"""What stands in a member's calendar."""

from dataclasses import dataclass
from datetime import datetime, timedelta

PAST, FUTURE = timedelta(days=30), timedelta(days=365)
"""How far a feed looks back and ahead."""
MOST = 500
"""So many tasks, and so many meetings, a feed has at most: the next ones."""
TASK_LASTS, MEETING_LASTS = timedelta(minutes=30), timedelta(hours=1)
"""How long something lasts that does not say."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A member's feed: found by the digest of its secret, which is made again from ``nonce`` and the stage's signing secret."""

    workspace_id: str
    user_id: str
    nonce: str
    digest: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Meeting:
    """A planned meeting or call of a member, from a timeline. ``about_kind`` and ``about_id`` say in whose."""

    workspace_id: str
    id: str
    kind: str
    at: datetime
    ends_at: datetime
    subject: str
    about_kind: str
    about_id: str
    contact_id: str
    changed_at: datetime
