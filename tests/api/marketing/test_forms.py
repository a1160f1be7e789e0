"""Forms through the API: management, public definition, posts of all kinds, pages."""

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Record
from chalicelib.marketing.forms.records import SubmissionRecord, form_partition
from tests.api.conftest import Api, Reply, World

DEFINITION = {
    "name": "Demo",
    "language": "auto",
    "fields": [
        {"name": "first_name", "type": "first_name", "label": {"es": "Nombre", "en": "First name"}, "required": True},
        {"name": "last_name", "type": "last_name", "label": {"es": "Apellidos", "en": "Last name"}},
        {"name": "email", "type": "email", "label": {"es": "Correo", "en": "E-mail"}, "required": True},
        {"name": "phone", "type": "phone", "label": {"es": "Teléfono", "en": "Phone"}},
        {"name": "company", "type": "company", "label": {"es": "Empresa", "en": "Company"}},
        {"name": "country", "type": "country", "label": {"es": "País", "en": "Country"}},
        {"name": "size", "type": "choice", "label": {"es": "Tamaño", "en": "Size"}, "options": [
            {"value": "s", "label": {"es": "1 a 10", "en": "1 to 10"}}, {"value": "l", "label": {"es": "Más", "en": "More"}}]},
        {"name": "topics", "type": "multi_choice", "label": {"es": "Temas", "en": "Topics"}, "options": [
            {"value": "crm", "label": {"es": "CRM"}}, {"value": "mail", "label": {"es": "Correo", "en": "Mail"}}]},
        {"name": "budget", "type": "number", "label": {"es": "Presupuesto", "en": "Budget"}},
        {"name": "when", "type": "date", "label": {"es": "¿Cuándo?", "en": "When?"}},
        {"name": "site", "type": "url", "label": {"es": "Web", "en": "Site"}},
        {"name": "call_me", "type": "boolean", "label": {"es": "Llamadme", "en": "Call me"}},
        {"name": "message", "type": "textarea", "label": {"es": "Mensaje", "en": "Message"}, "max_length": 1000},
        {"name": "ref", "type": "hidden", "label": {"es": "ref"}},
    ],
    "consents": [
        {"id": "privacy", "purpose": "privacy", "text": {"es": "Acepto la política.", "en": "I accept."}, "required": True},
        {"id": "news", "text": {"es": "Quiero novedades.", "en": "Send me news."}},
    ],
    "title": {"es": "Pide una demostración", "en": "Ask for a demo"},
    "tags": ["Demo"],
}  # fmt: skip
GOOD = {"first_name": "Ana", "email": "Ana@Empresa.example", "company": "Empresa SL"}


@pytest.fixture
def form_key(client: Api, workspace: World) -> str:
    reply = client.post("/forms", DEFINITION, **workspace.key)
    assert reply.status == 201, reply.text
    return str(reply["form_key"])


def token(client: Api, form_key: str, *, wait: float = 5) -> str:
    got = client.get(f"/forms/{form_key}")["token"]
    client.runtime.clock.advance(seconds=wait)  # type: ignore[attr-defined]
    return str(got)


def post(client: Api, form_key: str, values: object = GOOD, **changes: object) -> Reply:
    body = {"values": values, "consents": ["privacy"], **changes}
    body.setdefault("token", None)
    if body["token"] is None:
        body["token"] = token(client, form_key)
    return client.post(f"/forms/{form_key}/submissions", body)


def post_html(client: Api, form_key: str, inputs: object, **headers: str) -> Reply:
    encoded = urlencode(inputs, doseq=True)  # type: ignore[arg-type]
    sent = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    return client.post(f"/forms/{form_key}/submissions", encoded, headers=sent)


def stored(runtime: Runtime, world: World, form_key: str) -> list[SubmissionRecord]:
    rows = runtime.table.query_all(Record, form_partition(world.id, form_key), begins_with="SUB#")
    return [row for row in rows if isinstance(row, SubmissionRecord)]


