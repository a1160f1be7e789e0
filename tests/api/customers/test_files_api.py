"""Files over HTTP: announced, sent, looked at, listed, saved, deleted, swept."""

from typing import Any

import pytest

from chalicelib import wiring

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100


@pytest.fixture
def contact(client, workspace) -> Any:
    return client.post("/contacts", {"first_name": "Ana"}, **workspace.owner).json


def about(contact: Any) -> dict[str, str]:
    return {"kind": "contact", "id": contact["id"]}


def announce(client, workspace, contact, name="foto.png", size=0, **more) -> Any:
    body = {"file_name": name, "content_type": "image/png", "size": size or len(PNG), "about": about(contact), **more}
    return client.post("/files", body, **workspace.sales)


def put(client, workspace, contact, name="foto.png", content=PNG, **more) -> Any:
    """A file that has arrived and was taken."""
    made = announce(client, workspace, contact, name, len(content), **more)
    assert made.status == 201, made.text
    client.runtime.files.receive(made["upload"]["fields"]["key"], content)
    return client.post(f"/files/{made['id']}/complete", **workspace.sales)


def run(runtime, stream) -> None:
    assert stream.project(runtime) == []
    for queue, envelope, _ in runtime.queues.published:
        if queue == "jobs":
            wiring._load("customers.files.consumers:handle")(runtime, envelope)
    assert stream.project(runtime) == []


def test_a_file_is_sent_taken_and_saved(client, workspace, contact, runtime, stream):
    made = announce(client, workspace, contact, "Año — «nuevo»/../foto.png")
    assert made["state"] == "uploading"
    assert made["upload"]["method"] == "POST"
    key = made["upload"]["fields"]["key"]
    assert key == f"tmp/{workspace.id}/files/{made['id']}"
    assert client.get(f"/files/{made['id']}", **workspace.viewer).status == 404, "it has not arrived"
    assert client.post(f"/files/{made['id']}/complete", **workspace.sales)["errors"][0]["code"] == "missing"
    with pytest.raises(PermissionError):
        runtime.files.receive(key, PNG + b"\0")  # more than was announced
    runtime.files.receive(key, PNG)
    taken = client.post(f"/files/{made['id']}/complete", **workspace.sales)
    assert (taken["state"], taken["media_type"], taken["size"]) == ("ready", "image/png", len(PNG))
    assert client.post(f"/files/{made['id']}/complete", **workspace.sales)["version"] == taken["version"]
    assert set(runtime.files.kept) == {f"{workspace.id}/files/{made['id']}"}, (
        "what can still be sent is not what is kept"
    )
    shown = client.get(f"/files/{made['id']}", **workspace.viewer)
    assert shown["file_name"] == "Año — «nuevo»/../foto.png"
    assert f"{workspace.id}/files/{made['id']}" in shown["url"]
    query = {"about_kind": "contact", "about_id": contact["id"]}
    assert [each["id"] for each in client.get("/files", query=query, **workspace.viewer)["items"]] == [made["id"]]
    run(runtime, stream)
    [entry] = client.get(f"/contacts/{contact['id']}/timeline", query={"kind": "file_added"}, **workspace.viewer)[
        "items"
    ]
    assert entry["data"]["file_id"] == made["id"]


@pytest.mark.parametrize(
    "change, field, code",
    [
        ({"name": "virus.exe"}, "file_name", "executable"),
        ({"name": "pagina.html"}, "file_name", "markup"),
        ({"name": "dibujo.svg"}, "file_name", "markup"),
        ({"name": "a\u0000.png"}, "file_name", "control_character"),
        ({"name": ""}, "file_name", "too_short"),
        ({"size": 25 * 1024 * 1024 + 1}, "size", "less_than_equal"),
        ({"size": -1}, "size", "greater_than_equal"),
        ({"content_type": "not a type"}, "content_type", "string_pattern_mismatch"),
        ({"about": {"kind": "contact", "id": "01JD0000000000000000000001"}}, "about.id", "unknown"),
        ({"about": {"kind": "planet", "id": "x"}}, "about.kind", "literal_error"),
    ],
)
def test_what_is_refused_before_it_is_sent(client, workspace, contact, change, field, code):
    reply = announce(client, workspace, contact, **change)
    assert (reply.status, reply["errors"][0]["field"], reply["errors"][0]["code"]) == (422, field, code)


@pytest.mark.parametrize(
    "name, content, code",
    [
        ("foto.png", b"MZ\x90\0", "executable"),
        ("foto.png", b"<svg onload='alert(1)'/>", "markup"),
        ("carta.txt", b"<!doctype html><script>alert(1)</script>", "markup"),
        ("carta.pdf", PNG, "extension"),
    ],
)
def test_what_is_refused_when_it_is_looked_at_is_gone(client, workspace, contact, runtime, name, content, code):
    reply = put(client, workspace, contact, name, content)
    assert (reply.status, reply["errors"][0]["field"], reply["errors"][0]["code"]) == (422, "file", code)
    assert runtime.files.kept == {}
    query = {"about_kind": "contact", "about_id": contact["id"]}
    assert client.get("/files", query=query, **workspace.viewer)["items"] == []


