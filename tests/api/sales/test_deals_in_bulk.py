"""Many deals at once: edited, assigned, deleted and taken back, and counted."""

from typing import Any

from tests.api.customers.working import done


def test_deals_in_bulk(client: Any, workspace: Any, stream: Any) -> None:
    deals = [
        client.post("/deals", {"title": f"D{number}", "amount": "5"}, **workspace.sales).json for number in range(3)
    ]
    ids = [deal["id"] for deal in deals]
    stream.project(client.runtime)
    counted = '[{"field": "amount", "op": "at_least", "value": 5}]'
    assert client.get("/counts", query={"kind": "deal", "filter": counted}, **workspace.sales)["count"] == 3

    def ask(name: str, which: Any = None, **values: Any) -> Any:
        which = which or {"ids": ids}
        return client.post("/bulk", {"kind": "deal", **which, "action": {"name": name, **values}}, **workspace.sales)

    def titles(**query: Any) -> list[str]:
        stream.project(client.runtime)
        return sorted(deal["title"] for deal in client.get("/deals", query=query, **workspace.sales)["items"])

    me = workspace.users["sales"]
    assert done(client, workspace, ask("assign", owner_id=me))["result"]["changed"] == 3
    assert titles(owner_id="me") == ["D0", "D1", "D2"]
    fields = {"expected_close": "2027-03-01", "description": "x"}
    edited = done(
        client, workspace, ask("edit", {"filter": [{"field": "owner_id", "op": "is", "value": "me"}]}, fields=fields)
    )
    assert edited["result"]["changed"] == 3
    shown = client.get(f"/deals/{ids[0]}", **workspace.sales)
    assert (shown["expected_close"], shown["description"], shown["version"]) == ("2027-03-01", "x", 3)
    wrong = ask("edit", fields={"stage_id": "x"})
    assert wrong["errors"][0]["field"] == "action.fields.stage_id"
    gone = done(client, workspace, ask("delete"))
    assert titles() == []
    undo = done(client, workspace, client.post(f"/jobs/{gone['id']}/undo", {}, **workspace.sales))
    assert undo["result"] == {"undone": 3, "kept": 0}
    assert titles() == ["D0", "D1", "D2"]
