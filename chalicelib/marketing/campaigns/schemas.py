"""Campaigns as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from chalicelib.foundation.http.schemas import Instant, Schema, Versioned
from chalicelib.marketing.campaigns import choices
from chalicelib.marketing.campaigns.choices import (
    AbOut,
    AbTestIn,
    AbTestOut,
    Bodies,
    BodyIn,
    BodyOut,
    DeliverySchema,
    GoalSchema,
    Language,
    Line,
    OccurrencesOut,
    RecurrenceSchema,
    TextOut,
    TranslationIn,
)
from chalicelib.marketing.campaigns.domain import COUNTS, BodySource, Campaign, Progress, is_stopping, progress
from chalicelib.marketing.templates.domain import Notice

Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Address = Annotated[str, StringConstraints(max_length=254)]
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Reference = Annotated[str, StringConstraints(max_length=40)]
Topic = Annotated[str, StringConstraints(max_length=60)]
Translations = Annotated[dict[Language, TranslationIn], Field(max_length=10)]


class SenderIn(Schema):
    """Who a message comes from."""

    name: Annotated[str, StringConstraints(max_length=100)] = ""
    email: Address = ""


class CampaignIn(Schema):
    """A new draft."""

    name: Name
    subject: Line
    preheader: Line = ""
    sender: Annotated[SenderIn, Field(alias="from")] = SenderIn()
    reply_to: Address = ""
    body: BodyIn
    template_id: Reference = ""
    segment_ids: Annotated[list[Identifier], Field(max_length=20)] = []
    exclude_segment_ids: Annotated[list[Identifier], Field(max_length=20)] = []
    language: Literal["es", "en"] | None = None
    translations: Translations = {}
    delivery: DeliverySchema = DeliverySchema()
    ab_test: AbTestIn | None = None
    recurrence: RecurrenceSchema | None = None
    goal: GoalSchema | None = None
    topic: Topic = ""

    def values(self) -> dict[str, Any]:
        """The fields of the domain's campaign."""
        return _values(self)

    def others(self) -> dict[str, BodySource]:
        """The bodies of its further texts."""
        return choices.sources(self.translations, self.ab_test)


class CampaignChange(Versioned):
    """Changes to a draft; what is not named stays. Null takes a test, a repetition or a goal away."""

    name: Name | None = None
    subject: Line | None = None
    preheader: Line | None = None
    sender: Annotated[SenderIn | None, Field(alias="from")] = None
    reply_to: Address | None = None
    body: BodyIn | None = None
    template_id: Reference | None = None
    segment_ids: Annotated[list[Identifier], Field(max_length=20)] | None = None
    exclude_segment_ids: Annotated[list[Identifier], Field(max_length=20)] | None = None
    language: Literal["es", "en"] | None = None
    translations: Translations | None = None
    delivery: DeliverySchema | None = None
    ab_test: AbTestIn | None = None
    recurrence: RecurrenceSchema | None = None
    goal: GoalSchema | None = None
    topic: Topic | None = None

    def values(self) -> dict[str, Any]:
        """The fields of the domain's campaign."""
        return _values(self)

    def others(self) -> dict[str, BodySource]:
        """The bodies of its further texts, as far as they are changed."""
        return choices.sources(self.translations, self.ab_test)


_PLAIN = (
    "name",
    "subject",
    "preheader",
    "reply_to",
    "template_id",
    "segment_ids",
    "exclude_segment_ids",
    "language",
    "topic",
)


def _values(body: CampaignIn | CampaignChange) -> dict[str, Any]:
    values = {name: getattr(body, name) for name in _PLAIN if getattr(body, name) is not None}
    if body.sender is not None:
        values |= {"from_name": body.sender.name, "from_email": body.sender.email}
    if body.translations is not None:
        values["translations"] = choices.wordings(body.translations)
    if body.delivery is not None:
        values["delivery"] = body.delivery.value()
    if "ab_test" in body.model_fields_set:
        values["ab_test"] = choices.ab_test(body.ab_test) if body.ab_test is not None else None
    if "recurrence" in body.model_fields_set:
        values["recurrence"] = body.recurrence.value() if body.recurrence is not None else None
    if "goal" in body.model_fields_set:
        values["goal"] = body.goal.worth() if body.goal is not None else None
    return values


class SendIn(Schema):
    """When to send: at once, or ``at`` a moment (with its own offset, or on the clocks of ``time_zone``)."""

    at: datetime | None = None
    time_zone: Annotated[str, StringConstraints(max_length=64)] = ""


class CloneIn(Schema):
    """What for: to send it again to whoever has not opened it, or (empty) as a draft like it."""

    resend: Literal["", "not_opened"] = ""


