"""Which column is which field: by its header in either language, by the programs whose exports we know, and by what stands in it."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.customers.imports.domain import ImportField

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]{2,}\Z")
_PHONE = re.compile(r"\+?[\d\s().-]{7,20}\Z")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A field for a column, and how sure that is (0 to 1)."""

    field: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Profile:
    """A program's export: headers that only it has (two or more tell), and what its headers mean."""

    name: str
    marks: frozenset[str]
    meanings: Mapping[str, str]


PROFILES: tuple[Profile, ...] = (
    Profile(
        "google",
        frozenset(
            {
                "e mail 1 value",
                "phone 1 value",
                "organization 1 name",
                "given name",
                "family name",
                "name prefix",
                "e mail 1 label",
                "e mail 1 type",
                "phonetic given name",
                "phonetic first name",
                "group membership",
                "yomi name",
                "file as",
            }
        ),
        {
            "name": "full_name",
            "given name": "first_name",
            "family name": "last_name",
            "name prefix": "title",
            "e mail 1 value": "email",
            "e mail 2 value": "email_2",
            "e mail 3 value": "email_3",
            "phone 1 value": "phone",
            "phone 2 value": "phone_2",
            "phone 3 value": "phone_3",
            "organization 1 name": "company",
            "organization name": "company",
            "organization 1 title": "job_title",
            "organization title": "job_title",
            "address 1 street": "street",
            "address 1 city": "city",
            "address 1 region": "region",
            "address 1 postal code": "postal_code",
            "address 1 country": "country",
            "group membership": "",
            "labels": "tags",
            "language": "language",
            "file as": "",
            "nickname": "",
        },
    ),
    Profile(
        "zoho",
        frozenset(
            {
                "contact owner id",
                "email opt out",
                "secondary email",
                "skype id",
                "salutation",
                "vendor name",
                "record id",
                "other street",
                "asst phone",
                "account name",
                "created by",
                "modified by",
                "lead owner id",
                "unsubscribed mode",
                "other state",
                "reporting to",
            }
        ),
        {
            "record id": "",
            "contact owner": "owner",
            "contact owner id": "",
            "lead owner": "owner",
            "account name": "company",
            "account name id": "",
            "salutation": "title",
            "title": "job_title",
            "secondary email": "email_2",
            "mobile": "phone_2",
            "home phone": "phone_3",
            "mailing street": "street",
            "mailing city": "city",
            "mailing state": "region",
            "mailing zip": "postal_code",
            "mailing country": "country",
            "date of birth": "birthday",
            "tag": "tags",
            "full name": "",
            "email opt out": "",
        },
    ),
    Profile(
        "salesforce",
        frozenset(
            {
                "mailing state province",
                "mailing zip postal code",
                "mailing postal code",
                "account id",
                "contact id",
                "owner id",
                "salutation",
                "reports to id",
                "is deleted",
                "other postal code",
                "lead source",
                "has opted out of email",
                "mailing address line 1",
                "master record id",
                "mobile phone",
                "account name",
            }
        ),
        {
            "contact id": "",
            "id": "",
            "account id": "",
            "owner id": "",
            "contact owner": "owner",
            "account name": "company",
            "salutation": "title",
            "title": "job_title",
            "mobile": "phone_2",
            "mobile phone": "phone_2",
            "home phone": "phone_3",
            "mailing street": "street",
            "mailing address line 1": "street",
            "mailing city": "city",
            "mailing state province": "region",
            "mailing state": "region",
            "mailing zip postal code": "postal_code",
            "mailing postal code": "postal_code",
            "mailing country": "country",
            "birthdate": "birthday",
            "name": "full_name",
        },
    ),
    Profile(
        "hubspot",
        frozenset(
            {
                "record id",
                "record id contact",
                "record id company",
                "contact owner",
                "lead status",
                "marketing contact status",
                "associated company",
                "associated company ids",
                "lifecycle stage",
                "create date",
                "last activity date",
                "last activity date cot",
                "original source",
                "email domain",
                "hubspot score",
                "became a lead date",
            }
        ),
        {
            "record id": "",
            "record id contact": "",
            "contact owner": "owner",
            "company owner": "owner",
            "associated company": "company",
            "company name": "company",
            "phone number": "phone",
            "mobile phone number": "phone_2",
            "street address": "street",
            "state region": "region",
            "postal code": "postal_code",
            "country region": "country",
            "preferred language": "language",
            "date of birth": "birthday",
            "salutation": "title",
            "email domain": "",
        },
    ),
)
"""The last word: ``""`` leaves a column out whose header would say something else."""


