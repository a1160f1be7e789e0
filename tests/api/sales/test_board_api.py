"""Deals on their way: moved, won, lost, reopened, deleted; and what the board, the lists, the forecast and the cycle show of it."""

from datetime import timedelta
from typing import Any

import pytest

from tests.helpers import NOON

STAGES = [
    {"id": "first", "name": "First", "probability": 10},
    {"id": "offer", "name": "Offer", "probability": 50, "required_fields": ["amount", "contact_id"], "rotting_days": 7},
    {"id": "handshake", "name": "Handshake", "probability": 90},
]


class Sales:
    """A workspace's pipeline, and deals in it."""

    def __init__(self, client: Any, world: Any):
        self.client, self.world = client, world
        made = client.post(
            "/pipelines", {"name": "B2B", "stages": STAGES, "lost_reasons": ["Price", " Price "]}, **world.owner
        )
        assert made.status == 201, made.text
        self.pipeline = made.json
        self.id = made["id"]

    def deal(self, title: str = "Tienda", **values: Any) -> Any:
        self.client.runtime.clock.advance(seconds=1)
        reply = self.client.post("/deals", {"title": title, "pipeline_id": self.id, **values}, **self.world.sales)
        assert reply.status == 201, reply.text
        return reply.json

    def act(self, deal: Any, what: str, **body: Any) -> Any:
        self.client.runtime.clock.advance(seconds=1)
        return self.client.post(f"/deals/{deal['id']}/{what}", {"version": deal["version"], **body}, **self.world.sales)

    def move(self, deal: Any, stage: str, **body: Any) -> Any:
        reply = self.act(deal, "move", stage_id=stage, **body)
        assert reply.status == 200, reply.text
        return reply.json

    def board(self, **query: Any) -> dict[str, Any]:
        reply = self.client.get(f"/pipelines/{self.id}/board", query=query, **self.world.viewer)
        assert reply.status == 200, reply.text
        return {column["stage_id"]: column for column in reply["columns"]}

    def titles(self, stage: str) -> list[str]:
        return [deal["title"] for deal in self.board()[stage]["deals"]]


@pytest.fixture
def sales(client: Any, workspace: Any) -> Sales:
    return Sales(client, workspace)


def test_cards_stand_where_they_are_put(sales: Sales) -> None:
    a, b, c, d = (sales.deal(title) for title in "abcd")
    assert sales.titles("first") == ["d", "c", "b", "a"]  # the newest on top
    a = sales.move(a, "first", before_id=c["id"])
    assert sales.titles("first") == ["d", "a", "c", "b"]
    d = sales.move(d, "first", after_id=b["id"])
    assert sales.titles("first") == ["a", "c", "b", "d"]
    c = sales.move(c, "first", before_id=a["id"])
    assert sales.titles("first") == ["c", "a", "b", "d"]
    a = sales.move(a, "handshake")
    b = sales.move(b, "handshake", after_id=a["id"])
    c = sales.move(c, "handshake", before_id=b["id"])
    assert sales.titles("handshake") == ["a", "c", "b"]
    d = sales.move(d, "handshake")
    assert sales.titles("handshake") == ["d", "a", "c", "b"]
    assert d["version"] == 3
    assert sales.move(d, "handshake")["version"] == 3  # it is there


def test_a_neighbour_that_has_moved_on(sales: Sales) -> None:
    a, b, c, d = (sales.deal(title) for title in "abcd")
    sales.move(a, "handshake")
    sales.move(b, "first", before_id=a["id"])  # a is not there any more: on top
    assert sales.titles("first") == ["b", "d", "c"]
    sales.move(d, "first", after_id=a["id"])  # to the bottom
    assert sales.titles("first") == ["b", "c", "d"]
    lost = sales.act(c, "lose", reason="Price").json
    assert lost["status"] == "lost"
    e = sales.deal("e")
    sales.move(e, "handshake", before_id=c["id"])
    assert sales.titles("handshake") == ["e", "a"]
    for body, field in (
        ({"before_id": e["id"]}, "before_id"),
        ({"after_id": "01JD0000000000000000000000"}, "after_id"),
        ({"before_id": "x"}, "before_id"),
        ({"before_id": a["id"], "after_id": b["id"]}, "after_id"),
    ):
        fresh = sales.client.get(f"/deals/{e['id']}", **sales.world.sales).json
        reply = sales.act(fresh, "move", stage_id="first", **body)
        assert (reply.status, reply["errors"][0]["field"]) == (422, field)


