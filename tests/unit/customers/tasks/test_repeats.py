"""When a task comes again: by the clock on the wall, through both edges of daylight saving."""

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.customers.tasks.domain import Task, TaskState, instant_of, wall_of
from chalicelib.customers.tasks.repeats import between, check_rule, left_of, next_after
from chalicelib.foundation.errors import InvalidError

MADRID = ZoneInfo("Europe/Madrid")
NINE = datetime(2026, 11, 23, 9)  # a Monday


def task(
    due: datetime, rule: str, *, has_time: bool = True, remind: timedelta | None = None, zone: ZoneInfo = MADRID
) -> Task:
    made = Task("W1", "T1", "Llamar", NINE.replace(tzinfo=UTC), NINE.replace(tzinfo=UTC), series_start=due, rrule=rule)
    at = instant_of(due, zone)
    made = made.due(at=at, has_time=has_time, zone=zone)
    from dataclasses import replace

    start = due if has_time else due.replace(hour=12, minute=0)
    return replace(made, series_start=start, remind_at=at - remind if remind else None)


def following(made: Task, now: datetime, zone: ZoneInfo = MADRID) -> Task:
    found = made.following(now, zone, id="T2")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("rule", "then"),
    [
        ("FREQ=DAILY", datetime(2026, 11, 24, 9)),
        ("FREQ=DAILY;INTERVAL=3", datetime(2026, 11, 26, 9)),
        ("FREQ=WEEKLY", datetime(2026, 11, 30, 9)),
        ("FREQ=WEEKLY;BYDAY=MO,TH", datetime(2026, 11, 26, 9)),
        ("FREQ=WEEKLY;INTERVAL=2", datetime(2026, 12, 7, 9)),
        ("FREQ=MONTHLY", datetime(2026, 12, 23, 9)),
        ("FREQ=MONTHLY;BYDAY=1MO", datetime(2026, 12, 7, 9)),
        ("FREQ=MONTHLY;BYMONTHDAY=31", datetime(2026, 12, 31, 9)),
        ("FREQ=MONTHLY;BYDAY=-1FR", datetime(2026, 11, 27, 9)),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", datetime(2026, 11, 30, 9)),
        ("FREQ=YEARLY", datetime(2027, 11, 23, 9)),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", datetime(2028, 2, 29, 9)),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", datetime(2026, 11, 24, 9)),
        ("FREQ=WEEKLY;UNTIL=20261130T080000Z", datetime(2026, 11, 30, 9)),
        ("FREQ=WEEKLY;UNTIL=20261130", datetime(2026, 11, 30, 9)),
    ],
)
def test_rules(rule: str, then: datetime) -> None:
    assert check_rule(rule, NINE, MADRID) == rule
    assert next_after(rule, NINE, NINE, MADRID) == then


def test_a_rule_is_kept_plainly() -> None:
    assert check_rule(" rrule:freq=weekly; byday=mo,tu;", NINE, MADRID) == "FREQ=WEEKLY;BYDAY=MO,TU"


REFUSED = [
    "",
    "DAILY",
    "FREQ=HOURLY",
    "FREQ=DAILY;FREQ=WEEKLY",
    "FREQ=DAILY;BYHOUR=9",
    "FREQ=DAILY;COUNT=0",
    "FREQ=DAILY;COUNT=1001",
    "FREQ=DAILY;COUNT=3;UNTIL=20270101",
    "FREQ=DAILY;UNTIL=tomorrow",
    "FREQ=DAILY;UNTIL=20261340",
    "FREQ=DAILY;INTERVAL=0",
    "FREQ=WEEKLY;BYDAY=1MO",
    "FREQ=WEEKLY;BYMONTHDAY=13",
    "FREQ=DAILY;X-Y=1",
    "FREQ=DAILY\nEXDATE:20261123",
    "FREQ=" + "D" * 500,
]
NEVER = [
    "FREQ=DAILY;COUNT=1",
    "FREQ=WEEKLY;UNTIL=20261101",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;BYMONTH=2,4;BYMONTHDAY=31",
    "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
    "FREQ=MONTHLY;BYDAY=1MO;BYSETPOS=2",
    "FREQ=MONTHLY;BYMONTHDAY=13;BYSETPOS=2",
    "FREQ=WEEKLY;INTERVAL=400;BYMONTH=2",
    "FREQ=YEARLY;INTERVAL=400;BYMONTH=2;BYMONTHDAY=29",
]


@pytest.mark.parametrize("rule", REFUSED + NEVER)
def test_what_is_no_rule_or_never_comes_again_is_refused_soon(rule: str) -> None:
    started = time.process_time()
    with pytest.raises(InvalidError) as refused:
        check_rule(rule, NINE, MADRID)
    assert refused.value.fields[0].field == "repeat.rrule"
    assert time.process_time() - started < 5  # the library alone would look for ten seconds and more


