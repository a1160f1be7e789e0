"""What a weekly report says, when it is due and how a run of it goes.

All figures are of one workspace and one week of local days; days carry no zone, instants are aware and in UTC.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from chalicelib.foundation.errors import InvalidError

DAYS_IN_WEEK = 7


def zone(name: str) -> ZoneInfo:
    """The IANA zone of this name.

    Raises:
        InvalidError: there is none. Offsets such as ``UTC+2`` are none: they do not know summer time.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidError("No such time zone.", field="time_zone", code="unknown_time_zone") from error


def instant_of(day: date, at: time, time_zone: str) -> datetime:
    """When a wall clock in the zone shows this time, in UTC.

    Where clocks go forward over it, the time is later by what they skip (02:00 becomes 03:00), on the same day; where they go
    back and show it twice, the first is meant. So every local time happens exactly once.
    """
    return datetime.combine(day, at, tzinfo=zone(time_zone)).replace(fold=0).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Period:
    """Local days ``start`` to ``end``, both included, in an IANA zone."""

    start: date
    end: date
    time_zone: str

    @property
    def days(self) -> tuple[date, ...]:
        """Every day, oldest first."""
        return tuple(self.start + timedelta(days=number) for number in range((self.end - self.start).days + 1))

    @property
    def starts_at(self) -> datetime:
        """The first instant of it, in UTC."""
        return instant_of(self.start, time(), self.time_zone)

    @property
    def ends_at(self) -> datetime:
        """The first instant after it, in UTC. A week with a change of the clocks is 167 or 169 hours long."""
        return instant_of(self.end + timedelta(days=1), time(), self.time_zone)

    def before(self) -> "Period":
        """The period of as many days that ends where this one starts."""
        length = timedelta(days=len(self.days))
        return Period(self.start - length, self.end - length, self.time_zone)


def week_of(day: date, time_zone: str) -> Period:
    """The week, Monday to Sunday (ISO 8601), that holds this day."""
    monday = day - timedelta(days=day.weekday())
    return Period(monday, monday + timedelta(days=DAYS_IN_WEEK - 1), time_zone)


def last_full_week(now: datetime, time_zone: str) -> Period:
    """The latest week that is over in the zone: on any day of this week, the week before."""
    return week_of(now.astimezone(zone(time_zone)).date() - timedelta(days=DAYS_IN_WEEK), time_zone)


# ---------------------------------------------------------------------------------------------------------------- figures


@dataclass(frozen=True, slots=True)
class Comparison:
    """A count against the one before it."""

    current: int
    previous: int

    @property
    def difference(self) -> int:
        """How many more; negative: fewer."""
        return self.current - self.previous

    @property
    def change(self) -> Decimal | None:
        """The difference as a share of the count before (0.18 = 18 % more), or None where that was 0."""
        return Decimal(self.difference) / Decimal(self.previous) if self.previous else None


@dataclass(frozen=True, slots=True)
class SourceCount:
    """New leads from one source (``google``, ``newsletter``; empty where unknown)."""

    source: str
    count: int


@dataclass(frozen=True, slots=True)
class DayCount:
    """New leads on one day, and on the same weekday of the week before."""

    day: date
    count: int
    previous_count: int = 0


@dataclass(frozen=True, slots=True)
class LeadFigures:
    """New leads. ``trend``: totals of the last weeks, oldest first, this week last; empty where unknown."""

    total: int
    previous_total: int
    by_source: Sequence[SourceCount] = ()
    by_day: Sequence[DayCount] = ()
    trend: Sequence[int] = ()

    @property
    def comparison(self) -> Comparison:
        """This week against the week before."""
        return Comparison(self.total, self.previous_total)


class FunnelStep(StrEnum):
    """What can happen on the way in, in order."""

    SUBMISSIONS = "submissions"
    LEADS = "leads"
    WORKING = "working"
    QUALIFIED = "qualified"


@dataclass(frozen=True, slots=True)
class FunnelCount:
    """How often one step happened in the week. Steps are counted when they happen, so a later one may be larger."""

    step: FunnelStep
    count: int


@dataclass(frozen=True, slots=True)
class GradeCount:
    """Scored leads with one grade."""

    grade: str
    count: int


