"""Segments and scoring rules through the API."""

import pytest

from tests.api.conftest import Api, World
from tests.helpers import Stream

VIP = {"all": [{"field": "contact.tag", "op": "is", "value": "vip"}]}


def person(client: Api, workspace: World, number: int, *tags: str) -> str:
    body = {"first_name": f"N{number}", "emails": [{"address": f"n{number}@x.example"}], "tags": list(tags)}
    reply = client.post("/contacts", body, **workspace.key)
    assert reply.status == 201, reply.text
    return str(reply["id"])


def test_static(client: Api, workspace: World, other_workspace: World) -> None:
    ids = [person(client, workspace, number) for number in range(5)]
    made = client.post("/segments", {"name": "L", "kind": "static", "contact_ids": ids[:3]}, **workspace.marketer)
    assert made.status == 201, made.text
    assert (made["kind"], made["count"], made["state"], made["conditions"]) == ("static", 3, "ready", None)
    path = f"/segments/{made['id']}"
    assert made.headers["location"] == f"/api/v1{path}"
    assert client.post(f"{path}/contacts", {"contact_ids": ids}, **workspace.key)["count"] == 5
    assert client.delete(f"{path}/contacts", {"contact_ids": ids[:1]}, **workspace.key)["count"] == 4
    found, cursor = [], None
    while True:
        query = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = client.get(f"{path}/contacts", query=query, **workspace.viewer)
        found += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(found) == ids[1:]
    assert [item["id"] for item in client.get("/segments", **workspace.key)["items"]] == [made["id"]]
    for method, place, body in (
        ("GET", path, None), ("DELETE", path, None), ("GET", f"{path}/contacts", None),
        ("POST", f"{path}/contacts", {"contact_ids": ids}), ("DELETE", f"{path}/contacts", {"contact_ids": ids}),
    ):  # fmt: skip
        assert client.request(method, place, body, **other_workspace.key).status == 404
    stolen = client.post("/segments", {"name": "L", "kind": "static", "contact_ids": ids[:1]}, **other_workspace.key)
    assert (stolen.status, stolen.json["errors"][0]["field"]) == (422, "contact_ids.0")
    assert client.delete(path, **workspace.key).status == 204
    assert client.get(path, **workspace.key).status == 404


def test_dynamic(client: Api, workspace: World, stream: Stream) -> None:
    made = client.post("/segments", {"name": "D", "kind": "dynamic", "conditions": VIP}, **workspace.key)
    assert (made.status, made["state"], made["fresh_as_of"], made["conditions"]) == (201, "filling", None, VIP)
    vip = person(client, workspace, 1, "VIP")
    person(client, workspace, 2)
    assert stream.project(client.runtime) == []
    assert client.get(f"/segments/{made['id']}", **workspace.key)["count"] == 1
    [item] = client.get(f"/segments/{made['id']}/contacts", **workspace.key)["items"]
    assert (item["id"], item["display_name"], item["email"]) == (vip, "N1", "n1@x.example")
    preview = client.post("/segments/preview", {"conditions": VIP}, **workspace.key)
    assert (preview["count"], preview["evaluated"], preview["total"], preview["exact"]) == (1, 2, 2, True)
    assert [person["id"] for person in preview["sample"]] == [vip]
    assert preview["sentence"] == {"es": "Personas con la etiqueta vip.", "en": "People with the tag vip."}
    assert client.post(f"/segments/{made['id']}/contacts", {"contact_ids": [vip]}, **workspace.key).status == 422


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "", "kind": "static"}, "name"),
        ({"name": "x", "kind": "other"}, "kind"),
        ({"name": "x", "kind": "dynamic"}, "body"),
        ({"name": "x", "kind": "static", "conditions": VIP}, "body"),
        ({"name": "x", "kind": "static", "contact_ids": ["x"]}, "contact_ids.0"),
        ({"name": "x", "kind": "static", "contact_ids": ["x" * 27]}, "contact_ids.0"),
        ({"name": "x", "kind": "dynamic", "conditions": {"all": [{"field": "contact.tag", "op": "like"}]}}, "conditions.all.0.op"),
        ({"name": "x", "kind": "static", "count": 7}, "count"),
    ],
)  # fmt: skip
def test_refuses(client: Api, workspace: World, body: object, field: str) -> None:
    reply = client.post("/segments", body, **workspace.key)
    assert (reply.status, reply.json["errors"][0]["field"]) == (422, field)


def test_who_may(client: Api, workspace: World) -> None:
    body = {"name": "L", "kind": "static"}
    assert client.post("/segments", body, **workspace.viewer).status == 403
    assert client.get("/segments").status == 401
    for wrong in ("x", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "a" * 300):
        assert client.get(f"/segments/{wrong}", **workspace.key).status == 404


def test_rules(client: Api, workspace: World, other_workspace: World) -> None:
    rules = client.get("/scoring-rules", **workspace.key).json
    assert rules["version"] == 1
    assert {"Correo de empresa", "Ha enviado un formulario"} < {rule["name"] for rule in rules["rules"]}
    assert rules["grades"] == {"fit": {"A": 30, "B": 15}, "engagement": {"1": 40, "2": 15}}
    rules["rules"][0]["points"] = 25
    changed = client.put("/scoring-rules", rules, **workspace.key)
    assert (changed.status, changed["version"], changed["rules"][0]["points"]) == (200, 2, 25)
    assert client.get("/scoring-rules", **workspace.key).json == changed.json
    stale = client.put("/scoring-rules", rules, **workspace.key)
    assert (stale.status, stale["current"]["version"]) == (409, 2)
    assert client.get("/scoring-rules", **other_workspace.key)["version"] == 1
    assert client.put("/scoring-rules", rules, **workspace.viewer).status == 403
    rules = {**changed.json, "grades": {"fit": {"A": 1, "B": 2}, "engagement": {"1": 2, "2": 1}}}
    wrong = client.put("/scoring-rules", rules, **workspace.key)
    assert [error["field"] for error in wrong.json["errors"]] == ["grades.fit.A"]
    rules["rules"][0]["when"] = {"field": "nothing"}
    wrong = client.put("/scoring-rules", rules, **workspace.key)
    assert wrong.json["errors"][0]["field"] == "rules.0.when.field"
