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