@dataclass(frozen=True, slots=True)
class ScoreFigures:
    """Scores of the week's leads: the mean of their totals (None: none was scored) and how many have each grade."""

    average: Decimal | None = None
    by_grade: Sequence[GradeCount] = ()


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """One campaign that was sending in the week; its counters as they stand now."""

    id: str
    name: str
    sent: int = 0
    delivered: int = 0
    opened: int = 0
    clicked: int = 0
    unsubscribed: int = 0
    bounced: int = 0


@dataclass(frozen=True, slots=True)
class WeeklyReport:
    """How one week went."""

    period: Period
    leads: LeadFigures
    funnel: Sequence[FunnelCount] = ()
    scores: ScoreFigures = field(default_factory=ScoreFigures)
    campaigns: Sequence[CampaignRow] = ()

    @property
    def quiet(self) -> bool:
        """Whether there is nothing to tell: no submission, no lead, no mail."""
        return (
            not self.leads.total
            and not any(step.count for step in self.funnel)
            and not any(campaign.sent for campaign in self.campaigns)
        )


def mean(total: int, count: int) -> Decimal | None:
    """A mean to one decimal, rounded half up; None of nothing."""
    return (Decimal(total) / Decimal(count)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP) if count else None


# --------------------------------------------------------------------------------------------------------------- schedule


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a workspace's weekly report goes out and to whom. Weekday 1 is Monday (ISO 8601), hour 0 to 23 of the zone."""

    enabled: bool
    weekday: int
    hour: int
    time_zone: str
    recipients: Sequence[str] = ()
    language: str = "es"

    def __post_init__(self) -> None:
        if not 1 <= self.weekday <= DAYS_IN_WEEK:
            raise InvalidError("A weekday is a number from 1 (Monday) to 7.", field="weekday", code="out_of_range")
        if not 0 <= self.hour <= 23:
            raise InvalidError("An hour is a number from 0 to 23.", field="hour", code="out_of_range")
        zone(self.time_zone)

    def next_after(self, instant: datetime) -> datetime:
        """The first occurrence later than ``instant``, in UTC.

        Each week has exactly one, also where clocks change (`instant_of`).
        """
        local = instant.astimezone(zone(self.time_zone)).date()
        # One day back: a time that the clocks skipped may fall behind the date it was meant for.
        day = local - timedelta(days=1)
        day += timedelta(days=(self.weekday - day.isoweekday()) % DAYS_IN_WEEK)
        while (occurrence := instant_of(day, time(self.hour), self.time_zone)) <= instant:
            day += timedelta(days=DAYS_IN_WEEK)
        return occurrence


# -------------------------------------------------------------------------------------------------------------------- run


class RunState(StrEnum):
    """Where a run of a report stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DELIVERED = "delivered"
    """Handed to the mail service for every recipient; what became of each mail is in the receipt."""
    FAILED = "failed"
    MISSED = "missed"
    """It did not start within ten minutes of its time. It is started late, and that it was missed is not forgotten."""


RUN_TRANSITIONS: dict[RunState, frozenset[RunState]] = {
    RunState.QUEUED: frozenset({RunState.RUNNING, RunState.MISSED, RunState.FAILED}),
    RunState.MISSED: frozenset({RunState.RUNNING, RunState.FAILED}),
    # A delivery of the message that died half way is taken up by the next one.
    RunState.RUNNING: frozenset({RunState.RUNNING, RunState.DELIVERED, RunState.FAILED}),
    RunState.DELIVERED: frozenset(),
    RunState.FAILED: frozenset(),
}


class IllegalMoveError(InvalidError):
    """A run cannot go from this state to that one."""


def move(current: RunState, target: RunState) -> RunState:
    """The target, if a run may go there from where it is.

    Raises:
        IllegalMoveError: it may not.
    """
    if target not in RUN_TRANSITIONS[current]:
        raise IllegalMoveError(f"A {current} run cannot become {target}.", field="state", code="illegal_move")
    return target


MISSED_AFTER = timedelta(minutes=10)
"""A scheduled run that has not started this long after its time is missed."""


def is_missed(state: RunState, due_at: datetime, now: datetime) -> bool:
    """Whether a run should have started and did not."""
    return state is RunState.QUEUED and now - due_at > MISSED_AFTER
