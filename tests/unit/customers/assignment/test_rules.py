"""Which rule a lead is for, and whose turn it is."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.customers.assignment.domain import AssignmentRule, RuleCondition, Strategy, choose

FACTS = {
    "source": "Google",
    "medium": "cpc",
    "campaign": "",
    "company": "Ejemplo SL",
    "custom.size": 20,
    "custom.interests": ["Web", "CRM"],
    "custom.vip": True,
}


@pytest.mark.parametrize(
    ("field", "op", "value", "holds"),
    [
        ("source", "is", " google ", True),
        ("source", "is", "bing", False),
        ("source", "not", "bing", True),
        ("source", "not", "GOOGLE", False),
        ("source", "in", ["bing", "google"], True),
        ("source", "in", [], False),
        ("company", "begins", "ejem", True),
        ("company", "begins", "sl", False),
        ("campaign", "empty", None, True),
        ("campaign", "present", None, False),
        ("country", "empty", None, True),
        ("country", "is", "ES", False),
        ("country", "not", "ES", True),
        ("custom.size", "at_least", 20, True),
        ("custom.size", "at_least", 21, False),
        ("custom.size", "at_most", 20, True),
        ("custom.size", "is", 20, True),
        ("source", "at_least", 1, False),
        ("custom.vip", "at_least", 1, False),
        ("custom.interests", "is", "crm", True),
        ("custom.interests", "in", ["mail", "web"], True),
        ("custom.interests", "not", "web", False),
        ("custom.vip", "is", True, True),
        ("custom.vip", "is", False, False),
    ],
)
def test_conditions(field: str, op: str, value: object, holds: bool) -> None:
    assert RuleCondition(field, op, value).holds(FACTS) is holds


def rule(strategy: Strategy, members: int = 3) -> AssignmentRule:
    return AssignmentRule("r", "R", strategy, tuple(f"m{number}" for number in range(members)))


def test_all_conditions_must_hold_and_a_rule_can_rest() -> None:
    both = (RuleCondition("source", "is", "google"), RuleCondition("medium", "is", "cpc"))
    assert AssignmentRule("r", "R", Strategy.FIXED, ("m",), both).fits(FACTS)
    assert not AssignmentRule("r", "R", Strategy.FIXED, ("m",), both).fits(FACTS | {"medium": "social"})
    assert not AssignmentRule("r", "R", Strategy.FIXED, ("m",), both, enabled=False).fits(FACTS)
    assert AssignmentRule("r", "R", Strategy.FIXED, ("m",)).fits({})


@given(st.integers(1, 12), st.integers(0, 1000), st.integers(0, 200))
def test_taking_turns_differs_by_one_at_most(members: int, first: int, leads: int) -> None:
    eligible = rule(Strategy.ROUND_ROBIN, members).members
    given_to = Counter(dict.fromkeys(eligible, 0))
    for turn in range(first, first + leads):
        given_to[choose(rule(Strategy.ROUND_ROBIN, members), eligible=eligible, turn=turn, loads={})] += 1
    assert max(given_to.values()) - min(given_to.values()) <= 1


@given(st.lists(st.integers(0, 30), min_size=1, max_size=8), st.integers(0, 100), st.integers(1, 100))
def test_the_least_loaded_comes_first(loads: list[int], first: int, leads: int) -> None:
    least = rule(Strategy.LEAST_LOADED, len(loads))
    now = dict(zip(least.members, loads, strict=True))
    for turn in range(first, first + leads):
        chosen = choose(least, eligible=least.members, turn=turn, loads=now)
        assert now[chosen] == min(now.values())
        now[chosen] += 1
    if leads >= sum(max(loads) - load for load in loads):
        assert max(now.values()) - min(now.values()) <= 1


def test_with_equal_loads_it_goes_round() -> None:
    least = rule(Strategy.LEAST_LOADED)
    chosen = [choose(least, eligible=least.members, turn=turn, loads={}) for turn in range(4)]
    assert chosen == ["m0", "m1", "m2", "m0"]


def test_a_fixed_rule_gives_to_the_first_who_can() -> None:
    assert choose(rule(Strategy.FIXED), eligible=["m1", "m2"], turn=7, loads={"m1": 99}) == "m1"
