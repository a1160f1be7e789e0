"""Activities over HTTP: written, planned, pinned, mentioned, attached; on contacts, companies and deals."""

from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.customers.timeline.domain import PINNED_MOST
from chalicelib.foundation.mail import MailDeferredError
from chalicelib.workspaces.members import service as members
from chalicelib.workspaces.members.domain import Role
from tests.api.conftest import Api, make_world


@pytest.fixture
def contact(client, workspace) -> Any:
    return client.post("/contacts", {"first_name": "Ana", "last_name": "García"}, **workspace.owner).json


@pytest.fixture
def company(client, workspace) -> Any:
    return client.post("/companies", {"name": "Ejemplo SL"}, **workspace.owner).json


@pytest.fixture
def deal(client, workspace) -> Any:
    return client.post("/deals", {"title": "Web"}, **workspace.owner).json


def write(client, workspace, place, *, who="sales", status=201, **said) -> Any:
    reply = client.post(f"{place}/activities", said, **workspace.as_role(who))
    assert reply.status == status, reply.text
    return reply.json


def read(client, workspace, place, **query) -> list[Any]:
    reply = client.get(f"{place}/timeline", query=query, **workspace.viewer)
    assert reply.status == 200, reply.text
    return list(reply["items"])


def told(runtime, stream) -> None:
    """Projections, then the mails they ask for."""
    assert stream.project(runtime) == []
    for queue, envelope, _ in runtime.queues.published:
        if queue == "jobs":
            wiring._load("customers.timeline.consumers:handle")(runtime, envelope)


def test_a_call_says_what_was_said(client, workspace, contact):
    place = f"/contacts/{contact['id']}"
    made = write(
        client, workspace, place, kind="call", at="2026-11-20T09:30:00Z", direction="outbound", duration_minutes=12,
        subject="Renovación", outcome="Volver a llamar", html="<p>Quiere <b>dos</b> ofertas<script>alert(1)</script></p>",
    )  # fmt: skip
    assert made["written"] is True
    assert made["planned"] is False
    assert made["actor"] == f"member:{workspace.users['sales']}"
    assert made["about"] == {"kind": "contact", "id": contact["id"]}
    assert made["data"] == {
        "html": "<p>Quiere <b>dos</b> ofertas</p>",
        "text": "Quiere dos ofertas",
        "subject": "Renovación",
        "outcome": "Volver a llamar",
        "direction": "outbound",
        "duration_minutes": 12,
    }
    assert read(client, workspace, place) == [made]
    assert client.get(f"{place}/activities/{made['id']}", **workspace.viewer).json == made


@pytest.mark.parametrize(
    "said, field",
    [
        ({"kind": "deal_won", "text": "x"}, "kind"),
        ({"kind": "note"}, "text"),
        ({"kind": "note", "text": "  "}, "text"),
        ({"kind": "note", "html": "<script>alert(1)</script>"}, "html"),
        ({"kind": "note", "html": "<p>" + "x" * 10_001 + "</p>"}, "html"),
        ({"kind": "note", "text": "x" * 10_001}, "text"),
        ({"kind": "note", "text": "a\u0000b"}, "text"),
        ({"kind": "note", "text": "x", "planned": True}, "planned"),
        ({"kind": "call", "at": "2026-11-20T09:30:00"}, "at"),
        ({"kind": "call", "at": "2500-11-20T09:30:00Z"}, "at"),
        ({"kind": "meeting", "at": "2026-11-20T09:30:00Z", "ends_at": "2026-11-20T09:29:00Z"}, "ends_at"),
        ({"kind": "meeting", "at": "2026-11-20T09:30:00Z", "ends_at": "2027-11-20T09:29:00Z"}, "ends_at"),
        ({"kind": "call", "mentions": ["nobody"]}, "mentions.0"),
        ({"kind": "call", "file_ids": ["01JD0000000000000000000001"]}, "file_ids.0"),
        ({"kind": "call", "deal_id": "01JD0000000000000000000001"}, "deal_id"),
        ({"kind": "call", "direction": "sideways"}, "direction"),
        ({"kind": "call", "duration_minutes": -1}, "duration_minutes"),
        ({"kind": "call", "actor": "member:x"}, "actor"),
    ],
)
def test_what_cannot_be_written_is_named(client, workspace, contact, said, field):
    reply = client.post(f"/contacts/{contact['id']}/activities", said, **workspace.sales)
    assert (reply.status, reply["errors"][0]["field"]) == (422, field)


