"""What a campaign is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from chalicelib.foundation.errors import InvalidError
from chalicelib.marketing.campaigns.domain.options import (
    REST,
    Ab,
    AbTest,
    Delivery,
    Goal,
    Occurrences,
    Recurrence,
    variant_for,
)
from chalicelib.marketing.campaigns.domain.states import CampaignState
from chalicelib.marketing.campaigns.domain.texts import Wording, text_name
from chalicelib.marketing.templates.domain import Format, Notice

PURPOSE = "marketing_email"
"""The consent purpose that every campaign needs."""
LEDGER_STATES = ("pending", "claimed", "sent", "failed", "suppressed", "unknown", "parked")
"""A recipient is in exactly one of these, so their counts add up to the audience."""
EVENTS = ("delivered", "bounced", "complained", "opened", "clicked", "unsubscribed")
"""What happens to messages that were sent; a recipient may be counted in several."""
COUNTS = (*LEDGER_STATES, *EVENTS)

BOUNCE_LIMIT = Decimal("0.04")
COMPLAINT_LIMIT = Decimal("0.0008")
JUDGED_FROM = 100
"""A campaign is not judged before this many messages: of ten mails one bounce is 10 % and says nothing. From here on a single
complaint is above its limit until 1,250 messages are out; a person decides then, which costs a click and may save the domain.
"""
_FURTHEST_EAST = timezone(timedelta(hours=14))  # Kiribati


@dataclass(frozen=True, slots=True)
class Plan:
    """How far the planner is: the segment it reads (its place in ``segment_ids``) and where that segment's list goes on."""

    segment: int = 0
    position: str = ""
    done: bool = False


@dataclass(frozen=True, slots=True)
class Baseline:
    """The counts when a person resumed a campaign that had paused itself: it judges itself by what came after."""

    sent: int = 0
    bounced: int = 0
    complained: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """How many recipients had come to an end at a moment while it was being sent."""

    at: datetime
    ended: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far sending is: of all recipients so many are at an end, so many a minute lately, and (None: not known) the seconds left."""

    ended: int
    total: int
    per_minute: int
    seconds_left: int | None


@dataclass(frozen=True, slots=True)
class Campaign:
    """One message to one audience. ``audience`` is None until the planner has counted it; ``shards`` is over how many partitions
    its ledger is spread, fixed when planning begins; ``stop_reason`` says why it paused (``bounces``, ``complaints``, ``late``: its
    time was missed by hours, ``person``). ``template_id`` is where its body came from, ``topic`` the topic of the preference
    centre that it belongs to, ``resend_of`` the campaign whose silent recipients are its audience, ``occurrence_of`` the
    recurring campaign that made it; ``settled`` says of a cancelled one that all its recipients have come to an end.
    """

    workspace_id: str
    id: str
    name: str
    subject: str
    created_at: datetime
    updated_at: datetime
    preheader: str = ""
    from_name: str = ""
    from_email: str = ""
    reply_to: str = ""
    body_format: Format = "html"
    template_id: str = ""
    segment_ids: tuple[str, ...] = ()
    exclude_segment_ids: tuple[str, ...] = ()
    language: str = "es"
    translations: Mapping[str, Wording] = field(default_factory=dict)
    delivery: Delivery = field(default_factory=Delivery)
    ab_test: AbTest | None = None
    ab: Ab | None = None
    recurrence: Recurrence | None = None
    occurrences: Occurrences | None = None
    goal: Goal | None = None
    topic: str = ""
    resend_of: str = ""
    occurrence_of: str = ""
    state: CampaignState = CampaignState.DRAFT
    audience: int | None = None
    shards: int = 10
    plan: Plan = Plan()
    scheduled_at: datetime | None = None
    time_zone: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    stop_reason: str = ""
    settled: bool = False
    baseline: Baseline = Baseline()
    warnings: tuple[Notice, ...] = ()
    changed_by: str = ""
    version: int = 1
    marks: tuple["Mark", ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def wordings(self) -> dict[str, Wording]:
        """Every text of the campaign by its name: its own, those in other languages, those of the test's variants."""
        own = Wording(self.subject, self.preheader, self.body_format)
        found = {"": own} | {text_name(0, language): each for language, each in self.translations.items()}
        for number, variant in enumerate(self.ab_test.variants if self.ab_test else (), start=1):
            found[text_name(number)] = variant.wording
            found |= {text_name(number, language): each for language, each in variant.translations.items()}
        return found

    def wording(self, name: str) -> Wording:
        """A text with what a variant takes from the campaign's own text in its language."""
        own = self.wordings[self.own_text(name)]
        found = self.wordings[name]
        return Wording(
            found.subject or own.subject, found.preheader or own.preheader, found.body_format or own.body_format
        )

    def own_text(self, name: str) -> str:
        """The name of the campaign's own text in the language of the text of this name."""
        language = self.language_of(name)
        return text_name(0, "" if language == self.language else language)

    def language_for(self, contact_language: str) -> str:
        """The language of the translation that somebody gets; empty for the campaign's own text. ``es-MX`` is Spanish too."""
        tag = contact_language.lower()
        found = next((each for each in (tag, tag.partition("-")[0]) if each in self.translations), "")
        return "" if tag.partition("-")[0] == self.language and found != tag else found

    def text_for(self, variant: int, contact_language: str) -> str:
        """The name of the text that somebody gets who has this variant (0 outside of a test)."""
        language = self.language_for(contact_language)
        name = text_name(variant, language)
        return name if name in self.wordings else text_name(0, language)

    def variant_for(self, contact_id: str) -> int | None:
        """The variant that a contact gets: 0 where there is no test, None for who waits until it is decided."""
        if self.ab_test is None:
            return 0
        assigned = variant_for(self.ab_test, self.id, contact_id)
        if assigned != REST:
            return assigned
        return self.ab.winner if self.ab is not None else None

    @property
    def tests_subjects(self) -> bool:
        """Whether there is a test, and of subjects."""
        return self.ab_test is not None and self.ab_test.what == "subject"

    def language_of(self, name: str) -> str:
        """The language of the text of this name."""
        last = name.rpartition(".")[2]
        return last if last in self.translations else self.language