class WinnerIn(Schema):
    """The variant that who waits is to get: 0 is the campaign's own text."""

    variant: Annotated[int, Field(ge=0, le=3)]


class SenderOut(Schema):
    """Who a message comes from."""

    name: str
    email: str


class NoticeOut(Schema):
    """Something worth knowing before sending; what is ``blocking`` must be put right first."""

    code: str
    message: str
    field: str
    blocking: bool


class CountsOut(Schema):
    """How many recipients are in each state of the ledger (these add up to the audience), and how many of those that were sent
    to had each event; opens and clicks are those of people, not of machines.
    """

    pending: int = 0
    claimed: int = 0
    sent: int = 0
    failed: int = 0
    suppressed: int = 0
    unknown: int = 0
    parked: int = 0
    delivered: int = 0
    bounced: int = 0
    complained: int = 0
    opened: int = 0
    clicked: int = 0
    unsubscribed: int = 0


class ProgressOut(Schema):
    """How far sending is. ``seconds_left`` is null while it cannot be told."""

    ended: int
    total: int
    per_minute: int
    seconds_left: int | None

    @classmethod
    def of(cls, found: Progress | None) -> "ProgressOut | None":
        """As it is shown."""
        if found is None:
            return None
        return cls(ended=found.ended, total=found.total, per_minute=found.per_minute, seconds_left=found.seconds_left)


class CampaignOut(Schema):
    """A campaign. ``body`` and the bodies of its other texts are left out of lists."""

    id: str
    name: str
    subject: str
    preheader: str
    sender: Annotated[SenderOut, Field(alias="from")]
    reply_to: str
    body: BodyOut | None
    body_format: str
    template_id: str
    segment_ids: list[str]
    exclude_segment_ids: list[str]
    language: str
    translations: dict[str, TextOut]
    delivery: DeliverySchema
    ab_test: AbTestOut | None
    ab: AbOut | None
    recurrence: RecurrenceSchema | None
    occurrences: OccurrencesOut | None
    goal: GoalSchema | None
    topic: str
    resend_of: str
    occurrence_of: str
    state: str
    stop_reason: str
    audience: int | None
    counts: CountsOut
    progress: ProgressOut | None
    stopping: bool
    scheduled_at: Instant | None
    time_zone: str
    started_at: Instant | None
    finished_at: Instant | None
    created_at: Instant
    updated_at: Instant
    version: int
    warnings: list[NoticeOut]

    @classmethod
    def of(cls, campaign: Campaign, bodies: Bodies | None = None, notices: list[Notice] | None = None) -> "CampaignOut":
        """A campaign as it is shown, with what it says where that is given by the names of its texts."""
        shown = campaign.warnings if notices is None else notices
        texts = bodies or {}
        return cls(
            id=campaign.id,
            name=campaign.name,
            subject=campaign.subject,
            preheader=campaign.preheader,
            sender=SenderOut(name=campaign.from_name, email=campaign.from_email),
            reply_to=campaign.reply_to,
            body=BodyOut.of(texts.get("")),
            body_format=campaign.body_format,
            template_id=campaign.template_id,
            segment_ids=list(campaign.segment_ids),
            exclude_segment_ids=list(campaign.exclude_segment_ids),
            language=campaign.language,
            translations=choices.translations_out(campaign, texts),
            delivery=DeliverySchema.of(campaign.delivery),
            ab_test=choices.ab_test_out(campaign, texts),
            ab=AbOut.of(campaign),
            recurrence=RecurrenceSchema.of(campaign.recurrence),
            occurrences=OccurrencesOut.of(campaign.occurrences),
            goal=GoalSchema.of(campaign.goal),
            topic=campaign.topic,
            resend_of=campaign.resend_of,
            occurrence_of=campaign.occurrence_of,
            state=campaign.state.value,
            stop_reason=campaign.stop_reason,
            audience=campaign.audience,
            counts=CountsOut(**{name: campaign.counts.get(name, 0) for name in COUNTS}),
            progress=ProgressOut.of(progress(campaign)),
            stopping=is_stopping(campaign),
            scheduled_at=campaign.scheduled_at,
            time_zone=campaign.time_zone,
            started_at=campaign.started_at,
            finished_at=campaign.finished_at,
            created_at=campaign.created_at,
            updated_at=campaign.updated_at,
            version=campaign.version,
            warnings=[
                NoticeOut(code=notice.code, message=notice.message, field=notice.field, blocking=notice.blocking)
                for notice in shown
            ],
        )


def present(campaign: Campaign) -> CampaignOut:
    """The present campaign in a conflict's answer."""
    return CampaignOut.of(campaign)
