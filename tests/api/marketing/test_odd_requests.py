"""What nobody sends on purpose, to every way into sending: an answer of ours, never an error of ours."""

from urllib.parse import quote

import pytest

from tests.api.conftest import Api, World
from tests.api.marketing.test_campaigns import campaign_id, contact_id  # noqa: F401 - fixtures

FURTHEST = ("9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59")
ODD = ("a#b", "..", "%00", "\ud83d\ude00", "x" * 40, "W#w", " ", "null")


@pytest.mark.parametrize("at", FURTHEST)
@pytest.mark.parametrize("recurring", [False, True])
def test_a_moment_at_the_end_of_all_time(client: Api, workspace: World, campaign_id, at, recurring):  # noqa: F811
    path = f"/campaigns/{campaign_id}"
    if recurring:
        again = {"every": "day", "at": "10:00", "time_zone": "Europe/Madrid"}
        client.patch(path, {"version": 1, "recurrence": again}, **workspace.key)
    reply = client.post(f"{path}/send", {"at": at, "time_zone": "America/New_York"}, **workspace.key)
    assert reply.status == 422, reply.text
    assert [error["field"] for error in reply["errors"]] == ["at"]


@pytest.mark.parametrize("odd", ODD)
def test_odd_ids_and_addresses(client: Api, workspace: World, campaign_id, contact_id, odd):  # noqa: F811
    path, there = f"/campaigns/{campaign_id}", quote(odd.encode("utf-8", "surrogatepass"), safe="")
    asked = [
        client.get(f"{path}/why?contact_id={there}", **workspace.key),
        client.get(f"{path}/why?email={there}", **workspace.key),
        client.get(f"{path}/recipients?email={there}", **workspace.key),
        client.get(f"{path}/recipients?cursor={there}", **workspace.key),
        client.get(f"{path}/recipients/{there}/hits", **workspace.key),
        client.post(f"{path}/recipients/{there}/resolve", {"as": "sent"}, **workspace.key),
        client.post(f"{path}/preview", {"contact_id": odd, "language": odd[:35]}, **workspace.key),
        client.post(f"{path}/test", {"to": odd * 3}, **workspace.key),
        client.post(f"{path}/winner", {"variant": 3}, **workspace.key),
        client.post(f"/campaigns/{there}/estimate", **workspace.key),
        client.get(f"/campaigns/{there}/results", **workspace.key),
        client.post("/campaigns", {"name": "x", "subject": "y", "body": {"format": "text", "source": "z"}, "topic": odd,
                                   "segment_ids": [odd], "template_id": odd, "reply_to": odd}, **workspace.key),
        client.post("/domains", {"domain": odd * 4}, **workspace.key),
        client.get(f"/domains/{there}", **workspace.key),
        client.get(f"/messages/{there}", **workspace.key),
        client.post("/messages", {"to": odd, "subject": "x", "body": {"format": "text", "source": "y"}}, **workspace.key),
        client.post("/messages", {"to": "a@b.es", "template_id": odd}, **workspace.key),
        client.post("/messages", {"to": "a@b.es", "subject": odd, "body": {"format": "text", "source": odd},
                                  "from": {"name": odd}, "data": {"k": 10**400}}, **workspace.key),
        client.get(f"/suppressions?email={there}", **workspace.key),
        client.get(f"/suppressions?cursor={there}", **workspace.key),
        client.post("/suppressions", {"email": odd * 3}, **workspace.key),
        client.delete(f"/suppressions?email={there * 3}", **workspace.key),
        client.post("/suppressions/import", {"csv": odd * 3}, **workspace.key),
        client.put("/seed-list", {"emails": [odd]}, **workspace.key),
        client.get(f"/preferences/{there}"),
        client.post(f"/preferences/{there}", {"topics": {}}),
        client.get(f"/u/{there}", base=""),
        client.request("POST", f"/u/{there}", "List-Unsubscribe=One-Click", base="",
                       headers={"Content-Type": "application/x-www-form-urlencoded"}),
        client.get(f"/t/c/{there}", base=""),
        client.request("POST", "/t/g", '{"token": 1, "url": [], "amount": {}}', base="", headers={"Content-Type": "text/plain"}),
        client.get(f"/f/{there}/confirm?t={there}", base=""),
    ]  # fmt: skip
    assert [(number, each.status, each.text[:200]) for number, each in enumerate(asked) if each.status >= 500] == []
