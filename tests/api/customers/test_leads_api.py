"""Leads over HTTP, as captures make them."""

import json
from typing import Any

import pytest

from chalicelib.customers.capture.service import capture
from chalicelib.customers.consent.domain import ConsentGiven
from chalicelib.customers.contacts.domain import ScoreEntry, Touch
from chalicelib.customers.contacts.service import add_points


@pytest.fixture
def post(runtime, workspace, clock):
    def run(email: str, source: str = "google", **values: str) -> Any:
        clock.advance(seconds=1)
        return capture(
            table=runtime.table,
            clock=clock,
            workspace=workspace.workspace,
            values={"email": email, **values},
            touch=Touch(at=clock.now(), source=source, medium="cpc"),
            consents=[ConsentGiven("marketing_email", "Sí", "1")],
            source="form:x",
        )

    return run


def test_a_lead_is_found_by_the_address_of_its_contact(client, workspace, other_workspace, post, runtime, clock):
    captured = post("ana@example.com", first_name="Ana", company="Ejemplo SL")
    entries = [ScoreEntry("E1", clock.now(), 15, "Form", "rule-1", "engagement")]
    add_points(
        table=runtime.table, workspace_id=workspace.id, contact_id=captured.contact_id, entries=entries,
        grade_of=lambda fit, engagement: "C1",
    )  # fmt: skip
    found = client.get("/leads", query={"email": " ANA@example.com"}, **workspace.key)
    [lead] = found["items"]
    assert lead["id"] == captured.lead_id
    assert lead["status"] == "new"
    assert lead["contact"] == {"display_name": "Ana", "email": "ana@example.com", "company_name": "Ejemplo SL"}
    assert lead["score"] == {"fit": 0, "engagement": 15, "total": 15, "grade": "C1"}
    assert (lead["source"], lead["medium"]) == ("google", "cpc")
    assert client.get(f"/leads/{lead['id']}", **workspace.key).json == lead
    history = client.get(f"/leads/{lead['id']}/score-history", **workspace.key)
    assert [
        {name: row[name] for name in ("points", "reason", "rule_id", "dimension", "total")} for row in history["items"]
    ] == [{"points": 15, "reason": "Form", "rule_id": "rule-1", "dimension": "engagement", "total": 15}]
    assert client.get("/leads", query={"email": "nobody"}, **workspace.key)["items"] == []
    assert client.get("/leads", query={"email": "ana@example.com"}, **other_workspace.key)["items"] == []


def test_a_lead_goes_its_way(client, workspace, post):
    lead_id = post("ana@example.com").lead_id

    def move(version: int, **changes: Any) -> Any:
        return client.patch(f"/leads/{lead_id}", {"version": version, **changes}, **workspace.sales)

    assert move(1, status="working", owner_id=workspace.users["sales"])["owner_id"] == workspace.users["sales"]
    stale = move(1, status="qualified")
    assert stale.status == 409
    assert stale["current"]["status"] == "working"
    assert move(2, status="disqualified")["errors"][0]["field"] == "disqualify_reason"
    closed = move(2, status="disqualified", disqualify_reason="Sin presupuesto")
    assert (closed["status"], closed["disqualify_reason"]) == ("disqualified", "Sin presupuesto")
    assert client.get(f"/contacts/{closed['contact_id']}", **workspace.key)["open_lead_id"] is None
    assert move(3, status="qualified")["errors"][0]["code"] == "illegal_move"
    reopened = move(3, status="working")
    assert (reopened["disqualify_reason"], reopened["version"]) == (None, 4)
    assert client.get(f"/contacts/{closed['contact_id']}", **workspace.key)["open_lead_id"] == lead_id
    assert move(4, owner_id="nobody")["errors"][0]["field"] == "owner_id"
    assert move(4, status="won").status == 422


