"""Custom fields over HTTP, and the values that contacts have of them."""

import json

import pytest

from chalicelib.customers.contacts.service import get_contact
from chalicelib.customers.fields.consumers import handle

SIZE = {"kind": "contact", "name": "Tamaño de la empresa", "type": "number"}


def make(client, workspace, **more):
    reply = client.post("/fields", {**SIZE, **more}, **workspace.owner)
    assert reply.status == 201, reply.text
    return reply.json


def test_a_field_is_made_with_a_key_of_its_name_and_changed(client, workspace):
    field = make(client, workspace)
    assert (field["key"], field["type"], field["position"]) == ("tamano_de_la_empresa", "number", 1)
    second = make(client, workspace)
    assert (second["key"], second["position"]) == ("tamano_de_la_empresa_2", 2)
    changed = client.patch(f"/fields/{field['id']}", {"version": 1, "name": "Size", "position": 5}, **workspace.owner)
    assert (changed["name"], changed["key"], changed["version"]) == ("Size", "tamano_de_la_empresa", 2)
    stale = client.patch(f"/fields/{field['id']}", {"version": 1, "name": "x"}, **workspace.owner)
    assert (stale.status, stale["current"]["name"]) == (409, "Size")
    listed = client.get("/fields", query={"kind": "contact"}, **workspace.viewer)["items"]
    assert [each["id"] for each in listed] == [second["id"], field["id"]]
    assert client.get("/fields", query={"kind": "deal"}, **workspace.viewer)["items"] == []
    assert client.get(f"/fields/{field['id']}", **workspace.viewer).json == changed.json


def test_a_key_is_used_once_for_a_kind_and_the_same_request_makes_one_field(client, workspace):
    make(client, workspace, key="size")
    taken = client.post("/fields", {**SIZE, "key": "size"}, **workspace.owner)
    assert (taken.status, taken["errors"][0]["field"], taken["errors"][0]["code"]) == (422, "key", "taken")
    assert client.post("/fields", {**SIZE, "key": "size", "kind": "deal"}, **workspace.owner).status == 201
    body = {**SIZE, "key": "twice"}
    first = client.post("/fields", body, idempotency_key="f", **workspace.owner)
    assert client.post("/fields", body, idempotency_key="f", **workspace.owner).json == first.json


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"key": "Groß"}, "key"),
        ({"type": "choice"}, "options"),
        ({"options": [{"value": "a"}]}, "options"),
        ({"type": "choice", "options": [{"value": "a"}, {"value": "a"}]}, "options.1.value"),
        ({"type": "relation"}, "relation_kind"),
        ({"relation_kind": "deal"}, "relation_kind"),
        ({"name": "a\x00b"}, "name"),
        ({"name": ""}, "name"),
        ({"kind": "form"}, "kind"),
    ],
)
def test_what_makes_no_field_is_named(client, workspace, wrong, field):
    reply = client.post("/fields", {**SIZE, **wrong}, **workspace.owner)
    assert (reply.status, reply["errors"][0]["field"]) == (422, field)


VALUES = {
    "text": ("Quiere\nuna demo", "Quiere\nuna demo"),
    "number": (12.5, 12.5),
    "money": ({"amount": "1200.50", "currency": "EUR"}, {"amount": "1200.50", "currency": "EUR"}),
    "date": ("2026-11-21", "2026-11-21"),
    "choice": ("b", "b"),
    "multi_choice": (["c", "a", "c"], ["a", "c"]),
    "boolean": (False, False),
    "url": ("https://example.com/?q=ñ", "https://example.com/?q=ñ"),
}


