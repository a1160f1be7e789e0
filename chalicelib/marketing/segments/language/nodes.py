"""Conditions that have been read: groups, leaves, and the values of leaves in the types of their fields."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from chalicelib.marketing.segments.language.fields import Field


@dataclass(frozen=True, slots=True)
class All:
    """Every one of them."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of them."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class NoneOf:
    """Not one of them."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One field compared with a value: a text, number, bool, day, `frozenset` (``in``), or one of the classes below; None where
    the operator takes none. ``path`` is where it was written, for messages; ``written`` are its texts as somebody wrote them, where
    they are compared without regard to case.
    """

    field: Field
    op: str
    value: Any = None
    path: str = ""
    written: tuple[str, ...] = ()


Condition = All | AnyOf | NoneOf | Leaf


@dataclass(frozen=True, slots=True)
class Span:
    """From one number, day or amount to another, both included; None is open."""

    low: Any
    high: Any


@dataclass(frozen=True, slots=True)
class Money:
    """An amount, or a span of them, in one currency."""

    currency: str
    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True, slots=True)
class Relative:
    """So long: 30 days, 2 months."""

    amount: int
    unit: str


@dataclass(frozen=True, slots=True)
class Period:
    """When something happened: an operator of moments and its value."""

    op: str
    value: "date | Span | Relative"


@dataclass(frozen=True, slots=True)
class Did:
    """Which deeds count, and how many of them it takes. ``about`` is the campaign, form or pipeline; empty for any."""

    about: str = ""
    link: str = ""
    times: int = 1
    period: Period | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """A part of everybody, by a stable draw: from one ten-thousandth (included) to another (not)."""

    salt: str
    low: int
    high: int


def leaves(condition: Condition) -> Iterator[Leaf]:
    """All leaves, in the order in which they were written."""
    if isinstance(condition, Leaf):
        yield condition
        return
    for part in condition.parts:
        yield from leaves(part)
