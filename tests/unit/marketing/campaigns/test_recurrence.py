"""When recurring campaigns come, across months, years and both edges of daylight saving."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from chalicelib.marketing.campaigns.domain import Recurrence, next_occurrence

MADRID = "Europe/Madrid"


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def coming(again, after, count, began=None):
    found, now = [], at(after)
    for _ in range(count):
        now = next_occurrence(again, now, at(began or after))
        if now is None:
            break
        found.append(now.strftime("%Y-%m-%dT%H:%M"))
    return found


@pytest.mark.parametrize(
    ("again", "after", "expected"),
    [
        (Recurrence("day", 1, "10:00", MADRID), "2026-11-22T08:59", ["2026-11-22T09:00", "2026-11-23T09:00"]),
        (Recurrence("day", 1, "10:00", MADRID), "2026-11-22T09:00", ["2026-11-23T09:00"]),
        (Recurrence("day", 3, "10:00", MADRID), "2026-11-22T12:00", ["2026-11-25T09:00", "2026-11-28T09:00"]),
        (Recurrence("week", 1, "08:00", "UTC", (1, 4)), "2026-11-22T00:00", ["2026-11-23T08:00", "2026-11-26T08:00", "2026-11-30T08:00"]),
        (Recurrence("week", 2, "08:00", "UTC", (1,)), "2026-11-23T09:00", ["2026-12-07T08:00", "2026-12-21T08:00"]),
        (Recurrence("month", 1, "08:00", "UTC", (31,)), "2026-11-22T00:00", ["2026-11-30T08:00", "2026-12-31T08:00", "2027-01-31T08:00", "2027-02-28T08:00"]),
        (Recurrence("month", 2, "08:00", "UTC", (1, 15)), "2026-11-22T00:00", ["2027-01-01T08:00", "2027-01-15T08:00", "2027-03-01T08:00"]),
        # the clocks in Madrid skip 02:30 on 28 March 2027 and show it twice on 31 October 2027
        (Recurrence("day", 1, "02:30", MADRID), "2027-03-27T00:00", ["2027-03-27T01:30", "2027-03-28T01:30", "2027-03-29T00:30"]),
        (Recurrence("day", 1, "02:30", MADRID), "2027-10-30T00:00", ["2027-10-30T00:30", "2027-10-31T00:30", "2027-11-01T01:30"]),
        (Recurrence("day", 1, "10:00", MADRID, (), date(2026, 11, 23)), "2026-11-22T08:00", ["2026-11-22T09:00", "2026-11-23T09:00"]),
    ],
)  # fmt: skip
def test_it_comes_when_the_clock_on_the_wall_says_so(again, after, expected):
    count = len(expected) + (again.until is not None)
    assert coming(again, after, count) == expected


@pytest.mark.parametrize("zone", [MADRID, "America/Bogota", "Pacific/Apia", "Asia/Kathmandu", "America/St_Johns"])
def test_once_a_day_whatever_the_zone(zone):
    again, now = Recurrence("day", 1, "02:30", zone), at("2026-01-01T00:00")
    found = []
    while (now := next_occurrence(again, now, at("2026-01-01T00:00"))) < at("2028-01-01T00:00"):
        found.append(now)
    gaps = {later - earlier for earlier, later in pairwise(found)}
    assert gaps <= {timedelta(hours=23), timedelta(hours=24), timedelta(hours=25)}
    assert 729 <= len(found) <= 731
