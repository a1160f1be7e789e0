"""Members and roles over the API."""

import threading
from typing import Any

import pytest

from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.http import Actor
from chalicelib.workspaces.members import service
from chalicelib.workspaces.members.domain import PERMISSIONS, ROLES, Role


def invitation(role: str = "sales", email: str = "Nueva@Acme.example") -> dict[str, Any]:
    return {"email": email, "name": "Nueva", "role": role}


def test_invite_and_list(client, workspace, runtime):
    made = client.post("/members", invitation(), **workspace.owner)
    assert made.status == 201, made.text
    assert made["email"] == "nueva@acme.example"
    assert made.headers["location"] == f"/api/v1/members/{made['user_id']}"
    assert runtime.identity.invited == ["nueva@acme.example"]
    listed = client.get("/members", query={"limit": 4}, **workspace.viewer)
    more = client.get("/members", query={"limit": 4, "cursor": listed["next_cursor"]}, **workspace.viewer)
    ids = [member["user_id"] for member in listed["items"] + more["items"]]
    assert more["next_cursor"] is None
    assert ids == sorted({*workspace.users.values(), made["user_id"]})


def test_inviting_twice_is_a_conflict_with_the_member(client, workspace):
    first = client.post("/members", invitation(), **workspace.owner)
    again = client.post("/members", invitation("viewer"), **workspace.owner)
    assert again.status == 409
    assert again["current"]["user_id"] == first["user_id"]
    assert again["current"]["role"] == "sales"


def test_a_person_may_belong_to_several_workspaces(client, workspace, other_workspace):
    first = client.post("/members", invitation(), **workspace.owner)
    second = client.post("/members", invitation("viewer"), **other_workspace.owner)
    assert first["user_id"] == second["user_id"]
    me = client.get("/me", headers={"Authorization": f"Bearer access.{first['user_id']}"})
    assert {(mine["id"], mine["role"]) for mine in me["workspaces"]} == {
        (workspace.id, "sales"),
        (other_workspace.id, "viewer"),
    }
    assert me["email"] == "nueva@acme.example"
    assert me["workspaces"][0]["permissions"]


@pytest.mark.parametrize(
    "body",
    [
        {"email": "x", "name": "x", "role": "boss"},
        {"email": "a@b@c", "name": "x", "role": "sales"},
        {"email": "a@b.example", "name": "x\r\ny", "role": "sales"},
        {"email": "a@b.example", "name": "x", "role": "sales", "permissions": ["audit:read"]},
    ],
)
def test_bad_invitations(client, workspace, body):
    assert client.post("/members", body, **workspace.owner).status == 422


@pytest.mark.parametrize(
    "actor, role, status",
    [
        ("owner", "owner", 201),
        ("admin", "owner", 403),
        ("admin", "admin", 201),
        ("admin", "viewer", 201),
        ("marketer", "viewer", 403),
        ("sales", "viewer", 403),
        ("support", "viewer", 403),
        ("viewer", "viewer", 403),
    ],
)
def test_who_may_invite_whom(client, workspace, actor, role, status):
    assert client.post("/members", invitation(role), **workspace.as_role(actor)).status == status


def test_a_key_never_makes_an_owner(client, workspace):
    assert client.post("/members", invitation("owner"), **workspace.key).status == 403
    path = f"/members/{workspace.users['owner']}"
    assert client.patch(path, {"version": 1, "role": "viewer"}, **workspace.key).status == 403
    assert client.delete(path, **workspace.key).status == 403


def test_roles_change_and_count_versions(client, workspace):
    path = f"/members/{workspace.users['sales']}"
    changed = client.patch(path, {"version": 1, "role": "marketer"}, **workspace.admin)
    assert (changed.status, changed["role"], changed["version"]) == (200, "marketer", 2)
    stale = client.patch(path, {"version": 1, "role": "viewer"}, **workspace.admin)
    assert (stale.status, stale["current"]["role"]) == (409, "marketer")
    assert client.patch(path, {"version": 2, "role": "owner"}, **workspace.admin).status == 403
    assert client.patch(path, {"version": 2, "role": "owner"}, **workspace.owner).status == 200