@pytest.mark.parametrize("kind", VALUES)
def test_a_contact_keeps_a_value_of_each_type(client, workspace, kind):
    options = [{"value": "a"}, {"value": "b", "label": "Bé"}, {"value": "c"}] if "choice" in kind else None
    make(client, workspace, type=kind, key="it", options=options)
    given, kept = VALUES[kind]
    contact = client.post("/contacts", {"first_name": "Ana", "custom": {"it": given}}, **workspace.sales)
    assert contact.status == 201, contact.text
    assert contact["custom"] == {"it": kept}
    assert client.get(f"/contacts/{contact['id']}", **workspace.viewer)["custom"] == {"it": kept}
    assert client.get("/contacts", **workspace.viewer)["items"][0]["custom"] == {"it": kept}
    change = {"version": 1, "custom": {"it": None}}
    assert client.patch(f"/contacts/{contact['id']}", change, **workspace.sales)["custom"] == {}


@pytest.mark.parametrize(
    ("kind", "value", "path"),
    [
        ("text", 5, ""),
        ("text", "x" * 2001, ""),
        ("text", "a\x00", ""),
        ("number", "5", ""),
        ("number", True, ""),
        ("number", 1e300, ""),
        ("money", "5", ""),
        ("money", {"amount": "1,5", "currency": "EUR"}, ".amount"),
        ("money", {"amount": "NaN", "currency": "EUR"}, ".amount"),
        ("money", {"amount": "1.00", "currency": "euro"}, ".currency"),
        ("date", "2026-02-30", ""),
        ("date", "2026-W01-1", ""),
        ("choice", "z", ""),
        ("multi_choice", ["a", "z"], ".1"),
        ("multi_choice", "a", ""),
        ("boolean", "yes", ""),
        ("boolean", 0, ""),
        ("url", "javascript:alert(1)", ""),
        ("url", "https://", ""),
        ("relation", "01HZZZZZZZZZZZZZZZZZZZZZZZ", ""),
        ("relation", "../x", ""),
    ],
)
def test_a_value_of_another_type_is_refused_by_its_field(client, workspace, kind, value, path):
    options = [{"value": "a"}] if "choice" in kind else None
    make(
        client, workspace, type=kind, key="it", options=options, relation_kind="company" if kind == "relation" else None
    )
    reply = client.post("/contacts", {"first_name": "Ana", "custom": {"it": value}}, **workspace.sales)
    assert (reply.status, reply["errors"][0]["field"]) == (422, f"custom.it{path}")


def test_a_relation_stays_within_the_workspace(client, workspace, other_workspace):
    make(client, workspace, type="relation", key="partner", relation_kind="company")
    ours = client.post("/companies", {"name": "Acme"}, **workspace.owner)["id"]
    theirs = client.post("/companies", {"name": "Otra"}, **other_workspace.owner)["id"]
    body = {"first_name": "Ana", "custom": {"partner": ours}}
    assert client.post("/contacts", body, **workspace.sales)["custom"] == {"partner": ours}
    body["custom"]["partner"] = theirs
    assert client.post("/contacts", body, **workspace.sales)["errors"][0]["code"] == "unknown"


def test_a_required_field_is_asked_of_people(client, workspace):
    old = client.post("/contacts", {"first_name": "Ana"}, **workspace.sales)
    make(client, workspace, key="size", required=True)
    missing = client.post("/contacts", {"first_name": "Eva"}, **workspace.sales)
    assert (missing.status, missing["errors"][0]["field"], missing["errors"][0]["code"]) == (
        422,
        "custom.size",
        "missing",
    )
    made = client.post("/contacts", {"first_name": "Eva", "custom": {"size": 0}}, **workspace.sales)
    assert made["custom"] == {"size": 0}
    emptied = client.patch(f"/contacts/{made['id']}", {"version": 1, "custom": {"size": None}}, **workspace.sales)
    assert emptied.status == 422
    # who was there before the field can still be changed
    assert client.patch(f"/contacts/{old['id']}", {"version": 1, "city": "Cali"}, **workspace.sales).status == 200