def test_the_inbox_is_filtered_and_goes_on(client, workspace, post, runtime, stream):
    made = [post(f"n{number}@example.com", "google" if number % 2 else "feria") for number in range(6)]
    owner = workspace.users["sales"]
    for each in made[:3]:
        client.patch(
            f"/leads/{each.lead_id}", {"version": 1, "status": "working", "owner_id": owner}, **workspace.owner
        )

    stream.project(runtime)

    def ids(**query: Any) -> list[str]:
        found: list[str] = []
        cursor = None
        while True:
            page = client.get("/leads", query=query | ({"cursor": cursor} if cursor else {}), **workspace.viewer)
            assert page.status == 200, page.text
            found += [lead["id"] for lead in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                return found

    def of(*numbers: int) -> list[str]:
        return [made[number].lead_id for number in numbers]

    assert ids() == ids(limit=1) == ids(limit=4) == of(5, 4, 3, 2, 1, 0)
    assert ids(status="new", limit=2) == of(5, 4, 3)
    assert ids(status="working", limit=2) == of(2, 1, 0)
    assert ids(source="google", limit=1) == of(5, 3, 1)
    assert ids(owner_id=owner, limit=2) == of(2, 1, 0)
    assert ids(owner_id=owner, source="feria") == of(2, 0)
    assert ids(owner_id=owner, status="new") == []
    assert ids(email="n2@example.com", status="new") == []
    first = client.get("/leads", query={"limit": 2}, **workspace.viewer)
    other = client.get("/leads", query={"cursor": first["next_cursor"], "status": "new"}, **workspace.viewer)
    assert other.status == 422


def make(client: Any, workspace: Any, **body: Any) -> Any:
    return client.post("/leads", body, **workspace.sales)


def test_a_lead_is_written_down_on_a_contact_or_a_person(client, workspace):
    contact = client.post(
        "/contacts", {"first_name": "Ana", "emails": [{"address": "ana@x.example"}]}, **workspace.owner
    )
    first = make(client, workspace, contact_id=contact["id"], source="feria", owner_id=workspace.users["sales"])
    assert (first.status, first.headers["location"]) == (201, f"/api/v1/leads/{first['id']}")
    assert (first["source"], first["owner_id"], first["touches"], first["custom"]) == (
        "feria", workspace.users["sales"], 0, {},
    )  # fmt: skip
    assert client.get(f"/contacts/{contact['id']}", **workspace.key)["open_lead_id"] == first["id"]
    for again in ({"contact_id": contact["id"]}, {"contact": {"email": "ANA@x.example"}}):
        taken = make(client, workspace, **again)
        assert (taken.status, taken["current"]["id"]) == (409, first["id"])
    client.post(f"/leads/{first['id']}/qualify", {}, **workspace.sales)
    known = make(client, workspace, contact={"first_name": "Otra", "email": " Ana@X.example", "phone": "+34600111222"})
    assert (known["contact_id"], known["source"]) == (contact["id"], "manual")
    assert known["contact"]["display_name"] == "Ana"  # who is known is changed in nothing
    person = {"first_name": "Eva", "last_name": "Ruiz", "phone": "+34 600 333 444", "company": "Ejemplo SL"}
    new = make(client, workspace, contact=person)
    assert new["contact"] == {"display_name": "Eva Ruiz", "email": None, "company_name": "Ejemplo SL"}
    by_phone = make(client, workspace, contact={"phone": "+34600333444"})
    assert (by_phone.status, by_phone["current"]["id"]) == (409, new["id"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "contact_id"),
        ({"contact_id": "01JD0000000000000000000000"}, "contact_id"),
        ({"contact_id": "01JD0000000000000000000000", "contact": {"email": "a@x.example"}}, "contact_id"),
        ({"contact": {"email": "no address"}}, "contact.email"),
        ({"contact": {"phone": "12"}}, "contact.phone"),
        ({"contact": {"company": "Ejemplo SL"}}, "contact.email"),
        ({"contact": {"first_name": "A\u0000"}}, "contact.first_name"),
        ({"contact": {"first_name": "Ana"}, "owner_id": "nobody"}, "owner_id"),
        ({"contact": {"first_name": "Ana"}, "custom": {"x": 1}}, "custom.x"),
        ({"contact": {"first_name": "Ana"}, "status": "qualified"}, "status"),
    ],
)
def test_a_lead_that_cannot_be_is_refused(client, workspace, body, field):
    reply = make(client, workspace, **body)
    assert (reply.status, reply["errors"][0]["field"]) == (422, field), reply.text