def test_who_is_late_sees_the_present_deal(sales: Sales) -> None:
    deal = sales.deal()
    moved = sales.move(deal, "handshake")
    late = sales.act(deal, "move", stage_id="offer")
    assert late.status == 409
    assert (late["current"]["version"], late["current"]["stage_id"]) == (2, "handshake")
    patch = sales.client.patch(f"/deals/{deal['id']}", {"title": "x", "version": 1}, **sales.world.sales)
    assert (patch.status, patch["current"]["title"]) == (409, "Tienda")
    assert sales.act(deal, "win").status == 409
    gone = sales.client.delete(f"/deals/{deal['id']}", query={"version": 1}, **sales.world.sales)
    assert (gone.status, gone["current"]["version"]) == (409, 2)
    assert sales.client.get(f"/deals/{deal['id']}", **sales.world.sales).json == moved


def test_a_stage_asks_for_fields(sales: Sales) -> None:
    deal = sales.deal()
    reply = sales.act(deal, "move", stage_id="offer")
    assert reply.status == 422
    assert [(error["field"], error["code"]) for error in reply["errors"]] == [
        ("amount", "required_by_stage"),
        ("contact_id", "required_by_stage"),
    ]
    made = sales.client.post(
        "/deals", {"title": "x", "pipeline_id": sales.id, "stage_id": "offer"}, **sales.world.sales
    )
    assert made.status == 422
    contact = sales.client.post("/contacts", {"first_name": "Ana"}, **sales.world.sales)
    filled = {"amount": "10", "contact_id": contact["id"], "version": 1}
    deal = sales.client.patch(f"/deals/{deal['id']}", filled, **sales.world.sales).json
    deal = sales.move(deal, "offer")
    emptied = sales.client.patch(f"/deals/{deal['id']}", {"amount": "0", "version": 3}, **sales.world.sales)
    assert (emptied.status, emptied["errors"][0]["field"]) == (422, "amount")
    assert sales.client.patch(f"/deals/{deal['id']}", {"amount": "5", "version": 3}, **sales.world.sales).status == 200


def test_won_lost_and_opened_again(sales: Sales) -> None:
    deal = sales.deal(amount="100", currency="EUR")
    assert sales.act(deal, "lose").status == 422  # why?
    won = sales.act(deal, "win", reason="Rapid").json
    assert (won["status"], won["won_reason"], won["lost_reason"]) == ("won", "Rapid", None)
    assert won["closed_at"] == won["updated_at"]
    assert sales.act(won, "win").status == 409
    assert sales.act(won, "move", stage_id="handshake").status == 409
    assert sales.titles("first") == []
    opened = sales.act(won, "reopen").json
    assert (opened["status"], opened["won_reason"], opened["closed_at"]) == ("open", None, None)
    assert sales.act(opened, "reopen").status == 409
    moved = sales.move(opened, "handshake")
    lost = sales.act(moved, "lose", reason="Price").json
    history = sales.client.get(f"/deals/{deal['id']}/history", **sales.world.viewer)["items"]
    assert [
        (each["what"], each["from_stage_id"], each["to_stage_id"], each["status"], each["seconds"]) for each in history
    ] == [
        ("created", None, "first", "open", None),
        ("won", "first", None, "won", 2),  # the attempt without a reason took a second
        ("reopened", None, "first", "open", None),
        ("moved", "first", "handshake", "open", 2),
        ("lost", "handshake", None, "lost", 1),
    ]
    pages, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = sales.client.get(f"/deals/{deal['id']}/history", query=query, **sales.world.viewer)
        pages += page["items"]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert pages == history
    listed = sales.client.get("/deals", query={"pipeline_id": sales.id, "status": "lost"}, **sales.world.viewer)
    assert [each["id"] for each in listed["items"]] == [lost["id"]]


