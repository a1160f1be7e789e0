"""Weeks of local days, and the instants at which wall clocks show a time.

Days carry no zone, instants are aware and in UTC.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
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
