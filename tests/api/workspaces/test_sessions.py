"""Signing in over the API, with the user pool in memory."""

import pytest

from chalicelib.foundation.identity import FakeIdentity

NEW = "Correct-Horse-1"


@pytest.fixture
def ana(runtime):
    runtime.identity.add("ana@acme.example", "Ana", "Password-12345", "ana")
    return "ana@acme.example"


def test_sign_in_refresh_and_out(client, ana):
    tokens = client.post("/session", {"email": ana, "password": "Password-12345"})
    assert tokens.status == 200
    assert tokens["challenge"] is None
    assert client.get("/me", headers={"Authorization": f"Bearer {tokens['access_token']}"})["user_id"] == "ana"
    refreshed = client.post("/session/refresh", {"refresh_token": tokens["refresh_token"]})
    assert refreshed["access_token"]
    assert refreshed["refresh_token"] is None
    assert client.post("/session/sign-out", {"refresh_token": tokens["refresh_token"]}).status == 204
    assert client.post("/session/refresh", {"refresh_token": tokens["refresh_token"]}).status == 401


def test_a_wrong_password_and_an_unknown_address_look_alike(client, ana):
    wrong = client.post("/session", {"email": ana, "password": "x"})
    unknown = client.post("/session", {"email": "nobody@acme.example", "password": "x"})
    assert wrong.status == unknown.status == 401
    assert {**wrong.json, "request_id": ""} == {**unknown.json, "request_id": ""}


def test_first_sign_in(client, workspace, runtime):
    client.post("/members", {"email": "Eva@acme.example", "name": "Eva", "role": "sales"}, **workspace.owner)
    challenge = client.post("/session", {"email": "eva@acme.example", "password": FakeIdentity.TEMPORARY})
    assert challenge.status == 200
    assert challenge["challenge"] == "new_password_required"
    assert challenge["access_token"] is None
    answer = {"email": "EVA@acme.example", "session": challenge["session"]}
    for weak in ("short", "alllowercase123", "ALLUPPERCASE123", "NoDigitsAtAllHere"):
        refused = client.post("/session/new-password", {**answer, "new_password": weak})
        assert (refused.status, refused["errors"][0]["field"]) == (422, "new_password")
    assert client.post("/session/new-password", {**answer, "new_password": NEW})["access_token"]
    assert client.post("/session", {"email": "eva@acme.example", "password": NEW})["access_token"]


def test_a_challenge_is_for_the_one_who_got_it(client, ana, runtime):
    runtime.identity.ensure_user("eva@acme.example", "Eva")
    session = client.post("/session", {"email": "eva@acme.example", "password": FakeIdentity.TEMPORARY})["session"]
    for email, its in ((ana, session), ("eva@acme.example", session[:-2]), ("eva@acme.example", "session.user-1")):
        body = {"email": email, "session": its, "new_password": NEW}
        assert client.post("/session/new-password", body).status == 401


def test_a_forgotten_password(client, ana, runtime):
    for email in (ana, "nobody@acme.example"):
        reply = client.post("/session/forgotten-password", {"email": email})
        assert (reply.status, reply.text) == (202, "")
    assert runtime.identity.mailed == [ana]
    body = {"email": ana, "code": "000000", "new_password": NEW}
    wrong = client.post("/session/reset-password", body)
    unknown = client.post("/session/reset-password", {**body, "email": "nobody@acme.example"})
    assert {**wrong.json, "request_id": ""} == {**unknown.json, "request_id": ""}
    assert (wrong.status, wrong["errors"][0]["field"]) == (422, "code")
    assert client.post("/session/reset-password", {**body, "code": FakeIdentity.CODE}).status == 204
    assert client.post("/session", {"email": ana, "password": NEW}).status == 200


def test_nothing_of_a_session_is_kept_for_a_repetition(client, ana, runtime, stream):
    body = {"email": ana, "password": "Password-12345"}
    for _ in range(2):
        reply = client.post("/session", body, idempotency_key="same")
        assert reply.status == 200
        assert "idempotent-replayed" not in reply.headers
    assert list(stream.records()) == []


@pytest.mark.parametrize("path, body", [
    ("/session", {"email": "x"}), ("/session", {"email": "a@b.example", "password": "x", "role": "owner"}),
    ("/session", {"email": "a@b.example", "password": "x" * 300}), ("/session/refresh", {}),
    ("/session/reset-password", {"email": "a@b.example", "code": "1"}),
])  # fmt: skip
def test_bad_bodies(client, path, body):
    assert client.post(path, body).status == 422


def test_passwords_are_taken_as_typed(client, runtime):
    runtime.identity.add("bo@acme.example", "Bo", " Password-12345 ", "bo")
    assert client.post("/session", {"email": "bo@acme.example", "password": " Password-12345 "}).status == 200
    assert client.post("/session", {"email": "bo@acme.example", "password": "Password-12345"}).status == 401
