"""Conditions as versions of before 22 November 2026 wrote them, said in the present language.

Such conditions are kept in segments and in scoring rules. They are told by their fields, which had no dot in their names; whatever is said
in the present language comes back as it is. The present language can say all that the former one could, so nothing has to be repaired by
hand. It is a little wider in two places: an address or number is any of the person's, not only the first; and a moment of the day of
creation is its day.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC
from string import ascii_uppercase
from typing import Any

from chalicelib.foundation import clock

Purposes = Callable[[], Iterable[str]]
"""The ids of the workspace's purposes of consent; asked only where a condition means any of them."""

_NAMES: Mapping[str, str] = {
    "tag": "contact.tag",
    "email": "contact.email",
    "email_domain": "contact.email_domain",
    "email_kind": "contact.email_kind",
    "phone": "contact.phone",
    "first_name": "contact.first_name",
    "last_name": "contact.last_name",
    "company": "company.name",
    "country": "contact.country",
    "city": "contact.city",
    "language": "contact.language",
    "owner": "contact.owner",
    "lifecycle_stage": "contact.lifecycle_stage",
    "source": "contact.source",
    "medium": "contact.medium",
    "campaign": "contact.campaign",
    "last_source": "contact.last_source",
    "form": "contact.last_form",
    "score_total": "score.total",
    "score_fit": "score.fit",
    "score_engagement": "score.engagement",
    "grade": "score.grade",
    "open_lead": "contact.open_lead",
    "created_at": "date.created",
}
_IDS = ("country", "owner", "form")
"""Formerly compared as texts, now chosen: parts of them cannot be asked for."""


def present(raw: Any, purposes: Purposes) -> Any:
    """The conditions in this JSON value in the present language; what is in no language at all comes back as it is."""
    if not isinstance(raw, Mapping):
        return raw
    name = raw.get("field")
    if isinstance(name, str):
        if name == "consent":
            return _consent(raw, purposes)
        return _leaf(raw, name) if name in _NAMES else raw
    if len(raw) == 1:
        [(key, content)] = raw.items()
        if key == "not":
            return {"none": [present(content, purposes)]}
        if isinstance(content, list):
            return {key: [present(part, purposes) for part in content]}
    return raw


def _leaf(raw: Mapping[str, Any], name: str) -> dict[str, Any]:
    op, value = raw.get("op"), raw.get("value")
    leaf = {**raw, "field": _NAMES[name]}
    if name in _IDS and op in ("contains", "starts_with") and isinstance(value, str):
        return (
            {**leaf, "op": "in", "value": _codes(value.strip().upper(), op)}
            if name == "country"
            else {**leaf, "op": "is"}
        )
    if name == "created_at" and isinstance(value, str):
        return {**leaf, "value": _day(value)}
    return leaf


def _codes(part: str, op: str) -> list[str]:
    """The codes of countries, which have two letters, with this part."""
    if len(part) != 1:
        return [part]
    after = [part + letter for letter in ascii_uppercase]
    return after if op == "starts_with" else sorted({*after, *(letter + part for letter in ascii_uppercase)})


def _day(moment: str) -> str:
    try:
        return (
            moment if len(moment) == len("2026-11-21") else clock.from_text(moment).astimezone(UTC).date().isoformat()
        )
    except ValueError:
        return moment


def _consent(raw: Mapping[str, Any], purposes: Purposes) -> dict[str, Any]:
    """The field was the set of the purposes that were granted; now each purpose is a field of its own."""
    op, value = raw.get("op"), raw.get("value")
    wanted = [value] if isinstance(value, str) else value if isinstance(value, list) else list(purposes())
    leaves = [{"field": f"consent.{each}", "op": "is", "value": "granted"} for each in wanted]
    if op in ("is_not", "absent"):
        return {"none": leaves}
    return leaves[0] if op == "is" and leaves else {"any": leaves}
