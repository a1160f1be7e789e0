"""Purposes, suppressions, what is kept of a person, and retention, over HTTP."""

import io
import json
import zipfile
from typing import Any

import pytest

from chalicelib.customers.consent import service as consent
from chalicelib.customers.consent.domain import SuppressionReason
from chalicelib.wiring import CONSUMERS, _load

ANA = {"first_name": "Ana", "last_name": "<b>García</b>", "emails": [{"address": "ana@example.com"}]}


def run(client: Any, stream: Any) -> None:
    """The projector and the queues, until there is nothing left to do."""
    runtime = client.runtime
    for _ in range(12):
        assert stream.project(runtime) == []
        waiting, runtime.queues.published = list(runtime.queues.published), []
        if not waiting:
            return
        for queue, envelope, delay in waiting:
            runtime.clock.advance(seconds=delay)
            for place in CONSUMERS.get(queue, "").split():
                _load(place)(runtime, envelope)
    pytest.fail("the queues never come to rest")


def test_a_yes_to_one_channel_has_an_entry_of_its_own(client, workspace):
    contact = client.post("/contacts", ANA, **workspace.owner)
    path = f"/contacts/{contact['id']}/consents"
    said = {
        "purpose": "marketing_calls",
        "channel": "whatsapp",
        "state": "granted",
        "text": "Sí, por WhatsApp",
        "source": "feria",
    }
    made = client.post(path, said, **workspace.owner)
    assert made.status == 201, made.text
    assert (made["purpose"], made["channel"], made["text"], made["source"]) == (
        "marketing_calls",
        "whatsapp",
        "Sí, por WhatsApp",
        "feria",
    )
    old = client.post(
        path, {"purpose": "marketing_calls", "state": "withdrawn", "proof": "por carta"}, **workspace.owner
    )
    assert (old.status, old["channel"], old["source"]) == (201, None, "member")
    rows = client.get(path, **workspace.owner)["items"]
    assert [(row["channel"], row["state"]) for row in rows] == [("whatsapp", "granted"), (None, "withdrawn")]
    refused = client.post(path, {"purpose": "marketing_calls", "state": "granted"}, **workspace.owner)
    assert refused.status == 422


def test_purposes(client, workspace):
    begun = client.get("/purposes", **workspace.viewer)
    assert [each["id"] for each in begun["purposes"]] == ["marketing_email", "marketing_calls", "privacy_policy"]
    assert begun["version"] == 0
    mine = [
        *begun["purposes"],
        {"id": "events", "name": {"es": "Eventos", "en": "Events"}, "channels": ["email", "post"]},
    ]
    kept = client.put("/purposes", {"purposes": mine, "version": 0}, **workspace.owner)
    assert (kept.status, kept["version"]) == (200, 1), kept.text
    assert client.get("/purposes", **workspace.viewer).json == kept.json
    stale = client.put("/purposes", {"purposes": mine, "version": 0}, **workspace.owner)
    assert (stale.status, stale["current"]["version"]) == (409, 1)
    again = client.put("/purposes", {"purposes": mine[:1], "version": 1}, **workspace.owner)
    assert (again.status, again["version"]) == (200, 2)
    twice = client.put("/purposes", {"purposes": [mine[0], mine[0]], "version": 2}, **workspace.owner)
    assert [each["field"] for each in twice["errors"]] == ["purposes.1.id"]
    assert client.put("/purposes", {"purposes": mine, "version": 2}, **workspace.sales).status == 403


def test_the_suppression_list_knows_no_address(client, workspace):
    made = client.post("/suppressions", {"email": "Eva@Example.com"}, **workspace.owner)
    assert (made.status, made["reason"]) == (201, "manual")
    client.runtime.clock.advance(seconds=1)
    consent.suppress(
        table=client.runtime.table, clock=client.runtime.clock, signer=client.runtime.signer, workspace_id=workspace.id,
        email="x@example.com", reason=SuppressionReason.BOUNCED, source="campaign:1",
    )  # fmt: skip
    listed = client.get("/suppressions", **workspace.viewer)
    assert [(each["reason"], each["source"]) for each in listed["items"]] == [
        ("bounced", "campaign:1"),
        ("manual", None),
    ]
    assert "example" not in listed.text.lower()
    [checked] = client.get("/suppressions?email=EVA@example.com", **workspace.viewer)["items"]
    assert checked == made.json
    assert client.get("/suppressions?email=nobody@example.com", **workspace.viewer)["items"] == []
    first = client.get("/suppressions?limit=1", **workspace.viewer)
    rest = client.get(f"/suppressions?limit=1&cursor={first['next_cursor']}", **workspace.viewer)
    assert [first["items"][0], rest["items"][0]] == listed["items"]
    for _ in range(2):
        assert client.delete("/suppressions?email=eva@example.com", **workspace.owner).status == 204
    assert len(client.get("/suppressions", **workspace.viewer)["items"]) == 1
    assert client.delete("/suppressions?email=x@example.com", **workspace.marketer).status == 403


