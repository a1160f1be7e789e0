"""Pipelines, products, exchange rates, the forecast and the sales cycle over HTTP."""

from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.foundation.messaging.envelope import Envelope

STAGES = [
    {"id": "a", "name": "A", "probability": 10},
    {"id": "b", "name": "B", "probability": 50},
    {"id": "c", "name": "C", "probability": 90},
]


def work(runtime: Any, *, delayed: bool = False) -> None:
    """Carry out the orders on the queue ``jobs``; delayed ones only when asked for."""
    waiting, runtime.queues.published[:] = list(runtime.queues.published), []
    handlers = [wiring._load(place) for place in wiring.CONSUMERS["jobs"].split()]
    for queue, envelope, delay in waiting:
        if queue != "jobs" or (delay and not delayed):
            runtime.queues.published.append((queue, envelope, delay))
            continue
        for handle in handlers:
            for _ in range(2):  # as a queue may
                handle(runtime, Envelope.from_json(envelope.to_json()))


@pytest.fixture
def pipeline(client: Any, workspace: Any) -> Any:
    return client.post("/pipelines", {"name": "B2B", "stages": STAGES}, **workspace.owner).json


def deal(client: Any, workspace: Any, **values: Any) -> Any:
    reply = client.post("/deals", {"title": "Tienda", **values}, **workspace.sales)
    assert reply.status == 201, reply.text
    return reply.json


def test_a_pipeline_is_changed(client: Any, workspace: Any, pipeline: Any) -> None:
    path = f"/pipelines/{pipeline['id']}"
    change = {
        "version": 1,
        "name": "Empresas",
        "currency": "USD",
        "position": 3,
        "lost_reasons": ["Precio", "Precio", "Tiempo"],
        "stages": [{**STAGES[0], "rotting_days": 5, "forecast": "omitted", "required_fields": ["amount"]}, *STAGES[1:]],
    }
    changed = client.patch(path, change, **workspace.owner)
    assert changed.status == 200, changed.text
    assert (changed["name"], changed["currency"], changed["version"]) == ("Empresas", "USD", 2)
    assert changed["lost_reasons"] == ["Precio", "Tiempo"]
    assert [stage["forecast"] for stage in changed["stages"]] == ["omitted", "best_case", "commit"]
    assert client.get(path, **workspace.viewer).json == changed.json
    late = client.patch(path, change, **workspace.owner)
    assert (late.status, late["current"]["version"]) == (409, 2)
    assert deal(client, workspace, pipeline_id=pipeline["id"], amount="1")["currency"] == "USD"
    archived = client.patch(path, {"archived": True, "version": 2}, **workspace.owner)
    assert archived["archived"] is True
    refused = client.post("/deals", {"title": "x", "amount": "1", "pipeline_id": pipeline["id"]}, **workspace.sales)
    assert refused["errors"][0]["field"] == "pipeline_id"
    assert client.patch(path, {"archived": False, "version": 3}, **workspace.sales).status == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"stages": []}, "stages"),
        ({"stages": [{**STAGES[0], "required_fields": ["salary"]}]}, "stages.0.required_fields.0"),
        ({"stages": [{**STAGES[0], "rotting_days": 0}]}, "stages.0.rotting_days"),
        ({"stages": STAGES[:2], "move_to": {"c": "z"}}, "move_to.c"),
        ({"stages": STAGES[:2], "move_to": {"a": "b"}}, "move_to.a"),
        ({"currency": "euro"}, "currency"),
        ({"name": ""}, "name"),
        ({"name": "a\u0000b"}, "name"),
    ],
)
def test_what_is_wrong_with_a_pipeline_is_named(
    client: Any, workspace: Any, pipeline: Any, change: Any, field: str
) -> None:
    reply = client.patch(f"/pipelines/{pipeline['id']}", {"version": 1, **change}, **workspace.owner)
    assert (reply.status, reply["errors"][0]["field"]) == (422, field)


