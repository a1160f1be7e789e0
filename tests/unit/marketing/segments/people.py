"""People to try conditions on."""

from datetime import UTC, datetime
from typing import Any

from chalicelib.customers.companies.domain import Company
from chalicelib.customers.contacts.domain import (
    Consent,
    ConsentState,
    Contact,
    EmailAddress,
    Kyc,
    PhoneNumber,
    PostalAddress,
    Touch,
)
from chalicelib.marketing.segments.language.compile import Subject
from chalicelib.marketing.segments.language.fields import Field, Kind
from chalicelib.marketing.segments.language.vocabulary import Vocabulary
from chalicelib.marketing.segments.profile import Profile
from tests.helpers import NOON


def at(day: str, hour: int = 12) -> int:
    return int(datetime.fromisoformat(f"{day}T{hour:02d}:00:00").replace(tzinfo=UTC).timestamp())


def own(key: str, kind: Kind, reader: str, prefix: str = "custom.", choices: tuple[str, ...] | None = None) -> Field:
    values = "c.custom" if prefix == "custom." else "o.custom if o else NOTHING"
    needs = "contact" if prefix == "custom." else "company"
    return Field(
        prefix + key, kind, f"{reader}({values}, {{key}})", key.title(), key.title(), needs, choices,
        key=f"F-{key}", given_name=True, options={each: each.title() for each in choices or ()},
    )  # fmt: skip


CUSTOM = [
    own("plan", Kind.CHOICE, "choice_of", choices=("oro", "plata")),
    own("areas", Kind.SET, "set_of", choices=("norte", "sur")),
    own("renewal", Kind.DATE, "day_of"),
    own("seats", Kind.NUMBER, "number_of"),
    own("budget", Kind.MONEY, "money_of"),
    own("partner", Kind.BOOLEAN, "boolean_of"),
    own("note", Kind.TEXT, "text_of"),
    own("tier", Kind.TEXT, "text_of", "company.custom."),
]
WORDS = Vocabulary(
    {each.name: each for each in CUSTOM},
    {"marketing_email": {"es": "Novedades", "en": "News"}, "calls": {"es": "Llamadas", "en": "Calls"}},
)

ANA = Contact(
    "W", "C-ANA", NOON, NOON, first_name="Ána", last_name="Núñez", title="Dra.",
    emails=(EmailAddress("ana@empresa.example", primary=True), EmailAddress("ana@gmail.com")),
    phones=(PhoneNumber("+34600111222", primary=True),), company_id="O", company_name="Empresa SL", language="es", country="ES",
    city="Madrid", addresses=(PostalAddress(city="Madrid", region="Madrid", postal_code="28001", country="ES", primary=True),),
    tags=frozenset({"vip", "demo"}), interests=("Golf", "Vela"), score_fit=25, score_engagement=20, grade="B2", open_lead_id="L",
    birthday="1980-11-25", owner_id="U1", kyc=Kyc("verified", verified_at=NOON),
    first_touch=Touch(NOON, source="Google", medium="cpc", form_id="F1"), last_touch=Touch(NOON, source="feria", form_id="F2"),
    consents={
        "marketing_email": Consent(ConsentState.GRANTED, NOON, "", "", ""),
        "calls": Consent(ConsentState.WITHDRAWN, NOON, "", "", ""),
    },
    custom={"F-plan": "oro", "F-areas": ["norte"], "F-renewal": "2026-12-01", "F-seats": 12,
            "F-budget": {"amount": "1500.50", "currency": "EUR"}, "F-partner": True, "F-note": "Hola Mundo"},
)  # fmt: skip
FIRM = Company(
    "W", "O", "Empresa SL", NOON, NOON, domains=("empresa.example",), industry="Software", size=40, country="ES",
    city="Madrid", tags=frozenset({"partner"}), custom={"F-tier": "A"},
)  # fmt: skip
DONE = Profile(
    mail={
        "K1": [at("2026-11-01"), at("2026-11-02"), at("2026-11-02", 13), 0, ["3"]],
        "K2": [at("2026-09-01"), 0, 0, 0, []],
        "K3": [at("2026-10-10"), at("2026-10-12"), 0, 0, []],
    },
    posts={"FORM": {"S1": at("2026-11-20"), "S2": at("2026-01-05")}},
    deals={
        "D1": ["open", "P", "P/new", "1000.00", "EUR", at("2026-11-10"), 0],
        "D2": ["won", "P", "P/last", "2500.00", "EUR", at("2026-05-10"), at("2026-06-10")],
    },
    version=1,
)
SUBJECT = Subject(ANA, DONE, FIRM, frozenset({"LIST"}))
NOBODY = Subject(Contact("W", "C-NO", NOON, NOON), Profile())


def leaf(name: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"field": name, "op": op} | ({"value": value} if value is not None else {})


def last(amount: int, unit: str = "day") -> dict[str, Any]:
    return {"amount": amount, "unit": unit}
