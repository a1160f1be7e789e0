"""Contacts over HTTP."""

import pytest

ANA = {
    "first_name": "Ana",
    "last_name": "García",
    "emails": [{"address": "Ana@Example.com", "label": "trabajo"}],
    "phones": [{"number": "300 123 4567"}],
    "language": "es",
    "tags": ["VIP ", "feria"],
}


def test_a_contact_is_made_read_and_changed(client, workspace):
    made = client.post("/contacts", ANA, **workspace.owner)
    assert made.status == 201, made.text
    assert made.headers["location"] == f"/api/v1/contacts/{made['id']}"
    assert made["emails"] == [{"address": "ana@example.com", "label": "trabajo", "primary": True}]
    assert made["phones"][0]["number"] == "+573001234567"  # the workspace is in Bogotá
    assert made["tags"] == ["feria", "vip"]
    assert made["suppressed"] is None
    assert made["score"] == {"fit": 0, "engagement": 0, "total": 0, "grade": ""}

    read = client.get(f"/contacts/{made['id']}", **workspace.key)
    assert read.json | {"possible_duplicates": []} == made.json

    change = {"version": 1, "last_name": None, "city": "Cali", "emails": [{"address": "a2@example.com"}]}
    changed = client.patch(f"/contacts/{made['id']}", change, **workspace.sales)
    assert changed.status == 200, changed.text
    assert (changed["last_name"], changed["city"], changed["version"]) == (None, "Cali", 2)
    assert changed["display_name"] == "Ana"

    again = client.post("/contacts", {"emails": [{"address": "ana@example.com"}]}, **workspace.owner)
    assert again.status == 201  # the address was given up


def test_a_stale_change_is_answered_with_the_current_contact(client, workspace):
    contact = client.post("/contacts", {"first_name": "Eva"}, **workspace.owner)
    assert client.patch(f"/contacts/{contact['id']}", {"version": 1, "city": "A"}, **workspace.owner).status == 200
    stale = client.patch(f"/contacts/{contact['id']}", {"version": 1, "city": "B"}, **workspace.owner)
    assert stale.status == 409
    assert (stale["current"]["city"], stale["current"]["version"]) == ("A", 2)


def test_an_address_belongs_to_one_contact(client, workspace, other_workspace):
    assert client.post("/contacts", {"emails": [{"address": "x@example.com"}]}, **workspace.owner).status == 201
    taken = client.post(
        "/contacts", {"emails": [{"address": "y@example.com"}, {"address": "X@EXAMPLE.com"}]}, **workspace.owner
    )
    assert taken.status == 422
    assert taken["errors"] == [
        {"field": "emails.1.address", "message": "Another contact has this address.", "code": "taken"}
    ]
    assert client.post("/contacts", {"emails": [{"address": "y@example.com"}]}, **workspace.owner).status == 201
    assert client.post("/contacts", {"emails": [{"address": "x@example.com"}]}, **other_workspace.owner).status == 201


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "emails"),
        ({"emails": [{"address": "nobody"}]}, "emails.0.address"),
        ({"emails": [{"address": "a" * 300 + "@example.com"}]}, "emails.0.address"),
        ({"phones": [{"number": "12"}]}, "phones.0.number"),
        ({"first_name": "x" * 101}, "first_name"),
        ({"first_name": "Ana", "score": 100}, "score"),
        ({"first_name": "Ana", "workspace_id": "other"}, "workspace_id"),
        ({"first_name": "Ana", "time_zone": "Mars/Olympus"}, "time_zone"),
        ({"first_name": "Ana", "owner_id": "nobody"}, "owner_id"),
        ({"first_name": "Ana", "company_id": "01JD0000000000000000000000"}, "company_id"),
        ({"first_name": "Ana", "lifecycle_stage": "bought"}, "lifecycle_stage"),
        ({"first_name": "Ana", "tags": ["x"] * 101}, "tags"),
    ],
)
def test_what_is_wrong_is_named(client, workspace, body, field):
    reply = client.post("/contacts", body, **workspace.owner)
    assert reply.status == 422, reply.text
    assert reply["errors"][0]["field"] == field


def test_the_list_goes_on_with_its_cursor(client, workspace, clock):
    for number in range(5):
        clock.advance(seconds=1)
        client.post("/contacts", {"first_name": f"N{number}"}, **workspace.owner)
    first = client.get("/contacts", query={"limit": 2}, **workspace.viewer)
    assert [each["first_name"] for each in first["items"]] == ["N4", "N3"]
    second = client.get("/contacts", query={"limit": 2, "cursor": first["next_cursor"]}, **workspace.viewer)
    assert [each["first_name"] for each in second["items"]] == ["N2", "N1"]
    third = client.get("/contacts", query={"limit": 2, "cursor": second["next_cursor"]}, **workspace.viewer)
    assert [each["first_name"] for each in third["items"]] == ["N0"]
    assert third["next_cursor"] is None
    assert client.get("/contacts", query={"cursor": "x"}, **workspace.viewer).status == 422


def test_nobody_else_sees_or_changes_it(client, workspace, other_workspace):
    contact = client.post("/contacts", {"first_name": "Ana"}, **workspace.owner)
    assert client.get(f"/contacts/{contact['id']}", **other_workspace.owner).status == 404
    patch = {"version": 1, "first_name": "Eve"}
    assert client.patch(f"/contacts/{contact['id']}", patch, **other_workspace.owner).status == 404
    assert client.patch(f"/contacts/{contact['id']}", patch, **workspace.viewer).status == 403
    assert client.get("/contacts", **other_workspace.owner)["items"] == []
    for identifier in ("x", "01JD0000000000000000000000", "%23", "a" * 3000):
        assert client.get(f"/contacts/{identifier}", **workspace.owner).status == 404