def test_past_and_planned(client, workspace, contact, clock):
    place = f"/contacts/{contact['id']}"
    past = write(client, workspace, place, kind="meeting", at="2026-11-19T10:00:00Z")
    coming = write(client, workspace, place, kind="meeting", at="2026-11-25T10:00:00Z", ends_at="2026-11-25T11:00:00Z")
    late = write(client, workspace, place, kind="call", at="2026-11-18T10:00:00Z", planned=True)
    note = write(client, workspace, place, kind="note", text="x")
    assert [each["planned"] for each in (past, coming, late, note)] == [False, True, True, False]
    assert [each["id"] for each in read(client, workspace, place, planned="true")] == [coming["id"], late["id"]]
    assert [each["id"] for each in read(client, workspace, place, planned="false")] == [note["id"], past["id"]]
    assert [each["id"] for each in read(client, workspace, place)] == [coming["id"], note["id"], past["id"], late["id"]]
    assert [each["id"] for each in read(client, workspace, place, kind="note,call")] == [note["id"], late["id"]]
    assert [each["id"] for each in read(client, workspace, place, kind="meeting", planned="true")] == [coming["id"]]


def test_a_moved_meeting_keeps_its_id_and_pin_and_stands_once(client, workspace, contact, clock):
    place = f"/contacts/{contact['id']}"
    made = write(client, workspace, place, kind="meeting", at="2026-11-25T10:00:00Z", subject="Demo")
    one = f"{place}/activities/{made['id']}"
    assert client.post(f"{one}/pin", **workspace.sales)["pinned"] is True
    clock.advance(minutes=1)
    moved = client.patch(one, {"version": 1, "at": "2026-11-27T10:00:00Z"}, **workspace.sales)
    assert (moved.status, moved["version"], moved["pinned"]) == (200, 2, True)
    assert moved["edited_at"] == "2026-11-21T12:01:00.000Z"
    assert [each["at"] for each in read(client, workspace, place)] == ["2026-11-27T10:00:00.000Z"]
    assert [each["at"] for each in read(client, workspace, place, pinned="true")] == ["2026-11-27T10:00:00.000Z"]
    again = client.patch(one, {"version": 2, "at": "2026-11-20T10:00:00Z", "planned": False}, **workspace.sales)
    assert (again["version"], again["planned"]) == (3, False)
    assert client.delete(one, query={"version": 2}, **workspace.sales).status == 409
    assert client.delete(one, query={"version": 3}, **workspace.sales).status == 204
    assert read(client, workspace, place) == read(client, workspace, place, pinned="true") == []
    assert client.delete(one, **workspace.sales).status == 404


def test_an_edit_says_who_and_keeps_who_wrote(client, workspace, contact, clock):
    place = f"/contacts/{contact['id']}"
    made = write(client, workspace, place, kind="note", html="<p>Uno</p>")
    one = f"{place}/activities/{made['id']}"
    clock.advance(minutes=1)
    changed = client.patch(one, {"version": 1, "text": "Dos"}, **workspace.marketer)
    assert changed["data"] == {"text": "Dos"}
    assert changed["actor"] == f"member:{workspace.users['sales']}"
    stale = client.patch(one, {"version": 1, "text": "Tres"}, **workspace.sales)
    assert (stale.status, stale["current"]["data"]) == (409, {"text": "Dos"})
    assert client.patch(one, {"version": 2, "text": None}, **workspace.sales).status == 422
    assert client.patch(one, {"version": 2, "text": "x"}, **workspace.viewer).status == 403
    lead = client.post("/contacts", {"first_name": "Eva"}, **workspace.owner)["id"]
    assert client.patch(f"/contacts/{lead}/activities/{made['id']}", {"version": 2}, **workspace.owner).status == 404


