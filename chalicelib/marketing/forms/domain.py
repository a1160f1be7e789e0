"""What a form is: fields, consents and texts in Spanish and English, and what becomes of those who fill it in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from chalicelib.customers.contacts.domain import clean_tags
from chalicelib.foundation.errors import FieldError, InvalidError

LANGUAGES = ("es", "en")
MINIMUM_AGE = timedelta(seconds=3)
"""Nobody fills a form in faster; a program does."""
MAXIMUM_AGE = timedelta(hours=2)
QUARANTINE = timedelta(days=90)
"""How long a suspicious post waits for somebody to release it."""

FIELDS_LIMIT = 40
OPTIONS_LIMIT = 100
CONSENTS_LIMIT = 10
RESERVED = frozenset(
    {"token", "website", "consent", "language", "page_url", "referrer"}
    | {f"utm_{name}" for name in ("source", "medium", "campaign", "term", "content")}
)
"""Names that the form's own inputs have in a plain HTML post."""

Texts = Mapping[str, str]
"""Language → text; at least one is there, and it stands for the other."""


class FieldType(StrEnum):
    """What a field asks for, which decides how a value is checked and where it goes in the contact."""

    TEXT = "text"
    TEXTAREA = "textarea"
    EMAIL = "email"
    PHONE = "phone"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    COMPANY = "company"
    COUNTRY = "country"
    CITY = "city"
    NUMBER = "number"
    DATE = "date"
    URL = "url"
    CHOICE = "choice"
    MULTI_CHOICE = "multi_choice"
    BOOLEAN = "boolean"
    HIDDEN = "hidden"


PERSONAL = {
    FieldType.EMAIL: "email",
    FieldType.PHONE: "phone",
    FieldType.FIRST_NAME: "first_name",
    FieldType.LAST_NAME: "last_name",
    FieldType.COMPANY: "company",
    FieldType.COUNTRY: "country",
    FieldType.CITY: "city",
}
"""Types whose value becomes part of the contact; a form has at most one field of each."""

LENGTHS = {
    FieldType.TEXT: (200, 1000),
    FieldType.TEXTAREA: (2000, 10_000),
    FieldType.EMAIL: (254, 254),
    FieldType.PHONE: (40, 40),
    FieldType.FIRST_NAME: (100, 100),
    FieldType.LAST_NAME: (100, 100),
    FieldType.COMPANY: (200, 200),
    FieldType.CITY: (100, 100),
    FieldType.URL: (2000, 2000),
    FieldType.HIDDEN: (200, 500),
}
"""Type → the usual and the greatest number of characters."""


class FormState(StrEnum):
    """Whether posts are taken."""

    LIVE = "live"
    PAUSED = "paused"


class SubmissionState(StrEnum):
    """What became of a post."""

    ACCEPTED = "accepted"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class Option:
    """One of a choice's answers."""

    value: str
    label: Texts


@dataclass(frozen=True, slots=True)
class Field:
    """One question. ``max_length`` is in characters; 0 for the type's usual."""

    name: str
    type: FieldType
    label: Texts
    required: bool = False
    options: tuple[Option, ...] = ()
    max_length: int = 0

    @property
    def length(self) -> int:
        """The greatest number of characters of a value."""
        return self.max_length or LENGTHS.get(self.type, (200, 200))[0]


@dataclass(frozen=True, slots=True)
class ConsentQuestion:
    """A box to tick. ``version`` goes up by itself when the wording changes; what was agreed to is kept word by word."""

    id: str
    purpose: str
    text: Texts
    required: bool = False
    version: int = 1


@dataclass(frozen=True, slots=True)
class Counts:
    """How many posts a form has had."""

    accepted: int = 0
    quarantined: int = 0


@dataclass(frozen=True, slots=True)
class Form:
    """A capture form. ``key`` names it in public; ``language`` is ``es``, ``en`` or ``auto`` (the visitor's browser). With
    ``double_opt_in`` what was ticked counts once the owner of the address has confirmed it.
    """

    workspace_id: str
    key: str
    name: str
    fields: tuple[Field, ...]
    created_at: datetime
    updated_at: datetime
    language: str = "auto"
    consents: tuple[ConsentQuestion, ...] = ()
    title: Texts = field(default_factory=dict)
    submit_label: Texts = field(default_factory=dict)
    thank_you: Texts | None = None
    redirect_url: str = ""
    source: str = ""
    tags: tuple[str, ...] = ()
    throttle_per_minute: int = 60
    state: FormState = FormState.LIVE
    double_opt_in: bool = False
    version: int = 1
    changed_by: str = ""

    def language_for(self, wanted: Sequence[str]) -> str:
        """The language to show: the form's own, or the first of these that there is."""
        if self.language in LANGUAGES:
            return self.language
        return next((each for each in wanted if each in LANGUAGES), LANGUAGES[0])


