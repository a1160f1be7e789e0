"""How the fields of conditions look at a contact: small functions that generated source may call. None of them fails on what may be
stored: a value of another shape is as none.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from unicodedata import normalize

from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.mailboxes import is_free

_NOTHING: frozenset[str] = frozenset()
_NO_MONEY: Mapping[str, Decimal] = {}


def fold(text: str) -> str:
    """Texts are compared without regard to case, outer spaces, and whether an accent is a character of its own."""
    folded = text.strip().casefold()
    return folded if folded.isascii() else normalize("NFC", folded)


def emails(contact: Contact) -> frozenset[str]:
    """All addresses."""
    return frozenset([each.address.casefold() for each in contact.emails])


def domains(contact: Contact) -> frozenset[str]:
    """The domains of all addresses."""
    return frozenset([each.address.rpartition("@")[2].casefold() for each in contact.emails])


def mailbox(contact: Contact) -> str:
    """Whether the address to write to is a company's or one that anybody can have; empty without one."""
    domain = contact.email.rpartition("@")[2]
    return "" if not domain else "free" if is_free(domain) else "business"


def phones(contact: Contact) -> frozenset[str]:
    """All numbers."""
    return frozenset([each.number for each in contact.phones])


def interests(contact: Contact) -> frozenset[str]:
    """All interests."""
    return frozenset(map(fold, contact.interests)) if contact.interests else _NOTHING


def consent(contact: Contact, purpose: str) -> str:
    """The last word on a purpose, or ``none``."""
    found = contact.consents.get(purpose)
    return found.state if found else "none"  # a `StrEnum`, equal to its text


def day(text: Any) -> date | None:
    """A day that is written."""
    if not text or not isinstance(text, str):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def text_of(values: Mapping[str, Any], key: str) -> str:
    """A text among custom values."""
    found = values.get(key)
    return fold(found) if isinstance(found, str) else ""


def choice_of(values: Mapping[str, Any], key: str) -> str:
    """A choice or a relation among custom values, as it is kept."""
    found = values.get(key)
    return found if isinstance(found, str) else ""


def set_of(values: Mapping[str, Any], key: str) -> frozenset[str]:
    """Several choices among custom values."""
    found = values.get(key)
    return frozenset(each for each in found if isinstance(each, str)) if isinstance(found, list) else _NOTHING


def number_of(values: Mapping[str, Any], key: str) -> int | float | None:
    """A number among custom values."""
    found = values.get(key)
    return found if isinstance(found, int | float) and not isinstance(found, bool) else None


def boolean_of(values: Mapping[str, Any], key: str) -> bool:
    """A yes among custom values; what was never said is no."""
    return values.get(key) is True


def day_of(values: Mapping[str, Any], key: str) -> date | None:
    """A day among custom values."""
    return day(values.get(key))


def money_of(values: Mapping[str, Any], key: str) -> Mapping[str, Decimal]:
    """An amount among custom values, by its currency."""
    found = values.get(key)
    if not isinstance(found, Mapping):
        return _NO_MONEY
    try:
        return {str(found["currency"]): Decimal(found["amount"])}
    except (KeyError, InvalidOperation, TypeError, ValueError):
        return _NO_MONEY


def o_domains(company: Any) -> frozenset[str]:
    """The domains of a company; none without one."""
    return frozenset(company.domains) if company else _NOTHING


SCOPE: Mapping[str, Any] = {
    "bool": bool, "fold": fold, "emails": emails, "domains": domains, "mailbox": mailbox, "phones": phones,
    "interests": interests, "consent": consent, "day": day, "text_of": text_of, "choice_of": choice_of, "set_of": set_of,
    "number_of": number_of, "boolean_of": boolean_of, "day_of": day_of, "money_of": money_of, "o_domains": o_domains,
    "NOBODY": _NOTHING, "NOTHING": {},
}  # fmt: skip
"""What the sources of fields may call."""