def test_the_same_lead_twice_by_its_key_is_one(client, workspace):
    body = {"contact": {"email": "ana@x.example"}}
    first = client.post("/leads", body, idempotency_key="once", **workspace.sales)
    assert client.post("/leads", body, idempotency_key="once", **workspace.sales).json == first.json


def test_qualify_disqualify_reopen(client, workspace, post):
    lead_id = post("ana@example.com").lead_id

    def move(action: str, **body: Any) -> Any:
        return client.post(f"/leads/{lead_id}/{action}", body, **workspace.sales)

    qualified = move("qualify", version=1)
    assert (qualified["status"], qualified["version"]) == ("qualified", 2)
    assert qualified["first_response_at"] == qualified["updated_at"]
    stale = move("reopen", version=1)
    assert (stale.status, stale["current"]["version"]) == (409, 2)
    assert move("reopen")["status"] == "working"
    assert move("disqualify")["errors"][0]["field"] == "reason"
    closed = move("disqualify", reason="Sin presupuesto")
    assert (closed["status"], closed["disqualify_reason"]) == ("disqualified", "Sin presupuesto")
    assert move("qualify")["errors"][0]["code"] == "illegal_move"
    reopened = move("reopen", version=closed["version"])
    assert (reopened["disqualify_reason"], reopened["first_response_at"]) == (None, qualified["first_response_at"])


def test_a_deleted_lead_lies_in_the_bin_and_comes_back(client, workspace, post, clock):
    kept, gone = post("ana@example.com"), post("ben@example.com")
    place = f"/leads/{gone.lead_id}"
    assert client.delete(place, query={"version": 7}, **workspace.sales).status == 409
    assert client.delete(place, query={"version": 1}, **workspace.sales).status == 204
    assert client.get(place, **workspace.sales).status == client.delete(place, **workspace.sales).status == 404
    assert [lead["id"] for lead in client.get("/leads", **workspace.key)["items"]] == [kept.lead_id]
    [binned] = client.get("/leads", query={"deleted": "true"}, **workspace.key)["items"]
    assert (binned["id"], binned["deleted_at"]) == (gone.lead_id, binned["updated_at"])
    assert client.get(f"/contacts/{gone.contact_id}", **workspace.key)["open_lead_id"] is None
    other = make(client, workspace, contact_id=gone.contact_id)
    assert client.post(f"{place}/restore", {}, **workspace.sales)["errors"][0]["code"] == "another_open_lead"
    client.delete(f"/leads/{other['id']}", **workspace.sales)
    back = client.post(f"{place}/restore", {}, **workspace.sales)
    assert (back.status, back["deleted_at"], back["status"]) == (200, None, "new")
    assert client.post(f"{place}/restore", {}, **workspace.sales)["version"] == back["version"]
    assert client.get(f"/contacts/{gone.contact_id}", **workspace.key)["open_lead_id"] == gone.lead_id
    client.delete(place, **workspace.sales)
    clock.advance(days=30, seconds=1)
    assert client.post(f"{place}/restore", {}, **workspace.sales).status == 404
    assert client.get("/leads", query={"deleted": "true"}, **workspace.key)["items"] == []


