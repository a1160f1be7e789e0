"""Whether conditions still make sense: what they name may be gone, or have become something else."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.customers.consent import service as consent
from chalicelib.customers.fields import service as fields
from chalicelib.foundation.errors import ConflictError, InvalidError
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Table
from chalicelib.marketing.segments import store
from chalicelib.marketing.segments.domain import ASKED_LIMIT, Problem, Segment, SegmentState
from chalicelib.marketing.segments.language.compile import asked_segments, compile_one
from chalicelib.marketing.segments.language.fields import Kind
from chalicelib.marketing.segments.language.nodes import Condition, Leaf, leaves
from chalicelib.marketing.segments.language.parse import parse
from chalicelib.marketing.segments.language.vocabulary import Vocabulary, binding, bound, vocabulary_of
from chalicelib.marketing.segments.names import Named
from chalicelib.workspaces.settings import service as settings

SIZE_LIMIT = 30_000
"""Bytes of a segment's conditions: it is one item with them, and so is what the audit says of a change of them."""

NAMED = ("form", "campaign", "pipeline", "stage")
"""What conditions name that can be gone without their knowing. Members and records of customers may go: nobody is theirs then."""


@dataclass(frozen=True, slots=True)
class Checked:
    """Conditions as they were read: what is wrong with them, the custom fields they mean, the segments they ask for."""

    condition: Condition | None
    problems: tuple[Problem, ...]
    bound: Mapping[str, Any]
    asks: tuple[str, ...]


def vocabulary(table: Table, workspace_id: str) -> Vocabulary:
    """What can be asked in the workspace, as it certainly is."""
    catalogue = fields.get_catalogue(table=table, workspace_id=workspace_id, fresh=True)
    purposes = consent.get_purposes(table=table, workspace_id=workspace_id)
    return vocabulary_of(catalogue, {each.id: each.name for each in purposes.items})


def check(
    runtime: Runtime, workspace_id: str, conditions: Any, *, segment_id: str = "", words: Vocabulary | None = None
) -> Checked:
    """Read conditions and look up all that they name. ``segment_id`` is the segment they are of: a way back to it is a circle."""
    words = words or vocabulary(runtime.table, workspace_id)
    try:
        condition = parse(conditions, words)
    except InvalidError as error:
        problems = tuple(
            Problem(
                each.field,
                "gone" if each.code == "unknown" else each.code,
                each.message,
                _about(conditions, each.field),
            )
            for each in error.fields
        )
        return Checked(None, problems, {}, ())
    asks = _asks(condition)
    problems = (*_gone(runtime, workspace_id, condition), *_asking(runtime.table, workspace_id, condition, segment_id))
    own = binding(leaf.field for leaf in leaves(condition))
    return Checked(condition, problems, own, asks)


def accept(runtime: Runtime, workspace_id: str, conditions: Any, *, segment_id: str = "") -> Checked:
    """The same for conditions that are being written; `InvalidError` names every place that does not make sense."""
    words = vocabulary(runtime.table, workspace_id)
    parse(conditions, words)
    if len(json.dumps(conditions)) > SIZE_LIMIT:  # as they are kept
        message = f"Conditions have at most {SIZE_LIMIT // 1000} KB; a longer list of values is a static segment."
        raise InvalidError(message, field="conditions", code="too_long")
    checked = check(runtime, workspace_id, conditions, segment_id=segment_id, words=words)
    if checked.problems:
        wrong = [each.as_error() for each in checked.problems[:20]]
        raise InvalidError("The conditions are not valid.", fields=wrong)
    return checked


def _asks(condition: Condition) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for leaf in asked_segments(condition):
        found |= dict.fromkeys(sorted([leaf.value] if isinstance(leaf.value, str) else leaf.value))
    return tuple(found)


def _about(conditions: Any, path: str) -> str:
    """What a place of the conditions is about: the field that is named there."""
    here = conditions
    for part in path.split(".")[1:-1]:
        try:
            here = here[int(part)] if isinstance(here, list) else here[part]
        except (KeyError, IndexError, ValueError, TypeError):
            return ""
    found = here.get("field") if isinstance(here, Mapping) else None
    return found[:100] if isinstance(found, str) else ""


def _gone(runtime: Runtime, workspace_id: str, condition: Condition) -> Iterable[Problem]:
    """Forms, campaigns, pipelines and stages that are no more."""
    wanted: dict[str, dict[str, list[str]]] = {}
    for leaf in leaves(condition):
        if leaf.field.lookup in NAMED:
            for place, id_ in _ids(leaf):
                wanted.setdefault(leaf.field.lookup, {}).setdefault(id_, []).append(place)
    named: Mapping[str, Named] = runtime.parts("named") if wanted else {}
    for kind, ids in wanted.items():
        names = named[kind].names(runtime, workspace_id, list(ids)) if kind in named else {}
        for id_ in ids:
            if id_ not in names:
                for place in ids[id_]:
                    yield Problem(place, "gone", f"There is no such {kind}.", id_)


