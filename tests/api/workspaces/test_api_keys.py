"""API keys over the API."""

import pytest

from chalicelib.foundation.table import partition
from chalicelib.workspaces.api_keys.domain import digest_of
from chalicelib.workspaces.members.domain import PERMISSIONS


def bearer(key: str, **more: str) -> dict:
    return {"headers": {"Authorization": f"Bearer {key}", **more}}


def new_key(client, workspace, **values):
    return client.post("/api-keys", {"name": "Site", "scopes": ["contacts:read"], **values}, **workspace.owner)


def test_a_key_is_shown_once_and_kept_as_its_digest(client, workspace, runtime):
    made = new_key(client, workspace, scopes=["workspace:read"])
    assert made.status == 201, made.text
    key = made["key"]
    assert key.startswith("ck_live_")
    assert len(key) >= len("ck_live_") + 43
    assert made["prefix"] == key[:12]
    shown = client.get("/api-keys", **workspace.owner)
    assert key not in shown.text
    assert shown["items"][0]["id"] == made["id"]
    stored = str([row["Item"] for row in _everything(runtime, workspace.id)])
    assert key not in stored
    assert digest_of(key) in stored
    assert client.get("/workspace", **bearer(key)).status == 200
    assert client.get("/members", **bearer(key)).status == 403


def _everything(runtime, workspace_id):
    answer = runtime.table._call(
        "Query",
        {
            "KeyConditionExpression": "pk = :p",
            "ExpressionAttributeValues": {":p": {"S": partition(workspace_id)}},
        },
        write=False,
    )
    return [{"Item": item} for item in answer["Items"]]


def test_a_repeated_request_makes_one_key_and_shows_it_once(client, workspace):
    body = {"name": "Site", "scopes": ["contacts:read"]}
    first = client.post("/api-keys", body, idempotency_key="k", **workspace.owner)
    again = client.post("/api-keys", body, idempotency_key="k", **workspace.owner)
    assert (first.status, again.status) == (201, 201)
    assert first["id"] == again["id"]
    assert first["key"]
    assert again["key"] is None
    assert again.headers["idempotent-replayed"] == "true"


@pytest.mark.parametrize(
    "values",
    [
        {"scopes": []},
        {"scopes": ["everything"]},
        {"name": ""},
        {"expires_at": "2020-01-01T00:00:00Z"},
        {"expires_at": "2027-01-01T00:00:00"},
        {"key": "ck_live_mine"},
    ],
)
def test_bad_keys(client, workspace, values):
    assert new_key(client, workspace, **values).status == 422


def test_a_key_does_no_more_than_its_maker(client, workspace):
    made = new_key(client, workspace, scopes=["api_keys:manage", "contacts:read"])
    child = client.post("/api-keys", {"name": "x", "scopes": ["contacts:write"]}, **bearer(made["key"]))
    assert child.status == 403
    assert client.post("/api-keys", {"name": "x", "scopes": ["contacts:read"]}, **bearer(made["key"])).status == 201


def test_only_owners_and_admins_manage_keys(client, workspace):
    for role in workspace.users:
        expected = 200 if role in ("owner", "admin") else 403
        assert client.get("/api-keys", **workspace.as_role(role)).status == expected


def test_an_expired_key_opens_nothing_at_once(client, workspace, clock):
    key = new_key(client, workspace, scopes=["workspace:read"], expires_at="2026-11-21T12:00:30Z")["key"]
    assert client.get("/workspace", **bearer(key)).status == 200
    clock.advance(seconds=30)
    assert client.get("/workspace", **bearer(key)).status == 401
    assert any(
        item["expires_at"] == "2026-11-21T12:00:30.000Z" for item in client.get("/api-keys", **workspace.owner)["items"]
    )


def test_a_revoked_key_opens_nothing_within_a_minute(client, workspace, clock):
    made = new_key(client, workspace, scopes=["workspace:read"])
    assert client.get("/workspace", **bearer(made["key"])).status == 200
    assert client.delete(f"/api-keys/{made['id']}", **workspace.owner).status == 204
    clock.advance(seconds=60)
    assert client.get("/workspace", **bearer(made["key"])).status == 401
    assert client.delete(f"/api-keys/{made['id']}", **workspace.owner).status == 404


