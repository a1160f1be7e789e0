"""The demo's two forms and the leads they captured: sixty posts over 90 days, taken in as the public ones are."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.customers.leads.service import change_lead, leads_of
from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.ids import derived_id, encode
from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.forms import service, tokens
from chalicelib.marketing.forms.domain import ConsentQuestion, Field, FieldType, Form, Option, Page, Post
from chalicelib.workspaces.settings.domain import Workspace
from infra.seed.customers import CONSENT_TEXT, SOURCES, Town
from infra.seed.people import Person, companies, people

_LOST = ("Sin presupuesto este año", "Busca otra cosa", "No responde", "Competencia")
_GUIDE = Form(
    workspace_id="",
    key="",
    name="Guía de fidelización · Loyalty guide",
    fields=(
        Field("email", FieldType.EMAIL, {"es": "Correo electrónico", "en": "E-mail"}, required=True),
        Field("first_name", FieldType.FIRST_NAME, {"es": "Nombre", "en": "First name"}),
        Field("last_name", FieldType.LAST_NAME, {"es": "Apellidos", "en": "Last name"}),
        Field("company", FieldType.COMPANY, {"es": "Empresa", "en": "Company"}),
        Field("phone", FieldType.PHONE, {"es": "Teléfono", "en": "Phone"}),
    ),
    created_at=datetime.min,
    updated_at=datetime.min,
    language="auto",
    consents=(ConsentQuestion("news", "marketing_email", CONSENT_TEXT),),
    title={"es": "Descarga la guía de fidelización", "en": "Get the loyalty guide"},
    submit_label={"es": "Enviar", "en": "Send"},
    thank_you={
        "es": "¡Gracias! Te escribimos en unos minutos con la guía.",
        "en": "Thank you! We will write to you with the guide in a few minutes.",
    },
    tags=("guía",),
)
_DEMO = Form(
    workspace_id="",
    key="",
    name="Pide una demostración",
    fields=(
        Field("email", FieldType.EMAIL, {"es": "Correo electrónico", "en": "E-mail"}, required=True),
        Field("first_name", FieldType.FIRST_NAME, {"es": "Nombre", "en": "First name"}, required=True),
        Field("last_name", FieldType.LAST_NAME, {"es": "Apellidos", "en": "Last name"}),
        Field("company", FieldType.COMPANY, {"es": "Empresa", "en": "Company"}, required=True),
        Field("country", FieldType.COUNTRY, {"es": "País", "en": "Country"}),
        Field(
            "team",
            FieldType.CHOICE,
            {"es": "¿Cuántas personas venden?", "en": "How many people sell?"},
            options=(
                Option("1-5", {"es": "De 1 a 5", "en": "1 to 5"}),
                Option("6-20", {"es": "De 6 a 20", "en": "6 to 20"}),
                Option("21+", {"es": "Más de 20", "en": "More than 20"}),
            ),
        ),
        Field("message", FieldType.TEXTAREA, {"es": "¿Qué te gustaría ver?", "en": "What would you like to see?"}),
    ),
    created_at=datetime.min,
    updated_at=datetime.min,
    language="es",
    consents=(ConsentQuestion("news", "marketing_email", CONSENT_TEXT),),
    title={"es": "Pide una demostración", "en": "Ask for a demonstration"},
    submit_label={"es": "Pedir demostración", "en": "Ask"},
    tags=("demo",),
)


def make_forms(runtime: Runtime, workspace: Workspace, at: datetime) -> list[str]:
    """The two forms' keys; the first asks for an address only. Safe to repeat."""
    keys = []
    for form in (_GUIDE, _DEMO):
        key = derived_id(workspace.created_at, "form", form.name)
        made = replace(form, workspace_id=workspace.id, key=key, created_at=at, updated_at=at, changed_by="seed")
        service.create_form(table=runtime.table, form=made)
        keys.append(key)
    return keys


def make_leads(
    runtime: Runtime,
    workspace: Workspace,
    now: datetime,
    *,
    form_keys: Sequence[str],
    town: Town,
    owners: Sequence[str],
) -> str:
    """Sixty posts; a third of them by people we know. Most of the older leads have been decided on. Returns the address of
    the last, a stranger's.
    """
    chance = random.Random("leads")
    strangers = [person for person in people(420, companies()) if person.email not in {p.email for p in town.people}]
    for number in range(60):
        age = timedelta(days=89 * (1 - (number + 0.5) / 60) ** 1.6, minutes=chance.randrange(200, 600))
        person = chance.choice(town.people) if number % 3 == 0 else strangers[number]
        key = form_keys[0] if chance.random() < 0.65 else form_keys[1]
        _post(runtime, workspace, person, now - age, key, owners, chance)
    return person.email


def _post(
    runtime: Runtime,
    workspace: Workspace,
    person: Person,
    at: datetime,
    form_key: str,
    owners: Sequence[str],
    chance: random.Random,
) -> None:
    clock = FixedClock(at)
    form = service.public_form(table=runtime.table, form_key=form_key)
    shown = int((at - timedelta(seconds=chance.randrange(20, 240))).timestamp() * 1000)
    token = tokens.issue(runtime.signer, form_key=form_key, nonce=encode(shown << 80 | chance.getrandbits(80)))
    values = {
        "email": person.email,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "company": companies()[person.company].name if person.company is not None else "Autónomo",
        "phone": person.phone or "",
        "country": person.country,
        "team": chance.choice(("1-5", "6-20", "21+")),
        "message": "",
    }
    names = {field.name for field in form.fields}
    source, medium, campaign, referrer, _ = chance.choices(SOURCES, [row[-1] for row in SOURCES])[0]
    utm = {name: text for name, text in (("source", source), ("medium", medium), ("campaign", campaign)) if text}
    post = Post(
        token=token,
        values={name: value for name, value in values.items() if name in names and value},
        consents=("news",) if chance.random() < 0.8 else (),
        page=Page("https://www.molino.example/guia", referrer, utm),
        language=person.language,
    )
    receipt = service.submit(
        table=runtime.table, clock=clock, signer=runtime.signer, form=form, post=post, language=person.language,
        source_ip="192.0.2.10",
    )  # fmt: skip
    if runtime.clock.now() - at > timedelta(days=4):
        _decide(runtime, workspace, receipt.submission_id, form_key, at, owners, chance)


def _decide(
    runtime: Runtime,
    workspace: Workspace,
    submission_id: str,
    form_key: str,
    at: datetime,
    owners: Sequence[str],
    chance: random.Random,
) -> None:
    found = [
        submission
        for submission in service.list_submissions(
            table=runtime.table, workspace_id=workspace.id, form_key=form_key, limit=100
        )
        if submission.id == submission_id and submission.contact_id
    ]
    if not found:
        return
    lead = next(iter(leads_of(table=runtime.table, workspace_id=workspace.id, contact_id=found[0].contact_id)), None)
    if lead is None or not lead.status.open:
        return
    status = chance.choices(("working", "qualified", "disqualified", "new"), (30, 38, 20, 12))[0]
    changes = {"owner_id": chance.choice(owners)}
    if status != lead.status:
        changes["status"] = status
    if status == "disqualified":
        changes["disqualify_reason"] = chance.choice(_LOST)
    change_lead(
        table=runtime.table, clock=FixedClock(at + timedelta(hours=chance.randrange(2, 70))), workspace_id=workspace.id,
        lead_id=lead.id, version=lead.version, changes=changes, changed_by=changes["owner_id"],
    )  # fmt: skip
