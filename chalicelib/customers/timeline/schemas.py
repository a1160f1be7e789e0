"""Timelines as the API shows and takes them."""

from typing import Annotated, Any, Literal, Self, get_args

from pydantic import ConfigDict, Field

from chalicelib.customers.schemas import LongText, Reference, ShortText
from chalicelib.customers.timeline.domain import (
    FILES_MOST,
    HTML_LENGTH,
    MENTIONS_MOST,
    NOTE_LENGTH,
    Activity,
    Kind,
    Thing,
    Written,
)
from chalicelib.customers.timeline.service import Mentioned
from chalicelib.foundation.http import PageQuery, Schema
from chalicelib.foundation.http.schemas import Instant

_ONE = "|".join(get_args(Kind))
Kinds = Annotated[
    str, Field(pattern=f"^({_ONE})(,({_ONE}))*$", description="One kind, or several with commas between.")
]
Member = Annotated[str, Field(min_length=1, max_length=64)]


class TimelineQuery(PageQuery):
    """A timeline: of these kinds of activities, only what is planned (or is not), or only what is pinned."""

    kind: Kinds | None = None
    planned: bool | None = None
    pinned: bool | None = None


class NoteIn(Schema):
    """A note, as plain text."""

    text: Annotated[LongText, Field(min_length=1, max_length=NOTE_LENGTH)]


class ActivityFields(Schema):
    """What a note, call, meeting or e-mail can say. Rich text (``html``) is cleaned to a few plain tags; ``text`` is the other way to
    say it. ``planned`` is true for what is still to come; if not given, it follows from ``at``.
    """

    model_config = ConfigDict(defer_build=True)  # by those who write: reading a timeline does not pay for it

    at: Instant | None = None
    ends_at: Instant | None = None
    planned: bool | None = None
    html: Annotated[str, Field(max_length=HTML_LENGTH)] | None = None
    text: LongText | None = None
    subject: ShortText | None = None
    outcome: ShortText | None = None
    direction: Literal["inbound", "outbound"] | None = None
    duration_minutes: Annotated[int, Field(ge=0, le=10_000)] | None = None
    mentions: Annotated[list[Member], Field(max_length=MENTIONS_MOST)] | None = None
    file_ids: Annotated[list[Reference], Field(max_length=FILES_MOST)] | None = None
    contact_id: Reference | None = None
    company_id: Reference | None = None
    deal_id: Reference | None = None


class ActivityIn(ActivityFields):
    """Something that happened, or is planned; now, if it does not say when."""

    kind: Written

    def values(self) -> dict[str, Any]:
        """What was said, by the names of the service."""
        said = self.model_dump(exclude_none=True, exclude={"kind"})
        return {name: getattr(self, name) for name in said}  # instants as such: a dump has them as texts


class ActivityChange(ActivityFields):
    """A change of what somebody wrote: what is null is taken away, what is not there stays."""

    version: Annotated[int, Field(ge=1)]

    def values(self) -> dict[str, Any]:
        """What was said, by the names of the service."""
        said = self.model_dump(exclude_unset=True, exclude={"version"})
        return {name: getattr(self, name) for name in said}  # instants as such: a dump has them as texts


class ActivityDeletion(Schema):
    """Which version is meant, if it matters."""

    version: Annotated[int, Field(ge=1)] | None = None


class AboutOut(Schema):
    """Whose timeline something stands in."""

    kind: Thing
    id: str


class ActivityOut(Schema):
    """Something that happened. ``title_key`` names the text that the interface shows for it; ``data`` are its facts. What people
    wrote is ``written`` and has a ``version``; it is changed where ``about`` says, which in a copy is not where it was read.
    """

    id: str
    at: Instant
    kind: str
    title_key: str
    data: dict[str, Any]
    actor: str | None
    about: AboutOut
    written: bool
    planned: bool
    pinned: bool
    version: int | None
    edited_at: Instant | None

    @classmethod
    def of(cls, activity: Activity) -> Self:
        """The activity as shown."""
        about = activity.original or activity.about
        return cls(
            id=activity.id,
            at=activity.at,
            kind=activity.kind,
            title_key=f"timeline.{activity.kind}",
            data=dict(activity.data),
            actor=activity.actor or None,
            about=AboutOut(kind=about.kind, id=about.id),
            written=activity.written,
            planned=activity.planned,
            pinned=activity.pinned,
            version=activity.version if activity.written else None,
            edited_at=activity.edited_at if activity.written else None,
        )


class MentionOut(Schema):
    """That the caller was named: when, by whom, where (with its name), and in what; null when that is gone."""

    id: str
    at: Instant
    by: str
    about: AboutOut
    title: str
    activity: ActivityOut | None

    @classmethod
    def of(cls, found: Mentioned) -> Self:
        """The mention as shown."""
        mention = found.mention
        return cls(
            id=mention.activity_id,
            at=mention.at,
            by=mention.by,
            about=AboutOut(kind=mention.about.kind, id=mention.about.id),
            title=found.title,
            activity=ActivityOut.of(found.activity) if found.activity is not None else None,
        )
