"""People put into a static segment by an import and by their addresses, through the API."""

from typing import Any

import pytest

from tests.api.conftest import Api, World
from tests.api.customers.importing import run, send, undo, verdicts, work

PEOPLE = (
    b"first_name,email\n"
    b"Ana,ana@example.com\n"  # known, and in the segment
    b"Eva,eva@example.com\n"
    b"Bad,not an address\n"
    b"Luis,luis@example.com\n"
)


def person(client: Api, world: World, name: str) -> str:
    body = {"first_name": name, "emails": [{"address": f"{name}@example.com"}]}
    made = client.post("/contacts", body, **world.owner)
    assert made.status == 201, made.text
    return str(made["id"])


def listed(client: Api, world: World, *contact_ids: str) -> str:
    made = client.post("/segments", {"name": "Feria", "kind": "static", "contact_ids": contact_ids}, **world.owner)
    assert made.status == 201, made.text
    return str(made["id"])


def members(client: Api, world: World, segment_id: str) -> list[str]:
    page = client.get(f"/segments/{segment_id}/contacts", **world.owner)
    return sorted(item["display_name"] for item in page["items"])


def test_an_import_into_a_segment_and_its_undo(client: Api, workspace: World) -> None:
    segment_id = listed(client, workspace, person(client, workspace, "Ana"))
    import_id = send(client, workspace, PEOPLE)
    tried = run(client, workspace, import_id, dry_run=True, segment={"id": segment_id})
    none = {"id": segment_id, "name": "Feria", "made": True, "added": 0, "present": 0, "gone": False}
    assert (tried["state"], tried["segment"]) == ("done", none)
    assert members(client, workspace, segment_id) == ["Ana"]

    shown = run(client, workspace, import_id, segment={"id": segment_id})
    assert shown["segment"] == {**none, "added": 2, "present": 1}
    assert members(client, workspace, segment_id) == ["Ana", "Eva", "Luis"]
    assert client.get(f"/segments/{segment_id}", **workspace.owner)["count"] == 3
    assert [row["verdict"] for row in verdicts(client, shown)] == ["unchanged", "created", "rejected", "created"]

    assert undo(client, workspace, import_id)["state"] == "undone"
    assert members(client, workspace, segment_id) == ["Ana"]
    assert client.get(f"/segments/{segment_id}", **workspace.owner)["count"] == 1


def test_an_import_into_a_new_segment(client: Api, workspace: World) -> None:
    import_id = send(client, workspace, PEOPLE)
    started = client.post(f"/imports/{import_id}/start", {"segment": {"name": "Nuevos"}}, **workspace.owner)
    into = started["segment"]
    assert (started.status, into["name"], into["made"]) == (202, "Nuevos", False)
    assert client.get(f"/segments/{into['id']}", **workspace.owner).status == 404
    work(client.runtime)
    assert client.get(f"/imports/{import_id}", **workspace.owner)["segment"] == {**into, "made": True, "added": 3}
    made = client.get(f"/segments/{into['id']}", **workspace.owner)
    assert (made["name"], made["kind"], made["count"], made["state"]) == ("Nuevos", "static", 3, "ready")


def test_a_file_with_nobody_makes_no_segment(client: Api, workspace: World) -> None:
    import_id = send(client, workspace, b"first_name,email\nBad,not an address\n")
    shown = run(client, workspace, import_id, segment={"name": "Nuevos"})
    assert (shown["counts"]["rejected"], shown["segment"]["made"], shown["segment"]["gone"]) == (1, False, False)
    assert client.get("/segments", **workspace.owner)["items"] == []


@pytest.mark.parametrize(
    ("segment", "field", "code"),
    [
        ({}, "segment", "value_error"),
        ({"id": "01JD0000000000000000000000", "name": "x"}, "segment", "value_error"),
        ({"name": ""}, "segment.name", "string_too_short"),
        ({"name": "x" * 101}, "segment.name", "string_too_long"),
        ({"id": "01JD0000000000000000000000"}, "segment.id", "unknown"),
        ({"id": "#"}, "segment.id", "unknown"),
    ],
)
def test_a_segment_that_is_none(client: Api, workspace: World, segment: dict[str, str], field: str, code: str) -> None:
    import_id = send(client, workspace, PEOPLE)
    refused = client.post(f"/imports/{import_id}/start", {"segment": segment}, **workspace.owner)
    assert (refused.status, [(each["field"], each["code"]) for each in refused["errors"]]) == (422, [(field, code)])
    assert client.get(f"/imports/{import_id}", **workspace.owner)["segment"] is None


