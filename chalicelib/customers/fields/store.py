"""Custom fields in the table."""

from collections.abc import Mapping

from chalicelib.customers.fields.domain import Catalogue, Field, FieldType, options_of
from chalicelib.customers.fields.records import PREFIX, FieldRecord, field_key
from chalicelib.foundation.table import Key, Table, partition

_PLACES: Mapping[str, tuple[str, str]] = {
    "contact": ("C", "CONTACT"),
    "company": ("CO", "COMPANY"),
    "lead": ("L", "LEAD"),
    "deal": ("D", "DEAL"),
}


def read_all(table: Table, workspace_id: str, *, consistent: bool = False) -> Catalogue:
    """The workspace's fields, of every kind."""
    found = table.query_all(FieldRecord, partition(workspace_id), begins_with=PREFIX, consistent=consistent)
    return Catalogue(tuple(to_domain(record) for record in found))


def place(workspace_id: str, kind: str, id: str) -> Key:  # noqa: A002
    """Where a record that can have custom fields stands."""
    letter, name = _PLACES[kind]
    return Key(partition(workspace_id, letter, id), name)


def exists(table: Table, workspace_id: str, kind: str, id: str) -> bool:  # noqa: A002
    """Whether there is such a record, and it is neither deleted nor merged into another. It may be of a higher floor, whose
    records are not known here: the item is looked at by its attributes.
    """
    answer = table.raw(
        "GetItem",
        {
            "Key": place(workspace_id, kind, id).image(),
            "ProjectionExpression": "pk, deleted_at, merged_into",
        },
        write=False,
    )
    item = answer.get("Item")
    return item is not None and not item.keys() & {"deleted_at", "merged_into"}


def to_record(field: Field) -> FieldRecord:
    """The item of a field."""
    key = field_key(field.workspace_id, field.kind, field.key)
    return FieldRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=field.workspace_id,
        version=field.version,
        created_at=field.created_at,
        updated_at=field.updated_at,
        changed_by=field.changed_by or None,
        field_id=field.id,
        field_kind=field.kind,
        name=field.name,
        type=field.type.value,
        options=[{"value": each.value, "label": each.label} for each in field.options] or None,
        relation_kind=field.relation_kind or None,
        required=field.required or None,
        filterable=field.filterable or None,
        position=field.position,
        archived=field.archived or None,
    )


def to_domain(record: FieldRecord) -> Field:
    """The field in an item."""
    return Field(
        workspace_id=record.workspace_id,
        id=record.field_id,
        kind=record.field_kind,
        key=record.sk.rpartition("#")[2],
        name=record.name,
        type=FieldType(record.type),
        created_at=record.created_at,
        updated_at=record.updated_at or record.created_at,
        version=int(record.version),
        options=options_of(record.options or ()),
        relation_kind=record.relation_kind or "",
        required=bool(record.required),
        filterable=bool(record.filterable),
        position=int(record.position or 0),
        archived=bool(record.archived),
        changed_by=record.changed_by or "",
    )
