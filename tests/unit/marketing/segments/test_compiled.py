"""Compiled conditions against a plain interpreter, and due times against evaluating afresh: random conditions, people and moments."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some
from pydantic import TypeAdapter, ValidationError

from chalicelib.customers.contacts.domain import Contact
from chalicelib.marketing.segments.language.compile import Subject, compile_all, compile_one, drawn
from chalicelib.marketing.segments.language.fields import FIELDS, Kind
from chalicelib.marketing.segments.language.parse import parse
from chalicelib.marketing.segments.language.times import NEVER, When, instant_of
from chalicelib.marketing.segments.profile import Profile
from chalicelib.marketing.segments.schemas import Condition
from tests.helpers import NOON
from tests.unit.marketing.segments.people import ANA, CUSTOM, DONE, FIRM, SUBJECT, WORDS, last, leaf

MADRID = ZoneInfo("Europe/Madrid")
ALL = [*FIELDS.values(), *CUSTOM]

# What conditions see of Ana, written down by hand

TRAITS: Mapping[str, Any] = {
    "contact.title": "dra.", "contact.first_name": "ána", "contact.last_name": "núñez", "contact.name": "ána núñez",
    "contact.job_title": "", "contact.language": "es", "contact.time_zone": "", "contact.city": "madrid",
    "contact.email": {"ana@empresa.example", "ana@gmail.com"}, "contact.email_domain": {"empresa.example", "gmail.com"},
    "contact.email_kind": "business", "contact.phone": {"+34600111222"}, "contact.country": "ES", "contact.region": "madrid",
    "contact.postal_code": "28001", "contact.lifecycle_stage": "awareness", "contact.owner": "U1", "contact.tag": {"vip", "demo"},
    "contact.interest": {"golf", "vela"}, "contact.kyc": "verified", "contact.satisfaction": None, "contact.open_lead": True,
    "contact.source": "google", "contact.medium": "cpc", "contact.campaign": "", "contact.term": "", "contact.content": "",
    "contact.landing_page": "", "contact.referrer": "", "contact.form": "F1", "contact.last_source": "feria",
    "contact.last_medium": "", "contact.last_campaign": "", "contact.last_form": "F2", "date.birthday": date(1980, 11, 25),
    "date.created": NOON, "date.updated": NOON, "date.first_touch": NOON, "date.last_touch": NOON, "date.kyc_verified": NOON,
    "company.name": "empresa sl", "company.domain": {"empresa.example"}, "company.industry": "software", "company.size": 40,
    "company.country": "ES", "company.city": "madrid", "company.tag": {"partner"}, "company.owner": "", "score.total": 45,
    "score.fit": 25, "score.engagement": 20, "score.grade": "B2", "deal.status": {"open", "won"}, "deal.pipeline": {"P"},
    "deal.stage": {"P/new"}, "deal.open_amount": ("1000.00", "EUR"), "deal.won_amount": ("2500.00", "EUR"), "deal.open_count": 1,
    "deal.won_count": 1, "segment.member": {"LIST"}, "custom.plan": "oro", "custom.areas": {"norte"},
    "custom.renewal": date(2026, 12, 1), "custom.seats": 12, "custom.budget": ("1500.50", "EUR"), "custom.partner": True,
    "custom.note": "hola mundo", "company.custom.tier": "a",
}  # fmt: skip
DEEDS: Mapping[str, list[tuple[str, int, set[str]]]] = {
    "campaign.sent": [(k, row[0], set()) for k, row in DONE.mail.items() if row[0]],
    "campaign.opened": [(k, row[1], set()) for k, row in DONE.mail.items() if row[1]],
    "campaign.clicked": [(k, row[2], set(row[4])) for k, row in DONE.mail.items() if row[2]],
    "campaign.bounced": [],
    "form.posted": [("FORM", at, set()) for at in DONE.posts["FORM"].values()],
    "deal.created": [(row[1], row[5], set()) for row in DONE.deals.values()],
    "deal.won": [(row[1], row[6], set()) for row in DONE.deals.values() if row[0] == "won"],
    "deal.lost": [],
}


def test_every_field_has_its_trait_here() -> None:
    assert {each.name for each in ALL} - {"random.sample"} == {*TRAITS, *DEEDS}


# The plain interpreter


def plainly(raw: Mapping[str, Any], now: datetime) -> bool:
    if "all" in raw:
        return all(plainly(part, now) for part in raw["all"])
    if "any" in raw:
        return any(plainly(part, now) for part in raw["any"])
    if "none" in raw:
        return not any(plainly(part, now) for part in raw["none"])
    name, op, value = raw["field"], raw["op"], raw.get("value")
    if name == "random.sample":
        return value["from"] * 100 <= drawn(value["salt"], ANA.id) < value["to"] * 100
    if name in DEEDS:
        found = [
            at for about, at, links in DEEDS[name]
            if all(about == value[kind] for kind in ("campaign", "form", "pipeline") if kind in value)
            and ("link" not in value or value["link"] in links)
            and all(_timely(datetime.fromtimestamp(at, UTC), o, v, now) for o, v in value.get("period", {}).items())
        ]  # fmt: skip
        return (len(found) >= value.get("times", 1)) is (op == "did")
    trait = TRAITS[name]
    if op in ("present", "absent"):
        return (trait not in (None, "", set())) is (op == "present")
    if isinstance(trait, date):
        return _timely(trait, op, value, now)
    if isinstance(trait, tuple):
        amount = Decimal(trait[0])
        if value["currency"] != trait[1]:
            return False
        low, high = value.get("from") or value.get("amount"), value.get("to") or value.get("amount")
        return (op == "at_most" or amount >= Decimal(low)) and (op == "at_least" or amount <= Decimal(high))
    if isinstance(trait, set):
        wanted = {value} if isinstance(value, str) else set(value)
        return {
            "is": bool(wanted & trait), "in": bool(wanted & trait), "is_not": not wanted & trait, "not_in": not wanted & trait,
            "contains": any(value in each for each in trait) if isinstance(value, str) else False,
            "starts_with": any(each[: len(value)] == value for each in trait),
            "ends_with": any(each[-len(value) :] == value for each in trait),
        }[op]  # fmt: skip
    if op == "between":
        return trait is not None and value["from"] <= trait <= value["to"]
    if op in ("at_least", "at_most"):
        return trait is not None and (trait >= value if op == "at_least" else trait <= value)
    if op in ("in", "not_in"):
        return (trait in value) is (op == "in")
    return {
        "is": lambda: trait == value, "is_not": lambda: trait != value, "contains": lambda: value in trait,
        "starts_with": lambda: trait[: len(value)] == value, "ends_with": lambda: trait[-len(value) :] == value,
    }[op]()  # fmt: skip


def _timely(trait: date, op: str, value: Any, now: datetime) -> bool:
    moment = trait if isinstance(trait, datetime) else None
    day = trait.astimezone(MADRID).date() if moment else trait
    today = now.astimezone(MADRID).date()
    if op == "on":
        return day == date.fromisoformat(value)
    if op in ("before", "after"):
        return (day < date.fromisoformat(value)) is (op == "before")
    if op == "between":
        return date.fromisoformat(value["from"]) <= day <= date.fromisoformat(value["to"])
    if op.startswith("anniversary"):
        return _celebrated(day, op, value, today)
    if moment is None:
        ago, ahead = _shift(day, value, 1), _shift(day, value, -1)
        return {"in_last": day <= today <= ago, "more_than_ago": today > ago,
                "in_next": ahead <= today <= day, "more_than_ahead": today < ahead}[op]  # fmt: skip
    ago, ahead = _shift_moment(moment, value, 1), _shift_moment(moment, value, -1)
    return {"in_last": moment <= now < ago, "more_than_ago": now >= ago,
            "in_next": ahead <= now < moment, "more_than_ahead": now < ahead}[op]  # fmt: skip


def _celebrated(day: date, op: str, value: Any, today: date) -> bool:
    by = value or {"amount": 0, "unit": "day"}
    for year in range(day.year + 1, today.year + 3):
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        kept = date(year, 2, 28) if (day.month, day.day) == (2, 29) and not leap else date(year, day.month, day.day)
        if op == "anniversary_in_last" and kept <= today <= _shift(kept, by, 1):
            return True
        if op != "anniversary_in_last" and _shift(kept, by, -1) <= today <= kept:
            return True
    return False


def _shift(day: date, by: Mapping[str, Any], sign: int) -> date:
    days = {"day": 1, "week": 7}.get(by["unit"])
    if days:
        return day + timedelta(days=sign * days * by["amount"])
    months = sign * by["amount"] * {"month": 1, "year": 12}[by["unit"]] + day.year * 12 + day.month - 1
    first = date(months // 12, months % 12 + 1, 1)
    length = ((first.replace(day=28) + timedelta(days=4)).replace(day=1) - first).days
    return first.replace(day=min(day.day, length))


def _shift_moment(moment: datetime, by: Mapping[str, Any], sign: int) -> datetime:
    hours = {"hour": 1, "day": 24, "week": 168}.get(by["unit"])
    if hours:
        return moment + timedelta(hours=sign * hours * by["amount"])
    local = moment.astimezone(MADRID)
    return datetime.combine(_shift(local.date(), by, sign), local.time(), tzinfo=MADRID).astimezone(UTC)


# Random conditions

_words = some.sampled_from(["es", "ana", "vip", "google", "x", "madrid", "empresa.example", "oro", "b2"])
_days = some.dates(date(2025, 1, 1), date(2027, 12, 31)).map(date.isoformat)
_units = some.sampled_from(["day", "week", "month", "year"])


def _relative(units: some.SearchStrategy[str] = _units, most: int = 20) -> some.SearchStrategy[dict[str, Any]]:
    return some.builds(last, some.integers(1, most), units)


@some.composite
def _periods(draw: some.DrawFn, *, deed: bool = False) -> tuple[str, Any]:
    ops = ["on", "before", "after", "between", "in_last", "more_than_ago"]
    op = draw(some.sampled_from(ops if deed else [*ops, "in_next", "more_than_ahead"]))
    if op == "between":
        low, high = sorted((draw(_days), draw(_days)))
        return op, {"from": low, "to": high}
    return op, draw(_days if op in ("on", "before", "after") else _relative())


@some.composite
def _leaves(draw: some.DrawFn) -> dict[str, Any]:
    field = draw(some.sampled_from(ALL))
    if field.kind is Kind.BEHAVIOUR:
        about = draw(some.sampled_from(["K1", "K3", "FORM", "P", ""]))
        value: dict[str, Any] = {field.lookup: about} if about else {}
        if draw(some.booleans()):
            op, when = draw(_periods(deed=True))
            value["period"] = {op: when}
        if draw(some.booleans()):
            value["times"] = draw(some.integers(1, 3))
        return leaf(field.name, draw(some.sampled_from(["did", "did_not"]))) | {"value": value}
    if field.kind is Kind.SAMPLE:
        low = draw(some.integers(0, 99))
        salt = draw(some.sampled_from(["a", "b", "c"]))
        return leaf(field.name, "between", {"from": low, "to": draw(some.integers(low + 1, 100)), "salt": salt})
    op = draw(some.sampled_from(field.operators))
    if op in ("present", "absent", "anniversary_today"):
        return leaf(field.name, op)
    return {"field": field.name, "op": op, "value": draw(_values(field, op))}


@some.composite
def _values(draw: some.DrawFn, field: Any, op: str) -> Any:
    if field.kind is Kind.BOOLEAN:
        return draw(some.booleans())
    if field.kind is Kind.NUMBER:
        low = draw(some.integers(-5, 60))
        return {"from": low, "to": low + draw(some.integers(0, 30))} if op == "between" else low
    if field.kind is Kind.MONEY:
        currency, amount = draw(some.sampled_from(["EUR", "USD"])), draw(some.integers(1, 3000))
        if op == "between":
            return {"from": str(amount), "to": str(amount + draw(some.integers(0, 2000))), "currency": currency}
        return {"amount": str(amount), "currency": currency}
    if field.kind in (Kind.DATE, Kind.INSTANT):
        if op.startswith("anniversary"):
            return draw(_relative(some.sampled_from(["day", "week", "month"]), 11))
        return draw(_periods().filter(lambda pair: pair[0] == op).map(lambda pair: pair[1]))
    choices = some.sampled_from(field.choices) if field.choices else _words
    if field.lookup:
        choices = some.sampled_from(["ES", "CO", "U1", "F1", "P", "P/new", "LIST", "OTHER"])
    return draw(some.lists(choices, min_size=1, max_size=3)) if op in ("in", "not_in") else draw(choices)


conditions = some.recursive(
    _leaves(),
    lambda inner: some.builds(
        lambda key, parts: {key: parts},
        some.sampled_from(["all", "any", "none"]),
        some.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=6,
).filter(lambda raw: _depth(raw) <= 5)


def _depth(raw: Mapping[str, Any]) -> int:
    return 0 if "field" in raw else 1 + max(_depth(part) for part in next(iter(raw.values())))


moments = some.datetimes(datetime(2026, 1, 1), datetime(2028, 6, 1), timezones=some.just(UTC)).map(
    lambda moment: moment.replace(microsecond=0)
)


@settings(max_examples=400, deadline=None)
@given(some.lists(conditions, min_size=1, max_size=4), moments)
def test_compiled_means_interpreted(raws: list[dict[str, Any]], now: datetime) -> None:
    compiled = compile_all({str(n): parse(raw, WORDS) for n, raw in enumerate(raws)}, MADRID)
    assert compiled.verdict(SUBJECT, When(now, MADRID)) == tuple(plainly(raw, now) for raw in raws)


@settings(max_examples=200, deadline=None)
@given(conditions)
def test_what_the_language_takes_is_in_the_openapi_document(raw: dict[str, Any]) -> None:
    TypeAdapter(Condition).validate_json(json.dumps(raw))


@pytest.mark.parametrize(
    "raw",
    [
        {"all": []},
        {"every": [leaf("contact.tag", "present")]},
        leaf("contact.tag", "like", "x"),
        {"field": "contact.tag"},
        {**leaf("contact.tag", "is", "x"), "more": 1},
        leaf("date.birthday", "in_next", {"amount": 1, "unit": "moon"}),
        {"none": [{"any": [leaf("random.sample", "between", {"from": 0, "to": 200, "salt": "x"})]}]},
    ],
)
def test_what_it_does_not_take_is_not(raw: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Condition).validate_python(raw)


# Due times


@settings(max_examples=400, deadline=None)
@given(some.lists(conditions, min_size=1, max_size=3), moments, some.floats(0, 1), some.integers(1, 400))
@example([leaf("date.birthday", "anniversary_today")], NOON, 0.999999, 20)
@example([leaf("campaign.opened", "did_not", {"period": {"in_last": last(30)}})], NOON, 0.999999, 20)
def test_nothing_changes_before_its_due_time(
    raws: list[dict[str, Any]], now: datetime, part: float, ahead: int
) -> None:
    compiled = compile_all({str(n): parse(raw, WORDS) for n, raw in enumerate(raws)}, MADRID)
    when = When(now, MADRID)
    before, turns = compiled.verdict(SUBJECT, when), compiled.turns(SUBJECT, when)
    assert turns > when.now
    horizon = min(turns - 0.001, when.now + ahead * 86400)
    between = datetime.fromtimestamp(when.now + part * (horizon - when.now), UTC)
    assert compiled.verdict(SUBJECT, When(between, MADRID)) == before


@settings(max_examples=150, deadline=None)
@given(conditions, moments, some.integers(1, 800))
def test_following_due_times_is_as_evaluating_afresh(raw: dict[str, Any], now: datetime, days: int) -> None:
    """Looking again only when it is due shows the same, at any later time, as looking then."""
    compiled = compile_one(parse(raw, WORDS), MADRID)
    then = now + timedelta(days=days)
    seen, due = compiled.verdict(SUBJECT, When(now, MADRID)), compiled.turns(SUBJECT, When(now, MADRID))
    for _ in range(200):
        if due == NEVER or instant_of(due) > then:
            break
        moment = instant_of(due)
        seen, due = compiled.verdict(SUBJECT, When(moment, MADRID)), compiled.turns(SUBJECT, When(moment, MADRID))
    else:
        pytest.fail("due times do not come to an end")
    assert seen == compiled.verdict(SUBJECT, When(then, MADRID))


@pytest.mark.parametrize(
    ("birthday", "celebrated"),
    [("2000-02-29", ["2027-02-28", "2028-02-29"]), ("2000-03-01", ["2027-03-01", "2028-03-01"])],
)
def test_29_february(birthday: str, celebrated: list[str]) -> None:
    compiled = compile_one(parse(leaf("date.birthday", "anniversary_today"), WORDS), MADRID)
    subject = Subject(replace(ANA, birthday=birthday), Profile())
    held = []
    for year in (2027, 2028):
        for offset in range(56, 64):
            day = date(year, 1, 1) + timedelta(days=offset)
            noon = datetime.combine(day, NOON.timetz())
            if compiled.verdict(subject, When(noon, MADRID))[0]:
                held.append(day.isoformat())
    assert held == celebrated


def test_days_are_those_of_the_zone() -> None:
    """An hour after midnight in Madrid it is still the day before in UTC and in Bogotá."""
    raw = parse(leaf("date.birthday", "anniversary_today"), WORDS)
    moment = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    for zone, expected in (("Europe/Madrid", True), ("UTC", False), ("America/Bogota", False)):
        there = ZoneInfo(zone)
        assert compile_one(raw, there).verdict(SUBJECT, When(moment, there))[0] is expected, zone


def test_a_settled_group_is_not_due() -> None:
    """Who can never come in whatever the time costs nothing: no due time."""
    birthday = leaf("date.birthday", "anniversary_in_next", last(7))
    for raw, due in (
        ({"all": [leaf("contact.country", "is", "CO"), birthday]}, False),
        ({"all": [leaf("contact.country", "is", "ES"), birthday]}, True),
        ({"any": [leaf("contact.country", "is", "ES"), birthday]}, False),
        ({"none": [leaf("contact.country", "is", "ES"), birthday]}, False),
        ({"all": [birthday, {"any": [leaf("contact.tag", "is", "vip"), birthday]}]}, True),
    ):
        turns = compile_one(parse(raw, WORDS), MADRID).turns(SUBJECT, When(NOON, MADRID))
        assert (turns != NEVER) is due, raw


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "9998-06-01", "0002-01-01"])
@pytest.mark.parametrize(
    "op", ["in_last", "more_than_ago", "in_next", "more_than_ahead", "anniversary_in_next", "anniversary_today"]
)
def test_days_at_the_ends_of_the_calendar(day: str, op: str) -> None:
    subject = Subject(Contact("W", "C", NOON, NOON, birthday=day))
    raw = leaf("date.birthday", op) if op == "anniversary_today" else leaf("date.birthday", op, last(11, "month"))
    compiled = compile_one(parse(raw, WORDS), MADRID)
    compiled.verdict(subject, When(NOON, MADRID))
    assert compiled.turns(subject, When(NOON, MADRID)) > NOON.timestamp()


def test_the_firm_is_part_of_it() -> None:
    compiled = compile_one(parse(leaf("company.size", "at_least", 41), WORDS), MADRID)
    assert compiled.needs == {"company"}
    assert compiled.company_traits(FIRM) != compiled.company_traits(replace(FIRM, size=41))
    assert compiled.company_traits(None) != compiled.company_traits(FIRM)
