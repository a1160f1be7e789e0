"""Making and changing custom fields, and the values that records have of them."""

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from chalicelib.customers.fields import store
from chalicelib.customers.fields.domain import (
    FIELDS_LIMIT,
    VALUES_LIMIT,
    Catalogue,
    Field,
    FieldType,
    check,
    options_of,
    shown_values,
    slug,
    value_of,
)
from chalicelib.customers.fields.events import PURGE
from chalicelib.customers.fields.records import FieldRecord
from chalicelib.customers.search.domain import fold
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, FieldError, InvalidError, NotFoundError
from chalicelib.foundation.memory import Memory
from chalicelib.foundation.messaging.envelope import Envelope
from chalicelib.foundation.messaging.publisher import Queues
from chalicelib.foundation.table import Delete, Key, Record, Table
from chalicelib.foundation.table.table import TransactionConflictError
from chalicelib.workspaces.audit.service import deletion

_BELIEVED = 30.0
_LOOKED = 2.0  # seconds within which a field that is not known is not asked for again
_remembered: "WeakKeyDictionary[Table, Memory[str, tuple[float, Catalogue]]]" = WeakKeyDictionary()


def get_catalogue(*, table: Table, workspace_id: str, fresh: bool = False) -> Catalogue:
    """All custom fields of a workspace. What a function reads it believes for half a minute, unless it asks for it ``fresh``
    (consistent).
    """
    memory, now = _memory(table), time.monotonic()
    if fresh:
        memory.forget(workspace_id)
    return memory.get(workspace_id, now, lambda: (now, store.read_all(table, workspace_id, consistent=fresh)))[1]


def cleaned(
    *,
    table: Table,
    workspace_id: str,
    kind: str,
    given: Mapping[str, Any] | None,
    present: Mapping[str, Any] | None = None,
    required: bool = True,
) -> dict[str, Any]:
    """A record's values by field id, as they are kept, from what was given by key: None takes a value away, what is left out
    stays as ``present`` has it (None for a new record).

    `InvalidError` names ``custom.<key>``: a field that there is not, a value that is not of its type, and, with ``required``
    (for what people fill in; not for what a form captures), a required one that is missing on a new record or taken away.
    """
    given = given or {}
    fields = get_catalogue(table=table, workspace_id=workspace_id).by_key(kind)
    if given.keys() - fields.keys():  # made a moment ago, perhaps, by another function
        fields = get_catalogue(table=table, workspace_id=workspace_id, fresh=True).by_key(kind)
    values, errors = dict(present or {}), []
    for key, value in given.items():
        field, path = fields.get(key), f"custom.{key}"
        if field is None:
            errors.append(FieldError(path, "There is no such field.", "unknown"))
            continue
        try:
            kept = value_of(field, value, path=path, present=values.get(field.id))
        except InvalidError as error:
            errors += error.fields
            continue
        related = field.type is FieldType.RELATION and kept is not None and kept != values.get(field.id)
        if related and not store.exists(table, workspace_id, field.relation_kind, kept):
            errors.append(FieldError(path, "There is no such thing.", "unknown"))
        elif kept is None:
            values.pop(field.id, None)
        else:
            values[field.id] = kept
    if required:
        asked = fields.values() if present is None else [fields[key] for key in given if key in fields]
        wrong = {error.field.split(".")[1] for error in errors}
        errors += [
            FieldError(f"custom.{field.key}", "This field is required.", "missing")
            for field in asked
            if field.required and field.id not in values and field.key not in wrong
        ]
    if not errors and len(json.dumps(values).encode()) > VALUES_LIMIT:
        errors.append(FieldError("custom", f"At most {VALUES_LIMIT} bytes in all fields together.", "too_large"))
    if errors:
        raise InvalidError("Some values are not valid.", fields=errors)
    return values