def test_the_bin(sales: Sales) -> None:
    kept, deal = sales.deal("kept"), sales.deal("gone", stage_id="handshake")
    path = f"/deals/{deal['id']}"
    assert sales.client.delete(path, **sales.world.sales).status == 204
    assert sales.client.get(path, **sales.world.sales).status == 404
    assert sales.client.delete(path, **sales.world.sales).status == 404
    assert sales.act(deal, "win").status == 404
    assert sales.titles("handshake") == []
    bin_ = sales.client.get("/deals", query={"deleted": "true"}, **sales.world.viewer)["items"]
    assert [each["title"] for each in bin_] == ["gone"]
    assert bin_[0]["deleted_at"] is not None
    restored = sales.client.post(f"{path}/restore", {}, **sales.world.sales)
    assert (restored.status, restored["deleted_at"], restored["stage_id"]) == (200, None, "handshake")
    assert sales.titles("handshake") == ["gone"]
    assert sales.client.post(f"{path}/restore", {}, **sales.world.sales).json == restored.json
    assert sales.client.get("/deals", query={"deleted": "true"}, **sales.world.viewer)["items"] == []
    sales.client.delete(path, **sales.world.sales)
    sales.client.runtime.clock.advance(days=30, seconds=1)
    assert sales.client.get("/deals", query={"deleted": "true"}, **sales.world.viewer)["items"] == []
    assert sales.client.post(f"{path}/restore", {}, **sales.world.sales).status == 404
    assert sales.client.get(f"/deals/{kept['id']}", **sales.world.sales).status == 200


def test_the_boards_figures_are_of_what_it_shows(sales: Sales, stream: Any) -> None:
    users = sales.world.users
    for number in range(7):
        owner = users["sales"] if number % 2 else users["owner"]
        sales.deal(f"n{number}", amount=f"{number}.25", currency="EUR", owner_id=owner)
    sales.deal("dollars", amount="1000", currency="USD")
    sales.deal("moved", amount="10", currency="EUR", stage_id="handshake")
    stream.project(sales.client.runtime)
    column = sales.board()["first"]
    assert column["count"] == 8
    assert column["totals"] == [
        {"currency": "EUR", "amount": "22.75", "weighted": "2.28"},
        {"currency": "USD", "amount": "1000.00", "weighted": "100.00"},
    ]
    assert sales.board()["handshake"]["totals"] == [{"currency": "EUR", "amount": "10.00", "weighted": "9.00"}]
    page = sales.board(limit=3)["first"]
    assert (page["count"], page["totals"]) == (8, column["totals"])  # by the projector's sums
    found = page["deals"]
    while page["next_cursor"]:
        board = sales.board(limit=3, cursor=page["next_cursor"])
        assert list(board) == ["first"]
        page = board["first"]
        found += page["deals"]
    assert [deal["id"] for deal in found] == [deal["id"] for deal in column["deals"]]
    mine = sales.client.get(f"/pipelines/{sales.id}/board", query={"owner_id": "me", "limit": 2}, **sales.world.sales)[
        "columns"
    ][0]
    assert (mine["count"], mine["totals"][0]["amount"]) == (3, "9.75")
    assert sales.board(owner_id="none")["first"]["count"] == 1
    key = sales.client.get(f"/pipelines/{sales.id}/board", query={"owner_id": "me"}, **sales.world.key)["columns"][0]
    assert key["count"] == 0  # a key owns nothing
    assert (
        sales.client.get(f"/pipelines/{sales.id}/board", query={"stage_id": "none"}, **sales.world.viewer).status == 422
    )