def test_an_admin_does_not_touch_an_owner(client, workspace):
    path = f"/members/{workspace.users['owner']}"
    assert client.patch(path, {"version": 1, "name": "x"}, **workspace.admin).status == 403
    assert client.delete(path, **workspace.admin).status == 403


def test_the_last_owner_stays(client, workspace):
    path = f"/members/{workspace.users['owner']}"
    for reply in (
        client.patch(path, {"version": 1, "role": "viewer"}, **workspace.owner),
        client.delete(path, **workspace.owner),
    ):
        assert reply.status == 409
        assert "owner" in reply["detail"]
    second = client.post("/members", invitation("owner"), **workspace.owner)["user_id"]
    assert client.delete(path, **workspace.owner).status == 204
    left = {"headers": {"Authorization": f"Bearer access.{second}", "X-Workspace": workspace.id}}
    assert client.delete(f"/members/{second}", **left).status == 409


def test_two_owners_who_remove_each_other_at_once_leave_one(client, workspace, runtime):
    second = client.post("/members", invitation("owner"), **workspace.owner)["user_id"]
    owners = [workspace.users["owner"], second]
    outcomes: list[str] = []
    gate = threading.Barrier(2)

    def remove(user_id: str, by: str) -> None:
        actor = Actor("member", by, workspace.id, "owner", PERMISSIONS)
        gate.wait()
        try:
            service.remove_member(
                table=runtime.table, clock=runtime.clock, actor=actor, workspace_id=workspace.id, user_id=user_id
            )
            outcomes.append("gone")
        except ConflictError:
            outcomes.append("stays")

    threads = [threading.Thread(target=remove, args=pair) for pair in (owners, owners[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    left = [member for member in (client.get("/members", **workspace.viewer)["items"]) if member["role"] == "owner"]
    assert sorted(outcomes) == ["gone", "stays"]
    assert len(left) == 1


def test_a_removed_member_is_out_within_a_minute(client, workspace, clock):
    assert client.get("/workspace", **workspace.sales).status == 200
    assert client.delete(f"/members/{workspace.users['sales']}", **workspace.owner).status == 204
    clock.advance(seconds=60)
    assert client.get("/workspace", **workspace.sales).status == 404
    assert client.get("/me", headers={"Authorization": workspace.sales["headers"]["Authorization"]})["workspaces"] == []
    assert client.delete(f"/members/{workspace.users['sales']}", **workspace.owner).status == 404


def test_a_changed_role_counts_within_a_minute(client, workspace, clock):
    assert client.post("/members", invitation(), **workspace.admin).status == 201
    client.patch(f"/members/{workspace.users['admin']}", {"version": 1, "role": "viewer"}, **workspace.owner)
    clock.advance(seconds=60)
    assert client.post("/members", invitation(email="b@acme.example"), **workspace.admin).status == 403


def test_last_seen_is_noted_without_a_new_version(client, workspace, clock):
    client.get("/workspace", **workspace.sales)
    clock.advance(minutes=16)
    client.get("/workspace", **workspace.sales)
    [sales] = [member for member in client.get("/members", **workspace.owner)["items"] if member["role"] == "sales"]
    assert (sales["last_seen_at"], sales["version"]) == ("2026-11-21T12:16:00.000Z", 1)


def test_permissions_are_shown(client, workspace):
    shown = client.get("/permissions", **workspace.viewer)
    assert set(shown["permissions"]) == PERMISSIONS
    assert {role: set(allowed) for role, allowed in shown["roles"].items()} == {
        role.value: set(ROLES[role]) for role in Role
    }


def test_a_person_without_a_workspace_named(client, workspace):
    alone = {"headers": {"Authorization": workspace.owner["headers"]["Authorization"]}}
    assert client.get("/me", **alone).status == 200
    assert client.get("/members", **alone).status == 401
    assert client.get("/jobs/x", **alone).status == 401