def test_what_a_segment_does_not_take(client: Api, workspace: World, other_workspace: World) -> None:
    conditions = {"all": [{"field": "contact.tag", "op": "is", "value": "vip"}]}
    dynamic = client.post("/segments", {"name": "D", "kind": "dynamic", "conditions": conditions}, **workspace.owner)
    foreign = listed(client, other_workspace)
    import_id = send(client, workspace, PEOPLE)
    for segment_id, code in ((dynamic["id"], "dynamic"), (foreign, "unknown")):
        body = {"segment": {"id": segment_id}}
        [error] = client.post(f"/imports/{import_id}/start", body, **workspace.owner)["errors"]
        assert (error["field"], error["code"]) == ("segment.id", code)
    companies = send(client, workspace, b"name\nAcme\n", kind="company", match_field="name")
    [error] = client.post(f"/imports/{companies}/start", {"segment": {"name": "x"}}, **workspace.owner)["errors"]
    assert (error["field"], error["code"]) == ("segment", "kind")


def test_who_imports_but_may_not_change_segments(client: Api, workspace: World) -> None:
    made = client.post("/api-keys", {"name": "k", "scopes": ["imports:run", "contacts:write"]}, **workspace.owner)
    assert made.status == 201, made.text
    key = {"headers": {"Authorization": f"Bearer {made['key']}"}}
    import_id = send(client, workspace, PEOPLE)
    refused = client.post(f"/imports/{import_id}/start", {"segment": {"name": "x"}}, **key)
    assert refused.status == 403
    assert client.post(f"/imports/{import_id}/start", {}, **key).status == 202


def test_people_by_their_addresses(client: Api, workspace: World) -> None:
    ana, eva = person(client, workspace, "Ana"), person(client, workspace, "Eva")
    gone = person(client, workspace, "Gone")
    version = client.get(f"/contacts/{gone}", **workspace.owner)["version"]
    assert client.delete(f"/contacts/{gone}", query={"version": version}, **workspace.owner).status in (200, 204)
    segment_id = listed(client, workspace, ana)
    emails = [
        "ANA@example.com",
        "eva@Example.com",
        "eva@example.com",
        "gone@example.com",
        "nobody@example.com",
        "Eva",
        "=1+1",
    ]
    added = client.post(f"/segments/{segment_id}/contacts", {"emails": emails}, **workspace.marketer)
    assert added.status == 200, added.text
    assert added["found"] == [
        {"email": "ANA@example.com", "id": ana, "display_name": "Ana", "added": False},
        {"email": "eva@Example.com", "id": eva, "display_name": "Eva", "added": True},
    ]
    assert (added["unknown"], added["invalid"]) == (["gone@example.com", "nobody@example.com"], ["Eva", "=1+1"])
    assert (added["count"], members(client, workspace, segment_id)) == (2, ["Ana", "Eva"])
    by_id = client.post(f"/segments/{segment_id}/contacts", {"contact_ids": [ana]}, **workspace.owner)
    assert (by_id["count"], by_id["found"], by_id["unknown"], by_id["invalid"]) == (2, [], [], [])


def test_addresses_that_are_refused(client: Api, workspace: World) -> None:
    segment_id = listed(client, workspace)
    conditions = {"all": [{"field": "contact.tag", "op": "is", "value": "vip"}]}
    dynamic = client.post("/segments", {"name": "D", "kind": "dynamic", "conditions": conditions}, **workspace.owner)
    cases: list[tuple[str, dict[str, Any], str]] = [
        (segment_id, {"emails": [f"n{number}@example.com" for number in range(1001)]}, "emails"),
        (segment_id, {"emails": []}, "emails"),
        (segment_id, {"emails": ["x" * 321]}, "emails.0"),
        (segment_id, {}, "body"),
        (segment_id, {"emails": ["a@example.com"], "contact_ids": ["x"]}, "body"),
        (dynamic["id"], {"emails": ["a@example.com"]}, "emails"),
    ]
    for place, body, field in cases:
        refused = client.post(f"/segments/{place}/contacts", body, **workspace.owner)
        assert (refused.status, refused["errors"][0]["field"]) == (422, field)
