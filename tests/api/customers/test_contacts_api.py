"""Contacts over HTTP."""

import pytest

from chalicelib.customers.capture.service import capture
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import ScoreEntry, Touch

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


def test_what_people_have_not_changed_is_no_conflict(client, workspace, runtime):
    contact = client.post("/contacts", {**ANA, "tags": []}, **workspace.owner)
    path = f"/contacts/{contact['id']}"
    points = ScoreEntry("E1", runtime.clock.now(), 10, "why", "rule", "fit")
    scored = contacts.add_points(
        table=runtime.table, workspace_id=workspace.id, contact_id=contact["id"], entries=[points],
        grade_of=lambda *_: "B2",
    )  # fmt: skip
    assert scored.version == 2
    changed = client.patch(path, {"version": 1, "city": "Cali"}, **workspace.sales)
    assert (changed.status, changed["version"], changed["score"]["fit"]) == (200, 3, 10)
    # who read it before the city was changed has not seen that
    stale = client.patch(path, {"version": 2, "city": "Lima"}, **workspace.sales)
    assert (stale.status, stale["current"]["city"]) == (409, "Cali")
    # nobody has read a version that is not there yet
    assert client.patch(path, {"version": 9, "city": "Lima"}, **workspace.sales).status == 409
    same = client.patch(path, {"version": 3, "city": "Cali", "first_name": "Ana"}, **workspace.sales)
    assert (same.status, same["version"]) == (200, 3)


@pytest.mark.parametrize(("city", "status"), [("Cali", 409), ("", 200)])
def test_a_capture_that_fills_something_in_is_a_conflict(client, workspace, runtime, city, status):
    contact = client.post("/contacts", {"emails": [{"address": "eva@example.com"}]}, **workspace.owner)
    capture(
        table=runtime.table, clock=runtime.clock, workspace=workspace.workspace,
        values={"email": "eva@example.com", "city": city}, touch=Touch(runtime.clock.now(), source="x"),
    )  # fmt: skip
    reply = client.patch(f"/contacts/{contact['id']}", {"version": 1, "city": "Lima"}, **workspace.sales)
    assert reply.status == status


def test_every_field_is_kept_as_given(client, workspace):
    full = {
        "title": "Dra.", "first_name": "Ana", "job_title": "Directora", "birthday": "1980-02-29", "satisfaction": 0,
        "interests": ["Vela", "vela", "  Cocina   india "],
        "addresses": [
            {"label": "casa", "street": "Calle 1", "city": "Cali", "postal_code": "760001", "country": "CO"},
            {"street": "Gran Vía 2", "city": "Madrid", "country": "ES", "primary": True},
        ],
        "kyc": {"status": "verified", "document_type": "DNI", "document_number": "12345678Z",
                "verified_at": "2026-11-20T10:00:00+01:00", "note": "visto\nen persona"},
    }  # fmt: skip
    made = client.post("/contacts", full, **workspace.owner)
    assert made.status == 201, made.text
    path = f"/contacts/{made['id']}"
    shown = client.get(path, **workspace.key)
    assert (shown["title"], shown["job_title"], shown["birthday"]) == ("Dra.", "Directora", "1980-02-29")
    assert (shown["satisfaction"], shown["interests"]) == (0, ["Vela", "Cocina india"])
    assert [each["primary"] for each in shown["addresses"]] == [False, True]
    assert (shown["country"], shown["city"]) == ("ES", "Madrid")  # the primary address's
    assert shown["kyc"] == {**full["kyc"], "verified_at": "2026-11-20T09:00:00.000Z"}
    moved = client.patch(path, {"version": 1, "addresses": full["addresses"][:1]}, **workspace.owner)
    assert (moved["country"], moved["city"]) == ("CO", "Cali")
    emptied = {"version": 2, **{name: None for name in full if name != "first_name"}}
    empty = client.patch(path, emptied, **workspace.owner)
    assert empty.status == 200, empty.text
    assert (empty["addresses"], empty["interests"], empty["satisfaction"], empty["birthday"]) == ([], [], None, None)
    assert empty["kyc"]["status"] == "none"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("first_name", "A\x00na", "control_character"),
        ("first_name", "Ana\nMaría", "control_character"),
        ("job_title", "x" * 101, "string_too_long"),
        ("last_name", "x" * 10_000, "string_too_long"),
        ("tags", ["a\x1fb"], "control_character"),
        ("birthday", "1985-02-30", "date_from_datetime_parsing"),
        ("birthday", "0001-01-01", "date"),
        ("satisfaction", 11, "less_than_equal"),
        ("kyc", {"status": "maybe"}, "literal_error"),
        ("addresses", [{"label": "casa"}], "missing"),
    ],
)
def test_what_a_contact_cannot_have_is_refused_by_a_rule_with_a_name(client, workspace, field, value, code):
    reply = client.post("/contacts", {"first_name": "Ana", field: value}, **workspace.owner)
    assert reply.status == 422
    [error] = reply["errors"]
    assert error["field"].startswith(field)
    assert error["code"] == code


