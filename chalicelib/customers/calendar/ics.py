"""An agenda as RFC 5545 text, in what Google, Apple and Outlook all show: events. (None of them shows the to-dos of a feed that one
subscribes to.) Times stand in the workspace's zone with its rules, so that what repeats at nine is at nine all the year.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.customers.calendar.domain import FUTURE, PAST, TASK_LASTS, Meeting
from chalicelib.customers.calendar.service import Agenda
from chalicelib.customers.tasks import repeats
from chalicelib.customers.tasks.domain import NOON, Task, instant_of, wall_of

CONTENT_TYPE = "text/calendar; charset=utf-8"
_PLACES = {"contact": "contacts", "company": "companies", "lead": "leads", "deal": "deals"}


def calendar_of(agenda: Agenda, *, now: datetime, public_url: str) -> str:
    """The whole calendar. Nothing in it depends on when it is asked for but the window it shows, so that it changes only when something
    has changed.
    """
    import icalendar

    zone = agenda.workspace.zone
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Clientela//Calendar//ES")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    name = f"{agenda.workspace.name} · Clientela"
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", agenda.workspace.time_zone)
    calendar.add("refresh-interval", timedelta(minutes=15), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT15M")
    today = now.astimezone(zone).date()
    calendar.add_component(
        icalendar.Timezone.from_tzid(
            agenda.workspace.time_zone, first_date=today - PAST * 2, last_date=today + FUTURE * 2
        )
    )
    for task in agenda.tasks:
        for event in _task_events(task, agenda, zone, public_url):
            calendar.add_component(event)
    for meeting in agenda.meetings:
        calendar.add_component(_meeting_event(meeting, agenda, zone, public_url))
    text: bytes = calendar.to_ical()
    return text.decode()


def _task_events(task: Task, agenda: Agenda, zone: ZoneInfo, public_url: str) -> Sequence[Any]:
    """The task; if it repeats, its later occurrences with it. One that was moved away from its series stands by itself, and the series
    goes on after it.
    """
    if task.due_at is None or task.due_on is None:
        return []
    wall = wall_of(task.due_at, zone).replace(microsecond=0) if task.has_time else datetime.combine(task.due_on, NOON)
    event = _event(f"task-{task.id}", task.title, task.updated_at)
    _describe(event, _about(task.about_kind, task.about_id, agenda), task.note, f"{public_url}/#/tasks")
    _when(event, wall, task.has_time, zone)
    event.add("transp", "OPAQUE" if task.kind == "meeting" else "TRANSPARENT")
    if not task.rrule or task.series_start is None:
        return [event]
    start = task.series_start
    if repeats.between(task.rrule, start, wall, wall, zone):
        event.add("rrule", _rule(task.rrule, start, wall, task.has_time, zone))
        return [event]
    following = repeats.next_after(task.rrule, start, wall, zone)
    if following is None:
        return [event]
    series = _event(f"task-{task.id}-series", task.title, task.updated_at)
    _describe(series, _about(task.about_kind, task.about_id, agenda), task.note, f"{public_url}/#/tasks")
    _when(series, following, task.has_time, zone)
    series.add("transp", "OPAQUE" if task.kind == "meeting" else "TRANSPARENT")
    series.add("rrule", _rule(task.rrule, start, following, task.has_time, zone))
    return [event, series]


def _meeting_event(meeting: Meeting, agenda: Agenda, zone: ZoneInfo, public_url: str) -> Any:
    title = _about(meeting.about_kind, meeting.about_id, agenda)
    event = _event(f"meeting-{meeting.id}", meeting.subject or title or meeting.kind, meeting.changed_at)
    _describe(event, title, "", f"{public_url}/#/{_PLACES[meeting.about_kind]}/{meeting.about_id}")
    event.add("dtstart", meeting.at.astimezone(zone))
    event.add("dtend", meeting.ends_at.astimezone(zone))
    return event


def _event(uid: str, summary: str, changed_at: datetime) -> Any:
    import icalendar

    event = icalendar.Event()
    event.add("uid", f"{uid}@clientela")
    event.add("summary", summary)
    event.add("dtstamp", changed_at.astimezone(UTC).replace(microsecond=0))
    return event


def _describe(event: Any, title: str, note: str, url: str) -> None:
    event.add("description", "\n\n".join(part for part in (title, note, url) if part))
    event.add("url", url)


def _about(kind: str, thing_id: str, agenda: Agenda) -> str:
    return agenda.titles.get((kind, thing_id), "")


def _when(event: Any, wall: datetime, has_time: bool, zone: ZoneInfo) -> None:
    if not has_time:
        event.add("dtstart", wall.date())
        event.add("dtend", wall.date() + timedelta(days=1))
        return
    begin = instant_of(wall, zone)
    event.add("dtstart", begin.astimezone(zone))
    event.add("dtend", (begin + TASK_LASTS).astimezone(zone))


def _rule(rule: str, start: datetime, occurrence: datetime, has_time: bool, zone: ZoneInfo) -> Any:
    """The rule from this occurrence on. Its end is written as its beginning is: a day, or an instant in UTC."""
    import icalendar

    found = icalendar.vRecur.from_ical(repeats.left_of(rule, start, occurrence, zone))
    if "UNTIL" in found:
        [until] = found["UNTIL"]
        wall = _wall(until, zone)
        found["UNTIL"] = [instant_of(wall, zone) if has_time else wall.date()]
    return found


def _wall(until: date | datetime, zone: ZoneInfo) -> datetime:
    if not isinstance(until, datetime):
        return datetime.combine(until, time(23, 59, 59))
    return wall_of(until, zone) if until.tzinfo else until
