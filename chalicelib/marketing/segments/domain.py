"""Segments and their conditions: a small language, checked when it is written and compiled when it is used.

::

    {"all": [{"field": "consent", "op": "is", "value": "marketing_email"},
             {"any": [{"field": "tag", "op": "is", "value": "webinar"},
                      {"field": "score_total", "op": "at_least", "value": 30}]},
             {"not": {"field": "country", "op": "in", "value": ["PT", "BR"]}}]}

`parse` refuses what is not in the language and names the place (``conditions.all.1.any.0.op``). `compile_conditions` makes one
generated Python function of any number of conditions: values are bound by name and never become source text, and a contact is
tried against twenty segments in a few microseconds (benchmarks), so membership can be decided at every write.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, StrEnum
from typing import Any, Literal

from chalicelib.customers.contacts.domain import LIFECYCLE_STAGES, Contact
from chalicelib.customers.mailboxes import is_free
from chalicelib.foundation import clock
from chalicelib.foundation.errors import FieldError, InvalidError

SHARDS = 4
"""Over how many partitions a segment's members are spread. A membership change costs 2 units, so 4 partitions take 2,000 a
second, more than one stream consumer makes."""

DEPTH_LIMIT = 6
TESTS_LIMIT = 50
VALUES_LIMIT = 200
TEXT_LIMIT = 200
GRADES = tuple(letter + digit for letter in "ABC" for digit in "123")


class SegmentState(StrEnum):
    """Whether everybody who belongs in a segment is in it yet."""

    FILLING = "filling"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class Segment:
    """A group of contacts. ``conditions`` are empty for a static one. ``refreshed_at`` is when membership was last known to be
    whole: a dynamic segment follows every change of a contact from the moment it was filled.
    """

    workspace_id: str
    id: str
    name: str
    kind: Literal["static", "dynamic"]
    conditions: Mapping[str, Any] | None
    state: SegmentState
    count: int
    shards: int
    refreshed_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int = 1
    changed_by: str = ""


@dataclass(frozen=True, slots=True)
class MembersPage:
    """Contact ids of a segment, and where the next page starts (None at the end)."""

    contact_ids: list[str]
    next: list[str] | None = None


# The language


class Kind(Enum):
    """What kind of value a field has, which decides its operators."""

    SET = "set"
    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    BOOLEAN = "boolean"
    INSTANT = "instant"


OPERATORS: Mapping[Kind, tuple[str, ...]] = {
    Kind.SET: ("is", "is_not", "in", "present", "absent"),
    Kind.TEXT: ("is", "is_not", "in", "contains", "starts_with", "present", "absent"),
    Kind.CHOICE: ("is", "is_not", "in"),
    Kind.NUMBER: ("is", "at_least", "at_most"),
    Kind.BOOLEAN: ("is",),
    Kind.INSTANT: ("after", "before"),
}

FIELDS: Mapping[str, Kind] = {
    "tag": Kind.SET,
    "consent": Kind.SET,  # purposes the person's last word on is yes
    "email": Kind.TEXT,
    "email_domain": Kind.TEXT,
    "email_kind": Kind.CHOICE,
    "phone": Kind.TEXT,
    "first_name": Kind.TEXT,
    "last_name": Kind.TEXT,
    "company": Kind.TEXT,
    "country": Kind.TEXT,
    "city": Kind.TEXT,
    "language": Kind.TEXT,
    "owner": Kind.TEXT,
    "lifecycle_stage": Kind.CHOICE,
    "source": Kind.TEXT,  # of the first touch
    "medium": Kind.TEXT,
    "campaign": Kind.TEXT,
    "last_source": Kind.TEXT,
    "form": Kind.TEXT,  # the form of the last touch
    "score_total": Kind.NUMBER,
    "score_fit": Kind.NUMBER,
    "score_engagement": Kind.NUMBER,
    "grade": Kind.CHOICE,
    "open_lead": Kind.BOOLEAN,
    "created_at": Kind.INSTANT,
}

CHOICES: Mapping[str, tuple[str, ...]] = {
    "email_kind": ("business", "free"),
    "lifecycle_stage": LIFECYCLE_STAGES,
    "grade": GRADES,
}


@dataclass(frozen=True, slots=True)
class All:
    """Every one of them."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of them."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """It does not hold."""

    part: "Condition"


@dataclass(frozen=True, slots=True)
class Test:
    """One field compared with a value, which has the field's type (a `frozenset` for ``in``, None for ``present``)."""

    field: str
    op: str
    value: Any = None


Condition = All | AnyOf | Not | Test