def fields_of(reply: Reply) -> list[str]:
    assert 400 <= reply.status < 500, reply.text
    return [error["field"] for error in reply.json.get("errors", [])]


def test_accepts(client: Api, workspace: World, form_key: str, runtime: Runtime) -> None:
    reply = post(client, form_key)
    assert reply.status == 202, reply.text
    [row] = stored(runtime, workspace, form_key)
    assert reply["submission_id"] == row.submission_id
    assert row.kind is not None
    assert row.values == {"first_name": "Ana", "email": "ana@empresa.example", "company": "Empresa SL"}


def test_management(client: Api, workspace: World, other_workspace: World, form_key: str) -> None:
    shown = client.get(f"/forms/{form_key}/settings", **workspace.marketer).json
    assert shown["counts"] == {"accepted": 0, "quarantined": 0}
    assert [consent["version"] for consent in shown["consents"]] == [1, 1]
    shown["consents"][1]["text"]["es"] = "Quiero noticias."
    changed = client.put(f"/forms/{form_key}/settings", shown, **workspace.key)
    assert changed.status == 200, changed.text
    assert [consent["version"] for consent in changed["consents"]] == [1, 2]
    assert changed["version"] == 2
    stale = client.put(f"/forms/{form_key}/settings", shown, **workspace.key)
    assert stale.status == 409
    assert stale["current"]["version"] == 2
    assert [item["form_key"] for item in client.get("/forms", **workspace.key)["items"]] == [form_key]
    assert client.get("/forms", **other_workspace.key)["items"] == []
    for method, path in (("GET", "/settings"), ("DELETE", "/settings"), ("GET", "/submissions")):
        assert client.request(method, f"/forms/{form_key}{path}", **other_workspace.key).status == 404
    assert client.put(f"/forms/{form_key}/settings", shown, **other_workspace.key).status == 404
    assert client.delete(f"/forms/{form_key}/settings", **workspace.key).status == 204
    assert client.get(f"/forms/{form_key}").status == 404
    assert client.get(f"/forms/{form_key}/settings", **workspace.key).status == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"fields": []}, "fields"),
        ({"fields": [{"name": "x", "type": "text", "label": {"es": "x"}}]}, "fields"),
        ({"fields": [{"name": "email", "type": "email", "label": {"es": "x"}}]}, "fields"),
        ({"fields": [{"name": "token", "type": "email", "label": {"es": "x"}, "required": True}]}, "fields.0.name"),
        ({"fields": [{"name": "email", "type": "email", "label": {}, "required": True}]}, "fields.0.label"),
        ({"fields": [{"name": "email", "type": "wat", "label": {"es": "x"}}]}, "fields.0.type"),
        ({"fields": DEFINITION["fields"] * 2}, "fields.14.name"),  # type: ignore[operator]
        ({"fields": [*DEFINITION["fields"], {"name": "c", "type": "choice", "label": {"es": "c"}}]}, "fields.14.options"),  # type: ignore[misc]
        ({"redirect_url": "javascript:alert(1)"}, "redirect_url"),
        ({"redirect_url": "https://user@evil.example/"}, "redirect_url"),
        ({"throttle_per_minute": 0}, "throttle_per_minute"),
        ({"workspace_id": "x"}, "workspace_id"),
        ({"version": 3}, "version"),
    ],
)  # fmt: skip
def test_refuses_definitions(client: Api, workspace: World, changes: dict[str, object], field: str) -> None:
    reply = client.post("/forms", {**DEFINITION, **changes}, **workspace.key)
    assert reply.status == 422, reply.text
    assert field in fields_of(reply)