def moment(at: datetime, time_zone: str) -> datetime:
    """When a time without a zone is, on the clocks of ``time_zone`` (IANA), in UTC; a time with a zone is already a moment.

    Where clocks skip it, it is as long after the change as the clock says (02:30 becomes 03:30); where they show it twice, the
    first. `InvalidError` names ``time_zone``, or ``at`` where it is beyond all time.
    """
    try:
        zone = ZoneInfo(time_zone) if time_zone else None
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidError("This is no IANA time zone.", field="time_zone", code="unknown_zone") from error
    if at.tzinfo is None and zone is None:
        raise InvalidError("A time without a zone needs time_zone.", field="time_zone", code="missing")
    try:
        return (at if at.tzinfo is not None else at.replace(tzinfo=zone, fold=0)).astimezone(UTC)
    except OverflowError as error:
        raise InvalidError("There is no such moment.", field="at", code="out_of_range") from error


def planning_at(campaign: Campaign) -> datetime | None:
    """When a scheduled campaign is to be planned: at its time; at each contact's local time, when the clock on the wall shows
    it where the day is furthest on.
    """
    at = campaign.scheduled_at
    if at is None or campaign.delivery.mode == "together":
        return at
    wall = at.astimezone(ZoneInfo(campaign.time_zone or "UTC")).replace(tzinfo=None)
    return min(at, wall.replace(tzinfo=_FURTHEST_EAST).astimezone(UTC))


MARKS = 10
"""The minutes over which the rate is reckoned."""
_OPEN = ("pending", "claimed", "unknown")


def ended(counts: Mapping[str, int]) -> int:
    """How many recipients are at an end."""
    return sum(counts.get(state, 0) for state in LEDGER_STATES if state not in _OPEN)


def progress(campaign: Campaign) -> Progress | None:
    """How far sending is, by the campaign's counts, and how fast, by its marks; None before its audience is known."""
    if campaign.audience is None:
        return None
    done, rate = ended(campaign.counts), 0.0
    if campaign.state is CampaignState.SENDING and len(campaign.marks) > 1:
        first, last = campaign.marks[0], campaign.marks[-1]
        minutes = (last.at - first.at).total_seconds() / 60
        rate = max(last.ended - first.ended, 0) / minutes if minutes > 0 else 0.0
    left = max(campaign.audience - done, 0)
    seconds = round(left / rate * 60) if rate else None
    return Progress(done, campaign.audience, round(rate), seconds if left else 0)


def is_stopping(campaign: Campaign) -> bool:
    """Whether it was stopped a moment ago and somebody is still being sent to, or still to be given up."""
    if campaign.state is CampaignState.PAUSED:
        return campaign.counts.get("claimed", 0) > 0
    waiting = campaign.counts.get("claimed", 0) + campaign.counts.get("pending", 0)
    return campaign.state is CampaignState.CANCELLED and waiting > 0


def stop_reason(counts: Mapping[str, int], baseline: Baseline) -> str:
    """``bounces`` or ``complaints`` when too many of the messages (since the baseline) came back so; else empty."""
    sent = counts.get("sent", 0) - baseline.sent
    if sent < JUDGED_FROM:
        return ""
    if Decimal(counts.get("complained", 0) - baseline.complained) >= COMPLAINT_LIMIT * sent:
        return "complaints"
    if Decimal(counts.get("bounced", 0) - baseline.bounced) >= BOUNCE_LIMIT * sent:
        return "bounces"
    return ""
