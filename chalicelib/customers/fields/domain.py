"""What a custom field is, and which values it takes.

Records keep values by the field's id, so a field can be renamed, archived and made anew under the same key without a value
ever meaning something else. The API shows them by the field's key, which never changes.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from math import isfinite
from typing import Any

from chalicelib.customers.texts import check_text
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.ids import is_id

KINDS = ("contact", "company", "lead", "deal")
FIELDS_LIMIT = 100
OPTIONS_LIMIT = 200
TEXT_LIMIT = 2000
URL_LIMIT = 2000
VALUES_LIMIT = 100_000
"""Bytes of all values of a record together: an item of DynamoDB has 400 KB at most."""
NUMBER_LIMIT = 10**15
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")

_AMOUNT = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,4})?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_URL = re.compile(r"https?://[^\s/?#@\\]+[^\s]*", re.IGNORECASE)


class FieldType(StrEnum):
    """What a field's values are."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    CHOICE = "choice"
    MULTI_CHOICE = "multi_choice"
    BOOLEAN = "boolean"
    URL = "url"
    RELATION = "relation"


@dataclass(frozen=True, slots=True)
class Option:
    """One of a choice's answers: ``value`` is kept, ``label`` is shown."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One custom field of one kind of record. ``relation_kind`` says what a relation's ids are of."""

    workspace_id: str
    id: str
    kind: str
    key: str
    name: str
    type: FieldType
    created_at: datetime
    updated_at: datetime
    version: int = 1
    options: tuple[Option, ...] = ()
    relation_kind: str = ""
    required: bool = False
    filterable: bool = False
    position: int = 0
    archived: bool = False
    changed_by: str = ""

    @property
    def has_options(self) -> bool:
        """Whether the answers are given."""
        return self.type in (FieldType.CHOICE, FieldType.MULTI_CHOICE)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All custom fields of a workspace, archived ones too."""

    fields: tuple[Field, ...] = ()

    def of(self, kind: str, *, archived: bool = False) -> list[Field]:
        """The fields of a kind in their order; with ``archived`` those too."""
        found = [each for each in self.fields if each.kind == kind and (archived or not each.archived)]
        return sorted(found, key=lambda each: (each.position, each.id))

    def by_key(self, kind: str) -> dict[str, Field]:
        """The fields of a kind that are in use, by key."""
        return {each.key: each for each in self.fields if each.kind == kind and not each.archived}

    def by_id(self) -> dict[str, Field]:
        """Every field, by id."""
        return {each.id: each for each in self.fields}


def check(field: Field) -> Field:
    """The same field; `InvalidError` names what does not fit together."""
    if not KEY.fullmatch(field.key):
        message = "A key has small letters, digits and underscores, and begins with a letter."
        raise InvalidError(message, field="key", code="key")
    if not field.name:
        raise InvalidError("A field has a name.", field="name", code="missing")
    if field.has_options != bool(field.options):
        code = "missing" if field.has_options else "not_a_choice"
        raise InvalidError("Choices have options, other fields have none.", field="options", code=code)
    if len(field.options) > OPTIONS_LIMIT:
        raise InvalidError(f"At most {OPTIONS_LIMIT} options.", field="options", code="too_many")
    values = [option.value for option in field.options]
    for position, value in enumerate(values):
        if value in values[:position]:
            message = "Another option has this value."
            raise InvalidError(message, field=f"options.{position}.value", code="repeated")
    if (field.type is FieldType.RELATION) != bool(field.relation_kind):
        message = "A relation says what it relates to, other fields do not."
        raise InvalidError(message, field="relation_kind", code="missing" if not field.relation_kind else "no_relation")
    return field


def value_of(field: Field, given: Any, *, path: str, present: Any = None) -> Any:
    """The value as it is kept; None for none. `InvalidError` names ``path``. What the record has already (``present``) may
    stay although an option has been taken away since.
    """
    if given is None or given in ("", []):
        return None
    if present is not None and given == present:
        return present
    return _READERS[field.type](field, given, path)


def shown_values(fields: Mapping[str, Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by key, of the fields that are in use; ``fields`` are by id."""
    found = {}
    for field_id, value in values.items():
        field = fields.get(field_id)
        if field is not None and not field.archived:
            found[field.key] = value
    return found