def plain(header: str) -> str:
    """A header as it is compared: lower case, without accents, ``FirstName`` and ``first_name`` as ``first name``."""
    text = _CAMEL.sub(" ", header)
    text = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(each if each.isalnum() else " " for each in text if not unicodedata.combining(each))
    return " ".join(text.split())


def profile_of(columns: Sequence[str]) -> Profile | None:
    """The program that wrote such columns, if we know it."""
    headers = {plain(column) for column in columns}
    best = max(PROFILES, key=lambda profile: len(profile.marks & headers))
    return best if len(best.marks & headers) >= 2 else None


def suggest(
    columns: Sequence[str], samples: Sequence[Sequence[str]], fields: Sequence[ImportField], profile: Profile | None
) -> list[Suggestion | None]:
    """For each column its field, or None. No field is suggested twice: the surest column has it, the first of equals.

    ``samples`` are the first cells of each column.
    """
    by_name: dict[str, str] = {}
    for each in fields:
        for name in (*(plain(label) for label in each.labels), plain(each.key), *each.known_as):
            by_name.setdefault(name, each.key)
    known = {each.key: each.type for each in fields}
    found: list[Suggestion | None] = []
    for column, cells in zip(columns, samples, strict=True):
        found.append(_one(plain(column), cells, by_name, known, profile))
    taken: set[str] = set()
    order = sorted(range(len(found)), key=lambda at: -(found[at].confidence if found[at] else 0.0))  # type: ignore[union-attr]
    for at in order:
        suggestion = found[at]
        if suggestion is None:
            continue
        if suggestion.field in taken:
            found[at] = _next(suggestion, taken, known)
        if found[at] is not None:
            taken.add(found[at].field)  # type: ignore[union-attr]
    return found


def _one(
    header: str, cells: Sequence[str], by_name: Mapping[str, str], known: Mapping[str, str], profile: Profile | None
) -> Suggestion | None:
    if profile is not None and header in profile.meanings:
        meant = profile.meanings[header]
        return Suggestion(meant, 1.0) if meant in known else None
    if header in by_name:
        return Suggestion(by_name[header], 1.0)
    without = re.sub(r" \d+$", "", header)  # a header that comes again is numbered
    if without in by_name:
        return Suggestion(by_name[without], 0.7)
    filled = [cell.strip() for cell in cells if cell.strip()]
    if filled and "email" in known and sum(bool(_EMAIL.match(cell)) for cell in filled) >= 0.8 * len(filled):
        return Suggestion("email", 0.6)
    words = set(header.split())
    for name, field in by_name.items():
        if len(name) > 3 and set(name.split()) <= words:
            return Suggestion(field, 0.5)
    if filled and "phone" in known and all(_PHONE.match(cell) and len(re.sub(r"\D", "", cell)) >= 9 for cell in filled):
        return Suggestion("phone", 0.4)
    return None


def _next(suggestion: Suggestion, taken: set[str], known: Mapping[str, str]) -> Suggestion | None:
    """A second address or number goes where second ones go."""
    base = re.sub(r"_\d$", "", suggestion.field)
    for number in (2, 3):
        name = f"{base}_{number}"
        if name in known and name not in taken:
            return Suggestion(name, min(suggestion.confidence, 0.6))
    return None
