"""Points: sums that add up, do not depend on order, cool by the formula and stay within caps."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from chalicelib.customers.contacts.domain import Contact, EmailAddress, ScoreEntry
from chalicelib.marketing.scoring.domain import (
    COOLING_DUE,
    Evaluator,
    Fact,
    Grades,
    Rule,
    Ruleset,
    Standing,
    default_rules,
)
from tests.helpers import NOON

ANA = Contact("W", "C", NOON, NOON, emails=(EmailAddress("ana@gmail.com", primary=True),), company_name="Empresa")
OPEN = Ruleset((Rule("form", "Form", "engagement", {"event": "form.submitted"}, 20),))


def run(evaluator: Evaluator, facts: list[Fact], contact: Contact = ANA) -> tuple[list[ScoreEntry], Standing]:
    entries: list[ScoreEntry] = []
    standing = Standing()
    for fact in facts:
        outcome = evaluator.evaluate(contact, standing, fact)
        if outcome.entries or outcome.standing != standing:
            standing = replace(outcome.standing, version=standing.version + 1)
        entries += outcome.entries
    return entries, standing


def total(entries: list[ScoreEntry], dimension: str) -> int:
    return sum(entry.points for entry in entries if entry.dimension == dimension)


def test_defaults_are_named_in_both_languages() -> None:
    for language, name in (("es", "Ha pulsado un enlace"), ("en", "Clicked a link")):
        assert name in {rule.name for rule in default_rules(language).rules}
    assert len({rule.id for rule in default_rules("es").rules}) == len(default_rules("en").rules)


@pytest.mark.parametrize(
    ("fit", "engagement", "grade"),
    [(30, 40, "A1"), (29, 39, "B2"), (14, 14, "C3"), (100, 0, "A3"), (0, 100, "C1"), (-5, -30, "C3")],
)
def test_grades(fit: int, engagement: int, grade: str) -> None:
    assert Grades().grade_of(fit, engagement) == grade


def test_fit_follows_the_contact() -> None:
    evaluator = Evaluator(default_rules("es"), "es")
    first = evaluator.evaluate(ANA, None, Fact("1", "contact.changed", NOON))
    assert {(entry.rule_id, entry.points) for entry in first.entries} == {("company_given", 10)}
    moved = replace(ANA, company_name="", emails=(EmailAddress("ana@empresa.example", primary=True),))
    second = evaluator.evaluate(moved, replace(first.standing, version=1), Fact("1", "contact.changed", NOON))
    assert {(entry.rule_id, entry.points) for entry in second.entries} == {
        ("company_given", -10),
        ("business_email", 15),
    }
    assert "Ha dicho su empresa (ya no se cumple)" in {entry.reason for entry in second.entries}
    assert not {entry.id for entry in first.entries} & {entry.id for entry in second.entries}


def test_points_from_before_stay_until_the_rules_say_otherwise() -> None:
    imported = replace(ANA, score_fit=40, score_engagement=12, company_name="")
    outcome = Evaluator(default_rules("es"), "es").evaluate(imported, None, Fact("1", "contact.changed", NOON))
    assert [(entry.rule_id, entry.points, entry.reason) for entry in outcome.entries] == [
        ("gone", -40, "Regla retirada")
    ]
    assert outcome.standing.engagement == 12


def test_half_life() -> None:
    facts = [Fact("1", "form.submitted", NOON), Fact("2", COOLING_DUE, NOON + timedelta(days=30))]
    entries, standing = run(Evaluator(OPEN, "es"), facts)
    assert [entry.points for entry in entries] == [20, -10]
    assert (entries[1].rule_id, entries[1].reason) == ("cooling", "Enfriamiento con el tiempo")
    assert standing.engagement == 10


def test_narrowed_to_one_form() -> None:
    rules = Ruleset((Rule("demo", "Demo", "engagement", {"event": "form.submitted", "form_id": "F1"}, 9),))
    facts = [Fact("1", "form.submitted", NOON, {"form_id": "F2"}), Fact("2", "form.submitted", NOON, {"form_id": "F1"})]
    assert total(run(Evaluator(rules, "es"), facts)[0], "engagement") == 9


_facts = some.lists(
    some.tuples(some.integers(0, 90 * 24), some.sampled_from(["form.submitted", "email.opened", "email.clicked"])),
    min_size=1,
    max_size=15,
)


@settings(max_examples=200, deadline=None)
@given(_facts, some.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(happened: list[tuple[int, str]], random_: random.Random) -> None:
    """Without caps the score at the end is the formula's, whatever the order, and the entries add up to it."""
    names = {"form.submitted": 20, "email.opened": 2, "email.clicked": 8}
    rules = Ruleset(tuple(Rule(name, name, "engagement", {"event": name}, points) for name, points in names.items()))
    facts = [Fact(str(i), type_, NOON + timedelta(hours=hours)) for i, (hours, type_) in enumerate(happened)]
    end = max(fact.at for fact in facts)
    expected = sum(names[fact.type] * 2 ** (-(end - fact.at).total_seconds() / (30 * 86400)) for fact in facts)
    shuffled = facts * 2
    random_.shuffle(shuffled)
    for order in (facts, shuffled):
        entries, standing = run(Evaluator(rules, "es"), order)
        assert standing.warmth == pytest.approx(expected, abs=1e-3)
        assert total(entries, "engagement") == standing.engagement
        assert len({entry.id for entry in entries}) == len(entries)
        assert abs(standing.engagement - expected) <= 0.501


@settings(max_examples=100, deadline=None)
@given(_facts)
def test_caps_hold(happened: list[tuple[int, str]]) -> None:
    facts = [Fact(str(i), type_, NOON + timedelta(hours=hours)) for i, (hours, type_) in enumerate(happened)]
    entries, _ = run(Evaluator(default_rules("en"), "en"), facts)
    given_: dict[tuple[str, int], int] = {}
    for entry in entries:
        period = int(entry.at.timestamp() // (30 * 86400))
        given_[entry.rule_id, period] = given_.get((entry.rule_id, period), 0) + entry.points
    caps = {rule.id: rule.cap for rule in default_rules("en").rules if rule.cap}
    assert all(points <= caps[rule_id] for (rule_id, _), points in given_.items() if rule_id in caps)