NAUGHTY = [
    "🧑‍🚀 👩‍👩‍👧‍👦 🏳️‍🌈", "‏مرحبا‎ שלום", "‮evil", "Zo\u200be\u200d\ufeff", "ÅÀ É", "１２３", "Ω≈ç√∫˜µ≤", "田中さん", "ﷺ",
    "Ṱ̺̺̕o͞ ̷i̲̬͇̪͙n̝̗͕v̟̜̘̦͟o̶̙̰̠kè͚̮̺", "'; DROP TABLE users;--", '"><script>alert(1)</script>', "=cmd|' /C calc'!A0", "{{7*7}}",
    "${jndi:ldap://x}", "../../etc/passwd", "%00", "\\", "NULL", "undefined", "-1E2", "﻿", "\u00ad", "\U0010ffff", "\ufffe",
]  # fmt: skip


@pytest.mark.parametrize("name", NAUGHTY)
def test_hostile_names_are_kept_as_they_are(client, workspace, name):
    made = client.post("/contacts", {"first_name": name, "last_name": "x", "tags": ["x"]}, **workspace.owner)
    assert made.status == 201, made.text
    assert client.get(f"/contacts/{made['id']}", **workspace.key)["first_name"] == name
    listed = client.get("/contacts", query={"limit": 1}, **workspace.key)["items"][0]
    assert listed["first_name"] == name


def test_half_a_character_is_refused(client, workspace):
    reply = client.post("/contacts", '{"first_name": "A\\ud800"}', **workspace.owner)
    assert reply.status == 422
    assert reply["errors"] == [
        {"field": "first_name", "message": "This text has half a character.", "code": "lone_surrogate"}
    ]


def test_a_deleted_contact_is_found_nowhere_and_can_be_restored(client, workspace, stream, runtime):
    body = {"first_name": "Ana", "tags": ["vip"], "emails": [{"address": "ana.bin@example.com"}]}
    contact = client.post("/contacts", body, **workspace.owner)
    path = f"/contacts/{contact['id']}"
    assert stream.project(runtime) == []

    def found() -> list[int]:
        lists = [{}, {"tag": "vip"}, {"sort": "name"}, {"q": "ana"}]
        return [len(client.get("/contacts", query=each, **workspace.key)["items"]) for each in lists]

    assert found() == [1, 1, 1, 1]
    assert client.get("/search", query={"q": "ana"}, **workspace.key)["items"]
    assert client.delete(path, query={"version": 7}, **workspace.sales).status == 409
    assert client.delete(path, **workspace.viewer).status == 403
    assert client.delete(path, **workspace.sales).status == 204
    assert stream.project(runtime) == []
    assert found() == [0, 0, 0, 0]
    assert client.get("/search", query={"q": "ana"}, **workspace.key)["items"] == []
    for reply in (
        client.get(path, **workspace.key),
        client.patch(path, {"version": 2, "city": "x"}, **workspace.key),
        client.delete(path, **workspace.key),
    ):
        assert reply.status == 404
    [binned] = client.get("/contacts", query={"deleted": "true"}, **workspace.key)["items"]
    assert (binned["id"], binned["deleted_at"]) == (contact["id"], "2026-11-21T12:00:00.000Z")
    other = client.post("/contacts", body, **workspace.owner)  # the address is free
    assert other.status == 201
    taken = client.post(f"{path}/restore", **workspace.sales)
    assert (taken.status, taken["errors"][0]["field"], taken["errors"][0]["code"]) == (
        422,
        "emails.0.address",
        "taken",
    )
    client.patch(f"/contacts/{other['id']}", {"version": 1, "emails": []}, **workspace.owner)
    restored = client.post(f"{path}/restore", **workspace.sales)
    assert (restored.status, restored["deleted_at"], restored["version"]) == (200, None, 3)
    assert client.post(f"{path}/restore", **workspace.sales).json == restored.json
    assert stream.project(runtime) == []
    assert found() == [2, 2, 2, 2]
    taken = client.post("/contacts", body, **workspace.owner)
    assert taken["errors"][0]["code"] == "taken"


