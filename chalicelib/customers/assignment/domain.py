"""Rules that say whose a new lead is, and the working time within which it is to be answered. All of it pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

RULES_LIMIT = 50
CONDITIONS_LIMIT = 10
MEMBERS_LIMIT = 100
HOURS_LIMIT = 28
HOLIDAYS_LIMIT = 400
MINUTES_LIMIT = 14 * 24 * 60
LATEST = timedelta(days=366)
"""No answer is asked for later than this, however rarely somebody works."""
FIELDS = ("source", "medium", "campaign", "form_id", "country", "language", "company")
"""What a condition may look at, beside ``custom.<key>``: of the lead, and of its contact."""


class Strategy(StrEnum):
    """How a rule chooses among its members."""

    ROUND_ROBIN = "round_robin"
    LEAST_LOADED = "least_loaded"
    FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class RuleCondition:
    """``op`` is ``is``, ``not``, ``in``, ``begins``, ``empty``, ``present``, ``at_least`` or ``at_most``; texts are compared without
    regard to case and to spaces around them.
    """

    field: str
    op: str
    value: Any = None

    def holds(self, facts: Mapping[str, Any]) -> bool:
        """Whether it is so with these facts."""
        present = _folded(facts.get(self.field))
        wanted = _folded(self.value)
        several = present if isinstance(present, list) else [present]
        match self.op:
            case "empty":
                return present in ("", None, [])
            case "present":
                return present not in ("", None, [])
            case "is":
                return wanted in several
            case "not":
                return wanted not in several
            case "in":
                return any(each in (wanted or ()) for each in several)
            case "begins":
                return any(isinstance(each, str) and each.startswith(str(wanted)) for each in several)
            case "at_least" | "at_most":
                if not _number(present) or not _number(wanted):
                    return False
                return bool(present >= wanted if self.op == "at_least" else present <= wanted)
        return False


@dataclass(frozen=True, slots=True)
class AssignmentRule:
    """Leads for which all of ``when`` holds go to the ``members``, chosen by ``strategy``."""

    id: str
    name: str
    strategy: Strategy
    members: tuple[str, ...]
    when: tuple[RuleCondition, ...] = ()
    enabled: bool = True

    def fits(self, facts: Mapping[str, Any]) -> bool:
        """Whether a lead with these facts is this rule's."""
        return self.enabled and all(condition.holds(facts) for condition in self.when)


@dataclass(frozen=True, slots=True)
class AssignmentRules:
    """A workspace's rules; the first that fits and has somebody to give the lead to decides."""

    rules: tuple[AssignmentRule, ...] = ()
    version: int = 0


def choose(rule: AssignmentRule, *, eligible: Sequence[str], turn: int, loads: Mapping[str, int]) -> str:
    """Whose turn it is among the rule's members who may have leads (in the rule's order, at least one).

    ``turn`` counts the leads the rule has given away. With equal loads, `LEAST_LOADED` goes round, too.
    """
    first = turn % len(eligible)
    match rule.strategy:
        case Strategy.FIXED:
            return eligible[0]
        case Strategy.ROUND_ROBIN:
            return eligible[first]
    around = [*eligible[first:], *eligible[:first]]
    return min(around, key=lambda member: loads.get(member, 0))


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """From when until when somebody works on a weekday (1 is Monday), by the workspace's clock; ``end`` is ``24:00`` for the
    day's end.
    """

    weekday: int
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class ResponseTarget:
    """Within how many minutes of working time a new lead is to be answered. Without working hours, every hour is one."""

    minutes: int = 60
    enabled: bool = False
    working_hours: tuple[WorkingHours, ...] = ()
    holidays: frozenset[date] = frozenset()
    version: int = 0


def respond_by(start: datetime, target: ResponseTarget, zone: ZoneInfo) -> datetime:
    """When a lead that came at ``start`` is to be answered: after so many minutes of working time, in UTC, cut to milliseconds.

    Hours are read off the clock on the wall and counted as they pass: on the day when clocks go forward, a shift over the gap is
    an hour shorter; when they go back, an hour longer. A shift that would begin in the gap begins after it. At most a year later.
    """
    left = timedelta(minutes=target.minutes)
    if not target.working_hours:
        return start + left
    for begin, end in shifts(start, target, zone):
        begin = max(begin, start)
        if end - begin >= left:
            return begin + left
        left -= max(end - begin, timedelta(0))
    return start + LATEST


def shifts(start: datetime, target: ResponseTarget, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """The times in which somebody works that end after ``start``, in order, for a year: apart from each other, in UTC."""
    day = start.astimezone(zone).date() - timedelta(days=1)
    last = start + LATEST
    while True:
        for begin, end in _shifts_of(day, target, zone):
            if begin >= last:
                return
            if end > start:
                yield begin, min(end, last)
        day += timedelta(days=1)
        if datetime.combine(day, time(), UTC) > last + timedelta(days=2):
            return


def _shifts_of(day: date, target: ResponseTarget, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    if day in target.holidays:
        return []
    spans = sorted(
        (_minute(hours.start), _minute(hours.end))
        for hours in target.working_hours
        if hours.weekday == day.isoweekday()
    )
    joined: list[tuple[int, int]] = []
    for begin, end in spans:
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((begin, end))
    found = []
    for begin, end in joined:
        # The first of an hour that comes twice begins a shift, the second ends it.
        span = _instant(day, begin, zone, fold=0), _instant(day, end, zone, fold=1)
        if span[0] < span[1]:
            found.append(span)
    return found


def _minute(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


def _instant(day: date, minute: int, zone: ZoneInfo, *, fold: int) -> datetime:
    """What the clock on the wall shows at that minute of the day, as an instant. In the gap: the moment after it."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    before, after = (wall.replace(tzinfo=zone, fold=each).astimezone(UTC) for each in (0, 1))
    if before.astimezone(zone).replace(tzinfo=None) != wall:  # there is no such time on that day
        return _end_of_gap(after, before, zone)
    return after if fold else before


def _end_of_gap(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The moment between the two at which the zone's offset changes, to the second."""
    offset = high.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return high.replace(microsecond=0)


def _folded(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip().casefold()
    return [_folded(each) for each in value] if isinstance(value, list | tuple) else value


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
