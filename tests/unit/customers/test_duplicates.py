"""What makes two contacts look like one person, and what does not."""

from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.customers.contacts.domain import Contact, EmailAddress, PhoneNumber
from chalicelib.customers.duplicates.domain import Reason, mailbox, pair_id, reasons, signs

AT = datetime(2026, 11, 21, tzinfo=UTC)


def contact(**values: Any) -> Contact:
    emails = tuple(EmailAddress(address) for address in values.pop("emails", ()))
    phones = tuple(PhoneNumber(number) for number in values.pop("phones", ()))
    return Contact("W", values.pop("id", "A"), AT, AT, emails=emails, phones=phones, **values)


def why(one: Contact, other: Contact) -> set[Reason]:
    ours, theirs = signs(one), signs(other)
    return {reason for place in ours.keys() & theirs.keys() for reason in reasons(ours[place], theirs[place])}


ANA = {"first_name": "Ana", "last_name": "García"}


@pytest.mark.parametrize(
    "one, other, expected",
    [
        ({**ANA, "company_name": "Ejemplo S.L."}, {"first_name": "GARCIA", "last_name": "ana", "company_name": "ejemplo s l"},
         {Reason.NAME_AND_COMPANY}),
        ({**ANA, "company_name": "Ejemplo"}, {**ANA, "company_name": "Otra"}, set()),
        (ANA, ANA, set()),  # a name alone says too little
        ({**ANA, "emails": ["ana@ejemplo.es"]}, {**ANA, "emails": ["garcia.a@ejemplo.es"]}, {Reason.NAME_AND_EMAIL_DOMAIN}),
        ({**ANA, "emails": ["x.y@gmail.com"]}, {**ANA, "emails": ["zz@gmail.com"]}, set()),  # anybody has one there
        ({**ANA, "emails": ["ana.garcia@uno.es"]}, {**ANA, "emails": ["anagarcia@dos.es"]}, {Reason.NAME_AND_EMAIL_USER}),
        ({**ANA, "emails": ["info@uno.es"]}, {**ANA, "emails": ["info@dos.es"]}, set()),
        ({"first_name": "Eva", "emails": ["ana.garcia@uno.es"]}, {**ANA, "emails": ["ana.garcia@dos.es"]}, set()),
        ({"first_name": "Ana", "company_name": "Uno"}, {"first_name": "Ana", "company_name": "Uno"}, set()),
        ({"first_name": "Ana", "phones": ["+34600111222"]}, {"first_name": "Ana", "phones": ["+57600111222"]},
         {Reason.NAME_AND_PHONE}),
        ({"first_name": "Al", "phones": ["+34600111222"]}, {"first_name": "Al", "phones": ["+57600111222"]}, set()),
        ({"emails": ["ana.garcia+a@gmail.com"]}, {"emails": ["anagarcia@googlemail.com"]}, {Reason.SAME_MAILBOX}),
        ({"emails": ["ana+a@uno.es"]}, {"emails": ["ana+b@uno.es"]}, {Reason.SAME_MAILBOX}),
        ({"first_name": "李小龍", "company_name": "嘉禾"}, {"first_name": "李小龍", "company_name": "嘉禾"}, set()),
        ({"first_name": "李", "last_name": "小龍", "company_name": "嘉禾"}, {"first_name": "小龍", "last_name": "李", "company_name": "嘉禾"},
         {Reason.NAME_AND_COMPANY}),
    ],
)  # fmt: skip
def test_who_looks_like_whom(one: dict[str, Any], other: dict[str, Any], expected: set[Reason]) -> None:
    assert why(contact(**one), contact(**other)) == expected
    assert why(contact(**other), contact(**one)) == expected


def test_a_contact_that_is_gone_looks_like_nobody() -> None:
    there = contact(**ANA, company_name="Uno")
    assert signs(there)
    assert signs(contact(**ANA, company_name="Uno", deleted_at=AT)) == {}
    assert signs(contact(**ANA, company_name="Uno", merged_into="B")) == {}


def test_no_sign_holds_what_it_stands_for() -> None:
    found = signs(contact(**ANA, company_name="Secreta", emails=["ana.garcia@secreta.es"], phones=["+34600111222"]))
    text = repr(found).lower()
    assert not any(word in text for word in ("ana", "garc", "secret", "600111"))


@pytest.mark.parametrize("name", ["", "🦄", "-", "\u200d", "x"])
def test_a_name_without_words_is_no_name(name: str) -> None:
    assert signs(contact(first_name=name, company_name="Uno")) == {}


@pytest.mark.parametrize(
    "address, box",
    [
        ("ana@ejemplo.es", ""),
        ("ana+x@ejemplo.es", "ana@ejemplo.es"),
        ("a.n.a@gmail.com", "ana@gmail.com"),
        ("ana+x+y@googlemail.com", "ana@gmail.com"),
        ("+x@ejemplo.es", ""),
    ],
)
def test_mailboxes(address: str, box: str) -> None:
    assert mailbox(address) == box


def test_a_pair_is_one_however_it_is_named() -> None:
    assert pair_id("B", "A") == pair_id("A", "B") == "A-B"
