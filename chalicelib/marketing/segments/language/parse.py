"""Reading conditions: what is not in the language is refused, with the place (``conditions.all.1.any.0.op``)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from chalicelib.customers.contacts.domain import kept_tag
from chalicelib.foundation.errors import FieldError, InvalidError
from chalicelib.marketing.segments.language.fields import ABSOLUTE, UNITS, Field, Kind
from chalicelib.marketing.segments.language.nodes import (
    All,
    AnyOf,
    Condition,
    Did,
    Leaf,
    Money,
    NoneOf,
    Period,
    Relative,
    Share,
    Span,
)
from chalicelib.marketing.segments.language.traits import fold
from chalicelib.marketing.segments.language.vocabulary import Vocabulary

DEPTH_LIMIT = 5
LEAVES_LIMIT = 100
PARTS_LIMIT = 50
VALUES_LIMIT = 200
TEXT_LIMIT = 200
TIMES_LIMIT = 50
AMOUNT_LIMIT = 3650
YEAR = 366
_GROUPS: Mapping[str, type[All | AnyOf | NoneOf]] = {"all": All, "any": AnyOf, "none": NoneOf}
_TAGS = ("contact.tag", "company.tag")
_NO_VALUE = ("present", "absent", "anniversary_today")


class _WrongError(Exception):
    """A condition that is not in the language: where and why."""

    def __init__(self, path: str, message: str, code: str):
        self.error = FieldError(path, message, code)
        super().__init__(message)


def parse(raw: Any, vocabulary: Vocabulary, path: str = "conditions") -> Condition:
    """The condition in this JSON value. `InvalidError` names every wrong place, at most 20."""
    reader = _Reader(vocabulary)
    parsed = reader.condition(raw, path, 1)
    if reader.leaves > LEAVES_LIMIT:
        reader.errors.append(FieldError(path, f"At most {LEAVES_LIMIT} conditions.", "too_many"))
    if reader.errors or parsed is None:
        raise InvalidError("The conditions are not valid.", fields=reader.errors[:20])
    return parsed


class _Reader:
    def __init__(self, vocabulary: Vocabulary):
        self.vocabulary = vocabulary
        self.errors: list[FieldError] = []
        self.leaves = 0

    def condition(self, raw: Any, path: str, depth: int) -> Condition | None:
        try:
            if not isinstance(raw, Mapping):
                raise _WrongError(path, "A condition is an object.", "type")
            if "field" in raw:
                self.leaves += 1
                return self.leaf(raw, path)
            keys = list(raw)
            if len(keys) != 1 or keys[0] not in _GROUPS:
                raise _WrongError(path, "A condition has all, any or none; or field, op and value.", "unknown")
            if depth > DEPTH_LIMIT:
                raise _WrongError(path, f"Groups nest at most {DEPTH_LIMIT} deep.", "too_deep")
            key, content = keys[0], raw[keys[0]]
            if not isinstance(content, list) or not content:
                raise _WrongError(f"{path}.{key}", "A group is a list with at least one condition.", "type")
            if len(content) > PARTS_LIMIT:
                raise _WrongError(f"{path}.{key}", f"At most {PARTS_LIMIT} conditions.", "too_many")
        except _WrongError as wrong:
            self.errors.append(wrong.error)
            return None
        parts = [self.condition(item, f"{path}.{key}.{i}", depth + 1) for i, item in enumerate(content)]
        whole = tuple(part for part in parts if part is not None)
        return _GROUPS[key](whole) if len(whole) == len(parts) else None

    def leaf(self, raw: Mapping[str, Any], path: str) -> Leaf:
        unknown = sorted(str(key) for key in set(raw) - {"field", "op", "value"})
        if unknown:
            raise _WrongError(f"{path}.{unknown[0][:50]}", "A condition has field, op and value.", "unknown")
        name, op = raw["field"], raw.get("op")
        field = self.vocabulary.get(name) if isinstance(name, str) else None
        if field is None:
            raise _WrongError(f"{path}.field", "There is no such field; GET /segments/fields lists them.", "unknown")
        if op not in field.operators:
            raise _WrongError(f"{path}.op", f"For {field.name} one of {', '.join(field.operators)}.", "unknown")
        if op in _NO_VALUE:
            if raw.get("value") is not None:
                raise _WrongError(f"{path}.value", f"The operator {op} takes no value.", "unknown")
            return Leaf(field, op, None, path)
        if raw.get("value") is None:
            raise _WrongError(f"{path}.value", "A value is missing.", "missing")
        value = _value(field, op, raw["value"], f"{path}.value")
        return Leaf(field, op, value, path, _written(field, raw["value"]))


def _value(field: Field, op: str, value: Any, path: str) -> Any:
    match field.kind:
        case Kind.BOOLEAN:
            if not isinstance(value, bool):
                raise _WrongError(path, "true or false.", "type")
            return value
        case Kind.NUMBER:
            return _span(value, path, _number) if op == "between" else _number(value, path)
        case Kind.MONEY:
            return _money(op, value, path)
        case Kind.DATE | Kind.INSTANT:
            return _time(field.kind, op, value, path)
        case Kind.BEHAVIOUR:
            return _did(field, value, path)
        case Kind.SAMPLE:
            return _share(value, path)
    if op in ("in", "not_in"):
        if not isinstance(value, list) or not 1 <= len(value) <= VALUES_LIMIT:
            raise _WrongError(path, f"A list of 1 to {VALUES_LIMIT} values.", "type")
        return frozenset(_text(field, item, f"{path}.{i}") for i, item in enumerate(value))
    return _text(field, value, path)


def _text(field: Field, value: Any, path: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > TEXT_LIMIT:
        raise _WrongError(path, f"A text of 1 to {TEXT_LIMIT} characters.", "type")
    if field.choices is not None:
        if value not in field.choices:
            shown = ", ".join(field.choices[:30])
            raise _WrongError(path, f"One of {shown}." if shown else "There is nothing to choose.", "unknown")
        return value
    if field.lookup == "country":
        return value.strip().upper()
    if field.name in _TAGS:
        return kept_tag(value)
    return fold(value) if _folds(field) else value


def _folds(field: Field) -> bool:
    """Whether texts are compared without regard to case."""
    exact = field.choices is not None or field.kind is Kind.CHOICE or bool(field.lookup)
    return field.kind in (Kind.TEXT, Kind.SET) and not exact and not (bool(field.key) and field.kind is Kind.SET)


def _written(field: Field, value: Any) -> tuple[str, ...]:
    if not _folds(field):
        return ()
    texts = value if isinstance(value, list) else [value]
    return tuple({fold(text): text.strip() for text in texts}.values())


def _number(value: Any, path: str) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= 10**15:
        raise _WrongError(path, "A number.", "type")
    return value


def _span(value: Any, path: str, read: Any, *, others: frozenset[str] = frozenset()) -> Span:
    if not isinstance(value, Mapping) or value.keys() != {"from", "to"} | others:
        names = ", ".join(["from", "to", *sorted(others)])
        raise _WrongError(path, f"An object with {names}.", "type")
    span = Span(read(value["from"], f"{path}.from"), read(value["to"], f"{path}.to"))
    if span.low > span.high:
        raise _WrongError(f"{path}.to", "It ends before it begins.", "order")
    return span


def _money(op: str, value: Any, path: str) -> Money:
    if op == "between":
        span = _span(value, path, _amount, others=frozenset({"currency"}))
        return Money(_currency(value["currency"], path), span.low, span.high)
    if not isinstance(value, Mapping) or value.keys() != {"amount", "currency"}:
        raise _WrongError(path, "An object with amount and currency.", "type")
    amount, currency = _amount(value["amount"], f"{path}.amount"), _currency(value["currency"], path)
    return Money(currency, amount, None) if op == "at_least" else Money(currency, None, amount)


def _amount(value: Any, path: str) -> Decimal:
    try:
        amount = Decimal(value) if isinstance(value, str) and len(value) <= 20 else None
    except InvalidOperation:
        amount = None
    if amount is None or not amount.is_finite() or abs(amount) > 10**15:
        raise _WrongError(path, "A decimal number as text, such as 100.00.", "type")
    return amount


def _currency(value: Any, path: str) -> str:
    if not isinstance(value, str) or len(value) != 3 or not value.isascii() or not value.isalpha():
        raise _WrongError(f"{path}.currency", "A currency such as EUR.", "type")
    return value.upper()


def _day(value: Any, path: str) -> date:
    try:
        if isinstance(value, str) and len(value) == len("2026-11-21"):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise _WrongError(path, "A day such as 2026-11-21.", "type")


def _time(kind: Kind, op: str, value: Any, path: str) -> date | Span | Relative:
    if op == "between":
        return _span(value, path, _day)
    if op in ABSOLUTE:
        return _day(value, path)
    units = UNITS if kind is Kind.INSTANT else UNITS[1:]
    if op.startswith("anniversary"):
        relative = _relative(value, path, ("day", "week", "month"))
        if relative.amount * {"day": 1, "week": 7, "month": 31}[relative.unit] > YEAR:
            raise _WrongError(f"{path}.amount", "At most a year.", "out_of_range")
        return relative
    return _relative(value, path, units)


def _relative(value: Any, path: str, units: tuple[str, ...]) -> Relative:
    if not isinstance(value, Mapping) or value.keys() != {"amount", "unit"}:
        raise _WrongError(path, "An object with amount and unit.", "type")
    amount, unit = value["amount"], value["unit"]
    if isinstance(amount, bool) or not isinstance(amount, int) or not 1 <= amount <= AMOUNT_LIMIT:
        raise _WrongError(f"{path}.amount", f"A whole number from 1 to {AMOUNT_LIMIT}.", "type")
    if unit not in units:
        raise _WrongError(f"{path}.unit", f"One of {', '.join(units)}.", "unknown")
    return Relative(amount, unit)


def _did(field: Field, value: Any, path: str) -> Did:
    takes = {"times", "period", *([field.lookup] if field.lookup else [])}
    if field.name == "campaign.clicked":
        takes.add("link")
    if not isinstance(value, Mapping):
        raise _WrongError(path, "An object; an empty one for ever and of any kind.", "type")
    unknown = sorted(str(key) for key in set(value) - takes)
    if unknown:
        raise _WrongError(f"{path}.{unknown[0][:50]}", f"It may have {', '.join(sorted(takes))}.", "unknown")
    about, link = _id(value, field.lookup, path), _id(value, "link", path)
    if link and not about:
        raise _WrongError(f"{path}.link", "A link is of a campaign.", "missing")
    times = value.get("times")
    times = 1 if times is None else times
    if isinstance(times, bool) or not isinstance(times, int) or not 1 <= times <= TIMES_LIMIT:
        raise _WrongError(f"{path}.times", f"A whole number from 1 to {TIMES_LIMIT}.", "type")
    return Did(about, link, times, _period(value.get("period"), f"{path}.period"))


def _id(value: Mapping[str, Any], name: str, path: str) -> str:
    found = value.get(name) if name else None
    if found is None:
        return ""
    if not isinstance(found, str) or not 1 <= len(found) <= 64:
        raise _WrongError(f"{path}.{name}", "An id.", "type")
    return found


def _period(value: Any, path: str) -> Period | None:
    if value is None:
        return None
    names = (*ABSOLUTE, "in_last", "more_than_ago")
    if not isinstance(value, Mapping) or len(value) != 1 or (op := next(iter(value))) not in names:
        raise _WrongError(path, f"An object with one of {', '.join(names)}.", "type")
    return Period(op, _time(Kind.INSTANT, op, value[op], f"{path}.{op}"))


def _share(value: Any, path: str) -> Share:
    if not isinstance(value, Mapping) or value.keys() != {"from", "to", "salt"}:
        raise _WrongError(path, "An object with from, to and salt.", "type")
    salt = value["salt"]
    if not isinstance(salt, str) or not 1 <= len(salt) <= 40:
        raise _WrongError(f"{path}.salt", "A text of 1 to 40 characters.", "type")
    low, high = (_hundredths(value[name], f"{path}.{name}") for name in ("from", "to"))
    if low >= high:
        raise _WrongError(f"{path}.to", "It ends before it begins.", "order")
    return Share(salt, low, high)


def _hundredths(value: Any, path: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        raise _WrongError(path, "A percentage from 0 to 100.", "type")
    return round(value * 100)
