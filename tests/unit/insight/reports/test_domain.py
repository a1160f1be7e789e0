from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.foundation.errors import InvalidError
from chalicelib.insight.reports.domain import (
    Comparison,
    IllegalMoveError,
    Period,
    RunState,
    Schedule,
    instant_of,
    last_full_week,
    mean,
    move,
    week_of,
)


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def schedule(weekday=1, hour=9, time_zone="Europe/Madrid"):
    return Schedule(True, weekday, hour, time_zone)


class TestWeek:
    def test_runs_from_monday_to_sunday(self):
        assert week_of(date(2026, 11, 15), "Europe/Madrid") == Period(
            date(2026, 11, 9), date(2026, 11, 15), "Europe/Madrid"
        )
        assert len(week_of(date(2026, 11, 9), "UTC").days) == 7

    def test_the_last_full_week_depends_on_where_midnight_is(self):
        sunday_night = utc(2026, 11, 16, 2)  # Monday in Madrid, still Sunday in Bogotá
        assert last_full_week(sunday_night, "Europe/Madrid").start == date(2026, 11, 9)
        assert last_full_week(sunday_night, "America/Bogota").start == date(2026, 11, 2)

    def test_a_week_with_a_change_of_clocks_is_an_hour_off(self):
        spring = week_of(date(2026, 3, 29), "Europe/Madrid")
        autumn = week_of(date(2026, 10, 25), "Europe/Madrid")
        assert spring.ends_at - spring.starts_at == timedelta(hours=167)
        assert autumn.ends_at - autumn.starts_at == timedelta(hours=169)

    def test_weeks_meet_without_gap(self):
        week = week_of(date(2026, 10, 25), "America/Santiago")
        assert week.before().ends_at == week.starts_at


class TestSchedule:
    def test_next_is_this_week_or_the_next(self):
        assert schedule().next_after(utc(2026, 11, 16, 7, 59)) == utc(2026, 11, 16, 8)
        assert schedule().next_after(utc(2026, 11, 16, 8)) == utc(2026, 11, 23, 8)
        assert schedule(weekday=7).next_after(utc(2026, 11, 16, 8)) == utc(2026, 11, 22, 8)

    def test_the_wall_clock_stays_when_summer_time_begins(self):
        before = schedule(weekday=1).next_after(utc(2026, 3, 22))
        after = schedule(weekday=1).next_after(before)
        assert (before, after) == (utc(2026, 3, 23, 8), utc(2026, 3, 30, 7))

    def test_a_time_that_does_not_exist_comes_an_hour_later_once(self):
        # 29 March 2026 in Madrid: 02:00 becomes 03:00, which is 01:00 UTC.
        at = schedule(weekday=7, hour=2).next_after(utc(2026, 3, 28))
        assert at == utc(2026, 3, 29, 1)
        assert at.astimezone(ZoneInfo("Europe/Madrid")).hour == 3
        assert schedule(weekday=7, hour=2).next_after(at) == utc(2026, 4, 5, 0)

    def test_a_midnight_that_does_not_exist(self):
        # 6 September 2026 in Santiago: 00:00 becomes 01:00, which is 04:00 UTC.
        at = schedule(weekday=7, hour=0, time_zone="America/Santiago").next_after(utc(2026, 9, 5))
        assert at == utc(2026, 9, 6, 4)

    def test_a_time_that_comes_twice_is_taken_once_the_first(self):
        # 25 October 2026 in Madrid: 02:00 is at 00:00 UTC and again at 01:00 UTC.
        sunday = schedule(weekday=7, hour=2)
        first = sunday.next_after(utc(2026, 10, 24))
        assert first == utc(2026, 10, 25, 0)
        assert sunday.next_after(first) == utc(2026, 11, 1, 1)
        assert sunday.next_after(utc(2026, 10, 25, 0, 30)) == utc(2026, 11, 1, 1)

    def test_half_an_hour_on_lord_howe(self):
        # 4 October 2026: 02:00 becomes 02:30.
        at = schedule(weekday=7, hour=2, time_zone="Australia/Lord_Howe").next_after(utc(2026, 10, 3))
        assert at.astimezone(ZoneInfo("Australia/Lord_Howe")).time() == time(2, 30)

    @given(
        st.datetimes(min_value=datetime(2015, 1, 1), max_value=datetime(2036, 1, 1), timezones=st.just(UTC)),
        st.integers(1, 7),
        st.integers(0, 23),
        st.sampled_from(sorted(available_timezones() - {"localtime"})),
    )
    def test_there_is_one_a_week_and_it_is_later(self, now, weekday, hour, time_zone):
        due = Schedule(True, weekday, hour, time_zone)
        first = due.next_after(now)
        second = due.next_after(first)
        assert now < first
        # A zone that skips a day (Kwajalein, Samoa) still gets its report.
        assert timedelta(days=5) < second - first < timedelta(days=9)
        assert first - now < timedelta(days=9)

    @pytest.mark.parametrize(
        ("weekday", "hour", "zone"),
        [(0, 9, "UTC"), (8, 9, "UTC"), (1, 24, "UTC"), (1, 9, "Mars/Base"), (1, 9, "../etc")],
    )
    def test_nonsense_is_refused_by_name(self, weekday, hour, zone):
        with pytest.raises(InvalidError) as caught:
            Schedule(True, weekday, hour, zone)
        assert caught.value.fields[0].field in {"weekday", "hour", "time_zone"}

    def test_local_times_are_all_different(self):
        hours = [instant_of(date(2026, 10, 25), time(hour), "Europe/Madrid") for hour in range(24)]
        assert hours == sorted(set(hours))


class TestRun:
    @pytest.mark.parametrize(
        ("current", "target"),
        [
            ("queued", "running"), ("queued", "missed"), ("missed", "running"), ("running", "running"), ("running", "delivered"),
            ("running", "failed"), ("queued", "failed"), ("missed", "failed"),
        ],
    )  # fmt: skip
    def test_legal(self, current, target):
        assert move(RunState(current), RunState(target)) == target

    def test_everything_else_is_illegal(self):
        legal = 0
        for current in RunState:
            for target in RunState:
                try:
                    move(current, target)
                    legal += 1
                except IllegalMoveError:
                    pass
        assert legal == 8


def test_comparison():
    assert Comparison(32, 27).difference == 5
    assert Comparison(3, 0).change is None
    assert Comparison(5, 10).change == Decimal("-0.5")


def test_mean_rounds_half_up():
    assert mean(25, 100) == Decimal("0.3")
    assert mean(1, 0) is None