def slug(text: str, fold: Any) -> str:
    """A key made of a name: ``Tamaño de la empresa`` → ``tamano_de_la_empresa``."""
    key = re.sub(r"[^a-z0-9]+", "_", fold(text)).strip("_")[:36]
    return key if key[:1].isalpha() else f"field_{key}".rstrip("_")


def _text(field: Field, given: Any, path: str) -> str:  # noqa: ARG001
    if not isinstance(given, str):
        raise InvalidError("A text.", field=path, code="text")
    return check_text(given, field=path, limit=TEXT_LIMIT, lines=True)


def _number(field: Field, given: Any, path: str) -> int | float:  # noqa: ARG001
    if isinstance(given, bool) or not isinstance(given, int | float) or not isfinite(given):
        raise InvalidError("A number.", field=path, code="number")
    if abs(given) > NUMBER_LIMIT:
        raise InvalidError(f"A number up to {NUMBER_LIMIT}.", field=path, code="out_of_range")
    return int(given) if float(given).is_integer() else given


def _money(field: Field, given: Any, path: str) -> dict[str, str]:  # noqa: ARG001
    if not isinstance(given, Mapping) or given.keys() != {"amount", "currency"}:
        raise InvalidError("An amount and a currency.", field=path, code="money")
    amount, currency = given["amount"], given["currency"]
    try:
        if not isinstance(amount, str) or not _AMOUNT.fullmatch(amount) or not Decimal(amount).is_finite():
            raise InvalidError("A decimal number as text.", field=f"{path}.amount", code="money")
    except InvalidOperation as error:  # not reached by what the pattern lets through
        raise InvalidError("A decimal number as text.", field=f"{path}.amount", code="money") from error
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        raise InvalidError("A currency such as EUR.", field=f"{path}.currency", code="currency")
    return {"amount": amount, "currency": currency}


def _date(field: Field, given: Any, path: str) -> str:  # noqa: ARG001
    try:
        found = date.fromisoformat(given) if isinstance(given, str) and _DATE.fullmatch(given) else None
    except ValueError:
        found = None
    if found is None:
        raise InvalidError("A date such as 2026-11-21.", field=path, code="date")
    return found.isoformat()


def _choice(field: Field, given: Any, path: str) -> str:
    if not isinstance(given, str) or given not in {option.value for option in field.options}:
        raise InvalidError("One of the field's options.", field=path, code="unknown_option")
    return given


def _choices(field: Field, given: Any, path: str) -> list[str]:
    if not isinstance(given, list) or len(given) > OPTIONS_LIMIT:
        raise InvalidError("A list of the field's options.", field=path, code="multi_choice")
    chosen = [_choice(field, each, f"{path}.{position}") for position, each in enumerate(given)]
    return [option.value for option in field.options if option.value in chosen]


def _boolean(field: Field, given: Any, path: str) -> bool:  # noqa: ARG001
    if not isinstance(given, bool):
        raise InvalidError("Yes or no: true or false.", field=path, code="boolean")
    return given


def _url(field: Field, given: Any, path: str) -> str:  # noqa: ARG001
    if not isinstance(given, str) or not _URL.fullmatch(given):
        raise InvalidError("An address with http or https.", field=path, code="url")
    return check_text(given, field=path, limit=URL_LIMIT)


def _relation(field: Field, given: Any, path: str) -> str:  # noqa: ARG001
    if not isinstance(given, str) or not is_id(given):
        raise InvalidError("The id of what it relates to.", field=path, code="unknown")
    return given


_READERS = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.MONEY: _money,
    FieldType.DATE: _date,
    FieldType.CHOICE: _choice,
    FieldType.MULTI_CHOICE: _choices,
    FieldType.BOOLEAN: _boolean,
    FieldType.URL: _url,
    FieldType.RELATION: _relation,
}


def options_of(given: Iterable[Mapping[str, str]] | Sequence[Option]) -> tuple[Option, ...]:
    """Options from what is stored or sent; a label left out is the value."""
    return tuple(
        each if isinstance(each, Option) else Option(each["value"], each.get("label") or each["value"])
        for each in given
    )
