"""Working time: both edges of daylight saving, holidays, joined and broken shifts."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.customers.assignment.domain import LATEST, ResponseTarget, WorkingHours, respond_by, shifts

MADRID = ZoneInfo("Europe/Madrid")
WEEK = tuple(WorkingHours(day, "09:00", "18:00") for day in range(1, 6))


def at(text: str, zone: ZoneInfo = MADRID, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


def target(minutes: int, hours: tuple[WorkingHours, ...] = WEEK, *holidays: str) -> ResponseTarget:
    return ResponseTarget(minutes, True, hours, frozenset(date.fromisoformat(day) for day in holidays))


def every_day(start: str, end: str) -> tuple[WorkingHours, ...]:
    return tuple(WorkingHours(day, start, end) for day in range(1, 8))


@pytest.mark.parametrize(
    ("came", "minutes", "answer"),
    [
        ("2026-11-23T10:00", 30, "2026-11-23T10:30"),  # a Monday morning
        ("2026-11-23T17:45", 30, "2026-11-24T09:15"),  # over the evening
        ("2026-11-23T18:00", 30, "2026-11-24T09:30"),  # after work
        ("2026-11-23T04:00", 30, "2026-11-23T09:30"),  # before work
        ("2026-11-27T17:45", 30, "2026-11-30T09:15"),  # over the weekend
        ("2026-11-28T12:00", 30, "2026-11-30T09:30"),  # on the weekend
        ("2026-11-23T17:30", 30, "2026-11-23T18:00"),  # just before the end
        ("2026-11-23T09:00", 9 * 60, "2026-11-23T18:00"),  # a whole day
        ("2026-11-23T09:00", 9 * 60 + 1, "2026-11-24T09:01"),
        ("2026-11-23T09:00", 45 * 60, "2026-11-27T18:00"),  # a whole week
    ],
)
def test_working_days(came: str, minutes: int, answer: str) -> None:
    assert respond_by(at(came), target(minutes), MADRID) == at(answer)


def test_holidays_are_skipped() -> None:
    days = ("2026-12-07", "2026-12-08")
    assert respond_by(at("2026-12-04T17:30"), target(60, WEEK, *days), MADRID) == at("2026-12-09T09:30")


def test_shifts_that_touch_or_overlap_are_one() -> None:
    broken = (WorkingHours(1, "09:00", "13:00"), WorkingHours(1, "13:00", "14:00"), WorkingHours(1, "12:00", "13:30"))
    assert respond_by(at("2026-11-23T12:30"), target(90, broken), MADRID) == at("2026-11-23T14:00")
    siesta = (WorkingHours(1, "09:00", "13:00"), WorkingHours(1, "16:00", "19:00"))
    assert respond_by(at("2026-11-23T12:30"), target(90, siesta), MADRID) == at("2026-11-23T17:00")


def test_without_working_hours_every_hour_counts() -> None:
    assert respond_by(at("2026-10-24T20:00"), target(12 * 60, ()), MADRID) == at("2026-10-24T20:00") + timedelta(
        hours=12
    )


def test_round_the_clock_by_hours_is_the_same() -> None:
    always = target(3 * 24 * 60, every_day("00:00", "24:00"))
    for start in (at("2026-03-27T11:11"), at("2026-10-23T11:11")):
        assert respond_by(start, always, MADRID) == start + timedelta(days=3)


# In Madrid the clocks go from 2:00 to 3:00 on 29 March 2026, and from 3:00 back to 2:00 on 25 October 2026.


def test_a_night_shift_is_an_hour_shorter_when_clocks_go_forward() -> None:
    night = target(3 * 60, every_day("00:00", "06:00"))
    assert respond_by(at("2026-03-29T00:00"), night, MADRID) == at("2026-03-29T04:00")  # on the wall four hours
    long = target(6 * 60, every_day("00:00", "06:00"))
    assert respond_by(at("2026-03-29T00:00"), long, MADRID) == at(
        "2026-03-30T01:00"
    )  # five hours that day, one the next


def test_a_night_shift_is_an_hour_longer_when_clocks_go_back() -> None:
    night = target(7 * 60, every_day("00:00", "06:00"))
    assert respond_by(at("2026-10-25T00:00"), night, MADRID) == at("2026-10-25T06:00")
    assert respond_by(at("2026-10-26T00:00"), night, MADRID) == at("2026-10-27T01:00")


def test_a_shift_that_begins_in_the_gap_begins_after_it() -> None:
    assert respond_by(at("2026-03-29T00:00"), target(30, every_day("02:30", "06:00")), MADRID) == at("2026-03-29T03:30")
    ends = target(90, every_day("01:00", "02:30"))
    assert respond_by(at("2026-03-29T00:00"), ends, MADRID) == at("2026-03-30T01:30")  # one hour that day
    inside = target(5, every_day("02:10", "02:50"))
    assert respond_by(at("2026-03-29T00:00"), inside, MADRID) == at("2026-03-30T02:15")  # none at all that day


def test_an_hour_that_comes_twice_begins_first_and_ends_last() -> None:
    twice = target(90, every_day("02:00", "02:30"))
    assert respond_by(at("2026-10-25T00:00"), twice, MADRID) == at("2026-10-25T02:30", fold=1)
    second = at("2026-10-25T02:15", fold=1)
    assert respond_by(second, target(10, every_day("02:00", "02:30")), MADRID) == second + timedelta(minutes=10)


def test_midnight_may_not_exist() -> None:
    santiago = ZoneInfo("America/Santiago")  # on 6 September 2026 the day begins at 1:00
    all_day = target(60, every_day("00:00", "24:00"))
    start = at("2026-09-05T23:30", santiago)
    assert respond_by(start, all_day, santiago) == start + timedelta(hours=1)
    assert respond_by(start, all_day, santiago) == at("2026-09-06T01:30", santiago)


def test_nobody_ever_works() -> None:
    start = at("2026-11-23T10:00")
    days = [(date(2026, 11, 1) + timedelta(days=day)).isoformat() for day in range(400)]
    assert respond_by(start, target(30, WEEK, *days), MADRID) == start + LATEST
    once = (WorkingHours(1, "09:00", "09:01"),)
    assert respond_by(start, target(14 * 24 * 60, once), MADRID) == start + LATEST


ZONES = ("Europe/Madrid", "America/Bogota", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia")
quarters = st.integers(0, 96)


@st.composite
def hours(draw: st.DrawFn) -> WorkingHours:
    begin = draw(st.integers(0, 95))
    end = draw(st.integers(begin + 1, 96))
    return WorkingHours(draw(st.integers(1, 7)), *(f"{each // 4:02}:{each % 4 * 15:02}" for each in (begin, end)))


targets = st.builds(
    ResponseTarget,
    minutes=st.integers(1, 3000),
    enabled=st.just(True),
    working_hours=st.lists(hours(), min_size=1, max_size=10).map(tuple),
    holidays=st.frozensets(st.dates(date(2026, 3, 1), date(2026, 11, 30)), max_size=10),
)
starts = st.datetimes(datetime(2026, 3, 20), datetime(2026, 11, 10)).map(
    lambda each: each.replace(tzinfo=UTC, microsecond=0)
)


@given(starts, targets, st.sampled_from(ZONES).map(ZoneInfo))
def test_just_so_much_working_time_lies_between(start: datetime, wanted: ResponseTarget, zone: ZoneInfo) -> None:
    answer = respond_by(start, wanted, zone)
    assume(answer < start + LATEST)
    worked = timedelta(0)
    before = start
    for begin, end in shifts(start, wanted, zone):
        assert begin < end
        assert before <= begin or begin <= start == before  # apart from each other, in order; the first may have begun
        worked += max(min(end, answer) - max(begin, start), timedelta(0))
        before = end
        if end >= answer:
            break
    assert worked == timedelta(minutes=wanted.minutes)
    assert begin < answer <= end  # answered while somebody works


@given(starts, targets, st.sampled_from(ZONES).map(ZoneInfo), st.integers(0, 5000))
def test_who_comes_later_is_never_answered_earlier(
    start: datetime, wanted: ResponseTarget, zone: ZoneInfo, later: int
) -> None:
    assert respond_by(start, wanted, zone) <= respond_by(start + timedelta(minutes=later), wanted, zone)


@given(starts, targets, st.sampled_from(ZONES).map(ZoneInfo))
def test_shifts_are_what_the_clock_on_the_wall_says(start: datetime, wanted: ResponseTarget, zone: ZoneInfo) -> None:
    """Minute by minute for two days: inside a shift exactly when the wall says so; on days without a change of clocks, where an end
    or a beginning can be read in one way only.
    """
    spans = [each for each, _ in zip(shifts(start, wanted, zone), range(30), strict=False)]
    for step in range(0, 2 * 24 * 60, 7):
        moment = start + timedelta(minutes=step)
        wall = moment.astimezone(zone)
        midnight = datetime.combine(wall.date(), datetime.min.time())
        offsets = {
            (midnight + timedelta(hours=hour)).replace(tzinfo=zone, fold=fold).utcoffset()
            for hour in range(26)
            for fold in (0, 1)
        }
        if len(offsets) > 1:
            continue
        text = f"{wall:%H:%M}"
        works = wall.date() not in wanted.holidays and any(
            each.weekday == wall.isoweekday() and each.start <= text < each.end for each in wanted.working_hours
        )
        assert works == any(begin <= moment < end for begin, end in spans if begin <= moment), (wall, spans)