def test_the_bin_is_emptied_after_thirty_days(client, workspace, runtime):
    contact = client.post("/contacts", {"first_name": "Ana"}, **workspace.owner)
    client.delete(f"/contacts/{contact['id']}", **workspace.owner)
    runtime.clock.advance(days=29)
    assert len(client.get("/contacts", query={"deleted": "true"}, **workspace.key)["items"]) == 1
    runtime.clock.advance(days=2)
    assert client.get("/contacts", query={"deleted": "true"}, **workspace.key)["items"] == []
    assert client.post(f"/contacts/{contact['id']}/restore", **workspace.owner).status == 404


def test_pages_of_the_bin(client, workspace, runtime):
    ids = []
    for number in range(5):
        ids.append(client.post("/contacts", {"first_name": f"n{number}"}, **workspace.owner)["id"])
        runtime.clock.advance(seconds=1)
        client.delete(f"/contacts/{ids[-1]}", **workspace.owner)
    seen, cursor = [], None
    while True:
        query = {"deleted": "true", "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = client.get("/contacts", query=query, **workspace.key)
        seen += [each["id"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ids[::-1]


def test_lists_say_what_is_wrong_with_a_question(client, workspace):
    def refused(**query) -> str:
        reply = client.get("/contacts", query=query, **workspace.key)
        assert reply.status == 422, reply.text
        return str(reply["errors"][0]["field"])

    assert refused(sort="city") == "sort"
    assert refused(filter="{") == "filter"
    assert refused(filter='{"field": "tag"}') == "filter"
    assert refused(filter="[1]") == "filter.0"
    assert refused(filter='[{"field": "nothing", "op": "is", "value": 1}]') == "filter.0.field"
    assert refused(filter='[{"field": "tag", "op": "like", "value": "x"}]') == "filter.0.op"
    assert refused(filter='[{"field": "tag", "op": "between", "from": "x", "to": "y"}]') == "filter.0.op"
    assert refused(filter='[{"field": "score", "op": "between", "from": 1}]') == "filter.0.to"
    assert refused(filter='[{"field": "score", "op": "is", "value": "x"}]') == "filter.0.value"
    assert refused(filter='[{"field": "tag", "op": "in", "value": ["x", 5]}]') == "filter.0.value.1"
    assert refused(filter='[{"field": "tag", "op": "is", "value": "x", "values": 1}]') == "filter.0.values"
    assert refused(filter='[{"field": "lifecycle_stage", "op": "is", "value": "x"}]') == "filter.0.value"
    assert refused(q="a") == "q"
    assert refused(deleted="true", tag="x") == "deleted"
    page = client.get("/contacts", query={"limit": 1}, **workspace.key)
    assert page.status == 200


def test_a_list_is_narrowed_by_its_parameters_and_counted(client, workspace, stream, runtime):
    me = {"owner_id": workspace.users["sales"]}
    for number in range(4):
        body = {"first_name": f"Ana {number}", "country": "ES" if number % 2 else "CO", **(me if number < 3 else {})}
        client.post("/contacts", body, **workspace.owner)
    assert stream.project(runtime) == []

    def names(**query) -> list[str]:
        page = client.get("/contacts", query=query, **workspace.sales)
        return [each["first_name"] for each in page["items"]]

    assert names(owner_id="me", sort="name") == ["Ana 0", "Ana 1", "Ana 2"]
    assert names(owner_id="none") == ["Ana 3"]
    assert names(owner_id="me", country="ES") == ["Ana 1"]
    assert names(country="CO", sort="-name") == ["Ana 2", "Ana 0"]
    first = client.get("/contacts", query={"sort": "name", "limit": 3}, **workspace.sales)
    rest = client.get(
        "/contacts", query={"sort": "name", "limit": 3, "cursor": first["next_cursor"]}, **workspace.sales
    )
    assert [each["first_name"] for each in first["items"] + rest["items"]] == ["Ana 0", "Ana 1", "Ana 2", "Ana 3"]
    other = client.get(
        "/contacts", query={"sort": "-name", "limit": 3, "cursor": first["next_cursor"]}, **workspace.sales
    )
    assert other.status == 422
    spanish = '[{"field": "country", "op": "is", "value": "ES"}]'
    assert client.get("/counts", query={"kind": "contact", "filter": spanish}, **workspace.sales).json == {
        "count": 2,
        "exact": True,
    }
    assert client.get("/counts", query={"kind": "contact"}, **workspace.sales)["count"] == 4
