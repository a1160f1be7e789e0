"""What is chosen of a campaign (texts in other languages, delivery, test, repetition, goal) as JSON in its row, and back."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from chalicelib.foundation.clock import from_text, to_text
from chalicelib.marketing.campaigns.domain import (
    Ab,
    AbState,
    AbTest,
    Delivery,
    Goal,
    Money,
    Occurrences,
    Recurrence,
    Variant,
    VariantResult,
    Window,
    Wording,
)

Json = Mapping[str, Any]


def packed(value: Any) -> Any:
    """A dataclass of `domain.options` as what JSON has; None and what is empty stay so."""
    return None if value is None else _plain(asdict(value))


def pack_wordings(wordings: Mapping[str, Wording]) -> dict[str, Any] | None:
    """The wordings by language."""
    return {language: asdict(each) for language, each in wordings.items()} or None


def wordings(raw: Json | None) -> dict[str, Wording]:
    """The wordings in a row."""
    return {language: Wording(**each) for language, each in (raw or {}).items()}


def delivery(raw: Json | None) -> Delivery:
    """How messages are spread."""
    if not raw:
        return Delivery()
    window = raw["window"]
    return Delivery(
        mode=raw["mode"],
        window=Window(window["start"], window["end"], tuple(window["days"])) if window else None,
        per_hour=raw["per_hour"],
        warm_up=raw["warm_up"],
    )


def ab_test(raw: Json | None) -> AbTest | None:
    """The test."""
    if not raw:
        return None
    variants = tuple(Variant(Wording(**each["wording"]), wordings(each["translations"])) for each in raw["variants"])
    return AbTest(raw["what"], raw["share"], variants, raw["winner_by"], raw["after_minutes"])


def ab(raw: Json | None) -> Ab | None:
    """How the test goes."""
    if not raw:
        return None
    return Ab(
        state=AbState(raw["state"]),
        decide_at=_instant(raw["decide_at"]),
        decided_at=_instant(raw["decided_at"]),
        decided_by=raw["decided_by"],
        winner=raw["winner"],
        results=tuple(VariantResult(**each) for each in raw["results"]),
    )


def recurrence(raw: Json | None) -> Recurrence | None:
    """When it comes again."""
    if not raw:
        return None
    until = date.fromisoformat(raw["until"]) if raw["until"] else None
    return Recurrence(raw["every"], raw["interval"], raw["at"], raw["time_zone"], tuple(raw["days"]), until)


def occurrences(raw: Json | None) -> Occurrences | None:
    """How far a recurring campaign is."""
    if not raw:
        return None
    return Occurrences(_instant(raw["next_at"]), raw["made"], raw["skipped"], raw["last_id"])


def goal(raw: Json | None) -> Goal | None:
    """What people should do."""
    if not raw:
        return None
    value = raw["value"]
    return Goal(
        raw["kind"], raw["url"], raw["days"], Money(Decimal(value["amount"]), value["currency"]) if value else None
    )


def _instant(text: str | None) -> datetime | None:
    return from_text(text) if text else None


def _plain(value: Any) -> Any:
    match value:
        case Mapping():
            return {name: _plain(each) for name, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case datetime():
            return to_text(value)
        case date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case _:
            return value