def test_rotting(sales: Sales, stream: Any) -> None:
    contact = sales.client.post("/contacts", {"first_name": "Ana"}, **sales.world.sales)
    filled = {"amount": "1", "contact_id": contact["id"], "stage_id": "offer"}
    quiet, lively = sales.deal("quiet", **filled), sales.deal("lively", **filled)
    sales.deal("elsewhere")
    clock = sales.client.runtime.clock
    clock.advance(days=5)
    at = (clock.now() - timedelta(hours=1)).isoformat()
    call = {"kind": "call", "at": at, "subject": "Llamada", "deal_id": lively["id"]}
    reply = sales.client.post(f"/contacts/{contact['id']}/activities", call, **sales.world.sales)
    assert reply.status == 201, reply.text
    stream.project(sales.client.runtime)
    clock.advance(days=3)
    shown = sales.client.get(f"/deals/{lively['id']}", **sales.world.viewer)
    assert (shown["rotting"], shown["version"]) == (False, 1)  # what the projector notes is no change of the deal
    assert shown["last_activity_at"].startswith((NOON + timedelta(days=5) - timedelta(hours=1)).isoformat()[:13])
    assert sales.client.get(f"/deals/{quiet['id']}", **sales.world.viewer)["rotting"] is True
    for query in ({"pipeline_id": sales.id}, {"sort": "-created"}):
        listed = sales.client.get("/deals", query={"rotting": "true", **query}, **sales.world.viewer)
        assert [deal["title"] for deal in listed["items"]] == ["quiet"]
    moved = sales.move(shown.json, "offer", before_id=quiet["id"])
    assert moved["last_activity_at"] == shown["last_activity_at"]
    clock.advance(days=8)
    assert {deal["rotting"] for deal in sales.board()["offer"]["deals"]} == {True}


def test_lists_sort_and_filter(sales: Sales, stream: Any) -> None:
    contact = sales.client.post("/contacts", {"first_name": "Ana", "last_name": "Núñez"}, **sales.world.sales)
    company = sales.client.post("/companies", {"name": "Molinos"}, **sales.world.sales)
    sales.deal("Árbol", amount="30", expected_close="2026-12-01", contact_id=contact["id"])
    sales.deal("bosque", amount="7", company_id=company["id"], owner_id=sales.world.users["sales"])
    sales.deal("Casa", amount="200", expected_close="2026-11-30")
    stream.project(sales.client.runtime)

    def titles(**query: Any) -> list[str]:
        reply = sales.client.get("/deals", query=query, **sales.world.sales)
        assert reply.status == 200, reply.text
        return [deal["title"] for deal in reply["items"]]

    assert titles(sort="title") == ["Árbol", "bosque", "Casa"]
    assert titles(sort="-amount") == ["Casa", "Árbol", "bosque"]
    assert titles(sort="expected_close") == ["bosque", "Casa", "Árbol"]
    assert titles(contact_id=contact["id"]) == ["Árbol"]
    assert titles(company_id=company["id"]) == ["bosque"]
    assert titles(company_id=contact["id"]) == []
    assert titles(owner_id="me") == titles(owner_id="me", sort="created") == ["bosque"]
    assert titles(q="nun") == ["Árbol"]
    assert titles(filter='[{"field": "amount", "op": "at_least", "value": 30}]', sort="amount") == ["Árbol", "Casa"]
    assert titles(filter='[{"field": "stage_id", "op": "is", "value": "first"}]') == ["Casa", "bosque", "Árbol"]
    assert titles() == ["Casa", "bosque", "Árbol"]
    assert titles(stage_id="handshake") == []
    wrong = sales.client.get(
        "/deals", query={"filter": '[{"field": "x", "op": "is", "value": 1}]'}, **sales.world.sales
    )
    assert wrong["errors"][0]["field"] == "filter.0.field"
    assert sales.client.get("/deals", query={"sort": "custom"}, **sales.world.sales)["errors"][0]["field"] == "sort"
    unknown = sales.client.get("/deals", query={"pipeline_id": company["id"]}, **sales.world.sales)
    assert unknown["errors"][0]["field"] == "pipeline_id"
    found = sales.client.get("/search", query={"q": "molinos"}, **sales.world.sales)["items"]
    assert {(hit["kind"], hit["title"]) for hit in found} == {("company", "Molinos"), ("deal", "bosque")}
    timeline = sales.client.get(f"/contacts/{contact['id']}/timeline", **sales.world.sales)["items"]
    assert [entry["kind"] for entry in timeline] == ["deal_created"]


