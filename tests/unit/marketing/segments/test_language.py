"""The language of conditions: what it means, what is refused and where."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from unicodedata import normalize
from zoneinfo import ZoneInfo

import pytest

from chalicelib.customers.contacts.domain import clean_tags
from chalicelib.foundation.errors import InvalidError
from chalicelib.marketing.segments.domain import compile_contacts
from chalicelib.marketing.segments.domain import parse as parse_for_contacts
from chalicelib.marketing.segments.language.compile import Subject, compile_all, compile_one, drawn
from chalicelib.marketing.segments.language.parse import parse
from chalicelib.marketing.segments.language.times import When
from tests.helpers import NOON
from tests.unit.marketing.segments.people import ANA, NOBODY, SUBJECT, WORDS, last, leaf

MADRID = ZoneInfo("Europe/Madrid")


def holds(condition: Mapping[str, Any], subject: Subject = SUBJECT) -> bool:
    compiled = compile_one(parse(condition, WORDS), MADRID)
    return compiled.verdict(subject, When(NOON, MADRID))[0]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (leaf("contact.tag", "is", "VIP "), True),
        (leaf("contact.tag", "is_not", "vip"), False),
        (leaf("contact.tag", "in", ["x", "demo"]), True),
        (leaf("contact.tag", "not_in", ["x", "y"]), True),
        (leaf("contact.tag", "contains", "em"), True),
        (leaf("contact.tag", "present"), True),
        (leaf("contact.email", "is", "ANA@gmail.com"), True),
        (leaf("contact.email", "ends_with", ".example"), True),
        (leaf("contact.email_domain", "is", "empresa.example"), True),
        (leaf("contact.email_kind", "is", "business"), True),
        (leaf("contact.phone", "starts_with", "+34"), True),
        (leaf("contact.first_name", "is", "ána"), True),
        (leaf("contact.last_name", "starts_with", "NÚ"), True),
        (leaf("contact.name", "contains", "ana"), False),
        (leaf("contact.title", "present"), True),
        (leaf("contact.job_title", "absent"), True),
        (leaf("contact.country", "in", ["es", "CO"]), True),
        (leaf("contact.postal_code", "starts_with", "28"), True),
        (leaf("contact.interest", "is", "golf"), True),
        (leaf("contact.kyc", "is", "verified"), True),
        (leaf("contact.satisfaction", "absent"), True),
        (leaf("contact.satisfaction", "at_most", 5), False),
        (leaf("contact.owner", "is", "U1"), True),
        (leaf("contact.source", "is", "google"), True),
        (leaf("contact.last_form", "is", "F2"), True),
        (leaf("contact.open_lead", "is", True), True),
        (leaf("consent.marketing_email", "is", "granted"), True),
        (leaf("consent.calls", "in", ["granted", "none"]), False),
        (leaf("score.total", "between", {"from": 45, "to": 46}), True),
        (leaf("score.grade", "in", ["A1", "B2"]), True),
        (leaf("custom.plan", "is", "oro"), True),
        (leaf("custom.areas", "is_not", "sur"), True),
        (leaf("custom.seats", "at_least", 12), True),
        (leaf("custom.budget", "at_least", {"amount": "1500.5", "currency": "eur"}), True),
        (leaf("custom.budget", "at_least", {"amount": "1", "currency": "USD"}), False),
        (leaf("custom.partner", "is", False), False),
        (leaf("custom.note", "contains", "MUNDO"), True),
        (leaf("custom.renewal", "in_next", last(10)), True),
        (leaf("company.size", "at_least", 40), True),
        (leaf("company.domain", "is", "empresa.example"), True),
        (leaf("company.custom.tier", "is", "a"), True),
        (leaf("form.posted", "did", {}), True),
        (leaf("form.posted", "did", {"form": "FORM", "times": 2, "period": {"in_last": last(30)}}), False),
        (leaf("campaign.opened", "did", {"period": {"in_last": last(30)}}), True),
        (leaf("campaign.opened", "did_not", {"period": {"in_last": last(10)}}), True),
        (leaf("campaign.opened", "did", {"times": 2}), True),
        (leaf("campaign.sent", "did", {"campaign": "K2"}), True),
        (leaf("campaign.clicked", "did", {"campaign": "K1", "link": "3"}), True),
        (leaf("campaign.clicked", "did", {"campaign": "K1", "link": "4"}), False),
        (leaf("campaign.sent", "did", {"period": {"between": {"from": "2026-10-01", "to": "2026-10-31"}}}), True),
        (leaf("campaign.bounced", "did_not", {}), True),
        (leaf("deal.status", "is", "won"), True),
        (leaf("deal.stage", "is", "P/new"), True),
        (leaf("deal.open_amount", "between", {"from": "1000", "to": "1000", "currency": "EUR"}), True),
        (leaf("deal.won", "did", {"pipeline": "P", "period": {"more_than_ago": last(3, "month")}}), True),
        (leaf("segment.member", "is", "LIST"), True),
        (leaf("segment.member", "not_in", ["LIST", "OTHER"]), False),
        (leaf("date.birthday", "anniversary_in_next", last(4)), True),
        (leaf("date.birthday", "anniversary_in_next", last(3)), False),
        (leaf("date.created", "on", "2026-11-21"), True),
        (leaf("date.created", "before", "2026-11-21"), False),
        ({"all": [leaf("contact.tag", "is", "vip"), leaf("contact.country", "is", "CO")]}, False),
        ({"any": [leaf("contact.tag", "is", "x"), leaf("contact.country", "is", "ES")]}, True),
        ({"none": [leaf("contact.tag", "is", "x"), leaf("contact.country", "is", "ES")]}, False),
        ({"none": [leaf("contact.tag", "is", "x"), leaf("contact.country", "is", "CO")]}, True),
    ],
)  # fmt: skip
def test_meaning(condition: Mapping[str, Any], expected: bool) -> None:
    assert holds(condition) is expected


def test_who_did_nothing_and_has_nothing() -> None:
    for condition in (
        leaf("campaign.opened", "did", {}), leaf("company.size", "present"), leaf("custom.plan", "present"),
        leaf("date.birthday", "anniversary_today"), leaf("deal.open_amount", "at_most", {"amount": "1", "currency": "EUR"}),
        leaf("segment.member", "is", "LIST"), leaf("custom.partner", "is", True), leaf("contact.region", "present"),
    ):  # fmt: skip
        assert holds(condition, NOBODY) is False, condition
    assert holds(leaf("custom.partner", "is", False), NOBODY)
    assert holds(leaf("campaign.opened", "did_not", {"period": {"in_last": last(30)}}), NOBODY)


def test_what_is_stored_may_have_any_shape() -> None:
    odd = {
        "F-plan": 7,
        "F-areas": "x",
        "F-renewal": "soon",
        "F-seats": "many",
        "F-budget": {"amount": "x"},
        "F-note": None,
    }
    subject = replace(SUBJECT, contact=replace(ANA, custom=odd, birthday="1980-02-31"))
    for name in ("plan", "areas", "renewal", "seats", "budget", "note"):
        assert holds(leaf(f"custom.{name}", "present"), subject) is False, name
    assert holds(leaf("date.birthday", "present"), subject) is False


@pytest.mark.parametrize(
    ("condition", "places"),
    [
        (None, ["conditions"]),
        ([], ["conditions"]),
        ({}, ["conditions"]),
        ({"all": [], "any": []}, ["conditions"]),
        ({"not": leaf("contact.tag", "is", "x")}, ["conditions"]),
        ({"all": []}, ["conditions.all"]),
        ({"none": {}}, ["conditions.none"]),
        ({"all": [leaf("contact.tag", "like", "x")]}, ["conditions.all.0.op"]),
        ({"all": [leaf("contact.tag", "is", "x"), {"any": [leaf("nothing", "is", "x")]}]}, ["conditions.all.1.any.0.field"]),
        ({"all": [leaf("contact.tag", "is"), leaf("score.total", "at_least", "9")]}, ["conditions.all.0.value", "conditions.all.1.value"]),
        (leaf("tag", "is", "x"), ["conditions.field"]),
        (leaf("custom.gone", "is", "x"), ["conditions.field"]),
        (leaf("consent.gone", "is", "granted"), ["conditions.field"]),
        (leaf("consent.calls", "is", "maybe"), ["conditions.value"]),
        (leaf("custom.plan", "is", "bronce"), ["conditions.value"]),
        (leaf("contact.tag", "is", ""), ["conditions.value"]),
        (leaf("contact.tag", "is", "x" * 201), ["conditions.value"]),
        (leaf("contact.tag", "in", "x"), ["conditions.value"]),
        (leaf("contact.tag", "in", [1]), ["conditions.value.0"]),
        (leaf("contact.tag", "present", "x"), ["conditions.value"]),
        (leaf("score.grade", "is", "D4"), ["conditions.value"]),
        (leaf("score.total", "at_least", True), ["conditions.value"]),
        (leaf("score.total", "between", {"from": 2, "to": 1}), ["conditions.value.to"]),
        (leaf("contact.open_lead", "is", 1), ["conditions.value"]),
        (leaf("date.created", "after", "yesterday"), ["conditions.value"]),
        (leaf("date.birthday", "in_last", {"amount": 1, "unit": "hour"}), ["conditions.value.unit"]),
        (leaf("date.birthday", "in_last", {"amount": 0, "unit": "day"}), ["conditions.value.amount"]),
        (leaf("date.birthday", "anniversary_in_next", {"amount": 13, "unit": "month"}), ["conditions.value.amount"]),
        (leaf("custom.budget", "at_least", 5), ["conditions.value"]),
        (leaf("custom.budget", "at_least", {"amount": "x", "currency": "EUR"}), ["conditions.value.amount"]),
        (leaf("campaign.opened", "did"), ["conditions.value"]),
        (leaf("campaign.opened", "did", {"form": "x"}), ["conditions.value.form"]),
        (leaf("campaign.opened", "did", {"link": "1"}), ["conditions.value.link"]),
        (leaf("campaign.clicked", "did", {"link": "1"}), ["conditions.value.link"]),
        (leaf("campaign.opened", "did", {"times": 0}), ["conditions.value.times"]),
        (leaf("campaign.opened", "did", {"period": {"soon": 1}}), ["conditions.value.period"]),
        (leaf("random.sample", "between", {"from": 0, "to": 0, "salt": "x"}), ["conditions.value.to"]),
        (leaf("random.sample", "between", {"from": 0, "to": 101, "salt": "x"}), ["conditions.value.to"]),
        ({**leaf("contact.tag", "is", "x"), "extra": 1}, ["conditions.extra"]),
        ({"field": ["tag"], "op": "is", "value": "x"}, ["conditions.field"]),
        ({"any": [leaf("contact.tag", "is", "x")] * 51}, ["conditions.any"]),
        ({"any": [{"any": [leaf("contact.tag", "is", "x")] * 50}] * 3}, ["conditions"]),
        ({"none": [{"any": [{"all": [{"any": [{"all": [{"any": [leaf("contact.tag", "is", "x")]}]}]}]}]}]},
         ["conditions.none.0.any.0.all.0.any.0.all.0"]),
    ],
)  # fmt: skip
def test_refuses(condition: Any, places: list[str]) -> None:
    with pytest.raises(InvalidError) as error:
        parse(condition, WORDS)
    assert [each.field for each in error.value.fields] == places


def test_five_levels_are_enough_and_allowed() -> None:
    five = {"none": [{"any": [{"all": [{"any": [{"all": [leaf("contact.tag", "is", "vip")]}]}]}]}]}
    assert holds(five) is False


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_an_accent_is_the_same_however_it_is_written(form: str) -> None:
    here = replace(
        SUBJECT, contact=replace(ANA, city=normalize(form, "MÁLAGA"), interests=(normalize(form, "Fútbol"),))
    )
    for other in ("NFC", "NFD"):
        assert holds(leaf("contact.city", "is", normalize(other, "málaga")), here)
        assert holds(leaf("contact.city", "starts_with", normalize(other, "Má")), here)
        assert holds(leaf("contact.interest", "in", [normalize(other, "fútbol")]), here)
    assert not holds(leaf("contact.city", "is", "malaga"), here)


@pytest.mark.parametrize("written", ["Straße", "ΟΔΟΣ", "  VIP   de  Oro ", "İstanbul"])
def test_a_tag_is_found_as_it_is_kept(written: str) -> None:
    tagged = replace(SUBJECT, contact=replace(ANA, tags=clean_tags([written])))
    for op, value in (("is", written), ("in", [written]), ("contains", written), ("starts_with", written[:4])):
        assert holds(leaf("contact.tag", op, value), tagged), op


def test_nothing_written_becomes_source() -> None:
    hostile = "') or __import__('os').system('x') or ('"
    assert holds(leaf("contact.tag", "is", hostile)) is False
    assert holds(
        leaf("contact.tag", "is", hostile), replace(SUBJECT, contact=replace(ANA, tags=frozenset({hostile.casefold()})))
    )


def test_segments_build_on_one_another() -> None:
    conditions = {
        "a": parse(leaf("segment.member", "is", "b"), WORDS),
        "b": parse({"none": [leaf("segment.member", "in", ["c", "LIST"])]}, WORDS),
        "c": parse(leaf("contact.tag", "is", "nobody"), WORDS),
        "broken": None,
    }
    compiled = compile_all(conditions, MADRID)
    assert compiled.statics == {"LIST"}
    when = When(NOON, MADRID)
    assert compiled.verdict(SUBJECT, when) == (False, False, False, False)
    assert compiled.verdict(replace(SUBJECT, inside=frozenset()), when) == (True, True, False, False)


def test_a_circle_holds_for_nobody() -> None:
    circle = {each: parse(leaf("segment.member", "is", other), WORDS) for each, other in (("a", "b"), ("b", "a"))}
    assert compile_all(circle, MADRID).verdict(SUBJECT, When(NOON, MADRID)) == (False, False)


def test_samples_are_stable_even_and_apart() -> None:
    ids = [f"C{number:05d}" for number in range(20_000)]
    tenth = [id_ for id_ in ids if drawn("salt", id_) < 1000]
    assert 1850 < len(tenth) < 2150
    assert tenth == [id_ for id_ in ids if drawn("salt", id_) < 1000]
    other = {id_ for id_ in ids if drawn("other", id_) < 1000}
    assert 130 < len(other & set(tenth)) < 270  # a tenth of a tenth: draws under two salts know nothing of one another
    low, high = (
        parse(leaf("random.sample", "between", {"from": a, "to": b, "salt": "s"}), WORDS)
        for a, b in ((0, 50), (50, 100))
    )
    both = compile_all({"low": low, "high": high}, MADRID)
    assert sum(both.verdict(SUBJECT, When(NOON, MADRID))) == 1


def test_scoring_asks_only_for_what_stands_in_the_contact() -> None:
    matcher = compile_contacts([parse_for_contacts(leaf("contact.email_kind", "is", "business"))])
    assert matcher(ANA) == (True,)
    for name, op, value in (
        ("date.birthday", "anniversary_today", None),
        ("campaign.opened", "did", {}),
        ("company.size", "is", 1),
    ):
        with pytest.raises(InvalidError):
            parse_for_contacts(leaf(name, op, value))