def test_nine_stays_nine_when_the_clocks_change() -> None:
    made = task(datetime(2026, 10, 24, 9), "FREQ=DAILY")
    assert made.due_at == datetime(2026, 10, 24, 7, tzinfo=UTC)
    after = following(made, made.due_at)
    assert after.due_at == datetime(2026, 10, 25, 8, tzinfo=UTC)
    spring = task(datetime(2026, 3, 28, 9), "FREQ=DAILY", remind=timedelta(hours=12))
    assert spring.remind_at == datetime(2026, 3, 27, 20, tzinfo=UTC)
    after = following(spring, spring.due_at)
    assert after.due_at == datetime(2026, 3, 29, 7, tzinfo=UTC)
    assert wall_of(after.remind_at, MADRID) == datetime(2026, 3, 28, 21)  # the evening before, at nine as ever


def test_what_falls_into_the_gap_is_back_at_its_time_the_day_after() -> None:
    made = task(datetime(2026, 3, 28, 2, 30), "FREQ=DAILY")
    gap = following(made, made.due_at)
    assert wall_of(gap.due_at, MADRID) == datetime(2026, 3, 29, 3, 30)  # there is no half past two that night
    assert wall_of(following(gap, gap.due_at).due_at, MADRID) == datetime(2026, 3, 30, 2, 30)
    twice = following(task(datetime(2026, 10, 24, 2, 30), "FREQ=DAILY"), datetime(2026, 10, 24, tzinfo=UTC))
    assert twice.due_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # the first of the two


def test_missed_occurrences_are_not_made_up_for() -> None:
    made = task(datetime(2026, 11, 2, 9), "FREQ=DAILY")
    assert following(made, instant_of(datetime(2026, 11, 23, 8), MADRID)).due_on == date(2026, 11, 23)
    assert following(made, instant_of(datetime(2026, 11, 23, 10), MADRID)).due_on == date(2026, 11, 24)
    whole = task(datetime(2026, 11, 2, 9), "FREQ=DAILY", has_time=False)
    assert following(whole, instant_of(datetime(2026, 11, 23, 20), MADRID)).due_on == date(2026, 11, 23)
    early = task(datetime(2026, 11, 30, 9), "FREQ=WEEKLY")
    assert following(early, instant_of(NINE, MADRID)).due_on == date(2026, 12, 7)


def test_an_occurrence_that_was_moved_does_not_move_the_series() -> None:
    from dataclasses import replace

    monday = task(NINE, "FREQ=WEEKLY")
    tuesday = replace(monday.due(at=instant_of(NINE + timedelta(days=1, hours=2), MADRID), has_time=True, zone=MADRID))
    assert wall_of(following(tuesday, tuesday.due_at).due_at, MADRID) == NINE + timedelta(days=7)


def test_the_next_one_is_open_and_its_reminder_is_to_come() -> None:
    from dataclasses import replace

    done = replace(
        task(NINE, "FREQ=DAILY", remind=timedelta(minutes=30)),
        state=TaskState.DONE, done_at=NINE.replace(tzinfo=UTC), done_by="member:a", reminded_at=NINE.replace(tzinfo=UTC),
    )  # fmt: skip
    after = following(done, NINE.replace(tzinfo=UTC))
    assert (after.id, after.state, after.version, after.done_at, after.done_by) == ("T2", TaskState.OPEN, 1, None, "")
    assert (after.reminded_at, after.armed) == (None, True)
    assert after.remind_at == after.due_at - timedelta(minutes=30)


def test_the_last_one_has_none_after_it() -> None:
    made = task(NINE, "FREQ=DAILY;COUNT=2")
    last = following(made, made.due_at)
    assert last.following(last.due_at, MADRID, id="T3") is None


@given(st.integers(2, 40), st.integers(0, 39))
def test_what_is_left_of_a_count_are_the_rest_of_the_days(count: int, position: int) -> None:
    rule, far = f"FREQ=WEEKLY;BYDAY=MO,WE;COUNT={count}", NINE + timedelta(days=999)
    days = between(rule, NINE, NINE, far, MADRID)
    occurrence = days[min(position, len(days) - 1)]
    rest = left_of(rule, NINE, occurrence, MADRID)
    assert between(rest, occurrence, occurrence, far, MADRID) == [day for day in days if day >= occurrence]


@given(
    st.datetimes(datetime(2026, 3, 20), datetime(2026, 11, 10)).map(lambda each: each.replace(second=0, microsecond=0)),
    st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TH", "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=DAILY;INTERVAL=2"]),
    st.sampled_from(["Europe/Madrid", "America/Bogota", "Australia/Lord_Howe", "America/Santiago"]).map(ZoneInfo),
    st.booleans(),
)
def test_a_series_goes_on_by_the_wall(start: datetime, rule: str, zone: ZoneInfo, has_time: bool) -> None:
    made = task(start, rule, has_time=has_time, zone=zone)
    expected = between(rule, made.series_start, made.series_start, start + timedelta(days=200), zone)
    if not expected or expected[0] != made.series_start:
        expected.insert(0, made.series_start)
    for wall in expected[1:6]:
        made = following(made, made.due_at, zone)
        assert made.due_at == instant_of(wall, zone)
        assert made.due_on == wall.date()
