"""Bulk actions over HTTP, with the queue's work done in between."""

from typing import Any

import pytest

from tests.api.conftest import Api, World
from tests.api.customers.working import done, work


def contacts(client: Api, world: World, count: int, **values: Any) -> list[str]:
    made = []
    for number in range(count):
        reply = client.post("/contacts", {"first_name": f"P{number}", **values}, **world.owner)
        assert reply.status == 201, reply.text
        made.append(str(reply["id"]))
    return made


def ask(client: Api, world: World, name: str, ids: list[str] | None, **values: Any) -> Any:
    which = {"filter": []} if ids is None else {"ids": ids}
    return client.post("/bulk", {"kind": "contact", **which, "action": {"name": name, **values}}, **world.owner)


def get(client: Api, world: World, contact_id: str) -> Any:
    return client.get(f"/contacts/{contact_id}", **world.owner)


def test_tags_many_and_takes_them_back_but_not_what_people_did_since(client: Api, workspace: World) -> None:
    ids = contacts(client, workspace, 3, tags=["old"])
    tagged = client.patch(f"/contacts/{ids[2]}", {"tags": ["old", "vip"], "version": 1}, **workspace.owner)
    assert tagged.status == 200
    job = done(client, workspace, ask(client, workspace, "tag", [*ids, "01JD0000000000000000000000"], tags=["VIP"]))
    assert job["state"] == "done"
    assert (job["done"], job["total"]) == (4, 4)
    assert job["result"] == {
        "changed": 2, "unchanged": 1, "failed": 0, "missing": 1, "failures": [], "undoable": True,
    }  # fmt: skip
    shown = get(client, workspace, ids[0])
    assert shown["tags"] == ["old", "vip"]
    edited = client.patch(
        f"/contacts/{ids[0]}", {"tags": ["vip", "new"], "version": shown["version"]}, **workspace.owner
    )
    assert edited.status == 200
    undo = done(client, workspace, client.post(f"/jobs/{job['id']}/undo", {}, **workspace.owner))
    assert (undo["kind"], undo["state"], undo["result"]) == ("bulk_undo", "done", {"undone": 2, "kept": 0})
    assert get(client, workspace, ids[0])["tags"] == ["new"]
    assert get(client, workspace, ids[1])["tags"] == ["old"]
    assert get(client, workspace, ids[2])["tags"] == ["old", "vip"]
    assert client.get(f"/jobs/{job['id']}", **workspace.owner)["undoable"] is False
    assert client.post(f"/jobs/{job['id']}/undo", {}, **workspace.owner).status == 409
    assert client.post(f"/jobs/{undo['id']}/undo", {}, **workspace.owner).status == 409


def test_deletes_all_that_there_are_and_brings_them_back_with_their_addresses(client: Api, workspace: World) -> None:
    ids = contacts(client, workspace, 2)
    ids += contacts(client, workspace, 1, emails=[{"address": "eva@example.com"}])
    job = done(client, workspace, ask(client, workspace, "delete", None))
    assert job["result"]["changed"] == 3
    assert get(client, workspace, ids[0]).status == 404
    other = contacts(client, workspace, 1, emails=[{"address": "eva@example.com"}])
    undo = done(client, workspace, client.post(f"/jobs/{job['id']}/undo", {}, **workspace.owner))
    assert undo["result"] == {"undone": 2, "kept": 1}  # somebody else has the address by now
    assert get(client, workspace, ids[0]).status == 200
    assert get(client, workspace, ids[2]).status == 404
    assert get(client, workspace, other[0]).status == 200


def test_edits_fields_of_the_workspace_too(client: Api, workspace: World) -> None:
    field = client.post("/fields", {"kind": "contact", "name": "Plan", "type": "text"}, **workspace.owner)
    ids = contacts(client, workspace, 2, city="Lugo", custom={field["key"]: "gold"})
    fields = {"city": "Vigo", "country": "ES", "custom": {field["key"]: None}}
    job = done(client, workspace, ask(client, workspace, "edit", ids, fields=fields))
    assert job["result"]["changed"] == 2
    shown = get(client, workspace, ids[0])
    assert (shown["city"], shown["country"], shown["custom"]) == ("Vigo", "ES", {})
    done(client, workspace, client.post(f"/jobs/{job['id']}/undo", {}, **workspace.owner))
    shown = get(client, workspace, ids[0])
    assert (shown["city"], shown["country"], shown["custom"]) == ("Lugo", None, {field["key"]: "gold"})


