"""When something comes again: rules of RFC 5545, kept to what a calendar on the wall can show."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.foundation.errors import InvalidError

RULE_LIMIT = 200
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_NUMBERS = {"INTERVAL": 400, "COUNT": 1000}
_DAY = r"(?:[+-]?[1-4])?(?:MO|TU|WE|TH|FR|SA|SU)"
_LISTS = {
    "BYDAY": rf"{_DAY}(?:,{_DAY}){{0,20}}",
    "BYMONTHDAY": r"-?(?:[1-9]|[12][0-9]|3[01])(?:,-?(?:[1-9]|[12][0-9]|3[01])){0,30}",
    "BYMONTH": r"(?:[1-9]|1[0-2])(?:,(?:[1-9]|1[0-2])){0,11}",
    "BYSETPOS": r"-?[1-4](?:,-?[1-4]){0,3}",
    "WKST": r"(?:MO|TU|WE|TH|FR|SA|SU)",
    "UNTIL": r"[0-9]{8}(?:T[0-9]{6}Z?)?",
}
_LONGEST_MONTH = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}


def check_rule(text: str, start: datetime, zone: ZoneInfo) -> str:
    """The rule as it is kept: upper case, without ``RRULE:``. ``start`` is the first occurrence, by the clock on the wall.

    `InvalidError` names ``repeat.rrule``: something that is no rule, that repeats within a day, or that never comes again. The
    library would look for an occurrence that never comes until the year 9999, for ten seconds: so rules that can have none are
    refused by their shape (a second Monday among first ones, the thirtieth of February, every third day if it is a Monday).
    """
    rule = re.sub(r"\s+", "", text).upper().removeprefix("RRULE:").rstrip(";")
    pairs = [part.partition("=") for part in rule.split(";")]
    parts = {name: value for name, _, value in pairs}
    if (
        len(rule) > RULE_LIMIT
        or len(pairs) != len(parts)
        or not all(_fits(name, value) for name, value in parts.items())
    ):
        raise _refused("This is not a rule of repetition that we know.")
    if "FREQ" not in parts or {"COUNT", "UNTIL"} <= parts.keys():
        raise _refused("A rule has a FREQ, and COUNT or UNTIL but not both.")
    if not _can_come(parts):
        raise _refused("This is not a rule of repetition that we know.")
    try:
        comes_again = next_after(rule, start, start, zone) is not None
    except ValueError as error:
        raise _refused("This is not a rule of repetition that we know.") from error
    if not comes_again:
        raise _refused("By this rule it never comes again.", code="never")
    return rule


def next_after(rule: str, start: datetime, after: datetime, zone: ZoneInfo) -> datetime | None:
    """The first occurrence after ``after``, by the clock on the wall (no zone), of what begins at ``start``; None without one."""
    found: datetime | None = _rule(rule, start, zone).after(after)
    return found


def between(rule: str, start: datetime, low: datetime, high: datetime, zone: ZoneInfo) -> list[datetime]:
    """The occurrences from ``low`` to ``high``, both inclusive, by the clock on the wall."""
    found: list[datetime] = _rule(rule, start, zone).between(low, high, inc=True)
    return found


def left_of(rule: str, start: datetime, occurrence: datetime, zone: ZoneInfo) -> str:
    """The rule as it is from this occurrence on: of a ``COUNT`` only what is left."""
    count = dict(part.partition("=")[::2] for part in rule.split(";")).get("COUNT")
    if count is None:
        return rule
    earlier = 0
    for each in _rule(rule, start, zone):
        if each >= occurrence:
            break
        earlier += 1
    left = max(1, int(count) - earlier)
    return ";".join(f"COUNT={left}" if part.startswith("COUNT=") else part for part in rule.split(";"))


def _rule(rule: str, start: datetime, zone: ZoneInfo) -> Any:
    from dateutil.rrule import rrulestr

    parts = dict(part.partition("=")[::2] for part in rule.split(";"))
    until = parts.pop("UNTIL", None)
    found = rrulestr(";".join(f"{name}={value}" for name, value in parts.items()), dtstart=start)
    return found.replace(until=_until(until, zone)) if until else found


def _can_come(parts: Mapping[str, str]) -> bool:
    """Whether the parts can be true of a day together, within few periods."""
    every, days = parts.get("INTERVAL", "1") == "1", parts.get("BYDAY", "")
    ordinals = any(character.isdigit() for character in days)
    by_day_of_month = "BYMONTHDAY" in parts
    if by_day_of_month:
        longest = max(_LONGEST_MONTH.get(int(month), 31) for month in parts.get("BYMONTH", "1").split(","))
        if all(abs(int(day)) > longest for day in parts["BYMONTHDAY"].split(",")):
            return False
    if "BYSETPOS" in parts and (not days or ordinals or by_day_of_month or parts["FREQ"] not in ("MONTHLY", "YEARLY")):
        return False
    match parts["FREQ"]:
        case "DAILY":
            return not ordinals and (every or not {"BYDAY", "BYMONTHDAY", "BYMONTH"} & parts.keys())
        case "WEEKLY":
            return not ordinals and not by_day_of_month and (every or "BYMONTH" not in parts)
        case _:
            return not (ordinals and by_day_of_month)


def _until(text: str, zone: ZoneInfo) -> datetime:
    if len(text) == 8:
        return datetime.strptime(text, "%Y%m%d").replace(hour=23, minute=59, second=59)  # noqa: DTZ007 - on the wall
    moment = datetime.strptime(text.rstrip("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 - on the wall, or in UTC
    return moment.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None) if text.endswith("Z") else moment


def _fits(name: str, value: str) -> bool:
    if name == "FREQ":
        return value in _FREQUENCIES
    if name in _NUMBERS:
        return value.isascii() and value.isdigit() and 1 <= int(value) <= _NUMBERS[name]
    return name in _LISTS and re.fullmatch(_LISTS[name], value) is not None


def _refused(message: str, *, code: str = "rrule") -> InvalidError:
    return InvalidError(message, field="repeat.rrule", code=code)