class _Wrong(Exception):
    """A condition that is not in the language: where and why."""

    def __init__(self, path: str, message: str, code: str):
        self.error = FieldError(path, message, code)
        super().__init__(message)


def parse(raw: Any, path: str = "conditions") -> Condition:
    """The condition in this JSON value. `InvalidError` names every wrong place, at most 20."""
    errors: list[FieldError] = []
    tests = [0]
    parsed = _group(raw, path, 1, errors, tests)
    if tests[0] > TESTS_LIMIT:
        errors.append(FieldError(path, f"At most {TESTS_LIMIT} tests.", "too_many"))
    if errors or parsed is None:
        raise InvalidError("The conditions are not valid.", fields=errors[:20])
    return parsed


def _group(raw: Any, path: str, depth: int, errors: list[FieldError], tests: list[int]) -> Condition | None:
    try:
        if not isinstance(raw, Mapping):
            raise _Wrong(path, "A condition is an object.", "type")
        if depth > DEPTH_LIMIT:
            raise _Wrong(path, f"Conditions nest at most {DEPTH_LIMIT} deep.", "too_deep")
        if "field" in raw:
            tests[0] += 1
            return _test(raw, path)
        keys = list(raw)
        if len(keys) != 1 or keys[0] not in ("all", "any", "not"):
            raise _Wrong(path, "A condition has all, any or not; or field, op and value.", "unknown")
    except _Wrong as wrong:
        errors.append(wrong.error)
        return None
    key, content = keys[0], raw[keys[0]]
    if key == "not":
        part = _group(content, f"{path}.not", depth + 1, errors, tests)
        return Not(part) if part is not None else None
    if not isinstance(content, list) or not content:
        errors.append(FieldError(f"{path}.{key}", "A group is a list with at least one condition.", "type"))
        return None
    if len(content) > TESTS_LIMIT:
        errors.append(FieldError(f"{path}.{key}", f"At most {TESTS_LIMIT} conditions.", "too_many"))
        return None
    parts = [_group(item, f"{path}.{key}.{i}", depth + 1, errors, tests) for i, item in enumerate(content)]
    whole = tuple(part for part in parts if part is not None)
    return All(whole) if key == "all" else AnyOf(whole)


def _test(raw: Mapping[str, Any], path: str) -> Test:
    unknown = sorted(str(key) for key in set(raw) - {"field", "op", "value"})
    if unknown:
        raise _Wrong(f"{path}.{unknown[0][:50]}", "A test has field, op and value.", "unknown")
    name, op = raw["field"], raw.get("op")
    kind = FIELDS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise _Wrong(f"{path}.field", f"One of {', '.join(FIELDS)}.", "unknown")
    if op not in OPERATORS[kind]:
        raise _Wrong(f"{path}.op", f"For {name} one of {', '.join(OPERATORS[kind])}.", "unknown")
    if op in ("present", "absent"):
        if raw.get("value") is not None:
            raise _Wrong(f"{path}.value", f"The operator {op} takes no value.", "unknown")
        return Test(name, op)
    if "value" not in raw:
        raise _Wrong(f"{path}.value", "A value is missing.", "missing")
    value = raw["value"]
    if op == "in":
        if not isinstance(value, list) or not 1 <= len(value) <= VALUES_LIMIT:
            raise _Wrong(f"{path}.value", f"A list of 1 to {VALUES_LIMIT} values.", "type")
        return Test(name, op, frozenset(_value(name, kind, item, f"{path}.value.{i}") for i, item in enumerate(value)))
    return Test(name, op, _value(name, kind, value, f"{path}.value"))


def _value(name: str, kind: Kind, value: Any, path: str) -> Any:
    if kind is Kind.BOOLEAN:
        if not isinstance(value, bool):
            raise _Wrong(path, "true or false.", "type")
        return value
    if kind is Kind.NUMBER:
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 1_000_000:
            raise _Wrong(path, "A whole number.", "type")
        return value
    if not isinstance(value, str) or not value.strip() or len(value) > TEXT_LIMIT:
        raise _Wrong(path, f"A text of 1 to {TEXT_LIMIT} characters.", "type")
    if kind is Kind.CHOICE:
        if value not in CHOICES[name]:
            raise _Wrong(path, f"One of {', '.join(CHOICES[name])}.", "unknown")
        return value
    if kind is Kind.INSTANT:
        return _instant(value, path)
    return fold(value)


def _instant(value: str, path: str) -> datetime:
    try:
        if len(value) == len("2026-11-21"):
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        return clock.from_text(value)
    except ValueError as error:
        raise _Wrong(path, "A day, or a time with its zone.", "type") from error


