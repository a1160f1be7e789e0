"""When a report is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from chalicelib.foundation.errors import InvalidError
from chalicelib.insight.reports.domain.periods import DAYS_IN_WEEK, instant_of, zone


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
