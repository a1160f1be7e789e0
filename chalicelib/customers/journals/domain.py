"""What a journal holds, and what undoing a change means."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

Image = Mapping[str, Mapping[str, Any]]
Item = dict[str, Any]
"""One action of a transaction, as DynamoDB takes it: ``{"Put": {"TableName": …}}``."""

BOOKKEEPING = frozenset({"version", "edited_version", "updated_at", "changed_by"})
"""Attributes that every write changes: no edit by themselves, and never put back."""

_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False).encode


@dataclass(slots=True)
class Change:
    """One item going from ``before`` to ``after`` (None: it is not there). ``row`` is its number in the import, or its place in
    the bulk job. ``items`` are the actions that make the change, the item's own first; they are not kept.
    """

    row: int
    pk: str
    sk: str
    before: Image | None
    after: Image | None
    items: Sequence[Item] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing a change comes to. ``image`` is the item as it should stand (None: deleted), given ``changes`` anything at all;
    ``kept`` are the attributes that somebody has changed since and that stay as they are.
    """

    changes: bool
    image: Image | None
    kept: tuple[str, ...] = ()


def to_lines(changes: Iterable[Change]) -> list[str]:
    """The journal's lines, one for each change."""
    return [_encode((each.row, each.pk, each.sk, each.before, each.after)) for each in changes]


def from_lines(content: bytes) -> Iterator[Change]:
    """The changes in a journal."""
    for line in content.split(b"\n"):
        if line:
            yield Change(*json.loads(line))


def undone(
    change: Change, current: Image | None, ours: frozenset[str], ours_when_made: frozenset[str] = frozenset()
) -> Undone:
    """What to do about a change now that the item is ``current``.

    What was made is deleted, unless anything but ``ours`` (what the product writes by itself) and ``ours_when_made`` (what it
    writes soon after a record was made, such as a lead's owner by a rule) was changed since. What was changed gets back each attribute that is still as the change left it; of sets, what was put in goes and what was taken out
    returns, whatever else is in them. A deleted item stays deleted.
    """
    silent = ours | BOOKKEEPING
    if current is None:
        return Undone(False, None)
    if change.before is None:
        after = change.after or {}
        looked_at = (current.keys() | after.keys()) - silent - ours_when_made
        edited = sorted(name for name in looked_at if _differ(current, after, name))
        return Undone(False, current, tuple(edited)) if edited else Undone(True, None)
    before, after = change.before, change.after or {}
    image, kept, changes = dict(current), [], False
    for name in sorted((before.keys() | after.keys()) - silent):
        if not _differ(before, after, name):
            continue
        value = _value(current, before, after, name)
        if value is _KEPT:
            kept.append(name)
        elif not _equal(value, current.get(name)):
            changes = True
            if value is None:
                del image[name]
            else:
                image[name] = value
    return Undone(changes, image, tuple(kept))


_KEPT: Any = object()


def _value(current: Image, before: Image, after: Image, name: str) -> Any:
    """The attribute as undoing leaves it (None: not there), or ``_KEPT``."""
    was, left, stands = before.get(name), after.get(name), current.get(name)
    if _equal(stands, left) or _equal(stands, was):
        return was
    if all(value is None or "SS" in value for value in (was, left, stands)):
        had, has, have = (set((value or {}).get("SS", ())) for value in (was, left, stands))
        found = (have - (has - had)) | (had - has)
        return {"SS": sorted(found)} if found else None
    return _KEPT


def _differ(one: Image, other: Image, name: str) -> bool:
    return not _equal(one.get(name), other.get(name))


def _equal(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    if one == other:
        return True
    if one is None or other is None:
        return False
    if "SS" in one and "SS" in other:
        return set(one["SS"]) == set(other["SS"])
    # DynamoDB gives 1200.50 back as 1200.5.
    return "N" in one and "N" in other and Decimal(one["N"]) == Decimal(other["N"])
