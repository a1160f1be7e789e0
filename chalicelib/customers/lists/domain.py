"""The language of filters, and how values are written so that they sort as text.

A filter is a list of conditions that must all hold: ``[{"field": "tag", "op": "is", "value": "vip"}, {"field": "custom.size",
"op": "between", "from": 1, "to": 5}]``. The same list narrows the lists of the API, is kept in views, and says which records a
bulk change or an export is about.
"""

import json
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from math import isfinite
from typing import Any

from chalicelib.customers.search.domain import asked, fold, matches, tokens
from chalicelib.customers.texts import refused
from chalicelib.foundation.clock import from_text, to_text
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.table import Table

CONDITIONS_LIMIT = 20
VALUES_LIMIT = 50
FILTER_LIMIT = 8000
"""Characters of a filter as JSON."""
ENCODED = 60
"""Characters of a text that are compared in an index; the record itself decides on the rest."""
VALUE_LIMIT = 300


class ValueType(StrEnum):
    """What a field's values are, for comparing them."""

    TEXT = "text"  # without accents and case
    EXACT = "exact"  # ids, codes, choices: as they are
    TAG = "tag"  # lower-case; a record has several
    MEMBER = "member"  # a member's id; ``me`` is who asks, ``none`` is nobody
    NUMBER = "number"
    DATE = "date"
    INSTANT = "instant"
    BOOLEAN = "boolean"
    SEARCH = "search"  # beginnings of words


class Op(StrEnum):
    """How a value is compared."""

    IS = "is"
    IN = "in"
    NOT = "not"
    EMPTY = "empty"
    PRESENT = "present"
    BETWEEN = "between"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    BEGINS = "begins"


_EQUAL = frozenset({Op.IS, Op.IN, Op.NOT, Op.EMPTY, Op.PRESENT})
_RANGE = frozenset({Op.BETWEEN, Op.AT_LEAST, Op.AT_MOST})
OPS: Mapping[ValueType, frozenset[Op]] = {
    ValueType.TEXT: _EQUAL | {Op.BEGINS},
    ValueType.EXACT: _EQUAL,
    ValueType.TAG: _EQUAL | {Op.BEGINS},
    ValueType.MEMBER: _EQUAL,
    ValueType.NUMBER: _EQUAL | _RANGE,
    ValueType.DATE: _EQUAL | _RANGE,
    ValueType.INSTANT: _EQUAL | _RANGE,
    ValueType.BOOLEAN: _EQUAL - {Op.IN},
    ValueType.SEARCH: frozenset({Op.IS}),
}

Partitions = Callable[[str, str, int], str]
"""Workspace, encoded value and shard → the partition of an index of the table (not of ours) that has the records with the value."""

Lookup = Callable[[Table, str, str, int], Sequence[str] | None]
"""Table, workspace, value and limit → the ids of all that have the value, or None when they are more than the limit."""


