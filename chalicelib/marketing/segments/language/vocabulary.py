"""The fields of one workspace: those that every workspace has, its custom fields and its purposes of consent."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.customers.fields.domain import Catalogue, FieldType
from chalicelib.customers.fields.domain import Field as CustomField
from chalicelib.marketing.segments.language.fields import CONSENT_STATES, FIELDS, Field, Kind

_KINDS: Mapping[FieldType, tuple[Kind, str]] = {
    FieldType.TEXT: (Kind.TEXT, "text_of"),
    FieldType.URL: (Kind.TEXT, "text_of"),
    FieldType.NUMBER: (Kind.NUMBER, "number_of"),
    FieldType.MONEY: (Kind.MONEY, "money_of"),
    FieldType.DATE: (Kind.DATE, "day_of"),
    FieldType.CHOICE: (Kind.CHOICE, "choice_of"),
    FieldType.MULTI_CHOICE: (Kind.SET, "set_of"),
    FieldType.BOOLEAN: (Kind.BOOLEAN, "boolean_of"),
    FieldType.RELATION: (Kind.CHOICE, "choice_of"),
}
_OWN = {"custom.": ("contact", "c.custom"), "company.custom.": ("company", "o.custom if o else NOTHING")}
_CONSENT = "consent."


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What can be asked in one workspace. ``custom`` are its own fields by the names that conditions use; ``purposes`` its purposes
    of consent, None for any.
    """

    custom: Mapping[str, Field] = field(default_factory=dict)
    purposes: Mapping[str, Mapping[str, str]] | None = None

    def get(self, name: str) -> Field | None:
        """The field of this name, or None."""
        found = FIELDS.get(name) or self.custom.get(name)
        if found is None and name.startswith(_CONSENT):
            purpose = name.removeprefix(_CONSENT)
            if purpose and (self.purposes is None or purpose in self.purposes):
                return _consent(purpose, (self.purposes or {}).get(purpose, {}))
        return found

    def __iter__(self) -> Iterator[Field]:
        yield from FIELDS.values()
        yield from self.custom.values()
        for purpose, name in (self.purposes or {}).items():
            yield _consent(purpose, name)


def _consent(purpose: str, name: Mapping[str, str]) -> Field:
    spanish, english = name.get("es") or purpose, name.get("en") or purpose
    source = "consent(c, {key})"
    return Field(
        _CONSENT + purpose, Kind.CHOICE, source, spanish, english, choices=CONSENT_STATES, key=purpose, given_name=True
    )


def custom_field(prefix: str, own: CustomField) -> Field:
    """A custom field as conditions know it."""
    needs, values = _OWN[prefix]
    kind, reader = _KINDS[own.type]
    return Field(
        name=prefix + own.key,
        kind=kind,
        source=f"{reader}({values}, {{key}})",
        es=own.name,
        en=own.name,
        needs=needs,
        choices=tuple(option.value for option in own.options) if own.has_options else None,
        lookup=own.relation_kind,
        key=own.id,
        given_name=True,
        options={option.value: option.label for option in own.options},
    )


def vocabulary_of(catalogue: Catalogue, purposes: Mapping[str, Mapping[str, str]]) -> Vocabulary:
    """What can be asked of people with these custom fields and purposes (id → its name in the languages)."""
    custom: dict[str, Field] = {}
    for prefix, (kind, _) in _OWN.items():
        custom |= {prefix + key: custom_field(prefix, own) for key, own in catalogue.by_key(kind).items()}
    return Vocabulary(custom, purposes)


# Bound: which custom fields a segment's conditions meant when they were written


def binding(fields: Iterable[Field]) -> dict[str, list[Any]]:
    """The custom fields among these as they are kept with a segment: name → id, kind and source."""
    return {
        each.name: [each.key, each.kind.value, each.source, each.needs]
        for each in fields
        if each.name.startswith(tuple(_OWN))
    }


def bound(kept: Mapping[str, list[Any]] | None) -> Vocabulary:
    """The vocabulary to read kept conditions with: their custom fields by id, whatever they are called now."""
    custom = {}
    for name, (key, kind, source, needs) in (kept or {}).items():
        custom[name] = Field(name, Kind(kind), source, name, name, needs, key=key, given_name=True)
    return Vocabulary(custom)
