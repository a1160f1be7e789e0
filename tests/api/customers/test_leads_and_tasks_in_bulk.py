"""Many leads and tasks changed at once and back, exported, and forgotten with their person."""

from typing import Any

import pytest

from chalicelib.customers.leads import service as leads
from tests.api.conftest import Api, World
from tests.api.customers.working import done


def ask(client: Api, world: World, kind: str, name: str, ids: list[str], **values: Any) -> Any:
    reply = client.post("/bulk", {"kind": kind, "ids": ids, "action": {"name": name, **values}}, **world.owner)
    assert reply.status == 202, reply.text
    return done(client, world, reply)


def undo(client: Api, world: World, job: Any) -> Any:
    return done(client, world, client.post(f"/jobs/{job['id']}/undo", {}, **world.owner))


@pytest.fixture
def inbox(client: Api, workspace: World) -> list[str]:
    return [
        client.post("/leads", {"contact": {"email": f"n{number}@example.com"}}, **workspace.owner)["id"]
        for number in range(3)
    ]


def test_leads_are_assigned_closed_and_brought_back(
    client: Api, workspace: World, inbox: list[str], stream: Any
) -> None:
    runtime, owner = client.runtime, workspace.users["sales"]

    def load() -> int:
        return leads.loads_of(table=runtime.table, workspace_id=workspace.id, owner_ids=[owner])[owner]

    def get(lead_id: str) -> Any:
        return client.get(f"/leads/{lead_id}", **workspace.owner)

    def open_leads() -> set[str | None]:
        stream.project(runtime)
        found = client.get("/contacts", **workspace.owner)["items"]
        return {client.get(f"/contacts/{each['id']}", **workspace.owner)["open_lead_id"] for each in found}

    assigned = ask(client, workspace, "lead", "assign", inbox, owner_id=owner)
    assert (assigned["result"]["changed"], load(), get(inbox[0])["owner_id"]) == (3, 3, owner)
    reason = {"status": "disqualified", "disqualify_reason": "Feria"}
    closed = ask(client, workspace, "lead", "edit", inbox[:2], fields=reason)
    assert (closed["result"]["changed"], load(), get(inbox[0])["disqualify_reason"]) == (2, 1, "Feria")
    assert open_leads() == {None, inbox[2]}
    without = ask(client, workspace, "lead", "edit", [inbox[2]], fields={"status": "disqualified"})
    assert without["result"]["failed"] == 1
    gone = ask(client, workspace, "lead", "delete", [inbox[2]])
    assert (gone["result"]["changed"], load(), get(inbox[2]).status) == (1, 0, 404)
    assert open_leads() == {None}
    undo(client, workspace, gone)
    assert (load(), get(inbox[2])["status"]) == (1, "new")
    undo(client, workspace, closed)
    assert (load(), get(inbox[0])["status"], get(inbox[0])["disqualify_reason"]) == (3, "new", None)
    assert open_leads() == set(inbox)
    undo(client, workspace, assigned)
    assert (load(), get(inbox[0])["owner_id"]) == (0, None)
    stream.project(runtime)
    found = client.get("/leads", query={"owner_id": "none"}, **workspace.owner)["items"]
    assert {lead["id"] for lead in found} == set(inbox)


def test_a_capture_on_a_contact_whose_lead_was_closed_in_bulk_makes_a_new_one(
    client: Api, workspace: World, inbox: list[str]
) -> None:
    from chalicelib.customers.capture.service import capture
    from chalicelib.customers.contacts.domain import Touch

    ask(client, workspace, "lead", "edit", inbox, fields={"status": "qualified"})
    now = client.runtime.clock.now()
    captured = capture(  # before the projector has told the contact
        table=client.runtime.table, clock=client.runtime.clock, workspace=workspace.workspace,
        values={"email": "n0@example.com"}, touch=Touch(at=now),
    )  # fmt: skip
    assert captured.lead_created
    assert captured.lead_id != inbox[0]
    contact = client.get(f"/contacts/{captured.contact_id}", **workspace.owner)
    assert contact["open_lead_id"] == captured.lead_id


@pytest.fixture
def tasks(client: Api, workspace: World) -> list[str]:
    ana = client.post("/contacts", {"first_name": "Ana"}, **workspace.owner)["id"]
    return [
        client.post(
            "/tasks", {"title": f"T{number}", "about": {"kind": "contact", "id": ana}}, **workspace.sales
        )["id"]
        for number in range(3)
    ]  # fmt: skip


