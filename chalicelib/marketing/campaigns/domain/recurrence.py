"""When a recurring campaign comes, by the clocks on the wall of its zone."""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chalicelib.marketing.campaigns.domain.campaign import moment
from chalicelib.marketing.campaigns.domain.options import Recurrence

_SEARCHED = 12 * 31 + 31
"""Days within which there is a next one: an interval has twelve months at most."""


def next_occurrence(again: Recurrence, after: datetime, began: datetime) -> datetime | None:
    """The first moment after ``after``; None when it comes no more. Intervals are counted from the day on which it ``began``. Where
    clocks skip the time of day, it comes as much later; where they show it twice, the first time.
    """
    zone = ZoneInfo(again.time_zone)
    anchor, day = began.astimezone(zone).date(), after.astimezone(zone).date()
    clock = time.fromisoformat(again.at)
    for each in (day + timedelta(days=number) for number in range(_SEARCHED)):
        if again.until is not None and each > again.until:
            return None
        if _comes_on(again, each, anchor):
            at = moment(datetime.combine(each, clock), again.time_zone).astimezone(UTC)
            if at > after:
                return at
    return None


def _comes_on(again: Recurrence, day: date, anchor: date) -> bool:
    if again.every == "day":
        return (day - anchor).days % again.interval == 0
    if again.every == "week":
        weeks = (_monday(day) - _monday(anchor)).days // 7
        return weeks % again.interval == 0 and day.isoweekday() in again.days
    months = (day.year - anchor.year) * 12 + day.month - anchor.month
    last = calendar.monthrange(day.year, day.month)[1]
    on_day = day.day in again.days or (day.day == last and max(again.days) > last)
    return months % again.interval == 0 and on_day


def _monday(day: date) -> date:
    return day - timedelta(days=day.isoweekday() - 1)
