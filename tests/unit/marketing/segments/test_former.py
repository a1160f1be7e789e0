"""Conditions that versions of before 22 November 2026 wrote: every one is read, and holds for whom it held."""

from typing import Any

import pytest

from chalicelib.customers.contacts.domain import Consent, ConsentState, Contact, EmailAddress, PhoneNumber
from chalicelib.marketing.segments.domain import compile_contacts, former_conditions, parse
from tests.helpers import NOON

PURPOSES = ("marketing_email", "marketing_calls")
_TEXT = ("is", "is_not", "in", "contains", "starts_with", "present", "absent")
FORMER: dict[str, tuple[tuple[str, ...], Any]] = {
    **dict.fromkeys(("tag", "consent"), (("is", "is_not", "in", "present", "absent"), "vip")),
    **dict.fromkeys(
        (
            "email", "email_domain", "phone", "first_name", "last_name", "company", "country", "city", "language", "owner", "source",
            "medium", "campaign", "last_source", "form",
        ),
        (_TEXT, "es"),
    ),
    "email_kind": (("is", "is_not", "in"), "free"),
    "lifecycle_stage": (("is", "is_not", "in"), "loyalty"),
    "grade": (("is", "is_not", "in"), "A1"),
    **dict.fromkeys(("score_total", "score_fit", "score_engagement"), (("is", "at_least", "at_most"), 5)),
    "open_lead": (("is",), True),
    "created_at": (("after", "before"), "2026-11-21T10:00:00Z"),
}  # fmt: skip
"""The former language: field → its operators and a value."""

ANA = Contact(
    "W", "C", NOON, NOON, first_name="Ana", tags=frozenset({"vip"}), owner_id="01M", score_fit=3, score_engagement=2, grade="A1",
    emails=(EmailAddress("ana@empresa.example", primary=True),), phones=(PhoneNumber("+34600000001", primary=True),),
    country="ES", city="Madrid",
    consents={
        "marketing_email": Consent(ConsentState.GRANTED, NOON, "", "", ""),
        "marketing_calls": Consent(ConsentState.WITHDRAWN, NOON, "", "", ""),
    },
)  # fmt: skip


def leaf(field: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "op": op} | ({"value": value} if value is not None else {})


def holds(raw: dict[str, Any], contact: Contact = ANA) -> bool:
    [verdict] = compile_contacts([parse(former_conditions(raw, lambda: PURPOSES))])(contact)
    return verdict


@pytest.mark.parametrize("field", FORMER)
def test_all_that_could_be_said_can_be_read(field: str) -> None:
    operators, value = FORMER[field]
    for op in operators:
        given = None if op in ("present", "absent") else [value] if op == "in" else value
        holds(leaf(field, op, given))
        holds({"not": {"any": [leaf(field, op, given), {"not": leaf("tag", "present")}]}})


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        (leaf("tag", "is", "VIP"), True),
        (leaf("email", "contains", "@empresa"), True),
        (leaf("email_kind", "is", "business"), True),
        (leaf("phone", "starts_with", "+34"), True),
        (leaf("company", "absent"), True),
        (leaf("country", "is", "es"), True),
        (leaf("country", "is_not", "PT"), True),
        (leaf("country", "starts_with", "e"), True),
        (leaf("country", "starts_with", "s"), False),
        (leaf("country", "contains", "s"), True),
        (leaf("country", "contains", "spain"), False),
        (leaf("owner", "starts_with", "01M"), True),
        (leaf("score_total", "at_least", 5), True),
        (leaf("score_total", "at_least", 6), False),
        (leaf("created_at", "after", "2026-11-21"), True),
        (leaf("created_at", "before", "2026-11-21T10:00:00+02:00"), False),
        (leaf("created_at", "after", "2026-11-22"), False),
        (leaf("consent", "is", "marketing_email"), True),
        (leaf("consent", "is", "marketing_calls"), False),
        (leaf("consent", "is_not", "marketing_calls"), True),
        (leaf("consent", "in", ["marketing_calls", "marketing_email"]), True),
        (leaf("consent", "present"), True),
        (leaf("consent", "absent"), False),
        ({"not": leaf("tag", "is", "vip")}, False),
        ({"all": [leaf("tag", "is", "vip"), {"not": {"any": [leaf("city", "is", "lisboa"), leaf("open_lead", "is", True)]}}]}, True),
    ],
)  # fmt: skip
def test_it_holds_for_whom_it_held(raw: dict[str, Any], wanted: bool) -> None:
    assert holds(raw) is wanted


def test_what_is_said_in_the_present_language_stays_as_it_is() -> None:
    raw = {
        "none": [
            leaf("contact.tag", "is", "vip"),
            leaf("consent.marketing_email", "is", "granted"),
            {"all": [leaf("date.birthday", "present")]},
        ]
    }
    assert former_conditions(raw, lambda: pytest.fail("nobody asks for purposes")) == raw
    assert former_conditions({"field": 3}, tuple) == {"field": 3}
    assert former_conditions("nothing", tuple) == "nothing"