def test_what_others_derive_cannot_be_changed(client, workspace, contact, runtime, stream):
    place = f"/contacts/{contact['id']}"
    client.patch(place, {"version": 1, "tags": ["vip"]}, **workspace.owner)
    assert stream.project(runtime) == []
    [tagged] = read(client, workspace, place, kind="tag_added")
    assert (tagged["written"], tagged["version"]) == (False, None)
    one = f"{place}/activities/{tagged['id']}"
    assert client.patch(one, {"version": 1, "text": "x"}, **workspace.owner).status == 404
    assert client.delete(one, **workspace.owner).status == 404
    assert client.post(f"{one}/pin", **workspace.owner)["pinned"] is True
    assert stream.project(runtime) == []
    assert [each["kind"] for each in read(client, workspace, place, pinned="true")] == ["tag_added"]


def test_pins_are_few_and_each_once(client, workspace, contact, clock):
    place = f"/contacts/{contact['id']}"
    made = []
    for number in range(PINNED_MOST + 1):
        clock.advance(seconds=1)
        made.append(write(client, workspace, place, kind="note", text=str(number))["id"])
    for activity_id in [*made[:PINNED_MOST], made[0]]:
        assert client.post(f"{place}/activities/{activity_id}/pin", **workspace.sales).status == 200
    last = f"{place}/activities/{made[-1]}"
    refused = client.post(f"{last}/pin", **workspace.sales)
    assert (refused.status, refused["errors"][0]["code"]) == (422, "too_many")
    for _ in range(2):
        assert client.post(f"{place}/activities/{made[3]}/unpin", **workspace.sales)["pinned"] is False
    assert client.post(f"{last}/pin", **workspace.sales).status == 200
    pinned = [each["data"]["text"] for each in read(client, workspace, place, pinned="true")]
    assert pinned == ["10", "9", "8", "7", "6", "5", "4", "2", "1", "0"]
    assert sum(each["pinned"] for each in read(client, workspace, place)) == PINNED_MOST


def test_a_call_about_a_deal_stands_in_the_deals_timeline(client, workspace, contact, company, deal, runtime, stream):
    place = f"/contacts/{contact['id']}"
    made = write(client, workspace, place, kind="call", text="Hola", deal_id=deal["id"], company_id=company["id"])
    told(runtime, stream)
    for other in (f"/deals/{deal['id']}", f"/companies/{company['id']}"):
        [copy] = read(client, workspace, other, kind="call")
        assert copy["id"] == made["id"]
        assert copy["about"] == {"kind": "contact", "id": contact["id"]}
    changed = client.patch(
        f"/deals/{deal['id']}/activities/{made['id']}",
        {"version": 1, "text": "Adiós", "company_id": None},
        **workspace.sales,
    )
    assert changed.status == 200
    told(runtime, stream)
    assert [each["data"]["text"] for each in read(client, workspace, f"/deals/{deal['id']}", kind="call")] == ["Adiós"]
    assert read(client, workspace, f"/companies/{company['id']}") == []
    moved = client.patch(
        f"{place}/activities/{made['id']}", {"version": 2, "at": "2026-11-01T00:00:00Z"}, **workspace.sales
    )
    assert moved.status == 200
    told(runtime, stream)
    assert [each["at"] for each in read(client, workspace, f"/deals/{deal['id']}", kind="call")] == [moved["at"]]
    assert client.delete(f"{place}/activities/{made['id']}", **workspace.sales).status == 204
    told(runtime, stream)
    assert read(client, workspace, f"/deals/{deal['id']}", kind="call") == []