def text_in(texts: Texts | None, language: str) -> str:
    """The text in this language, or the other one where it was left out."""
    if not texts:
        return ""
    return texts.get(language) or next((text for text in texts.values() if text), "")


@dataclass(frozen=True, slots=True)
class Page:
    """Where a form was filled in, as the browser told it."""

    url: str = ""
    referrer: str = ""
    utm: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Post:
    """What arrived, read but not checked. ``html`` is a plain form post, which is answered with pages."""

    token: str
    values: Mapping[str, Any]
    consents: tuple[str, ...]
    page: Page
    trap: str = ""
    language: str = ""
    html: bool = False
    idempotency_key: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """One post of a form that was kept. ``consents`` are the boxes that were ticked with the version of their wording."""

    workspace_id: str
    form_key: str
    id: str
    state: SubmissionState
    at: datetime
    values: Mapping[str, Any]
    consents: tuple[tuple[str, int], ...]
    language: str
    page: Page
    digest: str
    contact_id: str = ""
    lead_id: str = ""
    reason: str = ""
    source_ip: str = ""
    released_at: datetime | None = None
    released_by: str = ""
    version: int = 1


def check(form: Form) -> None:
    """`InvalidError` names every place of the definition that cannot work (``fields.2.options``)."""
    errors: list[FieldError] = []
    names: set[str] = set()
    types: set[FieldType] = set()
    for position, each in enumerate(form.fields):
        where = f"fields.{position}"
        if each.name in names:
            errors.append(FieldError(f"{where}.name", "Another field has this name.", "duplicate"))
        if each.name in RESERVED:
            errors.append(FieldError(f"{where}.name", "The form itself uses this name.", "reserved"))
        if each.type in PERSONAL and each.type in types:
            errors.append(FieldError(f"{where}.type", "A form asks for this once.", "duplicate"))
        names.add(each.name)
        types.add(each.type)
        errors += _check_field(each, where)
    if not types & {FieldType.EMAIL, FieldType.PHONE}:
        errors.append(FieldError("fields", "A form asks for an e-mail address or a phone number.", "missing"))
    elif not any(each.required for each in form.fields if each.type in (FieldType.EMAIL, FieldType.PHONE)):
        errors.append(FieldError("fields", "The e-mail address or the phone number is required.", "required"))
    ids = [consent.id for consent in form.consents]
    errors += [
        FieldError(f"consents.{position}.id", "Another consent has this id.", "duplicate")
        for position, id_ in enumerate(ids)
        if id_ in ids[:position]
    ]
    if form.redirect_url and not is_web_address(form.redirect_url):
        errors.append(FieldError("redirect_url", "An address that starts with https:// or http://.", "url"))
    try:
        clean_tags(set(form.tags))
    except InvalidError as error:
        errors += error.fields
    if errors:
        raise InvalidError("The form is not valid.", fields=errors[:20])


def _check_field(each: Field, where: str) -> list[FieldError]:
    errors = []
    chooses = each.type in (FieldType.CHOICE, FieldType.MULTI_CHOICE)
    if chooses and not each.options:
        errors.append(FieldError(f"{where}.options", "A choice has at least one option.", "missing"))
    if not chooses and each.options:
        errors.append(FieldError(f"{where}.options", "Only choices have options.", "unknown"))
    values = [option.value for option in each.options]
    errors += [
        FieldError(f"{where}.options.{position}.value", "Another option has this value.", "duplicate")
        for position, value in enumerate(values)
        if value in values[:position]
    ]
    limit = LENGTHS.get(each.type, (0, 0))[1]
    if each.max_length > limit:
        message = f"At most {limit} characters." if limit else "This type has no length."
        errors.append(FieldError(f"{where}.max_length", message, "too_long"))
    if each.type is FieldType.HIDDEN and each.required:
        errors.append(FieldError(f"{where}.required", "Nobody can fill in a hidden field.", "required"))
    return errors


def is_web_address(text: str) -> bool:
    """Whether this is an absolute http(s) address without spaces, control characters or credentials."""
    if len(text) > 2000 or any(ord(each) <= 32 or ord(each) == 127 for each in text) or "\\" in text:
        return False
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host) and "@" not in parts.netloc


def with_versions(consents: Sequence[ConsentQuestion], before: Sequence[ConsentQuestion]) -> tuple[ConsentQuestion, ...]:  # fmt: skip
    """The consents with their versions: one more than before where the wording or the purpose is another."""
    from dataclasses import replace

    known = {consent.id: consent for consent in before}
    versioned = []
    for consent in consents:
        old = known.get(consent.id)
        same = old is not None and dict(old.text) == dict(consent.text) and old.purpose == consent.purpose
        version = 1 if old is None else old.version if same else old.version + 1
        versioned.append(replace(consent, version=version))
    return tuple(versioned)