def test_public_definition(client: Api, form_key: str) -> None:
    spanish = client.get(f"/forms/{form_key}", headers={"Accept-Language": "es-CO,es;q=0.9"}).json
    assert spanish["language"] == "es"
    assert spanish["title"] == "Pide una demostración"
    assert spanish["submit_label"] == "Enviar"
    assert spanish["fields"][0] == {
        "name": "first_name", "type": "first_name", "required": True, "label": "Nombre", "options": [], "max_length": None,
    }  # fmt: skip
    assert spanish["consents"][0] == {"id": "privacy", "text": "Acepto la política.", "required": True}
    countries = next(field for field in spanish["fields"] if field["type"] == "country")["options"]
    assert {"value": "ES", "label": "España"} in countries
    english = client.get(f"/forms/{form_key}", query={"language": "en"}, headers={"Accept-Language": "es"}).json
    assert (english["language"], english["fields"][2]["label"]) == ("en", "E-mail")
    for unknown in ("01ARZ3NDEKTSV4RRFFQ69G5FAV", "x", "%2e%2e", "a" * 500):
        assert client.get(f"/forms/{unknown}").status == 404
        assert client.post(f"/forms/{unknown}/submissions", {"token": "x", "values": {}}).status == 404


def test_everything_is_kept(client: Api, workspace: World, form_key: str, runtime: Runtime) -> None:
    values = {
        "first_name": " Ana ", "last_name": "Núñez", "email": "ANA@Núñez.example", "phone": "601 234 5678",
        "company": "Núñez e Hijos", "country": "co", "size": "l", "topics": ["mail", "crm"], "budget": "1500,50",
        "when": "2026-12-24", "site": "nunez.example/inicio", "call_me": True, "message": "Hola\r\n¿qué tal?", "ref": "x9",
    }  # fmt: skip
    page = {
        "url": "https://cumbre.example/demo?utm_source=google&utm_medium=cpc",
        "referrer": "https://www.google.com/",
    }
    reply = post(client, form_key, values, consents=["privacy", "news"], page=page)
    assert reply.status == 202, reply.text
    assert reply["message"].startswith("Hemos recibido")
    [row] = stored(runtime, workspace, form_key)
    assert row.values == {
        "first_name": "Ana", "last_name": "Núñez", "email": "ana@xn--nez-7ma8b.example", "phone": "+576012345678",
        "company": "Núñez e Hijos", "country": "CO", "size": "l", "topics": ["crm", "mail"], "budget": 1500.5,
        "when": "2026-12-24", "site": "https://nunez.example/inicio", "call_me": True, "message": "Hola\n¿qué tal?",
        "ref": "x9",
    }  # fmt: skip
    items = client.get(f"/forms/{form_key}/submissions", query={"state": "accepted"}, **workspace.key)["items"]
    contact_id = items[0]["contact_id"]
    from chalicelib.customers.contacts import service as contacts

    contact = contacts.get_contact(table=runtime.table, workspace_id=workspace.id, contact_id=contact_id)
    assert contact.first_touch is not None
    assert (contact.first_touch.source, contact.first_touch.medium, contact.first_touch.form_id) == (
        "google",
        "cpc",
        form_key,
    )
    assert contact.first_touch.referrer == "https://www.google.com/"
    assert contact.tags == {"demo"}
    assert (contact.phone, contact.country, contact.language) == ("+576012345678", "CO", "es")
    assert contact.consented("marketing_email")
    assert contact.consents["marketing_email"].text_version == f"{form_key}/news/1/es"
    assert contact.consents["marketing_email"].source == f"form:{form_key}"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({**GOOD, "email": None}, "values.email"),
        ({**GOOD, "email": ""}, "values.email"),
        ({**GOOD, "email": "ana"}, "values.email"),
        ({**GOOD, "email": "ana@b"}, "values.email"),
        ({**GOOD, "email": "a" * 10_000 + "@b.example"}, "values.email"),
        ({**GOOD, "email": ["ana@empresa.example"]}, "values.email"),
        ({**GOOD, "email": {"a": 1}}, "values.email"),
        ({**GOOD, "email": "ana@empresa.example\r\nBcc: x@y.example"}, "values.email"),
        ({"email": "ana@empresa.example"}, "values.first_name"),
        ({**GOOD, "first_name": 3}, "values.first_name"),
        ({**GOOD, "first_name": "A" * 101}, "values.first_name"),
        ({**GOOD, "first_name": "Ana\nNúñez"}, "values.first_name"),
        ({**GOOD, "first_name": "Ana\u0000"}, "values.first_name"),
        ({**GOOD, "message": "x" * 1001}, "values.message"),
        ({**GOOD, "phone": "12"}, "values.phone"),
        ({**GOOD, "phone": "call me"}, "values.phone"),
        ({**GOOD, "country": "XX"}, "values.country"),
        ({**GOOD, "size": "xl"}, "values.size"),
        ({**GOOD, "size": ["s"]}, "values.size"),
        ({**GOOD, "topics": ["crm", "x"]}, "values.topics"),
        ({**GOOD, "topics": [["crm"]]}, "values.topics"),
        ({**GOOD, "budget": "mucho"}, "values.budget"),
        ({**GOOD, "budget": 10**30}, "values.budget"),
        ({**GOOD, "budget": True}, "values.budget"),
        ({**GOOD, "when": "24/12/2026"}, "values.when"),
        ({**GOOD, "when": "2026-02-30"}, "values.when"),
        ({**GOOD, "site": "javascript:alert(1)"}, "values.site"),
        ({**GOOD, "site": "http://[::1"}, "values.site"),
        ({**GOOD, "call_me": "perhaps"}, "values.call_me"),
        ({**GOOD, "unknown": "x"}, "values.unknown"),
        ({**GOOD, "workspace_id": "x"}, "values.workspace_id"),
        ("text", "values"),
        (None, "values"),
    ],
)  # fmt: skip
def test_refuses_values(
    client: Api, workspace: World, form_key: str, runtime: Runtime, values: object, field: str
) -> None:
    reply = post(client, form_key, values)
    assert reply.status == 422, reply.text
    assert fields_of(reply) == [field]
    assert stored(runtime, workspace, form_key) == []


