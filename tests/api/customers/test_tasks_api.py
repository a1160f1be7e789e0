"""Tasks, a member's day and the calendar feed over HTTP. It is Saturday noon in London, seven in the morning in Bogotá."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from chalicelib.customers.capture.service import capture
from chalicelib.customers.contacts.domain import Touch
from chalicelib.customers.leads import service as leads

BOGOTA = ZoneInfo("America/Bogota")


@pytest.fixture
def make(client, workspace):
    def run(title: str = "Llamar", who: Any = None, **body: Any) -> Any:
        return client.post("/tasks", {"title": title, **body}, **(who or workspace.sales))

    return run


@pytest.fixture
def contact(client, workspace):
    def run(name: str = "Ana") -> str:
        return client.post("/contacts", {"first_name": name}, **workspace.owner)["id"]

    return run


@pytest.fixture
def titles(client, workspace):
    def run(**query: Any) -> list[str]:
        found: list[str] = []
        cursor = None
        while True:
            page = client.get("/tasks", query=query | ({"cursor": cursor} if cursor else {}), **workspace.sales)
            assert page.status == 200, page.text
            found += [task["title"] for task in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                return found

    return run


def test_a_task_is_kept_as_given(client, workspace, make, contact):
    ana = contact()
    body = {
        "note": "Preguntar por la tienda\nnueva",
        "kind": "call",
        "due_at": "2026-11-23T09:30:00-05:00",
        "has_time": True,
        "remind_at": "2026-11-23T14:00:00Z",
        "repeat": {"rrule": "freq=weekly;byday=mo"},
        "about": {"kind": "contact", "id": ana},
        "priority": "high",
    }
    task = make(**body)
    assert (task.status, task.headers["location"]) == (201, f"/api/v1/tasks/{task['id']}")
    expected = {
        **body,
        "title": "Llamar",
        "due_at": "2026-11-23T14:30:00.000Z",
        "due_on": "2026-11-23",
        "remind_at": "2026-11-23T14:00:00.000Z",
        "repeat": {"rrule": "FREQ=WEEKLY;BYDAY=MO"},
        "about": {"kind": "contact", "id": ana, "title": "Ana"},
        "contact_id": ana,
        "assignee_id": workspace.users["sales"],
        "state": "open",
        "done_at": None,
        "done_by": None,
        "version": 1,
    }
    assert {name: task[name] for name in expected} == expected
    assert client.get(f"/tasks/{task['id']}", **workspace.viewer).json == task.json
    assert make(assignee_id=None)["assignee_id"] is None
    assert client.post("/tasks", {"title": "x"}, **workspace.key)["assignee_id"] is None  # a program is nobody


def test_a_day_without_a_time_is_a_day_in_the_workspace(make):
    task = make(due_at="2026-11-24T03:00:00Z")  # still the 23rd in Bogotá
    assert (task["due_on"], task["due_at"], task["has_time"]) == ("2026-11-23", "2026-11-23T17:00:00.000Z", False)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"note": "\u0000"}, "note"),
        ({"kind": "pray"}, "kind"),
        ({"due_at": "2026-11-23"}, "due_at"),
        ({"due_at": "3026-11-23T00:00:00Z"}, "due_at"),
        ({"remind_at": "0026-11-23T00:00:00Z"}, "remind_at"),
        ({"repeat": {"rrule": "FREQ=DAILY"}}, "due_at"),
        ({"repeat": {"rrule": "FREQ=HOURLY"}, "due_at": "2026-11-23T00:00:00Z"}, "repeat.rrule"),
        ({"assignee_id": "nobody"}, "assignee_id"),
        ({"about": {"kind": "contact", "id": "01JD0000000000000000000000"}}, "about.id"),
        ({"about": {"kind": "deal", "id": "x"}}, "about.id"),
        ({"about": {"kind": "planet", "id": "x"}}, "about.kind"),
        ({"contact_id": "01JD0000000000000000000000"}, "contact_id"),
        ({"state": "done"}, "state"),
    ],
)
def test_a_task_that_cannot_be_is_refused(make, body, field):
    reply = make(**body)
    assert (reply.status, reply["errors"][0]["field"]) == (422, field), reply.text


def test_a_task_is_changed_as_it_was_read(client, workspace, make, contact):
    task = make(about={"kind": "contact", "id": contact()}, due_at="2026-11-23T14:00:00Z", has_time=True)
    place, ben = f"/tasks/{task['id']}", contact("Ben")
    deal = client.post("/deals", {"title": "Tienda", "contact_id": ben}, **workspace.owner)["id"]
    changed = client.patch(
        place, {"version": 1, "about": {"kind": "deal", "id": deal}, "contact_id": ben, "priority": "low"}, **workspace.sales
    )  # fmt: skip
    assert (changed["about"]["title"], changed["contact_id"], changed["priority"]) == ("Tienda", ben, "low")
    stale = client.patch(place, {"version": 1, "title": "x"}, **workspace.sales)
    assert (stale.status, stale["current"]["version"]) == (409, 2)
    whole = client.patch(place, {"version": 2, "has_time": False}, **workspace.sales)
    assert (whole["due_on"], whole["due_at"]) == ("2026-11-23", "2026-11-23T17:00:00.000Z")
    bare = client.patch(place, {"version": 3, "about": None, "due_at": None, "assignee_id": None}, **workspace.sales)
    assert [bare[name] for name in ("about", "contact_id", "due_at", "due_on", "assignee_id")] == [None] * 5
    assert client.patch(place, {"version": 4, "title": "x"}, **workspace.viewer).status == 403


def test_done_and_not_done_after_all(client, workspace, make):
    task = make()
    done = client.post(f"/tasks/{task['id']}/complete", {"version": 1}, **workspace.sales).json
    assert (done["task"]["state"], done["next"]) == ("done", None)
    assert done["task"]["done_by"] == f"member:{workspace.users['sales']}"
    again = client.post(f"/tasks/{task['id']}/complete", {}, **workspace.owner)
    assert again.json == done
    stale = client.post(f"/tasks/{task['id']}/reopen", {"version": 1}, **workspace.sales)
    assert (stale.status, stale["current"]["state"]) == (409, "done")
    opened = client.post(f"/tasks/{task['id']}/reopen", {"version": 2}, **workspace.sales)
    assert (opened["state"], opened["done_at"], opened["done_by"]) == ("open", None, None)


def test_what_repeats_comes_again_once(client, workspace, make, titles):
    task = make(due_at="2026-11-23T14:00:00Z", has_time=True, repeat={"rrule": "FREQ=DAILY;COUNT=3"})
    place = f"/tasks/{task['id']}"
    first = client.post(f"{place}/complete", {}, **workspace.sales)["next"]
    assert (first["due_at"], first["state"]) == ("2026-11-24T14:00:00.000Z", "open")
    assert client.post(f"{place}/complete", {}, **workspace.sales)["next"] == first
    client.post(f"{place}/reopen", {}, **workspace.sales)
    assert client.get(f"/tasks/{first['id']}", **workspace.sales).status == 404
    again = client.post(f"{place}/complete", {}, **workspace.sales)["next"]
    assert again["id"] == first["id"]
    touched = client.patch(f"/tasks/{first['id']}", {"version": 1, "title": "Mañana"}, **workspace.sales)
    client.post(f"{place}/reopen", {}, **workspace.sales)
    assert client.get(f"/tasks/{first['id']}", **workspace.sales).json == touched.json  # somebody has worked on it
    assert client.post(f"{place}/complete", {}, **workspace.sales)["next"] == touched.json
    assert titles() == ["Mañana", "Llamar"]
    last = client.post(f"/tasks/{first['id']}/complete", {}, **workspace.sales)["next"]
    assert client.post(f"/tasks/{last['id']}/complete", {}, **workspace.sales)["next"] is None


def test_lists(client, workspace, make, titles, contact, clock):
    ana, ben = contact("Ana"), contact("Ben")
    company = client.post("/companies", {"name": "Ejemplo SL"}, **workspace.owner)["id"]
    other = workspace.users["owner"]
    make("nunca")
    make("ayer", due_at="2026-11-20T20:00:00Z", about={"kind": "contact", "id": ana})
    make("antes", due_at="2026-11-21T11:00:00Z", has_time=True, about={"kind": "company", "id": company})
    make("hoy", due_at="2026-11-21T20:00:00Z")
    make("luego", due_at="2026-11-21T21:00:00Z", has_time=True, about={"kind": "contact", "id": ben})
    make("semana", due_at="2026-11-28T20:00:00Z", about={"kind": "company", "id": company}, contact_id=ana)
    make("lejos", due_at="2026-11-29T20:00:00Z", assignee_id=other)
    make("nadie", assignee_id=None)
    hecha = make("hecha", about={"kind": "contact", "id": ana}, due_at="2026-12-01T20:00:00Z")
    client.post(f"/tasks/{hecha['id']}/complete", {}, **workspace.sales)
    everything = ["ayer", "antes", "hoy", "luego", "semana", "lejos", "nunca", "nadie"]
    assert titles(state="open") == titles(state="open", limit=1) == titles(state="open", limit=3) == everything
    assert titles() == titles(limit=2) == [*everything, "hecha"]
    assert titles(state="done") == ["hecha"]
    mine = [title for title in everything if title not in ("lejos", "nadie")]
    assert titles(assignee_id="me", state="open") == titles(assignee_id=workspace.users["sales"], state="open") == mine
    assert titles(assignee_id="none") == ["nadie"]
    assert titles(assignee_id=other) == ["lejos"]
    assert titles(when="overdue") == ["ayer", "antes"]
    assert titles(when="today") == ["hoy", "luego"]
    assert titles(when="week") == titles(when="week", assignee_id="me") == ["semana"]
    assert titles(when="later") == ["lejos", "nunca", "nadie"]
    assert titles(when="today", state="done") == []
    assert titles(about_kind="contact", about_id=ana) == titles(about_kind="contact", about_id=ana, limit=1) == [
        "ayer", "semana", "hecha",
    ]  # fmt: skip
    assert titles(contact_id=ana, state="open") == ["ayer", "semana"]
    assert titles(about_kind="company", about_id=company) == ["antes", "semana"]
    assert titles(about_kind="company", about_id=company, contact_id=ana) == ["semana"]
    assert titles(about_kind="company", about_id=company, when="overdue") == ["antes"]
    assert titles(about_kind="deal", about_id="01JD0000000000000000000000") == []
    clock.advance(days=1)
    assert titles(when="overdue") == ["ayer", "antes", "hoy", "luego"]


def test_a_deleted_task_lies_in_the_bin_and_comes_back(client, workspace, make, titles, contact, clock):
    ana = contact()
    task = make(about={"kind": "contact", "id": ana})
    place = f"/tasks/{task['id']}"
    assert client.delete(place, query={"version": 3}, **workspace.sales).status == 409
    assert client.delete(place, **workspace.sales).status == 204
    assert client.get(place, **workspace.sales).status == client.delete(place, **workspace.sales).status == 404
    assert titles() == titles(contact_id=ana) == titles(assignee_id="me") == []
    assert titles(deleted="true") == ["Llamar"]
    assert client.post(f"{place}/restore", {}, **workspace.sales)["deleted_at"] is None
    assert titles() == titles(contact_id=ana) == titles(assignee_id="me") == ["Llamar"]
    client.delete(place, **workspace.sales)
    clock.advance(days=30, seconds=1)
    assert client.post(f"{place}/restore", {}, **workspace.sales).status == 404
    assert titles(deleted="true") == []


def test_what_one_may_not_read_is_not_named(client, workspace, make):
    deal = client.post("/deals", {"title": "Secreto"}, **workspace.owner)["id"]
    task = make(about={"kind": "deal", "id": deal})
    key = client.post("/api-keys", {"name": "x", "scopes": ["tasks:read"]}, **workspace.owner)["key"]
    shown = client.get(f"/tasks/{task['id']}", headers={"Authorization": f"Bearer {key}"})
    assert (shown.status, shown["about"]) == (200, {"kind": "deal", "id": deal, "title": None})


def test_a_task_that_is_done_stands_in_the_timeline(client, workspace, make, contact, runtime, stream):
    ana = contact()
    task = make(about={"kind": "contact", "id": ana})
    client.post(f"/tasks/{task['id']}/complete", {}, **workspace.sales)
    stream.project(runtime)
    found = client.get(f"/contacts/{ana}/timeline", query={"kind": "task_done"}, **workspace.key)["items"]
    assert [row["data"]["title"] for row in found] == ["Llamar"]


def plan(client: Any, workspace: Any, contact_id: str, **body: Any) -> Any:
    reply = client.post(
        f"/contacts/{contact_id}/activities", {"kind": "meeting", "subject": "Visita", **body}, **workspace.sales
    )
    assert reply.status == 201, reply.text
    return reply


def test_my_day(client, workspace, make, contact, runtime, stream, clock):
    make("ayer", due_at="2026-11-20T20:00:00Z")
    make("hoy", due_at="2026-11-21T20:00:00Z")
    make("semana", due_at="2026-11-26T20:00:00Z")
    make("lejos", due_at="2026-12-26T20:00:00Z")
    make("ajena", due_at="2026-11-21T20:00:00Z", assignee_id=workspace.users["owner"])
    ana = contact()
    plan(client, workspace, ana, at="2026-11-22T15:00:00Z")
    moved = plan(client, workspace, ana, at="2026-11-23T15:00:00Z", subject="Se mueve")
    plan(client, workspace, ana, at="2026-12-23T15:00:00Z", subject="Lejos")
    change = {"version": moved["version"], "at": "2026-11-24T15:00:00Z"}
    assert client.patch(f"/contacts/{ana}/activities/{moved['id']}", change, **workspace.sales).status == 200
    given = {"table": runtime.table, "clock": clock}
    lead = capture(
        **given, workspace=workspace.workspace, values={"email": "eva@example.com"}, touch=Touch(at=clock.now())
    )
    client.put("/response-target", {"minutes": 30, "enabled": True, "version": 0}, **workspace.owner)
    from chalicelib.customers.assignment.service import assign_lead

    client.patch(f"/leads/{lead.lead_id}", {"version": 1, "owner_id": workspace.users["sales"]}, **workspace.owner)
    assign_lead(**given, workspace=workspace.workspace, lead_id=lead.lead_id)
    stream.project(runtime)
    day = client.get("/my-day", **workspace.sales)
    assert day.status == 200, day.text
    shown = {name: [task["title"] for task in day[name]] for name in ("overdue", "today", "upcoming")}
    assert shown == {"overdue": ["ayer"], "today": ["hoy"], "upcoming": ["semana"]}
    assert [(each["subject"], each["contact_name"], each["at"]) for each in day["meetings"]] == [
        ("Visita", "Ana", "2026-11-22T15:00:00.000Z"),
        ("Se mueve", "Ana", "2026-11-24T15:00:00.000Z"),
    ]
    assert [each["id"] for each in day["leads_to_answer"]] == [lead.lead_id]
    leads.change_lead(
        **given, workspace_id=workspace.id, lead_id=lead.lead_id, version=None, changes={"status": "working"}
    )
    stream.project(runtime)
    assert client.get("/my-day", **workspace.sales)["leads_to_answer"] == []
    for who in (workspace.key, workspace.viewer):
        empty = client.get("/my-day", **who).json
        assert empty["overdue"] == empty["today"] == empty["meetings"] == []


def test_a_feed_has_a_secret_that_can_be_changed(client, workspace, other_workspace):
    assert client.get("/calendar-feed", **workspace.sales).json == {"url": None, "created_at": None}
    made = client.post("/calendar-feed", {}, **workspace.sales)
    assert made.status == 201
    url = made["url"]
    assert url.startswith("https://crm.example/calendar/")
    assert url.endswith(".ics")
    assert client.get("/calendar-feed", **workspace.sales)["url"] == url
    assert client.get("/calendar-feed", **workspace.owner)["url"] is None

    def read(address: str, **headers: str) -> Any:
        return client.get(address.removeprefix("https://crm.example"), base="", headers=headers)

    first = read(url)
    assert (first.status, first.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert first.headers["cache-control"] == "private, max-age=300"
    assert read(url, **{"If-None-Match": first.headers["etag"]}).status == 304
    assert read(url.removesuffix(".ics")).status == 200
    second = client.post("/calendar-feed", {}, **workspace.sales)["url"]
    assert (read(url).status, read(second).status) == (404, 200)
    for wrong in ("x", "0" * 64, "x" * 300, "%00", second.removesuffix(".ics")[-64:-1]):
        assert read(f"https://crm.example/calendar/{wrong}.ics").status == 404
    assert client.delete("/calendar-feed", **workspace.sales).status == 204
    assert read(second).status == 404
    assert client.delete("/calendar-feed", **workspace.sales).status == 204
    third = client.post("/calendar-feed", {}, **workspace.sales)["url"]
    assert client.delete(f"/members/{workspace.users['sales']}", **workspace.owner).status == 204
    assert read(third).status == 404
    assert client.post("/calendar-feed", {}, **workspace.key).status == 403
    items = client.get("/audit", query={"day": "2026-11-21"}, **workspace.owner)
    assert url.rpartition("/")[2][:64] not in items.text


def test_a_calendar_library_reads_the_feed(client, workspace, make, contact, runtime, stream):
    ana = contact("Ana; García, S.L.")
    make(
        "Llamar; a \\Ana, ya\u202e", kind="call", note="Línea 1\nLínea 2 🎉", due_at="2026-11-23T14:30:00Z", has_time=True,
        about={"kind": "contact", "id": ana}, repeat={"rrule": "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=5"},
    )  # fmt: skip
    whole = make("Todo el día", due_at="2026-11-25T14:30:00Z", repeat={"rrule": "FREQ=MONTHLY;UNTIL=20270225"})
    done = make("Hecha", due_at="2026-11-25T14:30:00Z")
    client.post(f"/tasks/{done['id']}/complete", {}, **workspace.sales)
    make("Nunca")
    make("Lejos", due_at="2028-11-25T14:30:00Z")
    make("Antiguo", due_at="2026-10-01T14:30:00Z")
    make("Ajena", due_at="2026-11-25T14:30:00Z", assignee_id=workspace.users["owner"])
    plan(client, workspace, ana, at="2026-11-24T15:00:00Z", ends_at="2026-11-24T16:30:00Z")
    stream.project(runtime)
    url = client.post("/calendar-feed", {}, **workspace.sales)["url"]
    text = client.get(url.removeprefix("https://crm.example"), base="").text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    calendar = Calendar.from_ical(text)
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["America/Bogota"]
    events = {str(event["SUMMARY"]): event for event in calendar.walk("VEVENT")}
    assert set(events) == {"Llamar; a \\Ana, ya\u202e", "Todo el día", "Visita"}
    call = events["Llamar; a \\Ana, ya\u202e"]
    assert call["DTSTART"].dt == datetime(2026, 11, 23, 9, 30, tzinfo=BOGOTA)
    assert call["DTEND"].dt - call["DTSTART"].dt == timedelta(minutes=30)
    assert str(call["DESCRIPTION"]).startswith("Ana; García, S.L.\n\nLínea 1\nLínea 2 🎉")
    assert call["RRULE"]["COUNT"] == [5]
    assert call["RRULE"]["BYDAY"] == ["MO", "WE"]
    all_day = events["Todo el día"]
    assert (all_day["DTSTART"].dt, all_day["DTEND"].dt) == (date(2026, 11, 25), date(2026, 11, 26))
    assert all_day["RRULE"]["UNTIL"] == [date(2027, 2, 25)]
    assert str(all_day["UID"]) == f"task-{whole['id']}@clientela"
    meeting = events["Visita"]
    assert (meeting["DTSTART"].dt, meeting["DTEND"].dt) == (
        datetime(2026, 11, 24, 10, tzinfo=BOGOTA),
        datetime(2026, 11, 24, 11, 30, tzinfo=BOGOTA),
    )