def test_the_inbox_by_age_and_owner(client, workspace, post, clock, runtime, stream):
    old = post("old@example.com")
    clock.advance(days=20)
    middle = post("middle@example.com")
    clock.advance(days=12)
    new = post("new@example.com")
    mine = {"version": 1, "owner_id": workspace.users["sales"]}
    client.patch(f"/leads/{middle.lead_id}", mine, **workspace.owner)
    stream.project(runtime)

    def ids(**query: Any) -> list[str]:
        return [lead["id"] for lead in client.get("/leads", query=query, **workspace.sales)["items"]]

    assert ids(age="today") == ids(age="week") == [new.lead_id]
    assert ids(age="month") == [new.lead_id, middle.lead_id]
    assert ids(age="older") == [old.lead_id]
    assert ids(sort="created") == [old.lead_id, middle.lead_id, new.lead_id]
    assert ids(owner_id="me") == ids(owner_id=workspace.users["sales"]) == [middle.lead_id]
    assert ids(owner_id="none") == ids(owner_id="none", status="new") == [new.lead_id, old.lead_id]
    assert ids(owner_id="none", age="older") == ids(source="google", age="older") == [old.lead_id]
    assert ids(q="middle") == ids(q="exam", owner_id="me") == [middle.lead_id]
    assert ids(filter='[{"field": "owner_id", "op": "present"}]') == [middle.lead_id]
    of_contact = [{"field": "contact_id", "op": "is", "value": old.contact_id}]
    assert ids(filter=json.dumps(of_contact)) == [old.lead_id]
    assert ids(sort="owner")[-1] == middle.lead_id
    assert client.get("/counts", query={"kind": "lead", "filter": "[]"}, **workspace.sales)["count"] == 3
    refused = client.get("/leads", query={"overdue": "true", "q": "exam"}, **workspace.sales)
    assert (refused.status, refused["errors"][0]["field"]) == (422, "filter")
    wrong = client.get("/leads", query={"filter": '[{"field": "mood", "op": "is", "value": 1}]'}, **workspace.sales)
    assert wrong["errors"][0]["field"] == "filter.0.field"
    page = client.get("/leads", query={"sort": "created", "limit": 2}, **workspace.sales)
    rest = client.get("/leads", query={"sort": "created", "limit": 2, "cursor": page["next_cursor"]}, **workspace.sales)
    assert [lead["id"] for lead in rest["items"]] == [new.lead_id]


def test_own_fields_of_a_lead(client, workspace):
    field = {"kind": "lead", "key": "budget", "name": "Presupuesto", "type": "number"}
    assert client.post("/fields", field, **workspace.owner).status == 201
    lead = make(client, workspace, contact={"first_name": "Ana"}, custom={"budget": 500})
    assert lead["custom"] == {"budget": 500}
    place = f"/leads/{lead['id']}"
    changed = client.patch(place, {"version": 1, "custom": {"budget": 700}}, **workspace.sales)
    assert changed["custom"] == client.get(place, **workspace.key)["custom"] == {"budget": 700}
    wrong = client.patch(place, {"version": 2, "custom": {"budget": "much"}}, **workspace.sales)
    assert wrong["errors"][0]["field"] == "custom.budget"
    assert client.patch(place, {"version": 2, "custom": {"budget": None}}, **workspace.sales)["custom"] == {}


def test_closed_and_renamed_leads_are_found_deleted_ones_are_not(client, workspace, post, runtime, stream):
    captured = post("ana@example.com", first_name="Ana", last_name="García")
    client.post(f"/leads/{captured.lead_id}/qualify", {}, **workspace.sales)
    stream.project(runtime)

    def found(query: str) -> set[str]:
        return {hit["id"] for hit in client.get("/search", query={"q": query}, **workspace.key)["items"]}

    assert found("garcia") == {captured.contact_id, captured.lead_id}
    contact = client.get(f"/contacts/{captured.contact_id}", **workspace.key)
    change = {"version": contact["version"], "last_name": "Pérez"}
    assert client.patch(f"/contacts/{captured.contact_id}", change, **workspace.owner).status == 200
    stream.project(runtime)
    assert (found("garcia"), found("perez")) == (set(), {captured.contact_id, captured.lead_id})
    client.delete(f"/leads/{captured.lead_id}", **workspace.sales)
    stream.project(runtime)
    assert found("perez") == {captured.contact_id}
    client.post(f"/leads/{captured.lead_id}/restore", {}, **workspace.sales)
    stream.project(runtime)
    assert found("perez") == {captured.contact_id, captured.lead_id}