def test_unknown_and_archived_fields_are_refused_and_values_come_back(client, workspace):
    field = make(client, workspace, key="size")
    contact = client.post("/contacts", {"first_name": "Ana", "custom": {"size": 3}}, **workspace.sales)
    unknown = client.post("/contacts", {"first_name": "Ana", "custom": {"sice": 3}}, **workspace.sales)
    assert (unknown.status, unknown["errors"][0]["field"]) == (422, "custom.sice")
    assert client.delete(f"/fields/{field['id']}", **workspace.owner).status == 204
    assert client.get(f"/contacts/{contact['id']}", **workspace.viewer)["custom"] == {}
    assert client.get("/fields", **workspace.viewer)["items"] == []
    [archived] = client.get("/fields", query={"archived": "true"}, **workspace.viewer)["items"]
    assert archived["archived"] is True
    change = {"version": 1, "custom": {"size": 4}}
    assert client.patch(f"/contacts/{contact['id']}", change, **workspace.sales).status == 422
    # a change of something else keeps what is not shown
    client.patch(f"/contacts/{contact['id']}", {"version": 1, "city": "Cali"}, **workspace.sales)
    back = client.patch(
        f"/fields/{field['id']}", {"version": archived["version"], "archived": False}, **workspace.owner
    )
    assert back.status == 200
    assert client.get(f"/contacts/{contact['id']}", **workspace.viewer)["custom"] == {"size": 3}


def test_an_option_that_was_taken_away_stays_where_it_was(client, workspace):
    field = make(client, workspace, type="choice", key="plan", options=[{"value": "a"}, {"value": "b"}])
    contact = client.post("/contacts", {"first_name": "Ana", "custom": {"plan": "a"}}, **workspace.sales)
    client.patch(f"/fields/{field['id']}", {"version": 1, "options": [{"value": "b"}]}, **workspace.owner)
    kept = client.patch(
        f"/contacts/{contact['id']}", {"version": 1, "custom": {"plan": "a"}, "city": "Cali"}, **workspace.sales
    )
    assert (kept.status, kept["custom"]) == (200, {"plan": "a"})
    assert client.post("/contacts", {"first_name": "E", "custom": {"plan": "a"}}, **workspace.sales).status == 422


def test_a_conflict_shows_the_custom_values_too(client, workspace):
    make(client, workspace, key="size")
    contact = client.post("/contacts", {"first_name": "Ana", "custom": {"size": 3}}, **workspace.sales)
    path = f"/contacts/{contact['id']}"
    client.patch(path, {"version": 1, "custom": {"size": 5}}, **workspace.sales)
    stale = client.patch(path, {"version": 1, "custom": {"size": 7}}, **workspace.sales)
    assert (stale.status, stale["current"]["custom"]) == (409, {"size": 5})


def test_a_record_holds_so_much_and_no_more(client, workspace, monkeypatch):
    monkeypatch.setattr("chalicelib.customers.fields.service.VALUES_LIMIT", 100)
    for key in ("one", "two"):
        make(client, workspace, key=key, type="text")
    contact = client.post("/contacts", {"first_name": "n", "custom": {"one": "x" * 50}}, **workspace.sales)
    assert contact.status == 201, contact.text
    change = {"version": 1, "custom": {"two": "x" * 50}}
    reply = client.patch(f"/contacts/{contact['id']}", change, **workspace.sales)
    assert (reply.status, reply["errors"][0]["field"], reply["errors"][0]["code"]) == (422, "custom", "too_large")


def test_only_those_who_may_make_fields(client, workspace):
    assert client.post("/fields", SIZE, **workspace.sales).status == 403


def drain(runtime, stream) -> None:
    """Project what has happened, and carry out the orders until there are none."""
    done = 0
    while True:
        assert stream.project(runtime) == []
        orders = runtime.queues.on("jobs")[done:]
        if not orders:
            return
        done += len(orders)
        for order in orders:
            handle(runtime, order)