def shown(*, table: Table, workspace_id: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """A record's values by key, as the API shows them; those of archived fields are left out."""
    if not values:
        return {}
    fields = get_catalogue(table=table, workspace_id=workspace_id).by_id()
    if values.keys() - fields.keys() and _may_be_new(table, workspace_id):
        fields = get_catalogue(table=table, workspace_id=workspace_id, fresh=True).by_id()
    return shown_values(fields, values)


def fields_of_values(*, table: Table, workspace_id: str, values: Mapping[str, Any]) -> list[Field]:
    """The fields, archived ones too, of which these are values by field id."""
    if not values:
        return []
    fields = get_catalogue(table=table, workspace_id=workspace_id).by_id()
    if values.keys() - fields.keys() and _may_be_new(table, workspace_id):
        fields = get_catalogue(table=table, workspace_id=workspace_id, fresh=True).by_id()
    return [fields[field_id] for field_id in values if field_id in fields]


def list_fields(*, table: Table, workspace_id: str, kind: str = "", archived: bool = False) -> list[Field]:
    """The fields in their order, of all kinds or one."""
    catalogue = get_catalogue(table=table, workspace_id=workspace_id, fresh=True)
    kinds = [kind] if kind else sorted({each.kind for each in catalogue.fields})
    return [field for each in kinds for field in catalogue.of(each, archived=archived)]


def get_field(*, table: Table, workspace_id: str, field_id: str) -> Field:
    """The field, archived or not; `NotFoundError` when there is none."""
    found = get_catalogue(table=table, workspace_id=workspace_id, fresh=True).by_id().get(field_id)
    if found is None:
        raise NotFoundError("There is no such field.")
    return found


def create_field(
    *, table: Table, clock: Clock, workspace_id: str, field_id: str, values: Mapping[str, Any], changed_by: str
) -> Field:
    """Make a field of ``kind``, ``name``, ``type`` and the rest of `Field`. Without ``key`` one is made of the name.

    `InvalidError` names ``key`` when the kind has it already, archived or not; making the same id again gives the field that
    is there.
    """
    catalogue = get_catalogue(table=table, workspace_id=workspace_id, fresh=True)
    if field_id in catalogue.by_id():
        return catalogue.by_id()[field_id]
    kind, now = values["kind"], clock.now()
    others = catalogue.of(kind, archived=True)
    if len(others) >= FIELDS_LIMIT:
        raise InvalidError(f"At most {FIELDS_LIMIT} fields.", field="kind", code="too_many")
    position = values.get("position")
    field = check(
        Field(
            workspace_id=workspace_id,
            id=field_id,
            kind=kind,
            key=values.get("key") or _free_key(values["name"], {each.key for each in others}),
            name=values["name"],
            type=FieldType(values["type"]),
            created_at=now,
            updated_at=now,
            options=options_of(values.get("options") or ()),
            relation_kind=values.get("relation_kind") or "",
            required=bool(values.get("required")),
            filterable=bool(values.get("filterable")),
            position=position if position is not None else max((each.position for each in others), default=0) + 1,
            changed_by=changed_by,
        )
    )
    try:
        table.create(store.to_record(field))
    except ConflictError as conflict:
        if isinstance(conflict.current, FieldRecord) and conflict.current.field_id == field_id:
            return store.to_domain(conflict.current)
        raise InvalidError("Another field has this key.", field="key", code="taken") from conflict
    _memory(table).forget(workspace_id)
    return field


def change_field(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    field_id: str,
    version: int,
    changes: Mapping[str, Any],
    changed_by: str,
) -> Field:
    """Change what of a field can change (not its kind, key, type and relation) as it was at ``version``; `ConflictError` with
    the present `Field` when it has moved on. Values that records have stay as they are.
    """
    present = get_field(table=table, workspace_id=workspace_id, field_id=field_id)
    if present.version != version:
        raise ConflictError(current=present)
    values = {name: value for name, value in changes.items() if value is not None}
    if "options" in values:
        values["options"] = options_of(values["options"])
    return _replace(table, present, replace(present, updated_at=clock.now(), changed_by=changed_by, **values))


def archive_field(
    *,
    table: Table,
    clock: Clock,
    queues: Queues,
    workspace_id: str,
    field_id: str,
    version: int | None,
    purge: bool,
    changed_by: str,
) -> None:
    """Take a field out of use: no screen shows it, nobody can fill it in, the values stay and come back with it. With
    ``purge`` a job takes the values away, and then the field.
    """
    present = get_field(table=table, workspace_id=workspace_id, field_id=field_id)
    if version is not None and present.version != version:
        raise ConflictError(current=present)
    now = clock.now()
    if not present.archived or purge:
        archived = replace(present, archived=True, required=False, updated_at=now, changed_by=changed_by)
        present = _replace(table, present, archived)
    if purge:
        data = {"field_id": present.id, "key": present.key, "kind": present.kind, "by": changed_by}
        queues.publish("jobs", [Envelope(f"{PURGE}:{present.id}:{present.version}", PURGE, workspace_id, now, data)])


def remove_field(*, table: Table, field: Field, by: str, at: datetime) -> None:
    """Delete an archived field whose values are gone; its key is free again. One that is in use again stays."""
    if not field.archived:
        return
    record = store.to_record(field)
    removal = deletion(
        workspace_id=field.workspace_id,
        at=at,
        actor=by,
        action="field.deleted",
        subject_id=field.id,
        before={"kind": field.kind, "key": field.key, "name": field.name, "type": field.type.value},
    )
    try:
        table.transact([Delete(record.key, Record.version == field.version), removal])
    except TransactionConflictError as conflict:
        if not conflict.failed:
            raise
    _memory(table).forget(field.workspace_id)


def place_of(workspace_id: str, kind: str, id: str) -> Key:  # noqa: A002
    """Where a record that can have custom fields stands."""
    return store.place(workspace_id, kind, id)


def field_of(record: Record) -> Field:
    """The field in a changed item, for projections."""
    assert isinstance(record, FieldRecord)
    return store.to_domain(record)


def _replace(table: Table, present: Field, changed: Field) -> Field:
    try:
        table.replace(store.to_record(check(changed)))
    except ConflictError as conflict:
        current = conflict.current
        shown = store.to_domain(current) if isinstance(current, FieldRecord) else None
        raise ConflictError(current=shown) from conflict
    _memory(table).forget(present.workspace_id)
    return replace(changed, version=present.version + 1)


def _free_key(name: str, taken: set[str]) -> str:
    key = slug(name, fold)
    return next(each for each in (key, *(f"{key}_{number}" for number in range(2, 1000))) if each not in taken)


def _memory(table: Table) -> Memory[str, tuple[float, Catalogue]]:
    return _remembered.setdefault(table, Memory(seconds=_BELIEVED))


def _may_be_new(table: Table, workspace_id: str) -> bool:
    """Whether what we believe is old enough for a field to have been made since, by another function."""
    now = time.monotonic()
    read_at, _ = _memory(table).get(workspace_id, now, lambda: (0.0, Catalogue()))
    return now - read_at > _LOOKED