def test_deleting_takes_the_content_and_the_entry(client, workspace, contact, runtime, stream):
    made = put(client, workspace, contact)
    run(runtime, stream)
    path = f"/files/{made['id']}"
    assert client.delete(path, query={"version": 9}, **workspace.sales).status == 409
    assert client.delete(path, **workspace.viewer).status == 403
    assert client.delete(path, **workspace.sales).status == 204
    assert client.delete(path, **workspace.sales).status == 404
    run(runtime, stream)
    assert runtime.files.kept == {}
    timeline = client.get(f"/contacts/{contact['id']}/timeline", query={"kind": "file_added"}, **workspace.viewer)
    assert timeline["items"] == []


def test_files_go_with_what_they_belong_to(client, workspace, contact, runtime, stream):
    made = put(client, workspace, contact)
    lead = client.post("/contacts", {"first_name": "Eva"}, **workspace.owner).json
    kept = put(client, workspace, lead)
    run(runtime, stream)
    from chalicelib.customers.contacts.records import contact_key

    runtime.table.delete(contact_key(workspace.id, contact["id"]))  # as DynamoDB does when the bin's time is over
    run(runtime, stream)
    run(runtime, stream)
    assert set(runtime.files.kept) == {f"{workspace.id}/files/{kept['id']}"}
    assert client.get(f"/files/{made['id']}", **workspace.owner).status == 404


def test_files_of_deals_are_for_those_who_may_see_deals(client, workspace, runtime):
    deal = client.post("/deals", {"title": "Web"}, **workspace.owner).json
    body = {"file_name": "a.png", "size": len(PNG), "about": {"kind": "deal", "id": deal["id"]}}
    assert client.post("/files", body, **workspace.marketer).status == 403  # may write contacts, not deals
    made = client.post("/files", body, **workspace.sales)
    assert made.status == 201
    runtime.files.receive(made["upload"]["fields"]["key"], PNG)
    assert client.post(f"/files/{made['id']}/complete", **workspace.marketer).status == 403
    assert client.post(f"/files/{made['id']}/complete", **workspace.sales).status == 200
    assert client.get(f"/files/{made['id']}", **workspace.marketer).status == 200
    assert client.delete(f"/files/{made['id']}", **workspace.support).status == 403


def test_leads_and_tasks_have_files_too(client, workspace, contact, runtime):
    lead = client.post("/leads", {"contact_id": contact["id"]}, **workspace.owner)["id"]
    task = client.post("/tasks", {"title": "Llamar"}, **workspace.owner)["id"]
    for kind, thing_id in (("lead", lead), ("task", task)):
        made = put(client, workspace, contact, about={"kind": kind, "id": thing_id})
        assert made["about"] == {"kind": kind, "id": thing_id}
        query = {"about_kind": kind, "about_id": thing_id}
        assert [each["id"] for each in client.get("/files", query=query, **workspace.viewer)["items"]] == [made["id"]]
        unknown = announce(client, workspace, contact, about={"kind": kind, "id": "01JD0000000000000000000001"})
        assert (unknown.status, unknown["errors"][0]["field"]) == (422, "about.id")


def test_files_are_attached_to_what_is_written_there(client, workspace, contact):
    made = put(client, workspace, contact)
    note = client.post(
        f"/contacts/{contact['id']}/activities", {"kind": "note", "file_ids": [made["id"]]}, **workspace.sales
    )
    assert note["data"]["files"] == [
        {"id": made["id"], "file_name": "foto.png", "media_type": "image/png", "size": len(PNG)}
    ]
    other = client.post("/contacts", {"first_name": "Eva"}, **workspace.owner).json
    stolen = client.post(
        f"/contacts/{other['id']}/activities", {"kind": "note", "file_ids": [made["id"]]}, **workspace.sales
    )
    assert (stolen.status, stolen["errors"][0]["field"]) == (422, "file_ids.0")


def test_the_list_of_a_merged_contact_has_all_files(client, workspace, contact, clock):
    other = client.post("/contacts", {"first_name": "Anita"}, **workspace.owner).json
    made = []
    for owner in (contact, other, contact):
        clock.advance(seconds=1)
        made.append(put(client, workspace, owner)["id"])
    merged = client.post(
        f"/contacts/{contact['id']}/merge", {"other_id": other["id"], "choices": {}}, **workspace.owner
    )
    assert merged.status == 201, merged.text
    seen, cursor = [], None
    while True:
        query = {
            "about_kind": "contact",
            "about_id": contact["id"],
            "limit": 1,
            **({"cursor": cursor} if cursor else {}),
        }
        page = client.get("/files", query=query, **workspace.viewer)
        seen += [each["id"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == made[::-1]
    assert client.get(f"/files/{made[1]}", **workspace.viewer).status == 200
