"""A member's day and feed as the API shows them."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field

from chalicelib.customers.calendar.domain import Meeting
from chalicelib.customers.leads.schemas import LeadOut
from chalicelib.customers.tasks.schemas import TaskOut
from chalicelib.foundation.http import Schema
from chalicelib.foundation.http.schemas import Instant


class PlannedMeetingOut(Schema):
    """A planned meeting or call. ``title`` is the name of whose timeline it stands in (``about_kind``, ``about_id``)."""

    id: str
    kind: Literal["meeting", "call"]
    at: Instant
    ends_at: Instant
    subject: str | None
    about_kind: Literal["contact", "company", "deal"]
    about_id: str
    title: str | None
    contact_id: str | None
    contact_name: str | None

    @classmethod
    def of(cls, meeting: Meeting, titles: Mapping[tuple[str, str], str]) -> Self:
        """The meeting as shown, with the names of what it is about."""
        return cls.model_construct(
            id=meeting.id,
            kind=meeting.kind,
            at=meeting.at,
            ends_at=meeting.ends_at,
            subject=meeting.subject or None,
            about_kind=meeting.about_kind,
            about_id=meeting.about_id,
            title=titles.get((meeting.about_kind, meeting.about_id)),
            contact_id=meeting.contact_id or None,
            contact_name=titles.get(("contact", meeting.contact_id)),
        )


class MyDayOut(Schema):
    """What a member has before them: tasks that should have been done, today's, those of the next seven days (200 at most); meetings from
    today to then; and the leads that wait for their first answer, the most urgent first.
    """

    overdue: list[TaskOut]
    today: list[TaskOut]
    upcoming: list[TaskOut]
    meetings: list[PlannedMeetingOut]
    leads_to_answer: list[LeadOut]


class CalendarFeedOut(Schema):
    """The address of the member's feed, for calendar programs; null when there is none. Whoever knows it can read it."""

    url: Annotated[str | None, Field(description="Ends in .ics.")]
    created_at: Instant | None