def test_consents(client: Api, workspace: World, form_key: str, runtime: Runtime) -> None:
    assert fields_of(post(client, form_key, consents=[])) == ["consents.privacy"]
    assert fields_of(post(client, form_key, consents=["privacy", "x"])) == ["consents.1"]
    assert fields_of(post(client, form_key, consents="privacy")) == ["consents"]
    assert stored(runtime, workspace, form_key) == []


def test_tokens(client: Api, workspace: World, form_key: str, runtime: Runtime) -> None:
    other = str(client.post("/forms", DEFINITION, **workspace.key)["form_key"])
    expired, fast, good = token(client, form_key), token(client, form_key, wait=1), token(client, form_key)
    foreign = token(client, other)
    assert post(client, form_key, token=fast).status == 202  # by now it is old enough
    fast = token(client, form_key, wait=2)
    for wrong in (fast, foreign, good[:-1], good[:-1] + "*", "", "x" * 400):
        reply = post(client, form_key, {**GOOD, "email": "b@empresa.example"}, token=wrong)
        assert (reply.status, fields_of(reply)) == (422, ["token"]), wrong
    assert "token" in fields_of(client.post(f"/forms/{form_key}/submissions", {"values": GOOD}))
    assert post(client, form_key, token=good).status == 202
    again = post(client, form_key, token=good)
    assert (again.status, fields_of(again)) == (422, ["token"])
    assert again.json["errors"][0]["code"] == "reused"
    runtime.clock.advance(hours=2)  # type: ignore[attr-defined]
    late = post(client, form_key, token=expired)
    assert late.json["errors"][0]["code"] == "expired"
    assert len(stored(runtime, workspace, form_key)) == 2


def test_posting_twice_makes_one_lead(client: Api, workspace: World, form_key: str, runtime: Runtime) -> None:
    assert post(client, form_key).status == post(client, form_key).status == 202
    items = client.get(f"/forms/{form_key}/submissions", **workspace.key)["items"]
    assert len(items) == 2
    assert len({item["lead_id"] for item in items}) == len({item["contact_id"] for item in items}) == 1