def fold(text: str) -> str:
    """Texts are compared without regard to case and outer spaces."""
    return text.strip().casefold()


# Compilation

Matcher = Callable[[Contact], tuple[bool, ...]]
"""Contact → for each compiled condition, whether it holds."""

_TRAITS: Mapping[str, str] = {
    "tag": "c.tags",
    "consent": "granted(c)",
    "email": "c.email",
    "email_domain": "domain(c)",
    "email_kind": "mailbox(c)",
    "phone": "c.phone",
    "first_name": "fold(c.first_name)",
    "last_name": "fold(c.last_name)",
    "company": "fold(c.company_name)",
    "country": "fold(c.country)",
    "city": "fold(c.city)",
    "language": "fold(c.language)",
    "owner": "fold(c.owner_id)",
    "lifecycle_stage": "c.lifecycle_stage",
    "source": "fold(c.first_touch.source) if c.first_touch else ''",
    "medium": "fold(c.first_touch.medium) if c.first_touch else ''",
    "campaign": "fold(c.first_touch.campaign) if c.first_touch else ''",
    "last_source": "fold(c.last_touch.source) if c.last_touch else ''",
    "form": "fold(c.last_touch.form_id) if c.last_touch else ''",
    "score_total": "c.score_fit + c.score_engagement",
    "score_fit": "c.score_fit",
    "score_engagement": "c.score_engagement",
    "grade": "c.grade",
    "open_lead": "bool(c.open_lead_id)",
    "created_at": "c.created_at",
}
"""Field → where its value is in a contact ``c``. Each is looked up once a contact, and only where a condition asks for it."""


def _granted(contact: Contact) -> frozenset[str]:
    return frozenset(purpose for purpose in contact.consents if contact.consented(purpose))


def _domain(contact: Contact) -> str:
    return contact.email.rpartition("@")[2]


def _mailbox(contact: Contact) -> str:
    domain = _domain(contact)
    return "" if not domain else "free" if is_free(domain) else "business"


def compile_conditions(conditions: Sequence[Condition]) -> Matcher:
    """One function for all of these conditions, in their order.

    Its source has only the expressions that stand in this module and constants bound as ``v0, v1, …``; nothing a person wrote
    becomes source.
    """
    constants: dict[str, Any] = {}
    used: dict[str, None] = {}
    parts = [_source(condition, constants, used) for condition in conditions]
    lines = [f"    {name} = {_TRAITS[name]}" for name in used]
    source = "\n".join(["def match(c):", *lines, f"    return ({''.join(f'{part}, ' for part in parts)})"])
    scope: dict[str, Any] = {
        "__builtins__": {"bool": bool},
        "fold": fold,
        "granted": _granted,
        "domain": _domain,
        "mailbox": _mailbox,
        **constants,
    }
    exec(compile(source, "<segments>", "exec"), scope)  # noqa: S102 - generated above, see there
    matcher: Matcher = scope["match"]
    return matcher


def _source(condition: Condition, constants: dict[str, Any], used: dict[str, None]) -> str:
    match condition:
        case All(parts):
            return "(" + " and ".join(_source(part, constants, used) for part in parts) + ")"
        case AnyOf(parts):
            return "(" + " or ".join(_source(part, constants, used) for part in parts) + ")"
        case Not(part):
            return f"(not {_source(part, constants, used)})"
        case Test(name, op, value):
            used[name] = None
            constant = f"v{len(constants)}"
            constants[constant] = value
            return f"({_comparison(name, op, constant, FIELDS[name])})"


def _comparison(trait: str, op: str, constant: str, kind: Kind) -> str:
    if op == "present":
        return f"not not {trait}"
    if op == "absent":
        return f"not {trait}"
    if kind is Kind.SET:
        return {
            "is": f"{constant} in {trait}",
            "is_not": f"{constant} not in {trait}",
            "in": f"not {constant}.isdisjoint({trait})",
        }[op]
    return {
        "is": f"{trait} == {constant}",
        "is_not": f"{trait} != {constant}",
        "in": f"{trait} in {constant}",
        "contains": f"{constant} in {trait}",
        "starts_with": f"{trait}.startswith({constant})",
        "at_least": f"{trait} >= {constant}",
        "at_most": f"{trait} <= {constant}",
        "after": f"{trait} >= {constant}",
        "before": f"{trait} < {constant}",
    }[op]


def matches(condition: Condition, contact: Contact) -> bool:
    """Whether one contact meets one condition. To try many, compile once."""
    return compile_conditions([condition])(contact)[0]
