"""Campaigns as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from chalicelib.foundation.http.schemas import Instant, Schema, Versioned
from chalicelib.marketing.campaigns.domain import COUNTS, Campaign
from chalicelib.marketing.templates.domain import Body, Notice

Line = Annotated[str, StringConstraints(max_length=255)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Address = Annotated[str, StringConstraints(max_length=254)]
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class SenderIn(Schema):
    """Who a message comes from."""

    name: Annotated[str, StringConstraints(max_length=100)] = ""
    email: Address = ""


class BodyIn(Schema):
    """What a message says: MJML (https://documentation.mjml.io), HTML or plain text, with placeholders."""

    format: Literal["mjml", "html", "text"]
    source: Annotated[str, StringConstraints(max_length=128_000, strip_whitespace=False)]


class CampaignIn(Schema):
    """A new draft."""

    name: Name
    subject: Line
    preheader: Line = ""
    sender: Annotated[SenderIn, Field(alias="from")] = SenderIn()
    reply_to: Address = ""
    body: BodyIn
    segment_ids: Annotated[list[Identifier], Field(max_length=20)] = []
    language: Literal["es", "en"] | None = None

    def values(self) -> dict[str, Any]:
        """The fields of the domain's campaign."""
        return _values(self)


class CampaignChange(Versioned):
    """Changes to a draft; what is not named stays."""

    name: Name | None = None
    subject: Line | None = None
    preheader: Line | None = None
    sender: Annotated[SenderIn | None, Field(alias="from")] = None
    reply_to: Address | None = None
    body: BodyIn | None = None
    segment_ids: Annotated[list[Identifier], Field(max_length=20)] | None = None
    language: Literal["es", "en"] | None = None

    def values(self) -> dict[str, Any]:
        """The fields of the domain's campaign."""
        return _values(self)


def _values(body: CampaignIn | CampaignChange) -> dict[str, Any]:
    names = ("name", "subject", "preheader", "reply_to", "segment_ids", "language")
    values = {name: getattr(body, name) for name in names if getattr(body, name) is not None}
    if body.sender is not None:
        values |= {"from_name": body.sender.name, "from_email": body.sender.email}
    return values


class SendIn(Schema):
    """When to send: at once, or ``at`` a moment (with its own offset, or on the clocks of ``time_zone``)."""

    at: datetime | None = None
    time_zone: Annotated[str, StringConstraints(max_length=64)] = ""


class SenderOut(Schema):
    """Who a message comes from."""

    name: str
    email: str


class BodyOut(Schema):
    """What a message says, as it was written."""

    format: str
    source: str


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


class CampaignOut(Schema):
    """A campaign. ``body`` is left out of lists."""

    id: str
    name: str
    subject: str
    preheader: str
    sender: Annotated[SenderOut, Field(alias="from")]
    reply_to: str
    body: BodyOut | None
    body_format: str
    segment_ids: list[str]
    language: str
    state: str
    stop_reason: str
    audience: int | None
    counts: CountsOut
    scheduled_at: Instant | None
    time_zone: str
    started_at: Instant | None
    finished_at: Instant | None
    created_at: Instant
    updated_at: Instant
    version: int
    warnings: list[NoticeOut]

    @classmethod
    def of(cls, campaign: Campaign, body: Body | None = None, notices: list[Notice] | None = None) -> "CampaignOut":
        """A campaign as it is shown."""
        shown = campaign.warnings if notices is None else notices
        return cls(
            id=campaign.id,
            name=campaign.name,
            subject=campaign.subject,
            preheader=campaign.preheader,
            sender=SenderOut(name=campaign.from_name, email=campaign.from_email),
            reply_to=campaign.reply_to,
            body=BodyOut(format=body.format, source=body.source) if body is not None else None,
            body_format=campaign.body_format,
            segment_ids=list(campaign.segment_ids),
            language=campaign.language,
            state=campaign.state.value,
            stop_reason=campaign.stop_reason,
            audience=campaign.audience,
            counts=CountsOut(**{name: campaign.counts.get(name, 0) for name in COUNTS}),
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