def test_companies_and_deals_have_timelines_of_their_own(client, workspace, company, deal):
    for place, kind in ((f"/companies/{company['id']}", "company"), (f"/deals/{deal['id']}", "deal")):
        made = write(client, workspace, place, kind="note", text="Hola")
        assert made["about"]["kind"] == kind
        assert [each["id"] for each in read(client, workspace, place)] == [made["id"]]
        unknown = f"/{place.split('/')[1]}/01JD0000000000000000000001"
        assert client.get(f"{unknown}/timeline", **workspace.viewer).status == 404
        assert client.post(f"{unknown}/activities", {"kind": "note", "text": "x"}, **workspace.sales).status == 404
    assert (
        client.post(f"/deals/{deal['id']}/activities", {"kind": "note", "text": "x"}, **workspace.marketer).status
        == 403
    )


def test_whoever_is_named_is_told_once_in_their_language(client, runtime, contact, workspace, stream, clock):
    kim = runtime.identity.add("kim@acme.example", "Kim", "Password-12345", f"kim-{workspace.id}")
    members.add_member(
        table=runtime.table, clock=clock, workspace_id=workspace.id, user_id=kim, email="kim@acme.example", name="Kim",
        role=Role.SUPPORT, language="en",
    )  # fmt: skip
    sales, place = workspace.users["sales"], f"/contacts/{contact['id']}"
    said = {"kind": "note", "html": "<p>¿Podéis llamar a <b>Ana</b>?</p>", "mentions": [kim, sales, kim]}
    made = write(client, workspace, place, **said)
    assert made["data"]["mentions"] == [kim, sales]
    runtime.mailer.fail = [MailDeferredError("later")]
    with pytest.raises(MailDeferredError):
        told(runtime, stream)
    for _ in range(3):
        told(runtime, stream)
    [(source, recipient, mime, _)] = runtime.mailer.sent
    assert (source, recipient) == ("hola@acme.example", "kim@acme.example")
    from email import message_from_bytes, policy

    mail = message_from_bytes(mime, policy=policy.default)
    assert mail["subject"] == "Sales mentioned you in “Ana García”"
    text = mail.get_body(("plain",)).get_content()
    assert "> ¿Podéis llamar a Ana?" in text
    assert f"https://crm.example/#/contacts/{contact['id']}" in text

    # an edit that names them again tells nobody again; one that names somebody new tells them, in the workspace's language
    one = f"{place}/activities/{made['id']}"
    client.patch(one, {"version": 1, "text": "Corrijo", "mentions": []}, **workspace.sales)
    client.patch(one, {"version": 2, "mentions": [kim, workspace.users["owner"]]}, **workspace.sales)
    told(runtime, stream)
    assert len(runtime.mailer.sent) == 2
    mail = message_from_bytes(runtime.mailer.sent[1][2], policy=policy.default)
    assert mail["subject"] == "Sales te menciona en «Ana García»"

    as_kim = {"headers": {"Authorization": f"Bearer access.{kim}", "X-Workspace": workspace.id}}
    [mention] = client.get("/me/mentions", **as_kim)["items"]
    assert (mention["title"], mention["by"], mention["about"]["kind"]) == ("Ana García", f"member:{sales}", "contact")
    assert mention["activity"]["data"]["text"] == "Corrijo"
    assert client.get("/me/mentions", **workspace.sales)["items"] == []
    assert client.get("/me/mentions", **workspace.key)["items"] == []
    client.delete(one, **workspace.sales)
    assert client.get("/me/mentions", **as_kim)["items"] == []


def test_whoever_left_is_not_told(client, runtime, contact, workspace, stream):
    gone = workspace.users["support"]
    write(client, workspace, f"/contacts/{contact['id']}", kind="note", text="x", mentions=[gone])
    assert client.delete(f"/members/{gone}", **workspace.owner).status == 204
    told(runtime, stream)
    assert runtime.mailer.sent == []


