"""The feed as a calendar library reads it: recurrences by the wall through the change of clocks, moved occurrences, ends."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from icalendar import Calendar, Event

from chalicelib.customers.calendar.ics import calendar_of
from chalicelib.customers.calendar.service import Agenda
from chalicelib.customers.tasks.domain import NOON, Task, instant_of
from chalicelib.workspaces.members.domain import Member, Role
from chalicelib.workspaces.settings.domain import Workspace

MADRID = ZoneInfo("Europe/Madrid")
NOW = datetime(2026, 10, 20, 8, tzinfo=UTC)
WORKSPACE = Workspace("W1", "Molino; & Co,", "es", "Europe/Madrid", "EUR", "", "", "", NOW, NOW)
MEMBER = Member("W1", "ana", "ana@x.example", "Ana", "es", Role.SALES, NOW, NOW)


def task(wall: datetime, rule: str = "", *, start: datetime | None = None, has_time: bool = True) -> Task:
    made = Task("W1", "T1", "Llamar", NOW, NOW, rrule=rule)
    made = made.due(at=instant_of(wall, MADRID), has_time=has_time, zone=MADRID)
    begin = start or (wall if has_time else datetime.combine(wall.date(), NOON))
    return replace(made, series_start=begin if rule else None)


def read(*tasks: Task) -> list[Event]:
    text = calendar_of(Agenda(WORKSPACE, MEMBER, tasks, (), {}), now=NOW, public_url="https://crm.example")
    calendar = Calendar.from_ical(text)
    assert str(calendar["X-WR-CALNAME"]) == "Molino; & Co, · Clientela"
    return list(calendar.walk("VEVENT"))


def occurrences(event: Event, count: int) -> list[datetime]:
    """As a calendar program works them out: from the wall clock of where it begins."""
    start = event["DTSTART"].dt
    rule = event["RRULE"].to_ical().decode()
    found = iter(rrulestr(rule, dtstart=start))
    return [each for _, each in zip(range(count), found, strict=False)]


def test_nine_is_nine_before_and_after_the_clocks_change() -> None:
    [event] = read(task(datetime(2026, 10, 23, 9), "FREQ=DAILY"))
    days = occurrences(event, 4)
    assert [f"{each:%d %H:%M %z}" for each in days] == [
        "23 09:00 +0200", "24 09:00 +0200", "25 09:00 +0100", "26 09:00 +0100",
    ]  # fmt: skip
    assert str(event["DTSTART"].params["TZID"]) == "Europe/Madrid"


def test_the_zone_comes_with_its_rules() -> None:
    text = calendar_of(
        Agenda(WORKSPACE, MEMBER, [task(datetime(2026, 10, 23, 9))], (), {}), now=NOW, public_url="https://crm.example"
    )
    [zone] = Calendar.from_ical(text).walk("VTIMEZONE")
    rules = zone.to_tz()
    for moment, offset in (
        (datetime(2026, 10, 23, 9), 2),
        (datetime(2026, 11, 23, 9), 1),
        (datetime(2027, 6, 1, 9), 2),
    ):
        assert moment.replace(tzinfo=rules).utcoffset() == timedelta(hours=offset)


def test_a_count_goes_on_from_where_it_is() -> None:
    start = datetime(2026, 10, 5, 9)
    [event] = read(task(datetime(2026, 10, 19, 9), "FREQ=WEEKLY;COUNT=5", start=start))
    assert [each.day for each in occurrences(event, 9)] == [19, 26, 2]


def test_an_end_is_written_as_the_beginning_is() -> None:
    [timed] = read(task(datetime(2026, 10, 19, 9), "FREQ=WEEKLY;UNTIL=20261102"))
    assert timed["RRULE"]["UNTIL"] == [datetime(2026, 11, 2, 22, 59, 59, tzinfo=UTC)]
    assert [each.day for each in occurrences(timed, 9)] == [19, 26, 2]
    [whole] = read(task(datetime(2026, 10, 19, 9), "FREQ=WEEKLY;UNTIL=20261102T120000Z", has_time=False))
    assert whole["RRULE"]["UNTIL"] == [date(2026, 11, 2)]
    assert whole["DTSTART"].dt == date(2026, 10, 19)


def test_a_moved_occurrence_stands_by_itself_and_the_series_goes_on() -> None:
    start = datetime(2026, 10, 19, 9)
    moved, series = read(task(datetime(2026, 10, 20, 11), "FREQ=WEEKLY;COUNT=4", start=start))
    assert "RRULE" not in moved
    assert moved["DTSTART"].dt == datetime(2026, 10, 20, 11, tzinfo=MADRID)
    assert [each.day for each in occurrences(series, 9)] == [26, 2, 9]
    assert moved["UID"] != series["UID"]
    [last] = read(task(datetime(2026, 11, 10, 11), "FREQ=WEEKLY;COUNT=4", start=start))
    assert "RRULE" not in last


def test_it_is_the_same_as_long_as_nothing_changes() -> None:
    agenda = Agenda(WORKSPACE, MEMBER, [task(datetime(2026, 10, 23, 9), "FREQ=DAILY")], (), {})
    first = calendar_of(agenda, now=NOW, public_url="https://crm.example")
    assert calendar_of(agenda, now=NOW + timedelta(hours=3), public_url="https://crm.example") == first
