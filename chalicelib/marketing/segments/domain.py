"""What a segment is: a group of contacts, chosen one by one or by conditions (`chalicelib.marketing.segments.language`)."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from chalicelib.customers.contacts.domain import Contact
from chalicelib.foundation.errors import FieldError
from chalicelib.marketing.segments.language.compile import compile_contacts
from chalicelib.marketing.segments.language.fields import ABSOLUTE, Field
from chalicelib.marketing.segments.language.former import present as former_conditions
from chalicelib.marketing.segments.language.parse import parse as parse_with
from chalicelib.marketing.segments.language.vocabulary import Vocabulary

__all__ = [
    "DYNAMIC_LIMIT",
    "SHARDS",
    "MembersPage",
    "Problem",
    "Progress",
    "Segment",
    "SegmentState",
    "compile_contacts",
    "former_conditions",
    "parse",
]

SHARDS = 4
"""Over how many partitions a segment's members are spread."""

DYNAMIC_LIMIT = 200
ASKED_LIMIT = 20
"""How many other segments one segment may ask for."""
BUILDERS_LIMIT = 70
"""How many may build on one."""


class SegmentState(StrEnum):
    """Whether everybody who belongs in a segment is in it yet."""

    FILLING = "filling"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why conditions cannot be decided any more: the place, what is the matter, and what it was about (a field, an id)."""

    field: str
    code: str
    message: str
    about: str = ""

    def as_error(self) -> FieldError:
        """The same of conditions that are being written."""
        return FieldError(self.field, self.message, "unknown" if self.code == "gone" else self.code)


@dataclass(frozen=True, slots=True)
class Progress:
    """How many contacts a fill has looked at, of how many."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A group of contacts. ``conditions`` are empty for a static one. ``fresh_as_of`` is when membership was last known to be whole:
    a dynamic segment follows every change of a contact from the moment it was filled; None until then. ``broken`` says that the
    conditions ask for something that is gone: nobody is in it. ``revision`` counts its fills; ``bound`` are the custom fields its
    conditions mean.
    """

    workspace_id: str
    id: str
    name: str
    kind: Literal["static", "dynamic"]
    conditions: Mapping[str, Any] | None
    state: SegmentState
    count: int
    shards: int
    fresh_as_of: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int = 1
    changed_by: str = ""
    revision: int = 1
    broken: bool = False
    bound: Mapping[str, Any] | None = None
    source_id: str = ""
    filled_at: datetime | None = None
    problems: tuple[Problem, ...] = ()
    progress: Progress | None = None

    @property
    def filling(self) -> bool:
        """Whether it is not whole yet."""
        return self.state is SegmentState.FILLING


@dataclass(frozen=True, slots=True)
class FoundByEmail:
    """Whose address it is, as it was given; ``added`` is whether the contact was not in the segment before."""

    email: str
    contact: Contact
    added: bool


@dataclass(frozen=True, slots=True)
class AddedByEmail:
    """A segment into which people were put by their addresses: who was found, which addresses nobody has, and what is no address."""

    segment: Segment
    found: list[FoundByEmail]
    unknown: list[str]
    invalid: list[str]


@dataclass(frozen=True, slots=True)
class MembersPage:
    """Contact ids of a segment, and where the next page starts (None at the end)."""

    contact_ids: list[str]
    next: list[str] | None = None


def parse(raw: Any, path: str = "conditions") -> Any:
    """A condition on what stands in a contact itself, for `compile_contacts`; `InvalidError` names every wrong place."""
    return parse_with(raw, _CONTACTS_ONLY, path)


class _Days(Field):
    """A field of days that is compared with given days only."""

    @property
    def operators(self) -> tuple[str, ...]:
        return (*ABSOLUTE, "present", "absent")


class _ContactsOnly(Vocabulary):
    """The fields of a contact, without what time changes or other rows tell."""

    def get(self, name: str) -> Any:
        found = super().get(name)
        if found is None or found.needs != "contact" or found.group in ("segment", "random"):
            return None
        return (
            found
            if found.group != "date"
            else _Days(**{each.name: getattr(found, each.name) for each in fields(Field)})
        )


_CONTACTS_ONLY = _ContactsOnly()