def found(client, workspace, value) -> int:
    query = {"filter": json.dumps([{"field": "custom.size", "op": "at_least", "value": value}])}
    reply = client.get("/contacts", query=query, **workspace.viewer)
    assert reply.status == 200, reply.text
    return len(reply["items"])


def test_a_field_that_becomes_filterable_finds_who_was_there_before(client, workspace, runtime, stream, monkeypatch):
    monkeypatch.setattr("chalicelib.customers.lists.indexing._PAGE", 2)
    monkeypatch.setattr("chalicelib.customers.fields.consumers._PAGES", 1)
    field = make(client, workspace, key="size")
    for size in range(5):
        client.post("/contacts", {"first_name": "n", "custom": {"size": size}}, **workspace.sales)
    drain(runtime, stream)
    query = {"filter": '[{"field": "custom.size", "op": "is", "value": 1}]'}
    assert client.get("/contacts", query=query, **workspace.viewer)["errors"][0]["field"] == "filter.0.field"
    client.patch(f"/fields/{field['id']}", {"version": 1, "filterable": True}, **workspace.owner)
    drain(runtime, stream)
    assert [found(client, workspace, size) for size in (0, 3, 5)] == [5, 2, 0]
    count = {"kind": "contact", "filter": '[{"field": "custom.size", "op": "at_least", "value": 3}]'}
    assert client.get("/counts", query=count, **workspace.viewer).json == {"count": 2, "exact": True}
    client.patch(f"/fields/{field['id']}", {"version": 2, "filterable": False}, **workspace.owner)
    drain(runtime, stream)
    assert rows(runtime, field["id"]) == 0
    client.patch(f"/fields/{field['id']}", {"version": 3, "filterable": True}, **workspace.owner)
    drain(runtime, stream)
    assert rows(runtime, field["id"]) == 5


def test_purging_a_field_takes_its_values_and_then_the_field(client, workspace, runtime, stream):
    field = make(client, workspace, key="size", filterable=True)
    other = make(client, workspace, key="other", name="x")
    custom = {"size": 1, "other": 2}
    contact = client.post("/contacts", {"first_name": "n", "custom": custom}, **workspace.sales)
    drain(runtime, stream)
    assert (found(client, workspace, 1), rows(runtime, field["id"])) == (1, 1)
    assert client.delete(f"/fields/{field['id']}", query={"purge": "true"}, **workspace.owner).status == 204
    drain(runtime, stream)
    kept = get_contact(table=runtime.table, workspace_id=workspace.id, contact_id=contact["id"])
    assert kept.custom == {other["id"]: 2}
    assert rows(runtime, field["id"]) == 0
    archived = client.get("/fields", query={"archived": "true"}, **workspace.viewer)["items"]
    assert [each["key"] for each in archived] == ["other"]
    # the key is free for a field of another type, and the purge is over for good
    make(client, workspace, key="size", type="text")
    for order in runtime.queues.on("jobs"):
        handle(runtime, order)
    shown = client.get("/fields", **workspace.viewer)["items"]
    assert sorted(each["key"] for each in shown) == ["other", "size"]


def test_a_purged_field_that_is_taken_into_use_again_keeps_its_values(client, workspace, runtime, stream):
    field = make(client, workspace, key="size")
    contact = client.post("/contacts", {"first_name": "n", "custom": {"size": 1}}, **workspace.sales)
    client.delete(f"/fields/{field['id']}", query={"purge": "true"}, **workspace.owner)
    version = client.get(f"/fields/{field['id']}", **workspace.owner)["version"]
    client.patch(f"/fields/{field['id']}", {"version": version, "archived": False}, **workspace.owner)
    drain(runtime, stream)
    assert client.get(f"/contacts/{contact['id']}", **workspace.viewer)["custom"] == {"size": 1}


def rows(runtime, field_id) -> int:
    answer = runtime.table.raw("Scan", {}, write=False)
    return sum(f"#custom.{field_id}#" in item["pk"]["S"] for item in answer["Items"])