def test_everything_that_is_kept_is_shown_and_exported(client, workspace, stream):
    contact = client.post("/contacts", ANA, **workspace.owner)
    client.post(f"/contacts/{contact['id']}/notes", {"text": "Le gusta <script>el mar</script>"}, **workspace.owner)
    client.post("/leads", {"contact_id": contact["id"]}, **workspace.owner)
    run(client, stream)
    shown = client.get(f"/contacts/{contact['id']}/personal-data", **workspace.admin)
    assert shown.status == 200, shown.text
    assert shown["kept"]["contacts"][0]["first_name"] == "Ana"
    assert {"contacts", "leads", "timeline"} <= shown["kept"].keys()
    assert client.get(f"/contacts/{contact['id']}/personal-data", **workspace.sales).status == 403

    job = client.post(f"/contacts/{contact['id']}/export", **workspace.owner)
    assert (job.status, job["kind"]) == (202, "personal_data_export")
    run(client, stream)
    done = client.get(f"/jobs/{job['id']}", **workspace.owner)
    assert done["state"] == "done", done.text
    assert done["file_url"].startswith("https://")
    assert "file_key" not in done["result"]
    [content] = [content for key, content in client.runtime.files.kept.items() if "/privacy/" in key]
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        assert sorted(zipped.namelist()) == ["data.en.html", "datos.es.html", "datos.json"]
        assert json.loads(zipped.read("datos.json"))["kept"]["contacts"][0]["last_name"] == "<b>García</b>"
        for page in ("data.en.html", "datos.es.html"):
            text = zipped.read(page).decode()
            assert "&lt;b&gt;García&lt;/b&gt;" in text
            assert "<script>" not in text


def test_rules_of_retention(client, workspace):
    assert client.get("/retention", **workspace.owner).json == {"rules": [], "version": 0}
    rules = [{"kind": "timeline", "days": 365}, {"kind": "submissions", "days": 30}]
    kept = client.put("/retention", {"rules": rules, "version": 0}, **workspace.owner)
    assert (kept.status, kept.json) == (200, {"rules": rules, "version": 1})
    assert client.put("/retention", {"rules": [], "version": 0}, **workspace.owner).status == 409
    short = client.put(
        "/retention", {"rules": [{"kind": "contacts_inactive", "days": 3}], "version": 1}, **workspace.owner
    )
    assert [(each["field"], each["code"]) for each in short["errors"]] == [("rules.0.days", "out_of_bounds")]
    twice = client.put("/retention", {"rules": [rules[0], rules[0]], "version": 1}, **workspace.owner)
    assert [each["field"] for each in twice["errors"]] == ["rules.1.kind"]
    assert client.get("/retention", **workspace.sales).status == 403


def test_a_night_of_retention(client, workspace, stream):
    runtime, tick = client.runtime, _load("customers.retention.consumers:tick")
    old = client.post("/contacts", {**ANA, "first_name": "Antigua"}, **workspace.owner)["id"]
    dealt = client.post("/contacts", {"first_name": "Con oportunidad"}, **workspace.owner)["id"]
    client.post("/deals", {"title": "Abierta", "contact_id": dealt}, **workspace.owner)
    client.post(f"/contacts/{old}/notes", {"text": "hace mucho"}, **workspace.owner)
    lead = client.post("/leads", {"contact": {"first_name": "Eva", "email": "eva@example.com"}}, **workspace.owner)
    lost = {"version": lead["version"], "status": "disqualified", "disqualify_reason": "no"}
    assert client.patch(f"/leads/{lead['id']}", lost, **workspace.owner).status == 200
    run(client, stream)
    runtime.clock.advance(days=200)
    young = client.post("/contacts", {"first_name": "Nueva"}, **workspace.owner)["id"]
    client.post(f"/contacts/{young}/notes", {"text": "de hoy"}, **workspace.owner)
    run(client, stream)
    rules = [
        {"kind": kind, "days": 180}
        for kind in ("timeline", "leads_closed", "contacts_inactive", "submissions", "exports", "imports")
    ]
    assert client.put("/retention", {"rules": rules, "version": 0}, **workspace.owner).status == 200
    tick(runtime)
    run(client, stream)
    assert client.get(f"/contacts/{old}", **workspace.owner).status == 200  # not before the night
    runtime.clock.advance(days=1)
    tick(runtime)
    tick(runtime)
    run(client, stream)
    assert client.get(f"/contacts/{old}", **workspace.owner).status == 404
    assert client.get(f"/leads/{lead['id']}", **workspace.owner).status == 404
    assert client.get(f"/contacts/{dealt}", **workspace.owner).status == 200
    assert [each["kind"] for each in client.get(f"/contacts/{young}/timeline", **workspace.owner)["items"]] == ["note"]
    assert client.get("/retention", **workspace.owner)["version"] == 1
