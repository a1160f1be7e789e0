"""Timelines, consent, search and companies over HTTP."""

from typing import Any

import pytest

from chalicelib.customers.consent.domain import SuppressionReason
from chalicelib.customers.consent.service import suppress


@pytest.fixture
def contact(client, workspace) -> Any:
    return client.post(
        "/contacts", {"first_name": "Ana", "emails": [{"address": "ana@example.com"}]}, **workspace.owner
    )


def test_a_note_stands_in_the_timeline_once(client, workspace, contact, clock):
    path = f"/contacts/{contact['id']}"
    note = client.post(f"{path}/notes", {"text": "Llamar el lunes"}, idempotency_key="n1", **workspace.sales)
    assert note.status == 201
    again = client.post(f"{path}/notes", {"text": "Llamar el lunes"}, idempotency_key="n1", **workspace.sales)
    assert again.json == note.json
    clock.advance(seconds=1)
    client.post(f"{path}/notes", {"text": "<b>Hecho</b>"}, **workspace.sales)
    page = client.get(f"{path}/timeline", **workspace.viewer)
    assert [item["data"]["text"] for item in page["items"]] == ["<b>Hecho</b>", "Llamar el lunes"]
    assert page["items"][1]["title_key"] == "timeline.note"
    assert page["items"][1]["actor"] == f"member:{workspace.users['sales']}"
    first = client.get(f"{path}/timeline", query={"limit": 1}, **workspace.viewer)
    second = client.get(f"{path}/timeline", query={"limit": 1, "cursor": first["next_cursor"]}, **workspace.viewer)
    assert first["items"] + second["items"] == page["items"]
    assert client.get(f"{path}/timeline", query={"kind": "email_sent"}, **workspace.viewer)["items"] == []
    assert client.get(f"{path}/timeline", query={"kind": "nothing"}, **workspace.viewer).status == 422
    assert client.post(f"{path}/notes", {"text": " "}, **workspace.sales).status == 422
    assert client.post(f"{path}/notes", {"text": "x" * 10_001}, **workspace.sales).status == 422


def test_a_member_writes_down_consent_with_its_proof(client, workspace, contact, clock):
    path = f"/contacts/{contact['id']}/consents"
    said = {"purpose": "marketing_email", "state": "granted", "proof": "Por teléfono, el 21 de noviembre"}
    assert client.post(path, said, **workspace.marketer).status == 201
    assert client.post(path, {**said, "proof": ""}, **workspace.marketer)["errors"][0]["field"] == "proof"
    clock.advance(seconds=1)
    assert client.post(path, {**said, "state": "withdrawn"}, **workspace.marketer).status == 201
    shown = client.get(f"/contacts/{contact['id']}", **workspace.key)
    assert [(each["purpose"], each["state"]) for each in shown["consents"]] == [("marketing_email", "withdrawn")]
    ledger = client.get(path, **workspace.key)
    assert [row["state"] for row in ledger["items"]] == ["withdrawn", "granted"]
    assert ledger["items"][1]["text"] == said["proof"]
    assert ledger["items"][1]["actor"] == f"member:{workspace.users['marketer']}"


def test_a_suppressed_address_is_shown(client, workspace, contact, runtime, clock):
    suppress(
        table=runtime.table, clock=clock, signer=runtime.signer, workspace_id=workspace.id, email="ANA@example.com",
        reason=SuppressionReason.COMPLAINED,
    )  # fmt: skip
    shown = client.get(f"/contacts/{contact['id']}", **workspace.key)
    assert shown["suppressed"]["reason"] == "complained"


def test_search_finds_by_the_beginnings_of_words(client, workspace, other_workspace, stream, runtime):
    client.post(
        "/contacts",
        {
            "first_name": "José",
            "last_name": "Núñez",
            "emails": [{"address": "jn@example.com"}],
            "company_name": "Ñandú",
        },
        **workspace.owner,
    )
    client.post("/companies", {"name": "Nuñez e hijos", "domain": "nunez.example"}, **workspace.owner)
    assert stream.project(runtime) == []

    def kinds(query: str, world: Any = workspace) -> list[str]:
        return sorted(hit["kind"] for hit in client.get("/search", query={"q": query}, **world.viewer)["items"])

    assert kinds("nune") == ["company", "contact"]
    assert kinds("NUÑ jos") == ["contact"]
    only = client.get("/search", query={"q": "nune", "kind": "company"}, **workspace.viewer)["items"]
    assert [hit["kind"] for hit in only] == ["company"]
    assert kinds("jn") == kinds("nandu") == ["contact"]
    assert kinds("jn@exam") == ["contact"]
    assert kinds("zz") == []
    assert kinds("nune", other_workspace) == []
    short = client.get("/search", query={"q": "n"}, **workspace.viewer)
    assert short["errors"][0]["field"] == "q"


def test_companies_have_one_domain_each(client, workspace):
    made = client.post("/companies", {"name": "Ejemplo", "domain": "https://www.Ejemplo.es"}, **workspace.sales)
    assert made.status == 201, made.text
    assert made["domain"] == "ejemplo.es"
    taken = client.post("/companies", {"name": "Otra", "domain": "ejemplo.es"}, **workspace.sales)
    assert taken["errors"] == [{"field": "domain", "message": "Another company has this domain.", "code": "taken"}]
    path = f"/companies/{made['id']}"
    changed = client.patch(path, {"version": 1, "domain": None, "tags": ["Cliente"]}, **workspace.sales)
    assert (changed["domain"], changed["tags"], changed["version"]) == (None, ["cliente"], 2)
    assert client.patch(path, {"version": 1, "city": "x"}, **workspace.sales)["current"]["version"] == 2
    assert client.post("/companies", {"name": "Otra", "domain": "ejemplo.es"}, **workspace.sales).status == 201
    page = client.get("/companies", query={"limit": 1}, **workspace.viewer)
    assert page["items"][0]["name"] == "Otra"
    rest = client.get("/companies", query={"limit": 1, "cursor": page["next_cursor"]}, **workspace.viewer)
    assert rest["items"][0]["id"] == made["id"]


def test_contacts_of_a_company(client, workspace):
    company = client.post("/companies", {"name": "Ejemplo"}, **workspace.sales)
    mine = client.post("/contacts", {"first_name": "Ana", "company_id": company["id"]}, **workspace.sales)
    client.post("/contacts", {"first_name": "Eva"}, **workspace.sales)
    assert mine["company_name"] == "Ejemplo"
    page = client.get("/contacts", query={"company_id": company["id"]}, **workspace.viewer)
    assert [each["id"] for each in page["items"]] == [mine["id"]]