def test_the_language_is_the_one_that_was_shown(client: Api, workspace: World, form_key: str, runtime: Runtime) -> None:
    """What was agreed to is recorded in the words that were read, whatever the browser says afterwards."""
    shown = client.get(f"/forms/{form_key}", query={"language": "en"})["token"]
    runtime.clock.advance(seconds=5)  # type: ignore[attr-defined]
    body = {"values": GOOD, "consents": ["privacy"], "token": shown}
    reply = client.post(f"/forms/{form_key}/submissions", body, headers={"Accept-Language": "es"})
    assert reply["message"].startswith("We have received")
    [row] = stored(runtime, workspace, form_key)
    assert row.language == "en"
    ledger = runtime.table.query_all(Record, f"W#{workspace.id}#C#{row.contact_id}", begins_with="CONSENT#")
    assert [entry.text for entry in ledger] == ["I accept."]


def test_idempotency_key(client: Api, workspace: World, form_key: str, runtime: Runtime) -> None:
    body = {"values": GOOD, "consents": ["privacy"], "token": token(client, form_key)}
    first, second = (client.post(f"/forms/{form_key}/submissions", body, idempotency_key="k1") for _ in range(2))
    assert (first.status, first.json) == (second.status, second.json)
    assert len(stored(runtime, workspace, form_key)) == 1
    body["values"] = {**GOOD, "company": "Otra"}
    assert client.post(f"/forms/{form_key}/submissions", body, idempotency_key="k1").status == 422


def test_bodies(client: Api, form_key: str) -> None:
    path = f"/forms/{form_key}/submissions"
    good = token(client, form_key)
    huge = {"token": good, "values": {**GOOD, "message": "x" * 70_000}}
    assert client.post(path, huge).status == 413
    assert client.post(path, "x" * 5_000_000).status == 413
    assert client.post(path, "<a/>", headers={"Content-Type": "text/xml"}).status == 415
    for broken in ("", "{", "[]", "null", '"x"', "{}", '{"token": 3, "values": {}}', "[" * 10_000, '{"values": NaN}'):
        assert client.post(path, broken).status == 422, broken
    deep = '{"token":"x","values":{"a":' + "[" * 5000 + "]" * 5000 + "}}"
    assert client.post(path, deep).status == 422
    multipart = "multipart/form-data; boundary=b"
    for kind, broken in (
        ("application/x-www-form-urlencoded", "email=%ff%fe"),
        ("application/x-www-form-urlencoded", "&".join(f"a{i}=1" for i in range(1000))),
        ("application/x-www-form-urlencoded", "=&=&%00=%00"),
        (multipart, "nonsense"),
        (multipart, "--b\r\n\r\n--b--"),
        (multipart, '--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\nx\r\n--b--'),
        (multipart, "--b\r\nContent-Disposition: form-data; name*=utf-8''%ff\r\n\r\nx\r\n--b--"),
        (multipart, "--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nx\r\n--c--\r\n--b--"),
        ("multipart/form-data", "--b"),
    ):
        assert client.post(path, broken, headers={"Content-Type": kind}).status == 422, broken


def test_honeypot_and_release(client: Api, workspace: World, form_key: str, runtime: Runtime) -> None:
    trapped = post(client, form_key, website="https://spam.example")
    linked = post(client, form_key, {**GOOD, "message": "http://a https://b www.c http://d"})
    named = post(client, form_key, {**GOOD, "first_name": "Win https://x.example"})
    honest = post(client, form_key, {**GOOD, "email": "otra@empresa.example"})
    assert {trapped.status, linked.status, named.status, honest.status} == {202}
    assert trapped.json.keys() == honest.json.keys()
    path = f"/forms/{form_key}/submissions"
    held = client.get(path, query={"state": "quarantined"}, **workspace.key)["items"]
    assert [item["reason"] for item in held] == ["link_in_name", "links", "trap"]
    assert [item["id"] for item in client.get(path, query={"state": "accepted"}, **workspace.key)["items"]] == [
        honest["submission_id"]
    ]
    assert len(client.get(path, **workspace.key)["items"]) == 4
    place = f"{path}/{trapped['submission_id']}/release"
    assert client.post(place, **workspace.viewer).status == 403
    released = client.post(place, **workspace.key)
    assert released.status == 200, released.text
    assert released["state"] == "accepted"
    assert released["contact_id"]
    assert released["released_at"]
    assert client.post(place, **workspace.key).json == released.json
    assert len(client.get(path, query={"state": "quarantined"}, **workspace.key)["items"]) == 2
    assert post(client, form_key, token="x", website="x").status == 422  # a forged token stores nothing
    assert client.post(f"{path}/01ARZ3NDEKTSV4RRFFQ69G5FAV/release", **workspace.key).status == 404
    assert client.post(f"{path}/x/release", **workspace.key).status == 404


