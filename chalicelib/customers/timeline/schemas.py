"""Timelines as the API shows them."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field

from chalicelib.customers.timeline.domain import NOTE_LENGTH, Activity
from chalicelib.foundation.http import PageQuery, Schema
from chalicelib.foundation.http.schemas import Instant

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


class TimelineQuery(PageQuery):
    """A timeline, of one kind of activity if it is given."""

    kind: Kind | None = None


class NoteIn(Schema):
    """A note, as plain text."""

    text: Annotated[str, Field(min_length=1, max_length=NOTE_LENGTH)]


class ActivityOut(Schema):
    """Something that happened. ``title_key`` names the text that the interface shows for it; ``data`` are its facts."""

    id: str
    at: Instant
    kind: str
    title_key: str
    data: dict[str, Any]
    actor: str | None

    @classmethod
    def of(cls, activity: Activity) -> Self:
        """The activity as shown."""
        return cls(
            id=activity.id,
            at=activity.at,
            kind=activity.kind,
            title_key=f"timeline.{activity.kind}",
            data=dict(activity.data),
            actor=activity.actor or None,
        )
