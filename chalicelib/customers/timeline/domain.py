"""What a timeline is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

NOTE_LENGTH = 10_000
HTML_LENGTH = 60_000
PINNED_MOST = 10
MENTIONS_MOST = 20
FILES_MOST = 20
LONGEST_DAYS = 31

Kind = Literal[
    "form_submitted",
    "lead_created",
    "lead_status_changed",
    "lead_assigned",
    "lead_overdue",
    "score_changed",
    "consent_granted",
    "consent_withdrawn",
    "email_sent",
    "email_delivered",
    "email_opened",
    "email_clicked",
    "email_bounced",
    "email_complained",
    "unsubscribed",
    "tag_added",
    "segment_entered",
    "segment_left",
    "note",
    "deal_created",
    "deal_stage_changed",
    "deal_won",
    "deal_lost",
    "lead_converted",
    "task_done",
    "call",
    "meeting",
    "email",
    "quote_issued",
    "quote_accepted",
    "quote_declined",
    "file_added",
    "merged",
    "unmerged",
]
Written = Literal["note", "call", "meeting", "email"]
"""The kinds that people write; all others are derived."""

Thing = Literal["contact", "company", "deal"]


class About(NamedTuple):
    """What has a timeline: its kind and its id."""

    kind: Thing
    id: str


@dataclass(frozen=True, slots=True)
class Activity:
    """Something that happened with a contact, a company or a deal, or is planned to. ``data`` are plain facts by kind, ``actor``
    is who did it.

    What a person wrote is ``written``: it can be changed and deleted, and has an ``edited_at`` once it was. Its ``data`` has
    ``text`` and, when it is rich, ``html``; ``subject``, ``outcome``, ``direction``, ``duration_minutes``, ``ends_at``,
    ``mentions`` (user ids), ``files`` ({id, file_name}), and the other things it concerns: ``contact_id``, ``company_id``,
    ``deal_id``. In the timelines of those it stands, too, as a copy that points to the original with ``original``.
    """

    id: str
    workspace_id: str
    about: About
    at: datetime
    kind: str
    data: Mapping[str, Any]
    actor: str = ""
    version: int = 1
    written: bool = False
    planned: bool = False
    pinned: bool = False
    edited_at: datetime | None = None
    changed_by: str = ""
    original: About | None = None

    @property
    def links(self) -> tuple[About, ...]:
        """The other things it concerns."""
        found: list[About] = []
        kinds: tuple[Thing, ...] = ("contact", "company", "deal")
        for kind in kinds:
            other = About(kind, str(self.data.get(f"{kind}_id") or ""))
            if other.id and other != self.about:
                found.append(other)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Mention:
    """That a member was named in an activity of somebody else's."""

    workspace_id: str
    user_id: str
    activity_id: str
    about: About
    activity_at: datetime
    at: datetime
    by: str
