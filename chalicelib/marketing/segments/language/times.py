"""What conditions on time mean, and when their answer changes by time alone.

Every test is made of thresholds: moments that follow from the value and the condition, before which the answer is one thing and from
which on another. So `holds` compares now with the thresholds, and `turns` is the next threshold that is still to come: evaluating at
any time before it gives the same answer. Moments are seconds since 1970; days are days of the workspace's zone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import inf
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.marketing.segments.language.nodes import Did, Period, Relative, Span

NEVER = inf
_SECONDS = {"hour": 3600, "day": 86400, "week": 7 * 86400}
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}


class When:
    """A moment, and the day it is in the zone."""

    __slots__ = ("_today", "now", "zone")

    def __init__(self, now: datetime, zone: ZoneInfo):
        self.now, self.zone = now.timestamp(), zone
        self._today: date | None = None

    @property
    def today(self) -> date:
        """The day in the zone."""
        if self._today is None:
            self._today = datetime.fromtimestamp(self.now, self.zone).date()
        return self._today


@dataclass(frozen=True, slots=True)
class TimeTest:
    """A compiled test. ``turns`` is None for one whose answer no time changes."""

    holds: Callable[[Any, When], bool]
    turns: Callable[[Any, When], float] | None = None


def start_of(day: date, zone: ZoneInfo) -> float:
    """The first moment of a day in a zone; days at the ends of the calendar begin before and after all time."""
    if day.year < 2:
        return -inf
    if day.year > 9998:
        return inf
    return datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()


def shifted(day: date, by: Relative, sign: int) -> date:
    """The day so much later (or earlier); 31 January and a month is the last of February."""
    try:
        if by.unit in _DAYS:
            return day + timedelta(days=sign * by.amount * _DAYS[by.unit])
        months = day.year * 12 + day.month - 1 + sign * by.amount * _MONTHS[by.unit]
        year, month = divmod(months, 12)
        for last in (day.day, 30, 29, 28):
            if last <= day.day:
                try:
                    return date(year, month + 1, last)
                except ValueError:
                    continue
    except (OverflowError, ValueError):
        pass
    return date.max if sign > 0 else date.min


def moved(moment: float, by: Relative, sign: int, zone: ZoneInfo) -> float:
    """The moment so much later (or earlier): exactly by hours, days and weeks; by the zone's calendar for months and years."""
    seconds = _SECONDS.get(by.unit)
    if seconds is not None:
        return moment + sign * by.amount * seconds
    try:
        local = datetime.fromtimestamp(moment, zone)
    except (OverflowError, ValueError, OSError):
        return moment
    day = shifted(local.date(), by, sign)
    if day.year < 2 or day.year > 9998:
        return sign * inf
    return datetime.combine(day, local.time(), tzinfo=zone).timestamp()


def occurrence(day: date, year: int) -> date:
    """The day's anniversary in a year; 29 February is kept on 28 February in common years."""
    if day.month == 2 and day.day == 29:
        return date(year, 3, 1) - timedelta(days=1)
    return date(year, day.month, day.day)


def _next(when: When, *moments: float) -> float:
    return min([moment for moment in moments if moment > when.now], default=NEVER)


# Days


def day_test(op: str, value: Any, zone: ZoneInfo) -> TimeTest:
    """The test of a field whose values are days (or None)."""
    if op in ("on", "before", "after", "between"):
        return TimeTest(_fixed_day(op, value))
    if op.startswith("anniversary"):
        return _anniversary(op, value, zone)
    window = _DAY_WINDOWS[op]

    def holds(day: date | None, when: When) -> bool:
        if day is None:
            return False
        first, last = window(day, value)
        return first <= when.today <= last

    def turns(day: date | None, when: When) -> float:
        if day is None:
            return NEVER
        first, last = window(day, value)
        return _next(when, start_of(first, zone), start_of(_tomorrow(last), zone))

    return TimeTest(holds, turns)


_DAY_WINDOWS: dict[str, Callable[[date, Relative], tuple[date, date]]] = {
    "in_last": lambda day, by: (day, shifted(day, by, 1)),
    "more_than_ago": lambda day, by: (_tomorrow(shifted(day, by, 1)), date.max),
    "in_next": lambda day, by: (shifted(day, by, -1), day),
    "more_than_ahead": lambda day, by: (date.min, _yesterday(shifted(day, by, -1))),
}
"""Operator → the first and the last day on which it holds of a day."""


def _tomorrow(day: date) -> date:
    return day if day == date.max else day + timedelta(days=1)


def _yesterday(day: date) -> date:
    return day if day == date.min else day - timedelta(days=1)


def _fixed_day(op: str, value: Any) -> Callable[[date | None, When], bool]:
    if op == "on":
        return lambda day, _: day == value
    if op == "before":
        return lambda day, _: day is not None and day < value
    if op == "after":
        return lambda day, _: day is not None and day >= value
    low, high = value.low, value.high
    return lambda day, _: day is not None and low <= day <= high