@dataclass(frozen=True, slots=True)
class ListedField:
    """A field by which records can be filtered. ``values`` gives a record's values, none when it is empty.

    ``index`` is the name of its rows of ours, empty when it has none; then a condition on it is only tried on the records that
    the others find. ``sortable`` fields have one value at most, and a row also when it is empty (as those with ``empties``).
    ``partitions`` (with ``table_index``) is an index of the table that does the same work and is sorted by id. ``lookup`` finds
    ids by itself: up to so many for a value, or None when there are more. ``several`` says that a record can have more than
    one value.
    """

    key: str
    type: ValueType
    values: Callable[[Any], Sequence[Any]]
    index: str = ""
    sortable: bool = False
    empties: bool = False
    partitions: Partitions | None = None
    table_index: str = "gsi1"
    lookup: Lookup | None = None
    options: tuple[str, ...] = ()
    several: bool = False

    @property
    def keeps_empty(self) -> bool:
        """Whether a record without a value has a row that says so."""
        return bool(self.index) and (self.sortable or self.empties)

    def encoded(self, record: Any) -> set[str]:
        """The values of a record as its rows have them."""
        found = {encode(self.type, value) for value in self.values(record)}
        return found or ({""} if self.keeps_empty else set())


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on one field. ``values`` are comparable; a range has two, None where it is open."""

    field: ListedField
    op: Op
    values: tuple[Any, ...] = ()

    def holds(self, record: Any) -> bool:
        """Whether a record is as the condition says."""
        kind, wanted = self.field.type, self.values
        if kind is ValueType.SEARCH:
            return matches(asked(wanted[0]), tokens(self.field.values(record)))
        found = [comparable(kind, value) for value in self.field.values(record)]
        match self.op:
            case Op.IS | Op.IN:
                return any(value in wanted for value in found)
            case Op.NOT:
                return not any(value in wanted for value in found)
            case Op.EMPTY:
                return not found
            case Op.PRESENT:
                return bool(found)
            case Op.BEGINS:
                return any(value.startswith(wanted[0]) for value in found)
            case _:
                low, high = wanted
                return any((low is None or value >= low) and (high is None or value <= high) for value in found)

    def to_json(self) -> dict[str, Any]:
        """The condition as it is written down; values as they are compared."""
        written: dict[str, Any] = {"field": self.field.key, "op": self.op.value}
        if self.op in _RANGE:
            low, high = self.values
            if self.op is Op.BETWEEN:
                return written | {"from": low, "to": high}
            return written | {"value": low if self.op is Op.AT_LEAST else high}
        if self.op is Op.IN or (self.op is Op.NOT and len(self.values) > 1):
            return written | {"value": list(self.values)}
        return written | ({"value": self.values[0]} if self.values else {})


def comparable(kind: ValueType, value: Any) -> Any:
    """A value of a record or a condition as it is compared."""
    if kind is ValueType.TEXT:
        return " ".join(fold(value).split())
    if kind is ValueType.TAG:
        return " ".join(value.split()).lower()
    if kind is ValueType.NUMBER:
        return float(value)
    if kind is ValueType.INSTANT:
        return to_text(value) if isinstance(value, datetime) else value
    if kind is ValueType.DATE:
        return value.isoformat() if isinstance(value, date) else value
    return value


def encode(kind: ValueType, value: Any) -> str:
    """A value as text that sorts as the values do, without control characters."""
    value = comparable(kind, value)
    if kind is ValueType.NUMBER:
        return _sortable(value)
    if kind is ValueType.BOOLEAN:
        return "1" if value else "0"
    text = str(value)[: ENCODED if kind is ValueType.TEXT else VALUE_LIMIT // 2]
    return text if text.isprintable() else "".join(max(each, " ") for each in text)


def _sortable(number: float) -> str:
    """A number's IEEE 754 bits in hexadecimal, turned so that they sort as the numbers do."""
    (bits,) = struct.unpack(">Q", struct.pack(">d", number + 0.0))  # minus zero is zero
    bits = bits ^ 0xFFFFFFFFFFFFFFFF if bits >> 63 else bits | 1 << 63
    return f"{bits:016x}"


def parse(
    given: Any, fields: Mapping[str, ListedField], *, me: str = "", path: str = "filter"
) -> tuple[Condition, ...]:
    """The conditions in a filter: a list, or a list as JSON text; none for None and empty text. ``me`` is the member who asks.

    `InvalidError` names what is wrong with which condition: ``filter.0.field``, ``filter.2.from``.
    """
    if given is None or given in ("", []):
        return ()
    if isinstance(given, str):
        if len(given) > FILTER_LIMIT:
            raise InvalidError(f"At most {FILTER_LIMIT} characters.", field=path, code="too_long")
        try:
            given = json.loads(given)
        except (ValueError, RecursionError) as error:
            raise InvalidError("The filter is not JSON.", field=path, code="json_invalid") from error
    if not isinstance(given, list):
        raise InvalidError("A list of conditions.", field=path, code="list")
    if len(given) > CONDITIONS_LIMIT:
        raise InvalidError(f"At most {CONDITIONS_LIMIT} conditions.", field=path, code="too_many")
    return tuple(_condition(each, fields, me, f"{path}.{position}") for position, each in enumerate(given))