def test_a_stage_with_deals_is_not_just_removed(client: Any, workspace: Any, pipeline: Any, stream: Any) -> None:
    runtime, path = client.runtime, f"/pipelines/{pipeline['id']}"
    made = [deal(client, workspace, pipeline_id=pipeline["id"], stage_id="b") for _ in range(3)]
    lost = client.post(f"/deals/{made[2]['id']}/lose", {"reason": "x", "version": 1}, **workspace.sales).json
    refused = client.patch(path, {"version": 1, "stages": [STAGES[0], STAGES[2]]}, **workspace.owner)
    assert refused.status == 409
    assert "B (b)" in refused["detail"]
    assert refused["current"]["version"] == 1
    change = {"version": 1, "stages": [STAGES[0], STAGES[2]], "move_to": {"b": "c"}}
    assert [stage["id"] for stage in client.patch(path, change, **workspace.owner)["stages"]] == ["a", "c"]
    board = client.get(f"{path}/board", **workspace.viewer)["columns"]
    assert [(column["stage_id"], column["count"]) for column in board] == [("a", 0), ("c", 2)]  # at once
    assert {each["stage_id"] for each in board[1]["deals"]} == {"c"}
    assert client.get(f"/deals/{made[0]['id']}", **workspace.viewer)["stage_id"] == "c"
    stream.project(runtime)
    work(runtime)
    moved = client.get(f"/deals/{made[0]['id']}", **workspace.viewer)
    assert (moved["stage_id"], moved["version"]) == ("c", 2)
    late = deals_in_removed_stage(runtime, workspace, pipeline, made[1]["id"])
    work(runtime, delayed=True)
    assert client.get(f"/deals/{late}", **workspace.viewer)["stage_id"] == "c"
    work(runtime, delayed=True)
    history = client.get(f"/deals/{made[0]['id']}/history", **workspace.viewer)["items"]
    assert [(each["from_stage_id"], each["to_stage_id"]) for each in history] == [(None, "b"), ("b", "c")]
    assert client.get(f"{path}/board", **workspace.viewer)["columns"][1]["count"] == 2
    opened = client.post(f"/deals/{lost['id']}/reopen", {"version": lost["version"]}, **workspace.sales)
    assert opened["stage_id"] == "c"  # its stage is no more


def deals_in_removed_stage(runtime: Any, workspace: Any, pipeline: Any, deal_id: str) -> str:
    """Somebody who had read the pipeline before puts a deal back into the stage."""
    from dataclasses import replace

    from chalicelib.sales.deals import service, store

    present = service.get_deal(table=runtime.table, workspace_id=workspace.id, deal_id=deal_id)
    runtime.table.transact([store.change(present, replace(present, stage_id="b"))])
    return deal_id


def test_a_pipeline_with_open_deals_is_not_deleted(client: Any, workspace: Any, pipeline: Any, stream: Any) -> None:
    path = f"/pipelines/{pipeline['id']}"
    made = deal(client, workspace, pipeline_id=pipeline["id"])
    refused = client.delete(path, **workspace.owner)
    assert refused.status == 409
    won = client.post(f"/deals/{made['id']}/win", {"version": 1}, **workspace.sales)
    assert client.delete(path, query={"version": 9}, **workspace.owner).status == 409
    [default] = [
        each for each in client.get("/pipelines", **workspace.viewer)["items"] if each["id"] != pipeline["id"]
    ] or [None]
    assert default is None
    assert client.delete(path, **workspace.owner).status == 409  # the last one stays
    other = client.post("/pipelines", {"name": "Otra", "stages": STAGES}, **workspace.owner)
    assert client.delete(path, **workspace.owner).status == 204
    assert client.get(path, **workspace.viewer).status == 404
    assert [each["id"] for each in client.get("/pipelines", **workspace.viewer)["items"]] == [other["id"]]
    shown = client.get(f"/deals/{made['id']}", **workspace.viewer)
    assert (shown["status"], shown["pipeline_id"]) == ("won", pipeline["id"])
    reopened = client.post(f"/deals/{made['id']}/reopen", {"version": won["version"]}, **workspace.sales)
    assert reopened["errors"][0]["field"] == "pipeline_id"
    stream.project(client.runtime)
    work(client.runtime)
    work(client.runtime, delayed=True)
    assert client.get(path, **workspace.viewer).status == 404


