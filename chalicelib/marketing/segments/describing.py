"""Segments in words, and the list of everything that conditions can ask: both with the names of this workspace's things."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chalicelib.customers import countries
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Table
from chalicelib.marketing.segments import checking, store
from chalicelib.marketing.segments.domain import Segment
from chalicelib.marketing.segments.language.fields import GROUPS, Field
from chalicelib.marketing.segments.language.nodes import Condition, leaves
from chalicelib.marketing.segments.language.parse import parse
from chalicelib.marketing.segments.language.sentence import Names, named_in, sentence
from chalicelib.marketing.segments.language.vocabulary import Vocabulary, bound
from chalicelib.marketing.segments.language.words import OPERATORS, UNITS, choice_words
from chalicelib.workspaces.members import service as members

_CHOICES = 200

Both = Mapping[str, str]


def sentences(*, runtime: Runtime, workspace_id: str, segments: Sequence[Segment]) -> dict[str, Both]:
    """The conditions of the dynamic ones in words, by segment."""
    dynamic = [segment for segment in segments if segment.conditions is not None]
    if not dynamic:
        return {}
    words = checking.vocabulary(runtime.table, workspace_id)
    read: dict[str, Condition] = {}
    for segment in dynamic:
        for vocabulary in (words, Vocabulary({**bound(segment.bound).custom, **words.custom})):
            try:
                read[segment.id] = parse(segment.conditions, vocabulary)
            except InvalidError:
                continue
            break
    names = names_for(runtime, workspace_id, read.values())
    return {segment_id: sentence(condition, names) for segment_id, condition in read.items()}


def said(*, runtime: Runtime, workspace_id: str, condition: Condition | None) -> Both:
    """One condition in words."""
    if condition is None:
        return {"es": "", "en": ""}
    return sentence(condition, names_for(runtime, workspace_id, [condition]))


def names_for(runtime: Runtime, workspace_id: str, conditions: Iterable[Condition]) -> Names:
    """What everything is called that these conditions name."""
    wanted: dict[str, set[str]] = {}
    for condition in conditions:
        for kind, ids in named_in(leaves(condition)).items():
            wanted.setdefault(kind, set()).update(ids)
    found: dict[tuple[str, str], str] = {}
    for kind, ids in wanted.items():
        found |= {(kind, id_): name for id_, name in _names(runtime, workspace_id, kind, sorted(ids)).items()}
    return found


def _names(runtime: Runtime, workspace_id: str, kind: str, ids: Sequence[str]) -> Mapping[str, str]:
    if kind == "segment":
        return {each.id: each.name for each in store.read_many(runtime.table, workspace_id, ids).values()}
    if kind == "member":
        return _members(runtime.table, workspace_id)
    named, things = runtime.parts("named"), runtime.parts("things")
    if kind in named:
        found: Mapping[str, str] = named[kind].names(runtime, workspace_id, ids)
        return found
    return things[kind].titles(runtime.table, workspace_id, ids) if kind in things else {}


def _members(table: Table, workspace_id: str) -> dict[str, str]:
    return {
        each.user_id: each.name or each.email for each in members.all_members(table=table, workspace_id=workspace_id)
    }


def catalogue(*, runtime: Runtime, workspace_id: str) -> dict[str, Any]:
    """Everything that conditions can ask in this workspace, for whoever builds them: groups, fields with their operators and choices,
    and the language's words in both languages.
    """
    choices = _Choices(runtime, workspace_id)
    fields = [
        {
            "field": field.name,
            "group": field.group,
            "label": field.label,
            "kind": field.kind.value,
            "operators": list(field.operators),
            "choices": choices.of(field),
            "lookup": field.lookup if field.lookup not in ("country", "stage", "") else None,
        }
        for field in checking.vocabulary(runtime.table, workspace_id)
    ]
    return {
        "groups": [{"key": key, "label": {"es": es, "en": en}} for key, (es, en) in GROUPS.items()],
        "fields": fields,
        "operators": OPERATORS,
        "units": UNITS,
    }


class _Choices:
    """What the values of fields are chosen from, each kind of thing read once."""

    def __init__(self, runtime: Runtime, workspace_id: str):
        self.runtime, self.workspace_id = runtime, workspace_id
        self._read: dict[str, list[dict[str, Any]] | None] = {}

    def of(self, field: Field) -> list[dict[str, Any]] | None:
        """The choices of a field; None for one whose values are written or looked up."""
        if field.options:
            return [{"value": value, "label": {"es": label, "en": label}} for value, label in field.options.items()]
        if field.choices is not None:
            return [{"value": value, "label": choice_words(field.name, value)} for value in field.choices]
        if not field.lookup:
            return None
        if field.lookup not in self._read:
            self._read[field.lookup] = self._looked_up(field.lookup)
        return self._read[field.lookup]

    def _looked_up(self, kind: str) -> list[dict[str, Any]] | None:
        table, where = self.runtime.table, self.workspace_id
        if kind == "country":
            english = dict(countries.names("en"))
            return [{"value": code, "label": {"es": name, "en": english[code]}} for code, name in countries.names("es")]
        if kind == "member":
            found: Mapping[str, str] = _members(table, where)
        elif kind == "segment":
            found = {each.id: each.name for each in store.recent(table, where, before="", limit=_CHOICES)}
        else:
            named = self.runtime.parts("named")
            if kind not in named:
                return None
            found = named[kind].choices(self.runtime, where)
        return [{"value": id_, "label": {"es": name, "en": name}} for id_, name in list(found.items())[:_CHOICES]]
