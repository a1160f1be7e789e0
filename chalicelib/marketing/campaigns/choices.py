"""What is chosen of a campaign beside what it says and to whom, as the API takes and shows it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from chalicelib.foundation.http.schemas import Instant, Schema
from chalicelib.marketing.campaigns.domain import (
    AbTest,
    BodySource,
    Campaign,
    Delivery,
    Goal,
    Money,
    Occurrences,
    Recurrence,
    Variant,
    VariantResult,
    Window,
    Wording,
    text_name,
)
from chalicelib.marketing.templates.domain import Body, Format

Line = Annotated[str, StringConstraints(max_length=255)]
TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
EndOfDay = Annotated[str, StringConstraints(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
Weekday = Annotated[int, Field(ge=1, le=7)]
Language = Annotated[
    str,
    Field(
        max_length=35, pattern=r"^[a-z]{2,3}(-[a-z0-9]{2,8})*$", description="A language tag in lower case: en, pt-br"
    ),
]
Bodies = Mapping[str, Body]


class BodyIn(Schema):
    """What a message says, with placeholders: MJML (https://documentation.mjml.io), HTML, plain text, or the document of the
    block editor as JSON.
    """

    format: Format
    source: Annotated[str, StringConstraints(max_length=128_000, strip_whitespace=False)]

    def value(self) -> BodySource:
        """As the domain has it."""
        return BodySource(self.format, self.source)


class BodyOut(Schema):
    """What a message says, as it was written."""

    format: str
    source: str

    @classmethod
    def of(cls, body: Body | None) -> "BodyOut | None":
        """A body as it is shown."""
        return cls(format=body.format, source=body.source) if body is not None else None


class TranslationIn(Schema):
    """The message in another language."""

    subject: Line = ""
    preheader: Line = ""
    body: BodyIn


class VariantTextIn(Schema):
    """A variant in another language of the campaign."""

    subject: Line = ""
    preheader: Line = ""
    body: BodyIn | None = None


class VariantIn(VariantTextIn):
    """A text to compare with the campaign's own: a subject (and preheader) of its own, or a body of its own."""

    translations: Annotated[dict[Language, VariantTextIn], Field(max_length=10)] = {}


class AbTestIn(Schema):
    """Try up to three variants beside the campaign's own text on ``share`` percent of the audience; the rest gets the best."""

    what: Literal["subject", "body"]
    share: Annotated[int, Field(ge=10, le=50)]
    variants: Annotated[list[VariantIn], Field(min_length=1, max_length=3)]
    winner_by: Literal["opens", "clicks", "conversions"]
    after_minutes: Annotated[int, Field(ge=15, le=4320)]


class WindowSchema(Schema):
    """Times of day between which messages go, on these days of the week (1 is Monday)."""

    start: Annotated[TimeOfDay, Field(alias="from")]
    end: Annotated[EndOfDay, Field(alias="to")]
    days: Annotated[list[Weekday], Field(min_length=1, max_length=7)] = [1, 2, 3, 4, 5, 6, 7]


class DeliverySchema(Schema):
    """How messages are spread over time."""

    mode: Literal["together", "local_time"] = "together"
    window: WindowSchema | None = None
    per_hour: Annotated[int | None, Field(ge=1, le=1_000_000)] = None
    warm_up: bool = False

    def value(self) -> Delivery:
        """As the domain has it."""
        window = Window(self.window.start, self.window.end, tuple(self.window.days)) if self.window else None
        return Delivery(self.mode, window, self.per_hour, self.warm_up)

    @classmethod
    def of(cls, delivery: Delivery) -> "DeliverySchema":
        """As it is shown."""
        window = delivery.window
        shown = WindowSchema(start=window.start, end=window.end, days=list(window.days)) if window else None
        return cls(mode=delivery.mode, window=shown, per_hour=delivery.per_hour, warm_up=delivery.warm_up)


class RecurrenceSchema(Schema):
    """When a campaign comes again. ``days`` are days of the week (1 is Monday) or of the month (31 is its last, however long it is)."""

    every: Literal["day", "week", "month"]
    interval: Annotated[int, Field(ge=1, le=12)] = 1
    at: TimeOfDay
    time_zone: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    days: Annotated[list[Annotated[int, Field(ge=1, le=31)]], Field(max_length=31)] = []
    until: date | None = None

    def value(self) -> Recurrence:
        """As the domain has it."""
        return Recurrence(self.every, self.interval, self.at, self.time_zone, tuple(self.days), self.until)

    @classmethod
    def of(cls, again: Recurrence | None) -> "RecurrenceSchema | None":
        """As it is shown."""
        if again is None:
            return None
        return cls(
            every=again.every,
            interval=again.interval,
            at=again.at,
            time_zone=again.time_zone,
            days=list(again.days),
            until=again.until,
        )


class MoneySchema(Schema):
    """An amount in a currency."""

    amount: Annotated[Decimal, Field(gt=0, lt=Decimal("1e12"), decimal_places=4)]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class GoalSchema(Schema):
    """What people should do after the message, within so many days: come to a page whose address begins with ``url``, or have a
    deal won. ``value`` is what that is worth where a deal does not say.
    """

    kind: Literal["page", "deal"]
    url: Annotated[str, StringConstraints(max_length=2000, pattern=r"^(https?://[^\s/]\S*)?$")] = ""
    days: Annotated[int, Field(ge=1, le=90)] = 30
    value: MoneySchema | None = None

    def worth(self) -> Goal:
        """As the domain has it."""
        value = Money(self.value.amount, self.value.currency) if self.value else None
        return Goal(self.kind, self.url, self.days, value)

    @classmethod
    def of(cls, goal: Goal | None) -> "GoalSchema | None":
        """As it is shown."""
        if goal is None:
            return None
        value = MoneySchema(amount=goal.value.amount, currency=goal.value.currency) if goal.value else None
        return cls(kind=goal.kind, url=goal.url, days=goal.days, value=value)


class TextOut(Schema):
    """A text of a campaign. ``body`` is left out of lists, and null where a variant takes the campaign's."""

    subject: str
    preheader: str
    body: BodyOut | None


class VariantOut(TextOut):
    """A variant of a test."""

    translations: dict[str, TextOut]


class AbTestOut(Schema):
    """A test as it was chosen."""

    what: str
    share: int
    variants: list[VariantOut]
    winner_by: str
    after_minutes: int


class VariantResultOut(Schema):
    """What became of one variant's messages (0 is the campaign's own text), and the share of those sent that decides."""

    variant: int
    recipients: int
    sent: int
    delivered: int
    opened: int
    clicked: int
    converted: int
    rate: float

    @classmethod
    def of(cls, result: VariantResult, test: AbTest) -> "VariantResultOut":
        """A variant's figures as they are shown."""
        return cls(
            variant=result.variant,
            recipients=result.recipients,
            sent=result.sent,
            delivered=result.delivered,
            opened=result.opened,
            clicked=result.clicked,
            converted=result.converted,
            rate=round(result.rate(test.winner_by), 4),
        )


class AbOut(Schema):
    """How a test goes: ``waiting`` until its messages are out, ``testing`` until ``decide_at``, then ``decided``."""

    state: str
    decide_at: Instant | None
    decided_at: Instant | None
    decided_by: str
    winner: int | None
    results: list[VariantResultOut]

    @classmethod
    def of(cls, campaign: Campaign) -> "AbOut | None":
        """As it is shown; nothing before the campaign was sent."""
        ab, test = campaign.ab, campaign.ab_test
        if ab is None or test is None:
            return None
        return cls(
            state=ab.state.value,
            decide_at=ab.decide_at,
            decided_at=ab.decided_at,
            decided_by=ab.decided_by,
            winner=ab.winner,
            results=[VariantResultOut.of(each, test) for each in ab.results],
        )


class OccurrencesOut(Schema):
    """How far a recurring campaign is."""

    next_at: Instant | None
    made: int
    skipped: int
    last_id: str

    @classmethod
    def of(cls, done: Occurrences | None) -> "OccurrencesOut | None":
        """As it is shown."""
        if done is None:
            return None
        return cls(next_at=done.next_at, made=done.made, skipped=done.skipped, last_id=done.last_id)


def wordings(translations: Mapping[str, TranslationIn]) -> dict[str, Wording]:
    """Translations as the domain has them."""
    return {language: _wording(each) for language, each in translations.items()}


def ab_test(test: AbTestIn) -> AbTest:
    """A test as the domain has it."""
    variants = [
        Variant(_wording(each), {language: _wording(text) for language, text in each.translations.items()})
        for each in test.variants
    ]
    return AbTest(test.what, test.share, tuple(variants), test.winner_by, test.after_minutes)


def sources(translations: Mapping[str, TranslationIn] | None, test: AbTestIn | None) -> dict[str, BodySource]:
    """The bodies that were written for them, by the names of their texts."""
    found = {text_name(0, language): each.body.value() for language, each in (translations or {}).items()}
    for number, variant in enumerate(test.variants if test else (), start=1):
        texts = {text_name(number): variant} | {
            text_name(number, language): text for language, text in variant.translations.items()
        }
        found |= {name: text.body.value() for name, text in texts.items() if text.body is not None}
    return found


def translations_out(campaign: Campaign, bodies: Bodies) -> dict[str, TextOut]:
    """The translations as they are shown."""
    return {
        language: TextOut(**_text(wording, bodies.get(text_name(0, language))))
        for language, wording in campaign.translations.items()
    }


def ab_test_out(campaign: Campaign, bodies: Bodies) -> AbTestOut | None:
    """The test as it is shown."""
    test = campaign.ab_test
    if test is None:
        return None
    variants = [
        VariantOut(
            **_text(each.wording, bodies.get(text_name(number))),
            translations={
                language: TextOut(**_text(wording, bodies.get(text_name(number, language))))
                for language, wording in each.translations.items()
            },
        )
        for number, each in enumerate(test.variants, start=1)
    ]
    return AbTestOut(
        what=test.what,
        share=test.share,
        variants=variants,
        winner_by=test.winner_by,
        after_minutes=test.after_minutes,
    )


def _wording(text: TranslationIn | VariantTextIn) -> Wording:
    return Wording(_line(text.subject), _line(text.preheader), text.body.format if text.body is not None else "")


def _line(text: str) -> str:
    return " ".join(text.split())


def _text(wording: Wording, body: Body | None) -> dict[str, Any]:
    shown = BodyOut.of(body) if wording.body_format else None
    return {"subject": wording.subject, "preheader": wording.preheader, "body": shown}
