"""The demo's companies, contacts, captured leads and deals, spread over the last 90 days."""

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.customers.companies.service import create_company
from chalicelib.customers.consent.service import grant
from chalicelib.customers.contacts.domain import Touch
from chalicelib.customers.contacts.service import create_contact
from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.runtime import Runtime
from chalicelib.workspaces.settings.domain import Workspace
from infra.seed.people import Company, Person, companies, people

CONSENT_TEXT = {
    "es": "Quiero recibir novedades y ofertas por correo electrónico. Puedo darme de baja cuando quiera.",
    "en": "I would like to receive news and offers by e-mail. I can unsubscribe at any time.",
}
CONSENT_VERSION = "1"
SOURCES = (
    ("google", "cpc", "otoño-2026", "https://www.google.com/", 30),
    ("newsletter", "email", "boletin-octubre", "", 20),
    ("instagram", "social", "otoño-2026", "https://www.instagram.com/", 18),
    ("linkedin", "social", "guia-crm", "https://www.linkedin.com/", 14),
    ("feria", "event", "expo-pyme-madrid", "", 8),
    ("", "", "", "https://www.bing.com/", 10),
)
_TAGS = ("vip", "distribuidor", "feria-2026", "newsletter", "hostelería", "retail")
_STAGES = ("awareness", "acquisition", "retention", "fulfilment", "loyalty")


@dataclass(frozen=True)
class Town:
    """What was made, for the steps that build on it."""

    company_ids: list[str]
    contact_ids: list[str]
    people: list[Person]


def make_customers(runtime: Runtime, workspace: Workspace, now: datetime, *, owners: Sequence[str]) -> Town:
    """Forty companies and three hundred contacts; two of three have agreed to be mailed."""
    chance = random.Random("customers")
    towns = companies()
    ids = [
        _make_company(runtime, workspace, company, now - timedelta(days=88, hours=n)) for n, company in enumerate(towns)
    ]
    inhabitants = people(300, towns)
    times = [
        now - timedelta(days=87 - number * 80 / 300, minutes=chance.randrange(600))
        for number in range(len(inhabitants))
    ]

    def make(person: Person, at: datetime) -> str:
        own = random.Random(person.email)  # each person's chances are their own: threads come in any order
        return _make_contact(runtime, workspace, person, at, own.choice([*owners, ""]), own, ids)

    with ThreadPoolExecutor(4) as pool:
        contact_ids = list(pool.map(make, inhabitants, times))
    return Town(ids, contact_ids, inhabitants)


def _make_company(runtime: Runtime, workspace: Workspace, company: Company, at: datetime) -> str:
    values = {
        "name": company.name,
        "domain": company.domain,
        "city": company.city,
        "country": company.country,
        "tags": ["cliente"] if len(company.name) % 3 == 0 else [],
    }
    company_id = derived_id(at, "company", company.domain)
    create_company(
        table=runtime.table, clock=FixedClock(at), workspace=workspace, company_id=company_id, values=values,
        changed_by="seed",
    )  # fmt: skip
    return company_id


def _make_contact(
    runtime: Runtime,
    workspace: Workspace,
    person: Person,
    at: datetime,
    owner: str,
    chance: random.Random,
    company_ids: list[str],
) -> str:
    contact_id = derived_id(at, "contact", person.email)
    values = {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "emails": [
            {"address": person.email, "label": "trabajo" if person.company is not None else "", "primary": True}
        ],
        "phones": [{"number": person.phone, "label": "móvil", "primary": True}] if person.phone else [],
        "company_id": company_ids[person.company] if person.company is not None else "",
        "language": person.language,
        "time_zone": person.time_zone,
        "country": person.country,
        "city": person.city,
        "tags": chance.sample(_TAGS, chance.choice((0, 0, 1, 1, 2))),
        "lifecycle_stage": chance.choices(_STAGES, (40, 25, 18, 7, 10))[0],
        "owner_id": owner,
    }
    touch = _touch(chance, at)
    create_contact(
        table=runtime.table, clock=FixedClock(at), workspace=workspace, contact_id=contact_id, values=values,
        touch=touch, changed_by="seed",
    )  # fmt: skip
    if chance.random() < 0.66:
        grant(
            table=runtime.table, clock=FixedClock(at + timedelta(seconds=5)), workspace_id=workspace.id,
            contact_id=contact_id, purpose="marketing_email", source="import",
            text=CONSENT_TEXT[person.language], text_version=CONSENT_VERSION, actor="seed",
        )  # fmt: skip
    return contact_id


def _touch(chance: random.Random, at: datetime) -> Touch:
    source, medium, campaign, referrer, _ = chance.choices(SOURCES, [row[-1] for row in SOURCES])[0]
    page = chance.choice(("guia", "precios", "contacto", "demo"))
    return Touch(
        at=at, source=source, medium=medium, campaign=campaign, referrer=referrer,
        landing_page=f"https://www.molino.example/{page}",
    )  # fmt: skip