def test_pages_of_submissions(client: Api, workspace: World, form_key: str) -> None:
    ids = [post(client, form_key, website="x" * (i % 2))["submission_id"] for i in range(6)]
    for state, wanted in ((None, ids), ("quarantined", ids[1::2]), ("accepted", ids[::2])):
        found, cursor = [], None
        while True:
            query = {"limit": 2} | ({"state": state} if state else {}) | ({"cursor": cursor} if cursor else {})
            reply = client.get(f"/forms/{form_key}/submissions", query=query, **workspace.key)
            found += [item["id"] for item in reply["items"]]
            cursor = reply["next_cursor"]
            if cursor is None:
                break
        assert found == wanted[::-1]


def test_throttle(client: Api, workspace: World) -> None:
    form_key = client.post("/forms", {**DEFINITION, "throttle_per_minute": 2}, **workspace.key)["form_key"]
    tokens = [token(client, form_key, wait=0) for _ in range(4)]
    client.runtime.clock.advance(seconds=5)  # type: ignore[attr-defined]
    assert [post(client, form_key, token=each).status for each in tokens[:2]] == [202, 202]
    refused = post(client, form_key, token=tokens[2])
    assert refused.status == 429
    assert 0 < int(refused.headers["retry-after"]) <= 60
    page = post_html(client, form_key, {"token": tokens[2], "consent": "privacy", **GOOD})
    assert (page.status, page.headers["content-type"]) == (429, "text/html; charset=utf-8")
    client.runtime.clock.advance(seconds=60)  # type: ignore[attr-defined]
    assert post(client, form_key, token=tokens[2]).status == 202


def test_paused(client: Api, workspace: World, form_key: str) -> None:
    good = token(client, form_key)
    settings = client.get(f"/forms/{form_key}/settings", **workspace.key).json
    assert client.put(f"/forms/{form_key}/settings", {**settings, "state": "paused"}, **workspace.key).status == 200
    assert client.get(f"/forms/{form_key}").status == 404
    assert post(client, form_key, token=good).status == 404
    page = client.get(f"/f/{form_key}", base="", headers={"Accept-Language": "en"})
    assert page.status == 404
    assert "This form is closed" in page.text


# Pages


def inputs_of(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))


def test_hosted_page(client: Api, form_key: str) -> None:
    headers = {"Accept-Language": "es", "Referer": "https://www.google.com/"}
    query = {"utm_source": "boletín", "utm_campaign": '"><script>alert(1)</script>', "ref": "r1"}
    page = client.get(f"/f/{form_key}", base="", query=query, headers=headers)
    assert page.status == 200, page.text
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert '<html lang="es">' in page.text
    hidden = inputs_of(page.text)
    assert hidden["utm_source"] == "boletín"
    assert hidden["referrer"] == "https://www.google.com/"
    assert hidden["page_url"].startswith(f"https://crm.example/f/{form_key}?")
    assert hidden["ref"] == "r1"
    assert '<html lang="en">' in client.get(f"/f/{form_key}", base="", query={"lang": "en"}).text
    missing = client.get("/f/01ARZ3NDEKTSV4RRFFQ69G5FAV", base="", headers={"Accept-Language": "en"})
    assert (missing.status, "There is no form here" in missing.text) == (404, True)


