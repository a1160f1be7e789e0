"""Idempotency-Key: a repeated POST does its work once and answers as the first time."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import app as application
from chalicelib.foundation.errors import UnavailableError
from chalicelib.foundation.http import idempotency
from chalicelib.foundation.identity import FakeIdentity
from chalicelib.workspaces.members import service as members

BODY = {"email": "nueva@acme.example", "name": "Nueva", "role": "sales"}


@pytest.fixture
def many_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chalice keeps the current request on the application, as a Lambda function has only one; here each thread has its own."""
    mine = threading.local()
    requests = property(lambda _: mine.request, lambda _, request: setattr(mine, "request", request))
    monkeypatch.setattr(type(application.app), "current_request", requests, raising=False)


def test_fifty_at_once_make_one_object(client: Any, workspace: Any, many_at_once: None) -> None:
    body = {"name": "Site", "scopes": ["contacts:read"]}
    before = len(client.get("/api-keys", **workspace.owner)["items"])

    def post(_: int) -> Any:
        return client.post("/api-keys", body, idempotency_key="fifty", **workspace.owner)

    with ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(post, range(50)))
    made = {reply["id"] for reply in replies if reply.status == 201}
    assert len(made) == 1
    assert {reply.status for reply in replies} <= {201, 409}  # 409: the first one was still running
    assert sum(reply.status == 201 and reply["key"] is not None for reply in replies) == 1
    assert len(client.get("/api-keys", **workspace.owner)["items"]) == before + 1
    assert post(0).status == 201


def test_fifty_at_once_without_a_key_make_fifty(client: Any, workspace: Any, many_at_once: None) -> None:
    body = {"name": "Site", "scopes": ["contacts:read"]}
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda _: client.post("/api-keys", body, **workspace.owner), range(50)))
    assert len({reply["id"] for reply in replies}) == 50


def test_the_answer_is_the_first_ones(client: Any, workspace: Any) -> None:
    first = client.post("/members", BODY, idempotency_key="k", **workspace.owner)
    again = client.post("/members", BODY, idempotency_key="k", **workspace.owner)
    assert (again.status, again.json, again.headers["location"]) == (201, first.json, first.headers["location"])
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers


def test_the_same_key_with_another_body_is_refused(client: Any, workspace: Any) -> None:
    client.post("/members", BODY, idempotency_key="k", **workspace.owner)
    other = client.post("/members", {**BODY, "role": "viewer"}, idempotency_key="k", **workspace.owner)
    assert other.status == 422
    assert other["errors"][0] == {"field": "Idempotency-Key", "message": other["detail"], "code": "reused"}


def test_a_key_is_its_callers_own(client: Any, workspace: Any, other_workspace: Any) -> None:
    first = client.post("/members", BODY, idempotency_key="k", **workspace.owner)
    for credentials in (workspace.admin, workspace.key):
        reply = client.post("/members", BODY, idempotency_key="k", **credentials)
        assert (reply.status, "idempotent-replayed" in reply.headers) == (409, False)
    elsewhere = client.post("/members", BODY, idempotency_key="k", **other_workspace.owner)
    assert (elsewhere.status, "idempotent-replayed" in elsewhere.headers) == (201, False)
    assert first.status == 201


def test_a_refusal_is_repeated_too(client: Any, workspace: Any) -> None:
    client.post("/members", BODY, **workspace.owner)
    first = client.post("/members", BODY, idempotency_key="k", **workspace.owner)
    client.delete(f"/members/{first['current']['user_id']}", **workspace.owner)
    again = client.post("/members", BODY, idempotency_key="k", **workspace.owner)
    assert (first.status, again.status, again.json) == (409, 409, first.json)


def test_after_a_failure_the_same_thing_is_made(
    client: Any, workspace: Any, runtime: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The function failed after the write and before the answer; the repetition knows the id of what it was making."""
    from chalicelib.workspaces.api_keys import service

    real, made = service.add_api_key, []

    def failing(**values: Any) -> Any:
        made.append(values["key_id"])
        if len(made) == 1:
            raise UnavailableError("lost")
        return real(**values)

    monkeypatch.setattr(service, "add_api_key", failing)
    body = {"name": "Site", "scopes": ["contacts:read"]}
    first = client.post("/api-keys", body, idempotency_key="k", **workspace.owner)
    again = client.post("/api-keys", body, idempotency_key="k", **workspace.owner)
    assert (first.status, again.status) == (503, 201)
    assert made[0] == made[1] == again["id"]


def test_a_request_whose_function_died_is_taken_over(client: Any, workspace: Any, runtime: Any, clock: Any) -> None:
    def claim(body: bytes = b"{}") -> Any:
        return idempotency.claim(
            runtime, workspace_id=workspace.id, caller="member:x", route="/v1/members", key="k", body=body
        )

    first = claim()
    with pytest.raises(idempotency.ConflictError, match="still running"):
        claim()
    clock.advance(seconds=36)
    second = claim()
    assert second.record.creation_id == first.record.creation_id
    second.finish(201, {}, "{}")
    assert claim().done == (201, {}, "{}")
    clock.advance(hours=25)
    third = claim(b"another body is fine after a day")
    assert third.done is None


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_bad_keys(client: Any, workspace: Any, key: str) -> None:
    headers = {**workspace.owner["headers"], "Idempotency-Key": key}
    assert client.post("/members", BODY, headers=headers).status == 422


def test_reading_and_changing_ignore_the_key(client: Any, workspace: Any) -> None:
    path = f"/members/{workspace.users['sales']}"
    for version in (1, 2):
        reply = client.patch(path, {"version": version, "name": "x"}, idempotency_key="k", **workspace.owner)
        assert reply.status == 200


def test_a_body_that_cannot_be_read_does_not_use_the_key_up(client: Any, workspace: Any, runtime: Any) -> None:
    assert client.post("/members", {"email": 1}, idempotency_key="k", **workspace.owner).status == 422
    assert client.post("/members", BODY, idempotency_key="k", **workspace.owner).status == 201
    assert isinstance(runtime.identity, FakeIdentity)
    assert len(runtime.identity.invited) == 1
    assert members.memberships(table=runtime.table, user_id=runtime.identity.users[BODY["email"]].user_id)


def test_what_a_kept_answer_says_can_be_forgotten(client, workspace):
    table, here = client.runtime.table, {"workspace_id": workspace.id}
    person = {"first_name": "Ana", "emails": [{"address": "ana.olvidada@example.com"}]}
    made = client.post("/contacts", person, **workspace.owner, idempotency_key="made")
    noted = client.post(
        f"/contacts/{made['id']}/notes", {"text": "Olvidar"}, **workspace.owner, idempotency_key="noted"
    )
    assert (made.status, noted.status) == (201, 201)
    assert [idempotency.forget(table=table, **here, subject_ids=[made["id"]]) for _ in range(2)] == [2, 0]
    for path, body, key in (
        ("/contacts", person, "made"),
        (f"/contacts/{made['id']}/notes", {"text": "Olvidar"}, "noted"),
    ):
        again = client.post(path, body, **workspace.owner, idempotency_key=key)
        assert (again.status, again.headers["idempotent-replayed"]) == (404, "true")
        assert "Ana" not in again.text
        assert "Olvidar" not in again.text
