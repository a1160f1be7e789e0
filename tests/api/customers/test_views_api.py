"""Saved views over HTTP."""

import pytest

VIPS = {
    "kind": "contact",
    "name": "VIP de España",
    "filter": [{"field": "tag", "op": "is", "value": "vip"}, {"field": "owner_id", "op": "is", "value": "me"}],
    "sort": "-score",
    "columns": ["display_name", "custom.size"],
}


def test_a_view_is_ones_own_until_it_is_shared(client, workspace):
    made = client.post("/views", VIPS, **workspace.sales)
    assert made.status == 201, made.text
    path = f"/views/{made['id']}"
    assert {name: made[name] for name in VIPS} == VIPS
    assert (made["shared"], made["pinned"], made["owner_id"]) == (False, False, workspace.users["sales"])
    assert client.get(path, **workspace.sales).json == made.json
    assert client.get(path, **workspace.owner).status == 404
    assert client.get("/views", **workspace.owner)["items"] == []
    shared = client.patch(path, {"version": 1, "shared": True, "pinned": True}, **workspace.sales)
    assert (shared.status, shared["version"], shared["filter"]) == (200, 2, VIPS["filter"])
    assert [each["id"] for each in client.get("/views", query={"kind": "contact"}, **workspace.viewer)["items"]] == [
        made["id"]
    ]
    assert client.get("/views", query={"kind": "deal"}, **workspace.viewer)["items"] == []
    # others see it and leave it alone; an administrator may change it
    assert client.patch(path, {"version": 2, "name": "x"}, **workspace.marketer).status == 403
    assert client.delete(path, **workspace.marketer).status == 403
    renamed = client.patch(path, {"version": 2, "name": "VIP"}, **workspace.admin)
    assert (renamed["name"], renamed["owner_id"], renamed["version"]) == ("VIP", workspace.users["sales"], 3)
    stale = client.patch(path, {"version": 2, "name": "y"}, **workspace.sales)
    assert (stale.status, stale["current"]["name"]) == (409, "VIP")
    private = client.patch(path, {"version": 3, "shared": False}, **workspace.sales)
    assert (private["shared"], private["version"]) == (False, 4)
    assert client.get(path, **workspace.admin).status == 404
    assert client.delete(path, **workspace.sales).status == 204
    assert client.get(path, **workspace.sales).status == 404


def test_views_come_pinned_first_and_by_name(client, workspace):
    for name, pinned in (("b", False), ("Ä", False), ("z", True), ("a", False)):
        client.post("/views", {"kind": "contact", "name": name, "pinned": pinned}, **workspace.sales)
    names = [each["name"] for each in client.get("/views", **workspace.sales)["items"]]
    assert names == ["z", "a", "b", "Ä"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"filter": [{"field": "nothing", "op": "is", "value": 1}]}, "filter.0.field"),
        ({"filter": [{"field": "tag", "op": "is"}]}, "filter.0.value"),
        ({"sort": "city"}, "sort"),
        ({"kind": "form"}, "kind"),
        ({"name": ""}, "name"),
    ],
)
def test_a_view_asks_what_its_list_can_answer(client, workspace, wrong, field):
    reply = client.post("/views", {**VIPS, **wrong}, **workspace.sales)
    assert (reply.status, reply["errors"][0]["field"]) == (422, field)


def test_a_view_is_saved_once_for_a_key(client, workspace):
    first = client.post("/views", VIPS, idempotency_key="v", **workspace.sales)
    assert client.post("/views", VIPS, idempotency_key="v", **workspace.sales).json == first.json
    assert len(client.get("/views", **workspace.sales)["items"]) == 1