def test_html_post(client: Api, workspace: World, form_key: str, runtime: Runtime) -> None:
    page = client.get(f"/f/{form_key}", base="", query={"utm_source": "ads"}, headers={"Accept-Language": "es"})
    runtime.clock.advance(seconds=20)  # type: ignore[attr-defined]
    inputs = {**inputs_of(page.text), **GOOD, "consent": ["privacy", "news"], "topics": ["crm", "mail"], "website": "",
              "size": "", "call_me": "true"}  # fmt: skip
    wrong = post_html(client, form_key, {**inputs, "email": "ana@", "first_name": '"><b>Ana'})
    assert wrong.status == 422
    assert "Escribe una dirección de correo válida" in wrong.text
    assert 'value="&#34;&gt;&lt;b&gt;Ana"' in wrong.text
    assert inputs_of(wrong.text)["token"] == inputs["token"]
    assert 'value="crm" checked' in wrong.text
    assert re.search(r'value="privacy" checked', wrong.text)
    done = post_html(client, form_key, inputs)
    assert done.status == 303, done.text
    assert done.headers["location"] == f"/f/{form_key}/thanks?lang=es"
    assert post_html(client, form_key, inputs).status == 303  # a double click
    other = post_html(client, form_key, {**inputs, "company": "Otra"})
    assert other.status == 422
    assert inputs_of(other.text)["token"] != inputs["token"]
    [row] = stored(runtime, workspace, form_key)
    assert row.page["utm"] == {"source": "ads"}
    assert row.values["topics"] == ["crm", "mail"]
    thanks = client.get(f"/f/{form_key}/thanks", base="", query={"lang": "es"})
    assert (thanks.status, "¡Gracias!" in thanks.text) == (200, True)


def test_multipart_post(client: Api, workspace: World, form_key: str, runtime: Runtime) -> None:
    inputs = {**GOOD, "first_name": "Íñigo", "consent": "privacy", "token": token(client, form_key)}
    parts = "".join(
        f'--xyz\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in inputs.items()
    )
    headers = {"Content-Type": "multipart/form-data; boundary=xyz"}
    reply = client.post(f"/forms/{form_key}/submissions", parts + "--xyz--\r\n", headers=headers)
    assert reply.status == 303, reply.text
    assert stored(runtime, workspace, form_key)[0].values["first_name"] == "Íñigo"


def test_html_post_from_a_static_page(client: Api, workspace: World, form_key: str, runtime: Runtime) -> None:
    referer = "https://cliente.example/contacto?utm_source=feria"
    asked = post_html(client, form_key, {**GOOD, "consent": "privacy"}, Referer=referer)
    assert asked.status == 422
    assert stored(runtime, workspace, form_key) == []
    runtime.clock.advance(seconds=4)  # type: ignore[attr-defined]
    confirmed = post_html(client, form_key, {**inputs_of(asked.text), **GOOD, "consent": "privacy"})
    assert confirmed.status == 303
    [row] = stored(runtime, workspace, form_key)
    assert row.page["url"] == referer
    assert row.page["utm"] == {"source": "feria"}


def test_redirect(client: Api, workspace: World) -> None:
    definition = {**DEFINITION, "redirect_url": "https://cliente.example/gracias?x=1"}
    form_key = client.post("/forms", definition, **workspace.key)["form_key"]
    page = client.get(f"/f/{form_key}", base="")
    assert "form-action 'self' https://cliente.example;" in page.headers["content-security-policy"]
    assert post(client, form_key)["redirect_url"] == "https://cliente.example/gracias?x=1"
    reply = post_html(client, form_key, {**GOOD, "consent": "privacy", "token": token(client, form_key)})
    assert (reply.status, reply.headers["location"]) == (303, "https://cliente.example/gracias?x=1")
    assert parse_qs(urlsplit(reply.headers["location"]).query) == {"x": ["1"]}