@pytest.mark.parametrize("key", ["ck_live_", "ck_live_x", "ck_live_" + "x" * 5000, "ck_live_ñ", "ck_test_x"])
def test_invented_keys(client, key):
    assert client.get("/workspace", **bearer(key)).status == 401


def test_last_use_is_noted_once_a_minute(client, workspace, clock, runtime):
    made = new_key(client, workspace, scopes=["workspace:read"])
    runtime.table.consumed.reset()
    for _ in range(5):
        client.get("/workspace", **bearer(made["key"]))
    assert runtime.table.consumed.writes == 2.0  # the item and its index, once
    runtime.table.consumed.enabled = False
    clock.advance(seconds=90)
    client.get("/workspace", **bearer(made["key"]))
    [shown] = [item for item in client.get("/api-keys", **workspace.owner)["items"] if item["id"] == made["id"]]
    assert (shown["last_used_at"], shown["version"]) == ("2026-11-21T12:01:30.000Z", 1)


def test_a_key_belongs_to_one_workspace(client, workspace, other_workspace):
    key = workspace.keys["owner"]
    assert client.get("/workspace", **bearer(key))["id"] == workspace.id
    assert client.get("/workspace", **bearer(key, **{"X-Workspace": workspace.id})).status == 200
    assert client.get("/workspace", **bearer(key, **{"X-Workspace": other_workspace.id})).status == 404


def test_a_key_sees_itself(client, workspace):
    me = client.get("/me", **workspace.key)
    assert me["email"] == ""
    [mine] = me["workspaces"]
    assert (mine["id"], set(mine["permissions"])) == (workspace.id, PERMISSIONS)


def test_keys_are_listed_page_by_page(client, workspace):
    first = client.get("/api-keys", query={"limit": 4}, **workspace.owner)
    second = client.get("/api-keys", query={"limit": 4, "cursor": first["next_cursor"]}, **workspace.owner)
    ids = [item["id"] for item in first["items"] + second["items"]]
    assert len(ids) == 6
    assert ids == sorted(ids, reverse=True)


def test_a_key_for_marketing_alone_reads_no_contacts_and_sends_no_files(client, workspace, runtime):
    """What shows people, or a file of theirs, takes the permission to read them beside the route's own."""
    person = client.post("/contacts", {"first_name": "Ana"}, **workspace.owner)["id"]
    segment = client.post("/segments", {"name": "L", "kind": "static", "contact_ids": [person]}, **workspace.owner)[
        "id"
    ]
    written = {"name": "C", "subject": "s", "body": {"format": "text", "source": "x"}}
    campaign = client.post("/campaigns", written, **workspace.owner)["id"]
    file = client.post(
        "/files",
        {"file_name": "a.txt", "content_type": "text/plain", "size": 5, "about": {"kind": "contact", "id": person}},
        **workspace.owner,
    )
    runtime.files.receive(file["upload"]["fields"]["key"], b"hello")
    assert client.post(f"/files/{file['id']}/complete", **workspace.owner)["state"] == "ready"
    text = {"format": "text", "source": "{{ contact.first_name }}"}
    mail = {"to": "a@x.example", "from": {"email": "b@x.example"}, "subject": "s", "body": text}
    asked = [
        ("POST", "/segments/preview", {"conditions": {"all": [{"field": "contact.first_name", "op": "present"}]}}),
        ("GET", f"/segments/{segment}/contacts", None),
        ("POST", f"/segments/{segment}/contacts", {"emails": ["a@x.example"]}),
        ("POST", "/templates/preview", {"body": text, "contact_id": person}),
        ("POST", f"/campaigns/{campaign}/preview", {"contact_id": person}),
        ("POST", "/messages", {**mail, "attachments": [{"file_id": file["id"]}]}),
    ]
    scopes = ["segments:read", "segments:write", "campaigns:read", "campaigns:send"]
    narrow = new_key(client, workspace, scopes=scopes)["key"]
    whole = new_key(client, workspace, scopes=[*scopes, "contacts:read"])["key"]
    for method, path, body in asked:
        assert client.request(method, path, body, **bearer(narrow)).status == 403, path
        assert client.request(method, path, body, **bearer(whole)).status in (200, 202, 422), path
    assert client.post("/templates/preview", {"body": text}, **bearer(narrow)).status == 200
    assert client.post("/messages", mail, **bearer(narrow)).status == 202
    assert client.post(f"/segments/{segment}/contacts", {"contact_ids": [person]}, **bearer(narrow)).status == 403
