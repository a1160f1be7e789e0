"""Contacts in bulk actions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from chalicelib.customers.bulk.domain import ADD_TO_SEGMENT, ASSIGN, DELETE, EDIT, TAG, UNTAG, BulkAction
from chalicelib.customers.bulk.editing import (
    checked_fields,
    checked_owner,
    checked_tags,
    custom_changes,
    named,
    with_custom,
)
from chalicelib.customers.contacts import service, store
from chalicelib.customers.contacts.domain import TAGS_LIMIT, Contact
from chalicelib.customers.contacts.records import ContactRecord, contact_key
from chalicelib.customers.contacts.schemas import ContactFields
from chalicelib.customers.contacts.sided import ContactsByHand
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.http.errors import invalid
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Record
from chalicelib.workspaces.settings.domain import Workspace

_EDITED = frozenset(
    {
        "city",
        "company_id",
        "company_name",
        "country",
        "custom",
        "interests",
        "job_title",
        "language",
        "lifecycle_stage",
        "owner_id",
        "satisfaction",
        "tags",
        "time_zone",
        "title",
    }
)
"""What can be the same for many. Names, addresses and documents are a person's own."""


class _Part(ContactsByHand):
    permission = "contacts:write"
    actions = frozenset({TAG, UNTAG, ASSIGN, EDIT, DELETE, ADD_TO_SEGMENT})

    def check(self, runtime: Runtime, workspace: Workspace, action: BulkAction) -> BulkAction:
        """By the same rules as a PATCH of one contact."""
        values = action.values
        if action.name in (TAG, UNTAG):
            return BulkAction(action.name, {"tags": checked_tags(values)})
        if action.name == ASSIGN:
            return BulkAction(ASSIGN, {"owner_id": checked_owner(runtime, workspace, values)})
        if action.name == EDIT:
            fields = checked_fields(values, _EDITED)
            try:
                given = ContactFields.model_validate(fields).values()
            except ValidationError as error:
                raise invalid(error, "action.fields.") from error
            custom = custom_changes(runtime, workspace, "contact", given.pop("custom", None))
            return BulkAction(EDIT, {"fields": _cleaned(runtime, workspace, given), **custom})
        return BulkAction(DELETE)

    def read(self, runtime: Runtime, workspace: Workspace, ids: Sequence[str]) -> Mapping[str, Record]:
        """Those that are not deleted or merged away."""
        found = runtime.table.get_many(
            ContactRecord, [contact_key(workspace.id, each) for each in ids], consistent=True
        )
        return {
            record.contact_id: record for record in found.values() if not record.deleted_at and not record.merged_into
        }

    def changed(
        self,
        workspace: Workspace,  # noqa: ARG002 - other kinds need it
        record: Record,
        action: BulkAction,
        *,
        now: datetime,
        changed_by: str,
    ) -> Record | None:
        """The contact's new item."""
        assert isinstance(record, ContactRecord)
        contact = store.to_domain(record)
        changed = _changed(contact, action, now=now, by=changed_by)
        if changed == contact:
            return None
        return store.to_record(changed.edited(at=now, by=changed_by))


PART = _Part()


def _changed(contact: Contact, action: BulkAction, *, now: datetime, by: str) -> Contact:
    values = action.values
    match action.name:
        case "tag":
            tags = contact.tags | set(values["tags"])
            if len(tags) > TAGS_LIMIT:
                raise InvalidError(f"A contact has at most {TAGS_LIMIT} tags.", field="tags", code="too_many")
            return replace(contact, tags=tags)
        case "untag":
            return replace(contact, tags=contact.tags - set(values["tags"]))
        case "assign":
            return replace(contact, owner_id=values["owner_id"])
        case "delete":
            return replace(contact, deleted_at=now, deleted_by=by)
        case _:
            fields: dict[str, Any] = dict(values["fields"])
            if "tags" in fields:
                fields["tags"] = frozenset(fields["tags"])
            if "interests" in fields:
                fields["interests"] = tuple(fields["interests"])
            return replace(contact, custom=with_custom(contact.custom, values), **fields)


def _cleaned(runtime: Runtime, workspace: Workspace, given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an edit by the rules of the service, as plain JSON."""
    with named():
        cleaned = service._cleaned(runtime.table, workspace, given, country="", required=False)
    for name in ("tags", "interests"):
        if name in cleaned:
            cleaned[name] = sorted(cleaned[name]) if name == "tags" else list(cleaned[name])
    return cleaned
