"""Capture: a new person, and one who is known and has an open lead."""

from collections.abc import Iterator
from datetime import UTC, datetime

from benchmarks import stub
from benchmarks.rows import Row
from chalicelib.customers.capture.service import capture
from chalicelib.customers.consent.domain import ConsentGiven
from chalicelib.customers.contacts.domain import Touch
from chalicelib.customers.contacts.service import get_contact
from chalicelib.foundation.clock import SystemClock
from chalicelib.foundation.table import Table
from chalicelib.workspaces.settings.domain import Workspace
from infra.local import dynamodb_local
from infra.local.priced import PricedTable, new_table

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
WORKSPACE = Workspace("01JD0000000000000000000000", "Bench", "es", "Europe/Madrid", "EUR", "", "", "", NOW, NOW)
VALUES = {
    "email": "Ana.Garcia@example.com",
    "phone": "+34 600 111 222",
    "first_name": "Ana",
    "last_name": "García López",
    "company": "Ejemplo SL",
    "city": "Madrid",
    "country": "ES",
}
TOUCH = Touch(
    at=NOW,
    source="google",
    medium="cpc",
    campaign="otoño-2026",
    referrer="https://www.google.com/",
    landing_page="https://www.ejemplo.es/oferta?utm_source=google&utm_medium=cpc",
    form_id="01JD0000000000000000000001",
)
CONSENT = ConsentGiven("marketing_email", "Quiero recibir novedades y ofertas por correo electrónico.", "1")
EMAIL_ONLY = {name: value for name, value in VALUES.items() if name != "phone"}


def run(table: Table, values: dict[str, str]) -> str:
    """One capture, as a form makes it."""
    return capture(
        table=table,
        clock=SystemClock(),
        workspace=WORKSPACE,
        values=values,
        touch=TOUCH,
        consents=[CONSENT],
        tags=["web"],
        source="form:abcdefgh",
        source_ip="203.0.113.7",
    ).contact_id


def rows() -> Iterator[Row]:
    with dynamodb_local.start() as endpoint:
        judge = PricedTable(new_table(endpoint))
        judge.reset()
        run(judge, EMAIL_ONLY)
        plain = (judge.reads, judge.writes)
        judge.reset()
        known = run(judge, {**VALUES, "email": "b@example.com"})
        whole = (judge.reads, judge.writes)
        judge.reset()
        run(judge, {**VALUES, "email": "b@example.com"})
        again = (judge.reads, judge.writes)
        image = judge.image_of(WORKSPACE.id, known)
    new = {"BatchGetItem": {"Responses": {stub.TABLE_NAME: []}}, "GetItem": {}, "TransactWriteItems": {}}
    with stub.table(new) as table:
        yield Row("capture, new person, e-mail", stub.cpu_ms(lambda: run(table, EMAIL_ONLY)), 0.9, *plain)
        yield Row("capture, new person, e-mail and phone", stub.cpu_ms(lambda: run(table, VALUES)), 0.9, *whole)
    claim = {
        "pk": {"S": f"W#{WORKSPACE.id}#CLAIM#email#ana.garcia@example.com"},
        "sk": {"S": "CLAIM"},
        "kind": {"S": "claim"},
        "version": {"N": "1"},
        "workspace_id": {"S": WORKSPACE.id},
        "created_at": {"S": "2026-11-21T12:00:00.000Z"},
        "holder_id": {"S": known},
    }
    present = {"BatchGetItem": {"Responses": {stub.TABLE_NAME: [image]}}, "GetItem": {"Item": claim}}
    with stub.table(present) as table:
        assert get_contact.__module__
        yield Row("capture, known person", stub.cpu_ms(lambda: run(table, EMAIL_ONLY)), 0.9, *again)
