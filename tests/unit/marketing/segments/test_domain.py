"""The language of conditions: what is refused and where, and that compiled conditions mean what they say."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from chalicelib.customers.contacts.domain import Consent, ConsentState, Contact, EmailAddress, PhoneNumber, Touch
from chalicelib.customers.mailboxes import is_free
from chalicelib.foundation.errors import InvalidError
from chalicelib.marketing.segments.domain import FIELDS, OPERATORS, Kind, compile_conditions, matches, parse
from tests.helpers import NOON

ANA = Contact(
    "W", "C", NOON, NOON, first_name="Ána", last_name="Núñez", emails=(EmailAddress("ana@empresa.example", primary=True),),
    phones=(PhoneNumber("+34600111222", primary=True),), company_name="Empresa SL", language="es", country="ES",
    tags=frozenset({"vip", "demo"}), score_fit=25, score_engagement=20, grade="B2", open_lead_id="L",
    first_touch=Touch(NOON, source="Google", medium="cpc", form_id="F1"), last_touch=Touch(NOON, source="feria", form_id="F2"),
    consents={
        "marketing_email": Consent(ConsentState.GRANTED, NOON, "", "", ""),
        "calls": Consent(ConsentState.WITHDRAWN, NOON, "", "", ""),
    },
)  # fmt: skip


TRAITS: Mapping[str, Any] = {
    "tag": {"vip", "demo"}, "consent": {"marketing_email"}, "email": "ana@empresa.example", "email_domain": "empresa.example",
    "phone": "+34600111222", "first_name": "ána", "last_name": "núñez", "company": "empresa sl", "country": "es", "city": "",
    "language": "es", "owner": "", "source": "google", "medium": "cpc", "campaign": "", "last_source": "feria", "form": "f2",
    "score_total": 45, "score_fit": 25, "score_engagement": 20, "open_lead": True, "created_at": NOON,
}  # fmt: skip
"""Ana as conditions see her."""


def leaf(name: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"field": name, "op": op} | ({"value": value} if value is not None else {})


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (leaf("tag", "is", "VIP "), True),
        (leaf("tag", "is_not", "vip"), False),
        (leaf("tag", "in", ["x", "demo"]), True),
        (leaf("tag", "in", ["x", "y"]), False),
        (leaf("tag", "present"), True),
        (leaf("consent", "is", "marketing_email"), True),
        (leaf("consent", "is", "calls"), False),
        (leaf("email_domain", "is", "empresa.example"), True),
        (leaf("email_kind", "is", "business"), True),
        (leaf("first_name", "is", "ána"), True),
        (leaf("last_name", "starts_with", "NÚ"), True),
        (leaf("company", "contains", "presa"), True),
        (leaf("phone", "present"), True),
        (leaf("city", "absent"), True),
        (leaf("country", "in", ["es", "co"]), True),
        (leaf("lifecycle_stage", "is", "awareness"), True),
        (leaf("source", "is", "google"), True),
        (leaf("last_source", "is", "feria"), True),
        (leaf("form", "is", "F2"), True),
        (leaf("score_total", "at_least", 45), True),
        (leaf("score_total", "at_least", 46), False),
        (leaf("score_fit", "at_most", 25), True),
        (leaf("score_engagement", "is", 20), True),
        (leaf("grade", "in", ["A1", "B2"]), True),
        (leaf("open_lead", "is", True), True),
        (leaf("created_at", "after", "2026-11-21"), True),
        (leaf("created_at", "before", "2026-11-21T12:00:00Z"), False),
        ({"all": [leaf("tag", "is", "vip"), leaf("country", "is", "ES")]}, True),
        ({"all": [leaf("tag", "is", "vip"), leaf("country", "is", "CO")]}, False),
        ({"any": [leaf("tag", "is", "x"), leaf("country", "is", "ES")]}, True),
        ({"not": {"any": [leaf("tag", "is", "x"), leaf("country", "is", "ES")]}}, False),
    ],
)  # fmt: skip
def test_meaning(condition: Mapping[str, Any], holds: bool) -> None:
    assert matches(parse(condition), ANA) is holds


@pytest.mark.parametrize(
    ("condition", "places"),
    [
        (None, ["conditions"]),
        ([], ["conditions"]),
        ({}, ["conditions"]),
        ({"all": [], "any": []}, ["conditions"]),
        ({"some": []}, ["conditions"]),
        ({"all": []}, ["conditions.all"]),
        ({"all": {}}, ["conditions.all"]),
        ({"not": []}, ["conditions.not"]),
        ({"all": [leaf("tag", "like", "x")]}, ["conditions.all.0.op"]),
        ({"all": [leaf("tag", "is", "x"), {"any": [leaf("nothing", "is", "x")]}]}, ["conditions.all.1.any.0.field"]),
        ({"all": [leaf("tag", "is"), leaf("score_total", "at_least", "9")]}, ["conditions.all.0.value", "conditions.all.1.value"]),
        (leaf("tag", "is", ""), ["conditions.value"]),
        (leaf("tag", "is", "x" * 201), ["conditions.value"]),
        (leaf("tag", "in", "x"), ["conditions.value"]),
        (leaf("tag", "in", [1]), ["conditions.value.0"]),
        (leaf("tag", "present", "x"), ["conditions.value"]),
        (leaf("grade", "is", "D4"), ["conditions.value"]),
        (leaf("score_total", "at_least", True), ["conditions.value"]),
        (leaf("open_lead", "is", 1), ["conditions.value"]),
        (leaf("created_at", "after", "yesterday"), ["conditions.value"]),
        (leaf("created_at", "after", "2026-11-21T12:00:00"), ["conditions.value"]),
        ({**leaf("tag", "is", "x"), "extra": 1}, ["conditions.extra"]),
        ({"field": ["tag"], "op": "is", "value": "x"}, ["conditions.field"]),
        ({"any": [leaf("tag", "is", "x")] * 51}, ["conditions.any"]),
        ({"any": [{"any": [leaf("tag", "is", "x")] * 30}] * 2}, ["conditions"]),
        ({"not": {"not": {"not": {"not": {"not": {"not": leaf("tag", "is", "x")}}}}}}, ["conditions.not.not.not.not.not.not"]),
    ],
)  # fmt: skip
def test_refuses(condition: Any, places: list[str]) -> None:
    with pytest.raises(InvalidError) as error:
        parse(condition)
    assert [each.field for each in error.value.fields] == places


def test_nothing_written_becomes_source() -> None:
    hostile = "') or __import__('os').system('x') or ('"
    assert matches(parse(leaf("tag", "is", hostile)), ANA) is False
    assert matches(parse(leaf("tag", "is", hostile)), replace(ANA, tags=frozenset({hostile.casefold()}))) is True


_values = {
    Kind.SET: some.sampled_from(["vip", "demo", "x"]),
    Kind.TEXT: some.sampled_from(["es", "ana", "google", "x"]),
    Kind.NUMBER: some.integers(-5, 60),
    Kind.BOOLEAN: some.booleans(),
    Kind.INSTANT: some.sampled_from(["2026-11-20", "2026-11-22"]),
}


@some.composite
def _tests(draw: some.DrawFn) -> dict[str, Any]:
    name = draw(some.sampled_from([name for name, kind in FIELDS.items() if kind is not Kind.CHOICE]))
    op = draw(some.sampled_from(OPERATORS[FIELDS[name]]))
    if op in ("present", "absent"):
        return {"field": name, "op": op}
    value = (
        draw(some.lists(_values[FIELDS[name]], min_size=1, max_size=3)) if op == "in" else draw(_values[FIELDS[name]])
    )
    return {"field": name, "op": op, "value": value}


_conditions = some.recursive(
    _tests(),
    lambda inner: some.one_of(
        some.builds(lambda parts: {"all": parts}, some.lists(inner, min_size=1, max_size=3)),
        some.builds(lambda parts: {"any": parts}, some.lists(inner, min_size=1, max_size=3)),
        some.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=8,
)


def _plainly(raw: Mapping[str, Any]) -> bool:
    """The same language, interpreted without compiling."""
    if "all" in raw:
        return all(_plainly(part) for part in raw["all"])
    if "any" in raw:
        return any(_plainly(part) for part in raw["any"])
    if "not" in raw:
        return not _plainly(raw["not"])
    found, op, value = TRAITS[raw["field"]], raw["op"], raw.get("value")
    if FIELDS[raw["field"]] is Kind.INSTANT:
        value = datetime.fromisoformat(value).replace(tzinfo=UTC)
        return found >= value if op == "after" else found < value
    if FIELDS[raw["field"]] is Kind.SET and op in ("is", "is_not", "in"):
        wanted = set(value) if op == "in" else {value}
        return bool(wanted & found) is (op != "is_not")
    return {
        "present": lambda: bool(found), "absent": lambda: not found, "is": lambda: found == value,
        "is_not": lambda: found != value, "in": lambda: found in value, "contains": lambda: value in found,
        "starts_with": lambda: found.startswith(value), "at_least": lambda: found >= value, "at_most": lambda: found <= value,
    }[op]()  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(some.lists(_conditions, min_size=1, max_size=5))
def test_compiled_means_interpreted(conditions: list[dict[str, Any]]) -> None:
    try:
        parsed = [parse(condition) for condition in conditions]
    except InvalidError as error:
        deep = {each.code for each in error.fields} <= {"too_deep"}
        if not deep:
            raise
        return
    assert compile_conditions(parsed)(ANA) == tuple(_plainly(condition) for condition in conditions)


@pytest.mark.parametrize(
    "domain", ["gmail.com", "hotmail.es", "yahoo.com.ar", "telefonica.net", "outlook.com", "icloud.com"]
)
def test_free_mailboxes(domain: str) -> None:
    assert is_free(domain)


@pytest.mark.parametrize(
    "domain", ["empresa.example", "gmailers-of-the-world-united.example", "live-nation-entertainment.example"]
)
def test_business_mailboxes(domain: str) -> None:
    assert not is_free(domain)
