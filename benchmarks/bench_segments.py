"""Twenty dynamic segments decided for a contact: the client's CPU of the verdict, and of when it may change by time."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks import stub
from benchmarks.rows import Row
from chalicelib.customers.contacts.domain import Consent, ConsentState, Contact, EmailAddress, Touch
from chalicelib.marketing.segments.language.compile import Compiled, Subject, compile_all
from chalicelib.marketing.segments.language.parse import parse
from chalicelib.marketing.segments.language.times import When
from chalicelib.marketing.segments.language.vocabulary import Vocabulary
from chalicelib.marketing.segments.profile import Profile

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Madrid")
ROUNDS = 1000  # contacts in one measurement


def _leaf(field: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "op": op} | ({"value": value} if value is not None else {})


def _last(amount: int) -> dict[str, Any]:
    return {"in_last": {"amount": amount, "unit": "day"}}


def segments() -> Compiled:
    """Twenty segments as marketers make them: consent and a city, tags, scores, behaviour, dates, one building on another."""
    consent = _leaf("consent.marketing_email", "is", "granted")
    written: list[dict[str, Any]] = [
        *[{"all": [consent, _leaf("contact.city", "is", city)]} for city in ("madrid", "bogotá", "lima", "sevilla")],
        *[{"all": [consent, _leaf("contact.tag", "in", [tag, "vip"])]} for tag in ("feria", "web", "demo", "oro")],
        *[
            {"any": [_leaf("score.total", "at_least", n), _leaf("score.grade", "in", ["A1", "A2"])]}
            for n in (20, 40, 60)
        ],
        *[
            {"all": [_leaf("contact.country", "is", each), {"none": [_leaf("contact.tag", "is", "baja")]}]}
            for each in ("ES", "CO", "MX", "PE")
        ],
        {"all": [consent, _leaf("campaign.opened", "did", {"period": _last(30)})]},
        {"all": [consent, {"none": [_leaf("campaign.opened", "did", {"period": _last(90)})]}]},
        {"all": [_leaf("contact.source", "is", "google"), _leaf("contact.lifecycle_stage", "is", "acquisition")]},
        {"all": [_leaf("contact.open_lead", "is", True), _leaf("company.name", "present")]},
        {"all": [_leaf("segment.member", "is", "s00"), _leaf("date.created", "in_last", {"amount": 7, "unit": "day"})]},
    ]
    vocabulary = Vocabulary()
    return compile_all({f"s{n:02d}": parse(each, vocabulary) for n, each in enumerate(written)}, ZONE)


def person() -> Subject:
    """A contact with consents, tags, a touch and six campaigns behind it."""
    contact = Contact(
        "W", "C", NOW, NOW, first_name="Ana", last_name="García", emails=(EmailAddress("ana@example.com", primary=True),),
        company_name="Empresa", language="es", country="ES", city="Madrid", tags=frozenset({"feria", "2026", "web"}),
        score_fit=25, score_engagement=20, grade="B2", first_touch=Touch(NOW, source="Google"),
        consents={"marketing_email": Consent(ConsentState.GRANTED, NOW, "", "", "")},
    )  # fmt: skip
    at = int(NOW.timestamp())
    mail = {f"K{n}": [at - n * 864000, at - n * 864000 + 60 if n % 2 else 0, 0, 0, []] for n in range(6)}
    return Subject(contact, Profile(mail=mail))


def rows() -> Iterator[Row]:
    compiled, subject, when = segments(), person(), When(NOW, ZONE)
    assert len(compiled.names) == 20
    people = [replace(subject) for _ in range(ROUNDS)]

    def verdicts() -> None:
        for each in people:
            compiled.verdict(each, when)

    def turns() -> None:
        for each in people:
            compiled.turns(each, when)

    verdict, turn = (stub.cpu_ms(work, times=10) / ROUNDS for work in (verdicts, turns))
    yield Row(
        "20 segments, one contact",
        verdict,
        0.005,
        note=f"{verdict * 1000:.2f} µs; {compiled.verdict(subject, when).count(True)} hold",
    )
    yield Row("when their verdict may change by time", turn, note=f"{turn * 1000:.2f} µs")