def test_mentions_come_page_by_page(client, workspace, contact, clock):
    for number in range(5):
        clock.advance(seconds=1)
        write(
            client, workspace, f"/contacts/{contact['id']}", kind="note", text=str(number),
            mentions=[workspace.users["viewer"]],
        )  # fmt: skip
    seen, cursor = [], None
    while True:
        page = client.get(
            "/me/mentions", query={"limit": 2, **({"cursor": cursor} if cursor else {})}, **workspace.viewer
        )
        seen += [each["activity"]["data"]["text"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ["4", "3", "2", "1", "0"]


def test_the_timeline_of_a_merged_contact_is_of_all_of_it(client, workspace, contact, clock):
    other = client.post("/contacts", {"first_name": "Anita"}, **workspace.owner).json
    notes = []
    for number, owner in enumerate((contact, other, contact, other, other)):
        clock.advance(seconds=1)
        notes.append(write(client, workspace, f"/contacts/{owner['id']}", kind="note", text=str(number)))
    client.post(f"/contacts/{other['id']}/activities/{notes[1]['id']}/pin", **workspace.sales)
    merged = client.post(
        f"/contacts/{contact['id']}/merge", {"other_id": other["id"], "choices": {}}, **workspace.owner
    )
    assert merged.status == 201, merged.text
    place = f"/contacts/{contact['id']}"
    seen, cursor = [], None
    while True:
        query = {"limit": 2, "kind": "note", **({"cursor": cursor} if cursor else {})}
        page = client.get(f"{place}/timeline", query=query, **workspace.viewer)
        seen += [each["data"]["text"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ["4", "3", "2", "1", "0"]
    assert [each["data"]["text"] for each in read(client, workspace, place, pinned="true")] == ["1"]
    changed = client.patch(f"{place}/activities/{notes[4]['id']}", {"version": 1, "text": "cuatro"}, **workspace.sales)
    assert (changed.status, changed["about"]["id"]) == (200, other["id"])
    assert client.get(f"/contacts/{other['id']}/timeline", **workspace.viewer).status == 404


def test_the_same_order_writes_one_activity(client, workspace, contact):
    path = f"/contacts/{contact['id']}/activities"
    said = {"kind": "meeting", "at": "2026-12-01T10:00:00Z", "mentions": [workspace.users["owner"]]}
    first = client.post(path, said, idempotency_key="m1", **workspace.sales)
    assert client.post(path, said, idempotency_key="m1", **workspace.sales).json == first.json
    assert len(read(client, workspace, f"/contacts/{contact['id']}")) == 1


def test_every_change_is_in_the_audit(client, workspace, contact, runtime, stream, clock):
    place = f"/contacts/{contact['id']}"
    made = write(client, workspace, place, kind="note", text="Uno")
    clock.advance(seconds=1)
    client.patch(f"{place}/activities/{made['id']}", {"version": 1, "text": "Dos"}, **workspace.sales)
    clock.advance(seconds=1)
    client.delete(f"{place}/activities/{made['id']}", **workspace.sales)
    told(runtime, stream)
    lines = client.get("/audit", query={"day": "2026-11-21"}, **workspace.owner)["items"]
    found = [(line["action"], line["before"].get("data"), line["after"].get("data")) for line in lines]
    assert found[:3] == [
        ("activity.deleted", {"text": "Dos"}, None),
        ("activity.changed", {"text": "Uno"}, {"text": "Dos"}),
        ("activity.created", None, {"text": "Uno"}),
    ]


def test_another_workspaces_members_cannot_be_named(client, runtime, workspace, contact):
    other = make_world(runtime, "Other")
    said = {"kind": "note", "text": "x", "mentions": [other.users["owner"]]}
    reply = Api(runtime).post(f"/contacts/{contact['id']}/activities", said, **workspace.sales)
    assert reply.status == 422
