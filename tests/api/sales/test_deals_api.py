"""Pipelines and deals over HTTP."""

import pytest


def test_a_workspace_has_a_pipeline_to_begin_with(client, workspace):
    page = client.get("/pipelines", **workspace.viewer)
    assert [stage["probability"] for stage in page["items"][0]["stages"]] == [10, 25, 50, 75, 90]
    assert client.get("/pipelines", **workspace.viewer).json == page.json
    stages = [{"id": "uno", "name": "Uno", "probability": 5}]
    made = client.post("/pipelines", {"name": "Renovaciones", "stages": stages}, **workspace.owner)
    assert made.status == 201
    assert [{name: stage[name] for name in stages[0]} for stage in made["stages"]] == stages
    assert len(client.get("/pipelines", **workspace.viewer)["items"]) == 2
    twice = client.post("/pipelines", {"name": "x", "stages": stages * 2}, **workspace.owner)
    assert twice["errors"][0]["field"] == "stages"


def test_a_deal_is_made_and_listed_on_its_board(client, workspace):
    pipeline = client.get("/pipelines", **workspace.viewer)["items"][0]
    contact = client.post("/contacts", {"first_name": "Ana"}, **workspace.sales)
    body = {
        "title": "Tienda nueva",
        "amount": "1200.50",
        "contact_id": contact["id"],
        "stage_id": pipeline["stages"][1]["id"],
        "expected_close": "2026-12-31",
        "owner_id": workspace.users["sales"],
    }
    made = client.post("/deals", body, **workspace.sales)
    assert made.status == 201, made.text
    assert (made["amount"], made["currency"], made["status"]) == ("1200.50", "COP", "open")
    assert (made["contact_name"], made["expected_close"]) == ("Ana", "2026-12-31")
    assert client.get(f"/deals/{made['id']}", **workspace.viewer).json == made.json
    first = client.post("/deals", {"title": "Primero"}, **workspace.sales)
    board = client.get("/deals", query={"pipeline_id": pipeline["id"]}, **workspace.viewer)
    assert [deal["id"] for deal in board["items"]] == [first["id"], made["id"]]
    page = client.get("/deals", query={"limit": 1}, **workspace.viewer)
    rest = client.get("/deals", query={"limit": 1, "cursor": page["next_cursor"]}, **workspace.viewer)
    assert page["items"] + rest["items"] == board["items"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "title"),
        ({"title": "x", "amount": "-1"}, "amount"),
        ({"title": "x", "amount": "NaN"}, "amount"),
        ({"title": "x", "amount": "1e30"}, "amount"),
        ({"title": "x", "currency": "euro"}, "currency"),
        ({"title": "x", "pipeline_id": "01JD0000000000000000000000"}, "pipeline_id"),
        ({"title": "x", "stage_id": "none"}, "stage_id"),
        ({"title": "x", "contact_id": "01JD0000000000000000000000"}, "contact_id"),
        ({"title": "x", "company_id": "x"}, "company_id"),
        ({"title": "x", "owner_id": "nobody"}, "owner_id"),
        ({"title": "x", "expected_close": "tomorrow"}, "expected_close"),
    ],
)
def test_what_is_wrong_is_named(client, workspace, body, field):
    reply = client.post("/deals", body, **workspace.sales)
    assert reply.status == 422, reply.text
    assert reply["errors"][0]["field"] == field
