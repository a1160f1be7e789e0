"""What makes two contacts look like one person.

Nobody is merged by a machine: two people may share a name and a company. What is found is shown with its reasons, and a person
decides. A name is compared as its words without accents and case, in any order; a first name alone says too little for the
broader reasons (a company has two Anas).
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.mailboxes import is_free
from chalicelib.customers.search.domain import fold, words

SHOWN = 10
"""Lookalikes of one contact that are told at once."""
COMPARED = 200
"""Contacts of one name that a contact is compared with, at most: the newest."""
_PHONE_TAIL = 8  # digits; the same line written with and without its country or area
_USER_LENGTH = 4
_ROLES = frozenset(
    {"info", "contact", "contacto", "admin", "administracion", "ventas", "sales", "hola", "hello", "office", "oficina", "mail",
     "correo", "support", "soporte", "marketing", "facturacion", "billing", "compras", "team", "equipo", "noreply", "no-reply"}
)  # fmt: skip
_DOTLESS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}


class Reason(StrEnum):
    """Why two contacts may be one person."""

    NAME_AND_COMPANY = "same_name_and_company"
    NAME_AND_PHONE = "same_name_and_phone"
    NAME_AND_EMAIL_USER = "same_name_and_email_user"
    NAME_AND_EMAIL_DOMAIN = "same_name_and_email_domain"
    SAME_MAILBOX = "same_mailbox"
    PHONE_OF_OTHER = "phone_of_other"

    @property
    def field(self) -> str:
        """The field in which they agree, besides the name."""
        return _FIELDS[self]


_FIELDS = {
    Reason.NAME_AND_COMPANY: "company_name",
    Reason.NAME_AND_PHONE: "phones",
    Reason.NAME_AND_EMAIL_USER: "emails",
    Reason.NAME_AND_EMAIL_DOMAIN: "emails",
    Reason.SAME_MAILBOX: "emails",
    Reason.PHONE_OF_OTHER: "phones",
}
_LETTERS = {
    "c": Reason.NAME_AND_COMPANY,
    "p": Reason.NAME_AND_PHONE,
    "u": Reason.NAME_AND_EMAIL_USER,
    "d": Reason.NAME_AND_EMAIL_DOMAIN,
    "m": Reason.SAME_MAILBOX,
}


class PairState(StrEnum):
    """Whether somebody has said that they are two."""

    OPEN = "open"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two contacts that may be one person; ``first`` has the smaller id, so a pair is one however it is named."""

    workspace_id: str
    first: str
    second: str
    reasons: tuple[Reason, ...]
    state: PairState
    found_at: datetime

    @property
    def id(self) -> str:
        """The pair's id, which follows from its contacts'."""
        return pair_id(self.first, self.second)

    def other(self, contact_id: str) -> str:
        """The one that this one is not."""
        return self.second if contact_id == self.first else self.first


def pair_id(one: str, other: str) -> str:
    """The id of the pair of these two contacts, in whatever order."""
    return "-".join(sorted((one, other)))


def signs(contact: Contact) -> dict[str, frozenset[str]]:
    """Where a contact is looked for, and what is compared there: digest of the name (or of the mailbox) → its traits.

    Digests only: these rows are read by nobody, and hold no name or address. A contact that is gone has none.
    """
    if contact.gone:
        return {}
    found: dict[str, frozenset[str]] = {}
    name = sorted(words(f"{contact.first_name} {contact.last_name}"))
    if name and len("".join(name)) >= 3:
        traits = _personal(contact) | (_shared(contact) if len(name) > 1 else frozenset())
        found[_digest("name", " ".join(name))] = traits
    for box in sorted({mailbox(each.address) for each in contact.emails} - {""}):
        digest = _digest("mailbox", box)
        found[digest] = frozenset({f"m{digest}"})
    return found


def reasons(ours: frozenset[str], theirs: frozenset[str]) -> tuple[Reason, ...]:
    """The reasons in the traits that two contacts of one name share."""
    shared = {_LETTERS[trait[0]] for trait in ours & theirs}
    return tuple(reason for reason in Reason if reason in shared)


def mailbox(address: str) -> str:
    """The mailbox behind an address that has several ways of writing it (``ana.garcia+x@gmail.com``); empty for all others."""
    user, _, domain = address.rpartition("@")
    plain = user.partition("+")[0]
    if domain in _DOTLESS:
        return f"{plain.replace('.', '')}@{_DOTLESS[domain]}"
    return f"{plain}@{domain}" if plain and plain != user else ""


def _personal(contact: Contact) -> frozenset[str]:
    """What belongs to a person: lines and the names of mailboxes."""
    tails = {_digits(each.number)[-_PHONE_TAIL:] for each in contact.phones}
    users = {each.address.rpartition("@")[0].partition("+")[0].replace(".", "") for each in contact.emails}
    kept = {user for user in users if len(user) >= _USER_LENGTH and user not in _ROLES}
    return _traits("p", {tail for tail in tails if len(tail) == _PHONE_TAIL}) | _traits("u", kept)


def _shared(contact: Contact) -> frozenset[str]:
    """What belongs to a company."""
    domains = {each.address.rpartition("@")[2] for each in contact.emails}
    company = " ".join(words(contact.company_name))
    companies = {company} if company else set()
    return _traits("c", companies) | _traits("d", {domain for domain in domains if not is_free(domain)})


def _traits(letter: str, values: set[str]) -> frozenset[str]:
    return frozenset(letter + _digest(letter, value) for value in values)


def _digits(number: str) -> str:
    return "".join(character for character in fold(number) if character.isdigit())


def _digest(purpose: str, value: str) -> str:
    return hashlib.blake2b(f"{purpose}\x00{value}".encode(), digest_size=10).hexdigest()