def _condition(given: Any, fields: Mapping[str, ListedField], me: str, path: str) -> Condition:
    if not isinstance(given, Mapping):
        raise InvalidError("A condition has a field and an op.", field=path, code="condition")
    name = given.get("field")
    field = fields.get(name) if isinstance(name, str) else None
    if field is None:
        raise InvalidError("There is no such field to filter by.", field=f"{path}.field", code="unknown")
    try:
        op = Op(str(given.get("op")))
    except ValueError as error:
        raise InvalidError(f"One of {', '.join(Op)}.", field=f"{path}.op", code="unknown") from error
    if op not in OPS[field.type]:
        message = f"This field takes {', '.join(sorted(OPS[field.type]))}."
        raise InvalidError(message, field=f"{path}.op", code="not_for_field")
    allowed = {"field", "op"} | _PARTS[op]
    unknown = next((str(each) for each in given if each not in allowed), None)
    if unknown is not None:
        raise InvalidError("This does not belong to the condition.", field=f"{path}.{unknown}", code="extra_forbidden")
    if op in (Op.EMPTY, Op.PRESENT):
        return Condition(field, op)
    if op is Op.BETWEEN:
        low, high = (_value(field, given.get(name), me, f"{path}.{name}") for name in ("from", "to"))
        return Condition(field, op, (low, high))
    value = given.get("value")
    if op is Op.AT_LEAST:
        return Condition(field, op, (_value(field, value, me, f"{path}.value"), None))
    if op is Op.AT_MOST:
        return Condition(field, op, (None, _value(field, value, me, f"{path}.value")))
    if op is Op.IN or (op is Op.NOT and isinstance(value, list)):
        return Condition(field, op, _values(field, value, me, f"{path}.value"))
    if field.type is ValueType.MEMBER and value == "none":
        return Condition(field, Op.PRESENT if op is Op.NOT else Op.EMPTY)
    return Condition(field, op, (_value(field, value, me, f"{path}.value"),))


_PARTS: Mapping[Op, frozenset[str]] = {
    **{op: frozenset({"value"}) for op in Op},
    Op.EMPTY: frozenset(),
    Op.PRESENT: frozenset(),
    Op.BETWEEN: frozenset({"from", "to"}),
}


def _values(field: ListedField, given: Any, me: str, path: str) -> tuple[Any, ...]:
    if not isinstance(given, list) or not given:
        raise InvalidError("A list of values.", field=path, code="list")
    if len(given) > VALUES_LIMIT:
        raise InvalidError(f"At most {VALUES_LIMIT} values.", field=path, code="too_many")
    found = [_value(field, each, me, f"{path}.{position}") for position, each in enumerate(given)]
    return tuple(dict.fromkeys(found))


def _value(field: ListedField, given: Any, me: str, path: str) -> Any:
    kind = field.type
    if kind is ValueType.NUMBER:
        if isinstance(given, bool) or not isinstance(given, int | float) or not isfinite(given):
            raise InvalidError("A number.", field=path, code="number")
        return float(given)
    if kind is ValueType.BOOLEAN:
        if not isinstance(given, bool):
            raise InvalidError("True or false.", field=path, code="boolean")
        return given
    if not isinstance(given, str) or not given.strip():
        raise InvalidError("A text.", field=path, code="text")
    if len(given) > VALUE_LIMIT:
        raise InvalidError(f"At most {VALUE_LIMIT} characters.", field=path, code="too_long")
    reason = refused(given)
    if reason is not None:
        raise InvalidError(reason[1], field=path, code=reason[0])
    if kind in (ValueType.DATE, ValueType.INSTANT):
        return _moment(kind, given, path)
    if kind is ValueType.MEMBER and given == "me":
        return me or "-"
    if field.options and given not in field.options:
        raise InvalidError(f"One of {', '.join(field.options[:30])}.", field=path, code="unknown")
    if kind is ValueType.SEARCH and not asked(given):
        raise InvalidError("Search for two characters or more.", field=path, code="too_short")
    return comparable(kind, given.strip())


def _moment(kind: ValueType, given: str, path: str) -> str:
    """A date, or an instant in UTC; a date stands for the instant when it begins in UTC."""
    try:
        if kind is ValueType.DATE:
            return date.fromisoformat(given).isoformat()
        if len(given) == 10:
            return to_text(datetime.combine(date.fromisoformat(given), datetime.min.time(), UTC))
        moment = from_text(given)
    except ValueError as error:
        what = "A date such as 2026-11-21." if kind is ValueType.DATE else "A time such as 2026-11-21T09:00:00Z."
        raise InvalidError(what, field=path, code=kind.value) from error
    if moment.tzinfo is None:
        raise InvalidError("A time needs a zone.", field=path, code="instant")
    return to_text(moment)


def texts(value: Iterable[str] | str | None) -> list[str]:
    """A value or several as a list, without empty ones: what `ListedField.values` gives."""
    return [each for each in ([value] if isinstance(value, str) else value or ()) if each]