def test_puts_people_into_a_static_segment_and_takes_out_only_those(client: Api, workspace: World) -> None:
    ids = contacts(client, workspace, 3)
    segment = client.post("/segments", {"name": "Feria", "kind": "static", "contact_ids": [ids[0]]}, **workspace.owner)
    job = done(client, workspace, ask(client, workspace, "add_to_segment", ids, segment_id=segment["id"]))
    assert (job["result"]["changed"], job["result"]["unchanged"]) == (2, 1)
    assert client.get(f"/segments/{segment['id']}", **workspace.owner)["count"] == 3
    done(client, workspace, client.post(f"/jobs/{job['id']}/undo", {}, **workspace.owner))
    assert client.get(f"/segments/{segment['id']}", **workspace.owner)["count"] == 1


def test_a_cancelled_job_stops_and_can_be_undone(client: Api, workspace: World) -> None:
    ids = contacts(client, workspace, 2)
    reply = ask(client, workspace, "assign", ids, owner_id=workspace.users["sales"])
    cancelled = client.post(f"/jobs/{reply['id']}/cancel", {}, **workspace.owner)
    assert (cancelled.status, cancelled["cancel_asked"]) == (202, True)
    work(client.runtime)
    job = client.get(f"/jobs/{reply['id']}", **workspace.owner)
    assert job["state"] == "cancelled"
    assert get(client, workspace, ids[0])["owner_id"] is None
    assert client.post(f"/jobs/{reply['id']}/cancel", {}, **workspace.owner).status == 409


@pytest.mark.parametrize(
    ("action", "field"),
    [
        ({"name": "paint"}, "action.name"),
        ({"name": "tag", "tags": []}, "action.tags"),
        ({"name": "assign"}, "action.owner_id"),
        ({"name": "assign", "owner_id": "nobody"}, "action.owner_id"),
        ({"name": "edit", "fields": {"emails": []}}, "action.fields.emails"),
        ({"name": "edit", "fields": {"country": "Spain"}}, "action.fields.country"),
        ({"name": "edit", "fields": {"time_zone": "Mars/Olympus"}}, "action.fields.time_zone"),
        ({"name": "edit", "fields": {"custom": {"nothing": 1}}}, "action.fields.custom.nothing"),
        ({"name": "add_to_segment", "segment_id": "01JD0000000000000000000000"}, "action.segment_id"),
    ],
)
def test_names_what_is_wrong_with_the_action(client: Api, workspace: World, action: dict[str, Any], field: str) -> None:
    reply = client.post("/bulk", {"kind": "contact", "filter": [], "action": action}, **workspace.owner)
    assert reply.status == 422
    assert field in [error["field"] for error in reply["errors"]]


def test_wants_ids_or_a_filter_that_can_be_read(client: Api, workspace: World) -> None:
    action = {"name": "delete"}
    assert client.post("/bulk", {"kind": "contact", "action": action}, **workspace.owner).status == 422
    wrong = [{"field": "shoe_size", "op": "is", "value": 43}]
    reply = client.post("/bulk", {"kind": "contact", "filter": wrong, "action": action}, **workspace.owner)
    assert [error["field"] for error in reply["errors"]] == ["filter.0.field"]


def test_a_viewer_changes_nothing_in_bulk(client: Api, workspace: World) -> None:
    body = {"kind": "contact", "filter": [], "action": {"name": "delete"}}
    assert client.post("/bulk", body, **workspace.viewer).status == 403


def test_jobs_are_listed_for_who_asked_for_them(client: Api, workspace: World) -> None:
    reply = ask(client, workspace, "tag", None, tags=["x"])
    mine = client.get("/jobs", **workspace.owner)
    assert [job["id"] for job in mine["items"]] == [reply["id"]]
    assert client.get("/jobs", **workspace.sales)["items"] == []
    seen = client.get("/jobs?mine=false", **workspace.sales)["items"]
    assert [job["id"] for job in seen] == [reply["id"]]
    assert client.get("/jobs?mine=false", **workspace.viewer)["items"] == []
