"""The routes of a member's day and feed."""

import hashlib

from chalicelib.customers.calendar import service
from chalicelib.customers.calendar.domain import Feed
from chalicelib.customers.calendar.schemas import CalendarFeedOut, MyDayOut, PlannedMeetingOut
from chalicelib.customers.leads.presenting import shown_leads
from chalicelib.customers.tasks.presenting import shown_tasks
from chalicelib.foundation.errors import ForbiddenError
from chalicelib.foundation.http import PUBLIC, Answer, Call, Routes
from chalicelib.workspaces.settings.service import get_workspace

routes = Routes("calendar", __name__)
_MINUTES = 5


@routes.get("/my-day", permission="tasks:read", returns=MyDayOut)
def get_my_day(call: Call[None]) -> MyDayOut:
    """What the member who asks has before them."""
    table, workspace_id = call.runtime.table, call.workspace_id
    workspace = get_workspace(table=table, workspace_id=workspace_id)
    day = service.my_day(table=table, workspace=workspace, user_id=call.actor.id, now=call.runtime.clock.now())
    shown = {task.id: task for task in shown_tasks(call, [*day.overdue, *day.today, *day.upcoming])}
    things, may = call.runtime.parts("things"), call.actor.permissions
    titles = service.titles_of(table, workspace_id, (), day.meetings, things, may)
    return MyDayOut.model_construct(
        overdue=[shown[task.id] for task in day.overdue],
        today=[shown[task.id] for task in day.today],
        upcoming=[shown[task.id] for task in day.upcoming],
        meetings=[PlannedMeetingOut.of(meeting, titles) for meeting in day.meetings],
        leads_to_answer=shown_leads(call, day.leads_to_answer, listed=True) if call.actor.may("leads:read") else [],
    )


@routes.get("/calendar-feed", permission="tasks:read", returns=CalendarFeedOut)
def get_calendar_feed(call: Call[None]) -> CalendarFeedOut:
    """Where calendar programs read the tasks and meetings of the member who asks."""
    feed = service.get_feed(table=call.runtime.table, workspace_id=call.workspace_id, user_id=_person(call))
    return _shown(call, feed)


@routes.post("/calendar-feed", permission="tasks:read", returns=CalendarFeedOut, status=201, secrets=("url",))
def make_calendar_feed(call: Call[None]) -> CalendarFeedOut:
    """Make the feed, under an address that nobody knows yet; a former one is not found any more."""
    feed = service.make_feed(
        table=call.runtime.table,
        clock=call.runtime.clock,
        signer=call.runtime.signer,
        workspace_id=call.workspace_id,
        user_id=_person(call),
        nonce=call.creation_id,
        changed_by=call.actor.reference,
    )
    return _shown(call, feed)


@routes.delete("/calendar-feed", permission="tasks:read")
def drop_calendar_feed(call: Call[None]) -> None:
    """Take the feed away: its address is not found any more."""
    service.drop_feed(table=call.runtime.table, workspace_id=call.workspace_id, user_id=_person(call))


@routes.get("/calendar/{token}", permission=PUBLIC, base="", raw=True)
def read_calendar(call: Call[None], token: str) -> Answer:
    """A member's tasks and planned meetings as a calendar (ICS), for whoever knows its address."""
    from chalicelib.customers.calendar import ics  # brings icalendar and dateutil

    runtime = call.runtime
    now = runtime.clock.now()
    agenda = service.open_feed(table=runtime.table, now=now, token=token, things=runtime.parts("things"))
    text = ics.calendar_of(agenda, now=now, public_url=runtime.public_url)
    tag = f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    headers = {"Cache-Control": f"private, max-age={_MINUTES * 60}", "ETag": tag, "X-Robots-Tag": "noindex"}
    if tag in call.headers.get("if-none-match", ""):
        return Answer(None, 304, headers)
    headers["Content-Disposition"] = 'inline; filename="clientela.ics"'
    return Answer(text, 200, headers, ics.CONTENT_TYPE)


def _person(call: Call[None]) -> str:
    if call.actor.kind != "member":
        raise ForbiddenError("Only people have a calendar.")
    return call.actor.id


def _shown(call: Call[None], feed: Feed | None) -> CalendarFeedOut:
    if feed is None:
        return CalendarFeedOut.model_construct(url=None, created_at=None)
    runtime = call.runtime
    url = service.address_of(feed, signer=runtime.signer, public_url=runtime.public_url)
    return CalendarFeedOut.model_construct(url=url, created_at=feed.created_at)
