"""What a timeline is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

NOTE_LENGTH = 10_000

Kind = Literal[
    "form_submitted",
    "lead_created",
    "lead_status_changed",
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
Thing = Literal["contact", "company", "deal"]


class About(NamedTuple):
    """What has a timeline: its kind and its id."""

    kind: Thing
    id: str


@dataclass(frozen=True, slots=True)
class Activity:
    """Something that happened with a contact, a company or a deal. ``data`` are plain facts by kind, ``actor`` is who did it."""

    id: str
    workspace_id: str
    about: About
    at: datetime
    kind: str
    data: Mapping[str, Any]
    actor: str = ""
