"""What a timeline is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

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
]


@dataclass(frozen=True, slots=True)
class Activity:
    """Something that happened with a contact. ``data`` are plain facts by kind, ``actor`` is who did it."""

    id: str
    workspace_id: str
    contact_id: str
    at: datetime
    kind: str
    data: Mapping[str, Any]
    actor: str = ""