def _anniversary(op: str, value: Relative | None, zone: ZoneInfo) -> TimeTest:
    by = value or Relative(0, "day")
    window = _DAY_WINDOWS["in_last" if op == "anniversary_in_last" else "in_next"]

    def windows(day: date, when: When) -> list[tuple[date, date]]:
        year = when.today.year
        years = [each for each in range(year - 2, year + 3) if day.year < each < 9998]
        return [window(occurrence(day, each), by) for each in years]

    def holds(day: date | None, when: When) -> bool:
        return day is not None and any(first <= when.today <= last for first, last in windows(day, when))

    def turns(day: date | None, when: When) -> float:
        if day is None:
            return NEVER
        if day.year > when.today.year + 1:  # its first anniversary is still years away: look again when it comes near
            return start_of(date(day.year - 1, 1, 1), zone)
        moments = [start_of(each, zone) for first, last in windows(day, when) for each in (first, _tomorrow(last))]
        return _next(when, *moments)

    return TimeTest(holds, turns)


# Moments


def moment_test(op: str, value: Any, zone: ZoneInfo) -> TimeTest:
    """The test of a field whose values are moments (or None)."""
    if op in ("on", "before", "after", "between"):
        return TimeTest(_fixed_moment(op, value, zone))
    if op.startswith("anniversary"):
        inner = _anniversary(op, value, zone)
        assert inner.turns is not None
        of_days, next_of_days = inner.holds, inner.turns
        return TimeTest(
            lambda moment, when: of_days(_local(moment, zone), when),
            lambda moment, when: next_of_days(_local(moment, zone), when),
        )
    seconds = value.amount * _SECONDS.get(value.unit, 0)
    window = _MOMENT_WINDOWS[op]

    def holds(moment: float | None, when: When) -> bool:
        if moment is None:
            return False
        first, end = window(moment, value, zone)
        return first <= when.now < end

    def turns(moment: float | None, when: When) -> float:
        return NEVER if moment is None else _next(when, *window(moment, value, zone))

    def turns_exactly(moment: float | None, when: When) -> float:
        """The same for one that began and ends so many seconds later, without asking the calendar."""
        if moment is None:
            return NEVER
        now = when.now
        return moment if moment > now else moment + seconds if moment + seconds > now else NEVER

    return TimeTest(holds, turns_exactly if op == "in_last" and seconds else turns)


_MOMENT_WINDOWS: dict[str, Callable[[float, Relative, ZoneInfo], tuple[float, float]]] = {
    "in_last": lambda moment, by, zone: (moment, moved(moment, by, 1, zone)),
    "more_than_ago": lambda moment, by, zone: (moved(moment, by, 1, zone), inf),
    "in_next": lambda moment, by, zone: (moved(moment, by, -1, zone), moment),
    "more_than_ahead": lambda moment, by, zone: (-inf, moved(moment, by, -1, zone)),
}
"""Operator → from when until when (not included) it holds of a moment."""


def _local(moment: float | None, zone: ZoneInfo) -> date | None:
    return None if moment is None else datetime.fromtimestamp(moment, zone).date()


def _fixed_moment(op: str, value: Any, zone: ZoneInfo) -> Callable[[float | None, When], bool]:
    span = value if isinstance(value, Span) else Span(value, value)
    start, end = start_of(span.low, zone), start_of(_tomorrow(span.high), zone)
    if op == "before":
        return lambda moment, _: moment is not None and moment < start
    if op == "after":
        return lambda moment, _: moment is not None and moment >= start
    return lambda moment, _: moment is not None and start <= moment < end


# Deeds

Deed = tuple[str, float, frozenset[str]]
"""Something a person did: what it was about (the campaign's, form's or pipeline's id), when, and which links."""


def did_test(did: Did, zone: ZoneInfo) -> TimeTest:
    """Whether a person did something so often: a test of a list of deeds."""
    about, link, times, period = did.about, did.link, did.times, did.period
    inner = _period_test(period, zone) if period else None
    recent = _recent(period)

    def holds(deeds: list[Deed], when: When) -> bool:
        left = times
        for of, at, links in deeds:
            if (about and of != about) or (link and link not in links) or (inner and not inner.holds(at, when)):
                continue
            left -= 1
            if not left:
                return True
        return False

    def lately(deeds: list[Deed], when: When) -> bool:
        """The same for anything within so many seconds, which is what most ask."""
        now = when.now
        since = now - recent
        for _, at, _ in deeds:  # noqa: SIM110 - half of the time of a generator
            if since < at <= now:
                return True
        return False

    def ever(deeds: list[Deed], _: When) -> bool:
        return len(deeds) >= times

    plain = not about and not link
    tried = ever if plain and period is None else lately if plain and recent and times == 1 else holds
    if inner is None or inner.turns is None:
        return TimeTest(tried)
    next_turn = inner.turns

    def turns(deeds: list[Deed], when: When) -> float:
        matching = [at for of, at, links in deeds if (not about or of == about) and (not link or link in links)]
        return min([next_turn(at, when) for at in matching], default=NEVER)

    return TimeTest(tried, turns)


def _recent(period: Period | None) -> int:
    """So many seconds back, for a period that is nothing but that; else 0."""
    by = period.value if period is not None and period.op == "in_last" else None
    return by.amount * _SECONDS.get(by.unit, 0) if isinstance(by, Relative) else 0


def _period_test(period: Period, zone: ZoneInfo) -> TimeTest:
    return moment_test(period.op, period.value, zone)


def instant_of(moment: float) -> datetime:
    """The moment as an instant, to the millisecond that is not before it."""
    whole = datetime.fromtimestamp(moment, UTC)
    cut = whole.replace(microsecond=whole.microsecond // 1000 * 1000)
    return cut if cut == whole else cut + timedelta(milliseconds=1)