NAUGHTY = [
    "", " ", "\t", "undefined", "null", "NaN", "-1", "1e309", "0x0", "true", "None", "[]", "{}", "${1+1}", "{{7*7}}", "%00", "%s%n",
    "\\", '"', "'", "`", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "javascript:alert(1)", "';DROP TABLE x;--",
    "../../etc/passwd", "\r\nSet-Cookie: a=b", "a\nb", "\x00", "\x07", "\x1b[31m", "\x7f", "\u0085", "\u2028", "\u200b", "\ufeff",
    "\u202eabc", "\u2066x\u2069", "مرحبا", "שלום", "日本語", "😀", "👨‍👩‍👧‍👦", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅", "ß", "İ", "ﬁ", "\U0010ffff", "\uffff", "\ud800",
    "a" * 10_000, "á" * 10_000, "😀" * 5_000, "@", "a@", "@b", "a@b@c.example", "a@b..example", '"a b"@c.example', "a@[127.0.0.1]",
    "a@" + "b." * 100 + "example", "=cmd|' /C calc'!A0", "+1", "+" * 50, "+99999999999999999999", "00", "911", "http://", "https://@",
    "//x", "http://127.0.0.1", "file:///etc/passwd", "2026-11-21", "0000-00-00", "9999-12-31", "2026-W01-1", "12345678901234567890",
    "0.1", ",1", "1,", "1.2.3", "ES", "es", "ESP", "e\u0301", "s", "S", "crm", "on", "off", "yes", "privacy", "a" * 254 + "@b.example",
    "x@" + "a" * 300, ("a." * 2000) + "@b", "1" * 41, "-" * 1000, "A" * 201, "\n" * 500, "\t\r\n ",
]  # fmt: skip


def test_a_hundred_hostile_values_in_every_field(client: Api, workspace: World, runtime: Runtime) -> None:
    assert len(NAUGHTY) >= 100
    form_key = client.post("/forms", {**DEFINITION, "throttle_per_minute": 6000}, **workspace.key)["form_key"]
    names = [field["name"] for field in DEFINITION["fields"]]  # type: ignore[attr-defined]
    for position, text in enumerate(NAUGHTY):
        values = {**GOOD, names[position % len(names)]: text}
        assert post(client, form_key, values).status in (202, 422), repr(text[:80])
        everything = dict.fromkeys(names, text)
        assert post(client, form_key, everything).status in (202, 413, 422), repr(text[:80])
        if text.isascii() or text != "\ud800":
            sent = {**everything, "token": token(client, form_key), "consent": ["privacy", text], "utm_source": text}
            reply = post_html(client, form_key, {n: v.encode("utf-8", "replace") if isinstance(v, str) else [x.encode("utf-8", "replace") for x in v] for n, v in sent.items()})  # fmt: skip
            assert reply.status in (303, 413, 422), repr(text[:80])
            assert "<script>alert" not in reply.text
            assert "<img src=x" not in reply.text


def test_a_confirmation_whose_link_is_over_leads_back_to_the_form(client, form_key):
    page = client.request("GET", f"/f/{form_key}/confirm", base="", query={"t": "x"})
    assert page.status == 404
    assert f'href="/f/{form_key}"' in page.text
    assert "<a" not in client.request("GET", "/f/nobody/confirm", base="", query={"t": "x"}).text


def test_with_double_opt_in_the_page_afterwards_says_that_a_mail_waits(client, workspace):
    form_key = client.post("/forms", {**DEFINITION, "double_opt_in": True}, **workspace.key)["form_key"]
    inputs = {**GOOD, "consent": "privacy", "token": token(client, form_key)}
    thanks = post_html(client, form_key, inputs).headers["location"]
    path, _, query = thanks.partition("?")
    page = client.request(
        "GET", path, base="", query={**dict(pair.split("=") for pair in query.split("&")), "lang": "en"}
    )
    assert "press the button in the e-mail" in page.text
    assert "press the button" not in client.request("GET", path, base="", query={"lang": "en"}).text