def test_tasks_are_done_moved_and_brought_back(client: Api, workspace: World, tasks: list[str]) -> None:
    def titles(**query: Any) -> list[str]:
        return [task["title"] for task in client.get("/tasks", query=query, **workspace.sales)["items"]]

    contact_id = client.get(f"/tasks/{tasks[0]}", **workspace.sales)["contact_id"]
    finished = ask(client, workspace, "task", "complete", tasks[:2])
    assert finished["result"]["changed"] == 2
    assert titles(contact_id=contact_id, state="done") == ["T1", "T0"]
    moved = ask(
        client, workspace, "task", "edit", tasks[2:], fields={"due_at": "2026-11-23T14:00:00Z", "priority": "high"}
    )
    assert moved["result"]["changed"] == 1
    assert client.get(f"/tasks/{tasks[2]}", **workspace.sales)["due_on"] == "2026-11-23"
    assert titles(contact_id=contact_id, when="week") == ["T2"]
    given = ask(client, workspace, "task", "assign", tasks, owner_id=workspace.users["owner"])
    assert (given["result"]["changed"], titles(assignee_id="me")) == (3, [])
    gone = ask(client, workspace, "task", "delete", tasks)
    assert (gone["result"]["changed"], titles(contact_id=contact_id), titles()) == (3, [], [])
    for job in (gone, given, moved, finished):
        undo(client, workspace, job)
    assert titles(contact_id=contact_id) == titles(assignee_id="me") == ["T0", "T1", "T2"]


def test_what_repeats_is_not_done_in_bulk(client: Api, workspace: World) -> None:
    body = {"title": "x", "due_at": "2026-11-23T14:00:00Z", "repeat": {"rrule": "FREQ=DAILY"}}
    task = client.post("/tasks", body, **workspace.sales)["id"]
    assert ask(client, workspace, "task", "complete", [task])["result"]["failed"] == 1


@pytest.mark.parametrize(
    ("kind", "action", "field"),
    [
        ("lead", {"name": "assign", "owner_id": "nobody"}, "action.owner_id"),
        ("lead", {"name": "edit", "fields": {"status": "converted"}}, "action.fields.status"),
        ("lead", {"name": "edit", "fields": {"touches": 9}}, "action.fields.touches"),
        ("lead", {"name": "complete"}, "action.name"),
        ("task", {"name": "edit", "fields": {"title": "x"}}, "action.fields.title"),
        ("task", {"name": "edit", "fields": {"due_at": "soon"}}, "action.fields.due_at"),
    ],
)
def test_what_is_wrong_is_named(client: Api, workspace: World, kind: str, action: Any, field: str) -> None:
    reply = client.post(
        "/bulk", {"kind": kind, "ids": ["01JD0000000000000000000000"], "action": action}, **workspace.owner
    )
    assert (reply.status, reply["errors"][0]["field"]) == (422, field), reply.text


def test_they_are_counted(client: Api, stream: Any, workspace: World, inbox: list[str], tasks: list[str]) -> None:
    stream.project(client.runtime)
    for kind, count in (("lead", 3), ("task", 3)):
        reply = client.get("/counts", query={"kind": kind}, **workspace.sales)
        assert (reply["count"], reply["exact"]) == (count, True)


def test_tasks_go_with_their_person(
    client: Api, workspace: World, tasks: list[str], stream: Any, dynamodb: str, table_name: str
) -> None:
    from chalicelib.customers.contacts import service as contacts
    from chalicelib.customers.tasks.erasure import ERASURE
    from tests.helpers import client_of

    runtime = client.runtime
    contact_id = client.get(f"/tasks/{tasks[0]}", **workspace.sales)["contact_id"]
    client.patch(f"/tasks/{tasks[0]}", {"version": 1, "title": "Canario"}, **workspace.sales)
    client.post(f"/tasks/{tasks[0]}/complete", {}, **workspace.sales)
    client.patch(f"/tasks/{tasks[1]}", {"version": 1, "note": "Canario"}, **workspace.sales)
    client.delete(f"/tasks/{tasks[1]}", **workspace.sales)
    stream.project(runtime)
    contact = contacts.get_contact(table=runtime.table, workspace_id=workspace.id, contact_id=contact_id)
    given = (runtime, workspace.id, contact, frozenset[str]())
    assert {row["title"] for row in ERASURE.show(*given)} == {"Canario", "T1", "T2"}
    assert ERASURE.erase(*given) >= 3
    stream.project(runtime)
    assert ERASURE.erase(*given) == 0
    items = client_of("dynamodb", dynamodb).scan(
        TableName=table_name,
        FilterExpression="workspace_id = :w",
        ExpressionAttributeValues={":w": {"S": workspace.id}},
    )["Items"]
    assert [item for item in items if "Canario" in str(item)] == []
    kinds = {item["kind"]["S"] for item in items if any(task in str(item) for task in tasks)}
    assert kinds <= {"audit"}  # that there was something, and nothing of what