def test_products_and_lines(client: Any, workspace: Any) -> None:
    body = {"name": "Ánfora", "code": "AN-1", "unit_price": "99.9", "currency": "EUR", "tax_percent": "21"}
    product = client.post("/products", body, **workspace.sales)
    assert product.status == 201, product.text
    assert (product["unit_price"], product["tax_percent"], product["active"]) == ("99.90", "21", True)
    taken = client.post("/products", {"name": "x", "code": "an-1"}, **workspace.sales)
    assert (taken.status, taken["errors"][0]["code"]) == (422, "taken")
    zoo = client.post("/products", {"name": "Zócalo", "unit_price": "5"}, **workspace.sales)
    assert zoo["currency"] == "COP"
    lines = [
        {"product_id": product["id"], "quantity": "3", "discount_percent": "10"},
        {"name": "Horas", "quantity": "2.5", "unit_price": "40"},
    ]
    made = deal(client, workspace, currency="EUR", lines=lines)
    assert [line["name"] for line in made["lines"]] == ["Ánfora", "Horas"]
    assert made["lines"][0]["total"] == "326.37"  # 299.70 − 29.97 + 56.64
    assert made["totals"] == {"subtotal": "399.70", "discount": "29.97", "tax": "56.64", "total": "426.37"}
    assert made["amount"] == "426.37"
    path = f"/deals/{made['id']}"
    for change, field in (
        ({"amount": "1"}, "amount"),
        ({"lines": [{"product_id": product["id"], "name": "y"}], "currency": "USD"}, "lines.0.unit_price"),
        ({"lines": [{"product_id": "01JD0000000000000000000000"}]}, "lines.0.product_id"),
        ({"lines": [{"quantity": "1"}]}, "lines.0.name"),
        ({"lines": [{"name": "x", "quantity": "0"}]}, "lines.0.quantity"),
        ({"lines": [{"name": "x", "discount_percent": "101"}]}, "lines.0.discount_percent"),
        ({"lines": [{"id": "a", "name": "x"}, {"id": "a", "name": "y"}]}, "lines.1.id"),
    ):
        reply = client.patch(path, {"version": 1, **change}, **workspace.sales)
        assert (reply.status, reply["errors"][0]["field"]) == (422, field), reply.text
    changed = client.patch(
        f"/products/{product['id']}", {"version": 1, "unit_price": "1", "code": None}, **workspace.sales
    )
    assert (changed["unit_price"], changed["code"]) == ("1.00", "")
    assert client.post("/products", {"name": "x", "code": "AN-1"}, **workspace.sales).status == 201  # free again
    assert client.get(path, **workspace.viewer)["amount"] == "426.37"  # a line keeps what it took
    kept = [{"id": made["lines"][0]["id"], "product_id": product["id"], "quantity": "1"}]
    assert client.delete(f"/products/{product['id']}", **workspace.sales).status == 204
    patched = client.patch(path, {"version": 1, "lines": kept}, **workspace.sales)
    assert patched["lines"][0]["unit_price"] == "99.90"
    yen = client.patch(path, {"version": 2, "currency": "JPY"}, **workspace.sales)
    assert (yen["amount"], yen["totals"]["tax"]) == ("121", "21")
    emptied = client.patch(path, {"version": 3, "lines": [], "amount": "7"}, **workspace.sales)
    assert (emptied["lines"], emptied["amount"]) == ([], "7")
    found = client.get("/products", query={"q": "zoc"}, **workspace.viewer)["items"]
    assert [each["id"] for each in found] == [zoo["id"]]
    client.patch(f"/products/{zoo['id']}", {"version": 1, "active": False}, **workspace.sales)
    assert client.get("/products", query={"q": "z", "active": "true"}, **workspace.viewer)["items"] == []
    names, cursor = [], None
    while True:
        page = client.get("/products", query={"limit": 1} | ({"cursor": cursor} if cursor else {}), **workspace.viewer)
        names += [each["name"] for each in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert names == ["x", "Zócalo"]


def test_exchange_rates(client: Any, workspace: Any) -> None:
    empty = client.get("/exchange-rates", **workspace.viewer)
    assert (empty["base"], empty["rates"], empty["version"]) == ("COP", [], 0)
    rates = [
        {"currency": "USD", "rate": "4100.5", "from": "2026-11-01"},
        {"currency": "USD", "rate": "4000", "from": "2026-01-01"},
    ]
    put = client.put("/exchange-rates", {"rates": rates, "version": 0}, **workspace.owner)
    assert put.status == 200, put.text
    assert put["rates"] == [rates[1], rates[0]]
    assert client.get("/exchange-rates", **workspace.viewer).json == put.json
    late = client.put("/exchange-rates", {"rates": [], "version": 0}, **workspace.owner)
    assert (late.status, late["current"]["version"]) == (409, 1)
    for wrong, field in (
        ([rates[0], rates[0]], "rates.1.from"),
        ([{**rates[0], "currency": "COP"}], "rates.0.currency"),
        ([{**rates[0], "rate": "0"}], "rates.0.rate"),
        ([{**rates[0], "from": "soon"}], "rates.0.from"),
    ):
        reply = client.put("/exchange-rates", {"rates": wrong, "version": 1}, **workspace.owner)
        assert (reply.status, reply["errors"][0]["field"]) == (422, field)
    assert client.put("/exchange-rates", {"rates": [], "version": 1}, **workspace.sales).status == 403


def test_the_forecast(client: Any, workspace: Any, pipeline: Any, stream: Any) -> None:
    users, clock = workspace.users, client.runtime.clock
    given = {"pipeline_id": pipeline["id"], "currency": "COP", "expected_close": "2026-12-15"}
    deal(client, workspace, **given, amount="1000", stage_id="a", owner_id=users["sales"])
    deal(client, workspace, **given, amount="200", stage_id="b", owner_id=users["sales"])
    committed = deal(client, workspace, **given, amount="30", stage_id="c", owner_id=users["sales"])
    deal(client, workspace, **given, amount="4", stage_id="c")
    deal(client, workspace, **{**given, "currency": "USD", "amount": "2"}, stage_id="c", owner_id=users["sales"])
    deal(client, workspace, **{**given, "currency": "JPY", "amount": "9"}, stage_id="c", owner_id=users["sales"])
    deal(client, workspace, pipeline_id=pipeline["id"], amount="77", stage_id="c")  # no day
    won = deal(client, workspace, **given, amount="500", stage_id="a", owner_id=users["sales"])
    lost = deal(client, workspace, **given, amount="100000", stage_id="c", owner_id=users["sales"])
    gone = deal(client, workspace, **given, amount="100000", stage_id="c")
    assert client.post(f"/deals/{won['id']}/win", {"version": 1}, **workspace.sales).status == 200
    assert client.post(f"/deals/{lost['id']}/lose", {"version": 1, "reason": "x"}, **workspace.sales).status == 200
    assert client.delete(f"/deals/{gone['id']}", **workspace.sales).status == 204
    rates = [
        {"currency": "USD", "rate": "4000", "from": "2026-01-01"},
        {"currency": "USD", "rate": "4500", "from": "2026-12-31"},
    ]
    client.put("/exchange-rates", {"rates": rates, "version": 0}, **workspace.owner)
    stream.project(client.runtime)

    shown = client.get("/forecast", query={"from": "2026-11", "to": "2027-01"}, **workspace.viewer)
    assert shown.status == 200, shown.text
    assert (shown["currency"], shown["missing_rates"]) == ("COP", ["JPY"])
    months = {(row["month"], row["owner_id"]): row for row in shown["months"]}
    zeros = dict.fromkeys(("committed", "best_case", "weighted", "won"), "0.00")
    mine = {"committed": "9030.00", "best_case": "9230.00", "weighted": "8327.00", "won": "0.00"}
    assert months == {
        ("2026-11", users["sales"]): {"month": "2026-11", "owner_id": users["sales"], **zeros, "won": "500.00"},
        ("2026-12", None): {
            "month": "2026-12", "owner_id": None, "committed": "4.00", "best_case": "4.00", "weighted": "3.60", "won": "0.00",
        },
        ("2026-12", users["sales"]): {"month": "2026-12", "owner_id": users["sales"], **mine},
        ("2027-01", None): {"month": "2027-01", "owner_id": None, **zeros},
    }  # fmt: skip
    assert shown["totals"] == {"committed": "9034.00", "best_case": "9234.00", "weighted": "8330.60", "won": "500.00"}
    assert shown["undated"]["committed"] == "77.00"
    own = client.get("/forecast", query={"from": "2026-12", "to": "2026-12", "owner_id": "me"}, **workspace.sales)
    assert own["totals"] == mine
    nobody = client.get("/forecast", query={"from": "2026-12", "owner_id": "none"}, **workspace.sales)
    assert (nobody["totals"]["committed"], len(nobody["months"])) == ("4.00", 6)
    other = client.get("/pipelines", **workspace.viewer)["items"][0]
    assert other["id"] == pipeline["id"]
    # later: postponed, handed over, worth more
    change = {"expected_close": "2027-01-05", "owner_id": users["owner"], "amount": "31", "version": 1}
    assert client.patch(f"/deals/{committed['id']}", change, **workspace.sales).status == 200
    stream.project(client.runtime)
    clock.advance(days=1)
    later = client.get("/forecast", **workspace.viewer)
    rows = {(row["month"], row["owner_id"]): row["committed"] for row in later["months"]}
    assert rows["2026-12", users["sales"]] == "9000.00"
    assert rows["2027-01", users["owner"]] == "31.00"
    for query, field in (
        ({"from": "2026-13"}, "from"),
        ({"from": "2026-11", "to": "2026-10"}, "to"),
        ({"from": "2026-11", "to": "2036-10"}, "to"),
        ({"pipeline_id": users["sales"][:20]}, "pipeline_id"),
    ):
        reply = client.get("/forecast", query=query, **workspace.viewer)
        assert (reply.status, reply["errors"][0]["field"]) == (422, field)


def test_the_sales_cycle(client: Any, workspace: Any, pipeline: Any, stream: Any) -> None:
    clock = client.runtime.clock

    def act(present: Any, what: str, days: float, **body: Any) -> Any:
        clock.advance(days=days)
        reply = client.post(
            f"/deals/{present['id']}/{what}", {"version": present["version"], **body}, **workspace.sales
        )
        assert reply.status == 200, reply.text
        return reply.json

    for days in (1, 2, 6):
        made = deal(client, workspace, pipeline_id=pipeline["id"])
        made = act(made, "move", days, stage_id="b")
        if days == 6:
            act(made, "lose", 1, reason="x")
            continue
        if days == 2:
            made = act(made, "move", 1, stage_id="a")
            made = act(made, "move", 0.5, stage_id="b")
        act(made, "win", 4)
    deal(client, workspace, pipeline_id=pipeline["id"])
    for _ in range(2):
        stream.project(client.runtime)
    query = {"pipeline_id": pipeline["id"], "from": "2026-11", "to": "2026-12"}
    shown = client.get("/sales-cycle", query=query, **workspace.viewer)
    assert shown.status == 200, shown.text
    stages = {stage.pop("stage_id"): stage for stage in shown["stages"]}
    assert stages["a"] == {
        "entered": 5, "left_forward": 4, "left_back": 0, "lost": 0, "conversion_percent": 100.0,
        "median_days": 1.5, "average_days": 2.38,
    }  # fmt: skip
    assert stages["b"] == {
        "entered": 4, "left_forward": 2, "left_back": 1, "lost": 1, "conversion_percent": 66.7,
        "median_days": 2.5, "average_days": 2.5,
    }  # fmt: skip
    assert stages["c"]["conversion_percent"] is None
    assert stages["c"]["median_days"] is None
    assert shown["won"] == {"count": 2, "median_days": 6.25, "average_days": 6.25}
    default = client.get("/sales-cycle", **workspace.viewer)
    assert (default["pipeline_id"], default["won"]["count"]) == (pipeline["id"], 2)
    assert client.get("/sales-cycle", query={"from": "2026-12", "to": "2026-11"}, **workspace.viewer).status == 422
