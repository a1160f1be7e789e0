"""Custom fields as the API shows and takes them."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field as Column

from chalicelib.customers.fields.domain import FIELDS_LIMIT, OPTIONS_LIMIT, Field
from chalicelib.customers.schemas import Name
from chalicelib.foundation.http import Schema, Versioned
from chalicelib.foundation.http.schemas import Instant

FieldKind = Literal["contact", "company", "lead", "deal"]
FieldTypeName = Literal["text", "number", "money", "date", "choice", "multi_choice", "boolean", "url", "relation"]
FieldKey = Annotated[str, Column(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Custom = Annotated[
    dict[Annotated[str, Column(max_length=40)], Any],
    Column(max_length=FIELDS_LIMIT, description="The workspace's own fields, by their keys; null takes a value away."),
]


class OptionIn(Schema):
    """One of a choice's answers. The value is kept, the label (the value, when left out) is shown."""

    value: Annotated[Name, Column(min_length=1)]
    label: Name | None = None


class OptionOut(Schema):
    """One of a choice's answers."""

    value: str
    label: str


class FieldIn(Schema):
    """A new field. Without a key one is made of the name; it never changes."""

    kind: FieldKind
    name: Annotated[Name, Column(min_length=1)]
    type: FieldTypeName
    key: FieldKey | None = None
    options: Annotated[list[OptionIn], Column(max_length=OPTIONS_LIMIT)] | None = None
    relation_kind: FieldKind | None = None
    required: bool = False
    filterable: bool = False
    position: Annotated[int, Column(ge=0, le=10_000)] | None = None


class FieldChange(Versioned):
    """A change to a field. Kind, key and type stay; options are replaced as a whole, and values that are no option any more
    stay where they are.
    """

    name: Annotated[Name, Column(min_length=1)] | None = None
    options: Annotated[list[OptionIn], Column(max_length=OPTIONS_LIMIT)] | None = None
    required: bool | None = None
    filterable: bool | None = None
    position: Annotated[int, Column(ge=0, le=10_000)] | None = None
    archived: bool | None = None

    def changes(self) -> dict[str, Any]:
        """What was said."""
        return self.model_dump(exclude_unset=True, exclude={"version"})


class FieldsQuery(Schema):
    """Which fields."""

    kind: FieldKind | None = None
    archived: Annotated[bool, Column(description="Those out of use, too.")] = False


class ArchivalQuery(Schema):
    """How a field goes."""

    version: Annotated[int, Column(ge=1)] | None = None
    purge: Annotated[bool, Column(description="Take its values away too; this cannot be undone.")] = False


class FieldOut(Schema):
    """A custom field."""

    id: str
    kind: FieldKind
    key: str
    name: str
    type: FieldTypeName
    options: list[OptionOut]
    relation_kind: FieldKind | None
    required: bool
    filterable: bool
    position: int
    archived: bool
    created_at: Instant
    updated_at: Instant
    version: int

    @classmethod
    def of(cls, field: Field) -> Self:
        """The field as shown."""
        return cls.model_validate(
            {
                "id": field.id,
                "kind": field.kind,
                "key": field.key,
                "name": field.name,
                "type": field.type.value,
                "options": [{"value": each.value, "label": each.label} for each in field.options],
                "relation_kind": field.relation_kind or None,
                "required": field.required,
                "filterable": field.filterable,
                "position": field.position,
                "archived": field.archived,
                "created_at": field.created_at,
                "updated_at": field.updated_at,
                "version": field.version,
            }
        )
