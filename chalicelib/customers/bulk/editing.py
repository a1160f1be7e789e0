"""What kinds share in editing many records."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from chalicelib.customers import owners
from chalicelib.customers.contacts.domain import clean_tags
from chalicelib.customers.fields import service as custom_fields
from chalicelib.foundation.errors import FieldError, InvalidError
from chalicelib.foundation.runtime import Runtime
from chalicelib.workspaces.settings.domain import Workspace


def checked_fields(values: Mapping[str, Any], allowed: frozenset[str]) -> dict[str, Any]:
    """The fields of an edit; `InvalidError` names those that cannot be the same for many records."""
    fields = values.get("fields") or {}
    if not fields:
        raise InvalidError("Give a field at least.", field="action.fields", code="missing")
    wrong = [
        FieldError(f"action.fields.{name[:60]}", "This cannot be changed for many at once.", "not_for_many")
        for name in fields
        if name not in allowed
    ]
    if wrong:
        raise InvalidError("Some fields cannot be changed.", fields=wrong[:50])
    return dict(fields)


def custom_changes(
    runtime: Runtime, workspace: Workspace, kind: str, given: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Custom fields of an edit, by id: ``custom_set`` and ``custom_unset``. `InvalidError` names ``action.fields.custom.<key>``."""
    if not given:
        return {"custom_set": {}, "custom_unset": []}
    catalogue = custom_fields.get_catalogue(table=runtime.table, workspace_id=workspace.id).by_key(kind)
    filled = {key: value for key, value in given.items() if value is not None}
    errors = [
        FieldError(f"action.fields.custom.{key}", "This field is required.", "missing")
        for key in given.keys() - filled.keys()
        if key in catalogue and catalogue[key].required
    ]
    try:
        kept = custom_fields.cleaned(
            table=runtime.table, workspace_id=workspace.id, kind=kind, given=given, present={}, required=False
        )
    except InvalidError as error:
        errors += [FieldError(f"action.fields.{each.field}", each.message, each.code) for each in error.fields]
    if errors:
        raise InvalidError("Some values are not valid.", fields=errors)
    return {"custom_set": kept, "custom_unset": [catalogue[key].id for key in given.keys() - filled.keys()]}


def with_custom(present: Mapping[str, Any], values: Mapping[str, Any]) -> Mapping[str, Any]:
    """A record's custom values with an edit's."""
    if not values.get("custom_set") and not values.get("custom_unset"):
        return present
    changed = {**present, **values["custom_set"]}
    for field_id in values["custom_unset"]:
        changed.pop(field_id, None)
    return changed


@contextmanager
def named() -> Iterator[None]:
    """`InvalidError` names ``action.fields.city`` where the rules of a record name ``city``."""
    try:
        yield
    except InvalidError as error:
        fields = [FieldError(f"action.fields.{each.field}", each.message, each.code) for each in error.fields]
        raise InvalidError("Some values are not valid.", fields=fields) from error


def checked_tags(values: Mapping[str, Any]) -> list[str]:
    """The tags of an action, cleaned; `InvalidError` names ``action.tags``."""
    try:
        tags = clean_tags(values.get("tags") or ())
    except InvalidError as error:
        raise InvalidError(str(error), field="action.tags", code=error.fields[0].code) from error
    if not tags:
        raise InvalidError("Give a tag at least.", field="action.tags", code="missing")
    return sorted(tags)


def checked_owner(runtime: Runtime, workspace: Workspace, values: Mapping[str, Any]) -> str:
    """The owner of an action, empty for nobody; `InvalidError` names ``action.owner_id``."""
    if "owner_id" not in values:
        raise InvalidError("Say whose, or null.", field="action.owner_id", code="missing")
    owner_id = str(values["owner_id"] or "")
    if owner_id:
        try:
            owners.check_owner(runtime.table, workspace.id, owner_id)
        except InvalidError as error:
            raise InvalidError(str(error), field="action.owner_id", code="unknown") from error
    return owner_id
