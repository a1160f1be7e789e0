"""Leads over HTTP, as captures make them."""

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


def test_the_inbox_is_filtered_and_goes_on(client, workspace, post):
    made = [post(f"n{number}@example.com", "google" if number % 2 else "feria") for number in range(6)]
    owner = workspace.users["sales"]
    for each in made[:3]:
        client.patch(
            f"/leads/{each.lead_id}", {"version": 1, "status": "working", "owner_id": owner}, **workspace.owner
        )

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
