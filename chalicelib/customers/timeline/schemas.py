"""Timelines as the API shows them."""

from typing import Annotated, Any, Self

from pydantic import Field

from chalicelib.customers.timeline.domain import NOTE_LENGTH, Activity, Kind
from chalicelib.foundation.http import PageQuery, Schema
from chalicelib.foundation.http.schemas import Instant


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