def test_pages_lead_through_all_of_them(sales: Sales) -> None:
    made = [sales.deal(f"d{number}")["id"] for number in range(5)]
    lost = sales.act(sales.client.get(f"/deals/{made[0]}", **sales.world.sales).json, "lose", reason="x").json
    won = sales.act(sales.client.get(f"/deals/{made[1]}", **sales.world.sales).json, "win").json
    found, cursor = [], None
    while True:
        query = {"limit": 2, "pipeline_id": sales.id} | ({"cursor": cursor} if cursor else {})
        page = sales.client.get("/deals", query=query, **sales.world.sales)
        found += [deal["id"] for deal in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert found == [*reversed(made[2:]), won["id"], lost["id"]]


def test_custom_fields(sales: Sales) -> None:
    field = {"kind": "deal", "name": "Plan", "type": "choice", "options": [{"value": "a", "label": "A"}]}
    assert sales.client.post("/fields", {**field, "key": "plan"}, **sales.world.owner).status == 201
    stages = [*STAGES, {"id": "planned", "name": "Planned", "probability": 20, "required_fields": ["custom.plan"]}]
    changed = sales.client.patch(f"/pipelines/{sales.id}", {"stages": stages, "version": 1}, **sales.world.owner)
    assert changed.status == 200, changed.text
    wrong = sales.client.post("/deals", {"title": "x", "custom": {"plan": "z"}}, **sales.world.sales)
    assert wrong["errors"][0]["field"] == "custom.plan"
    deal = sales.deal()
    reply = sales.act(deal, "move", stage_id="planned")
    assert reply["errors"][0]["field"] == "custom.plan"
    body = {"custom": {"plan": "a"}, "version": 1}
    deal = sales.client.patch(f"/deals/{deal['id']}", body, **sales.world.sales).json
    assert deal["custom"] == {"plan": "a"}
    assert sales.move(deal, "planned")["stage_id"] == "planned"


def test_a_deal_follows_a_merged_contact(sales: Sales, stream: Any) -> None:
    ana = sales.client.post("/contacts", {"first_name": "Ana"}, **sales.world.owner)
    anna = sales.client.post("/contacts", {"first_name": "Anna"}, **sales.world.owner)
    deal = sales.deal(contact_id=anna["id"])
    stream.project(sales.client.runtime)
    merged = sales.client.post(
        f"/contacts/{ana['id']}/merge", {"other_id": anna["id"], "choices": {}}, **sales.world.owner
    )
    assert merged.status == 201, merged.text
    stream.project(sales.client.runtime)
    shown = sales.client.get(f"/deals/{deal['id']}", **sales.world.owner)
    assert (shown["contact_id"], shown["contact_name"]) == (ana["id"], "Ana")
    for contact_id in (ana["id"], anna["id"]):
        listed = sales.client.get("/deals", query={"contact_id": contact_id}, **sales.world.owner)["items"]
        assert [each["id"] for each in listed] == [deal["id"]]
    assert sales.deal(contact_id=anna["id"])["contact_id"] == ana["id"]


def test_a_deal_follows_a_merged_company(sales: Sales, stream: Any) -> None:
    kept = sales.client.post("/companies", {"name": "Molinos"}, **sales.world.owner)
    other = sales.client.post("/companies", {"name": "Molinos SL"}, **sales.world.owner)
    deal = sales.deal(company_id=other["id"])
    stream.project(sales.client.runtime)
    merged = sales.client.post(
        f"/companies/{kept['id']}/merge", {"other_id": other["id"], "choices": {}}, **sales.world.owner
    )
    assert merged.status == 201, merged.text
    stream.project(sales.client.runtime)
    shown = sales.client.get(f"/deals/{deal['id']}", **sales.world.owner)
    assert (shown["company_id"], shown["company_name"]) == (kept["id"], "Molinos")
    for company_id in (kept["id"], other["id"]):
        listed = sales.client.get("/deals", query={"company_id": company_id}, **sales.world.owner)["items"]
        assert [each["id"] for each in listed] == [deal["id"]]
    assert sales.deal(company_id=other["id"])["company_id"] == kept["id"]