def _ids(leaf: Leaf) -> Iterable[tuple[str, str]]:
    """What a leaf names, each with its place."""
    if leaf.value is None:
        return
    if leaf.field.kind is Kind.BEHAVIOUR:
        if leaf.value.about:
            yield f"{leaf.path}.value.{leaf.field.lookup}", leaf.value.about
    elif isinstance(leaf.value, frozenset):
        yield from ((f"{leaf.path}.value", each) for each in sorted(leaf.value))
    else:
        yield f"{leaf.path}.value", leaf.value


def _asking(table: Table, workspace_id: str, condition: Condition, segment_id: str) -> Iterable[Problem]:
    """Segments that are no more, have problems of their own, or lead back to this one."""
    asking = asked_segments(condition)
    if not asking:
        return
    catalogue = store.catalogue(table, workspace_id)
    entries = catalogue.segments if catalogue else {}
    places = [(f"{leaf.path}.value", each) for leaf in asking for _, each in _ids(leaf)]
    if len({each for _, each in places}) > ASKED_LIMIT:
        yield Problem("conditions", "too_many", f"At most {ASKED_LIMIT} segments in one.")
        return
    reached = {way for _, each in places for way in (each, *store.reached(entries, each))}
    known = store.read_many(table, workspace_id, {*reached, segment_id} - {""}, consistent=True)
    for place, asked in places:
        found = known.get(asked)
        if found is None:
            yield Problem(place, "gone", "There is no such segment.", asked)
            continue
        way = _way(entries, asked, segment_id) if segment_id else []
        if way:
            names = " → ".join(known[each].name if each in known else each for each in (segment_id, *way))
            yield Problem(place, "circle", f"These segments ask for one another: {names}.", asked)
        elif any(known[each].broken for each in (asked, *store.reached(entries, asked)) if each in known):
            yield Problem(place, "broken", f"The segment {found.name} has problems of its own.", asked)


def _way(entries: Mapping[str, Any], start: str, goal: str) -> list[str]:
    """From one segment to another by what they ask for; empty if there is no way."""
    ways = [[start]]
    seen = {start}
    while ways:
        way = ways.pop(0)
        if way[-1] == goal:
            return way
        for asked in entries.get(way[-1], {}).get("asks", ()):
            if asked not in seen:
                seen.add(asked)
                ways.append([*way, asked])
    return []


# From the queue


def check_all(runtime: Runtime, workspace_id: str, _: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Look at every dynamic segment again: one that has come to have problems, is cured of them, or means other fields now is filled
    anew.
    """
    words = vocabulary(runtime.table, workspace_id)
    for segment in _dynamic(runtime.table, workspace_id):
        checked = check(runtime, workspace_id, segment.conditions, segment_id=segment.id, words=words)
        broken = bool(checked.problems)
        if broken != segment.broken or (not broken and dict(checked.bound) != dict(segment.bound or {})):
            asks = checked.asks if not broken else _kept_asks(segment)
            _refill(runtime, segment, asks, broken=broken, bound_now=segment.bound if broken else checked.bound)
    return []


def _kept_asks(segment: Segment) -> tuple[str, ...]:
    """What a segment with problems goes on asking for, as far as it can still be read."""
    try:
        return _asks(parse(segment.conditions, bound(segment.bound)))
    except InvalidError:
        return ()


def zone_changed(runtime: Runtime, workspace_id: str, _: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The workspace's days begin at another moment: segments that look at days are filled anew."""
    zone = settings.get_workspace(table=runtime.table, workspace_id=workspace_id, fresh=True).zone
    for segment in _dynamic(runtime.table, workspace_id):
        if segment.broken:
            continue
        condition = parse(segment.conditions, bound(segment.bound))
        kinds = {leaf.field.kind for leaf in leaves(condition)}
        if compile_one(condition, zone).timed or kinds & {Kind.DATE, Kind.INSTANT, Kind.BEHAVIOUR}:
            _refill(runtime, segment, _asks(condition), broken=False, bound_now=segment.bound)
    return []


def _dynamic(table: Table, workspace_id: str) -> list[Segment]:
    catalogue = store.catalogue(table, workspace_id)
    found = store.read_many(table, workspace_id, catalogue.segments if catalogue else (), consistent=True)
    return [segment for segment in found.values() if segment.conditions is not None]


def _refill(
    runtime: Runtime, segment: Segment, asks: Iterable[str], *, broken: bool, bound_now: Mapping[str, Any] | None
) -> None:
    now = runtime.clock.now()
    changed = replace(
        segment,
        state=SegmentState.FILLING,
        filled_at=None,
        revision=segment.revision + 1,
        broken=broken,
        bound=bound_now,
        updated_at=now,
    )
    try:
        store.refill(runtime.table, changed, now, asks=tuple(asks))
    except (ConflictError, store.CircleError):
        observed = store.read(runtime.table, segment.workspace_id, segment.id, consistent=True)
        if observed is not None and observed.version == segment.version:
            raise
