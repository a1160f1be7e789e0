"""Companies in bulk actions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from chalicelib.customers.bulk.domain import ASSIGN, DELETE, EDIT, TAG, UNTAG, BulkAction
from chalicelib.customers.bulk.editing import (
    checked_fields,
    checked_owner,
    checked_tags,
    custom_changes,
    named,
    with_custom,
)
from chalicelib.customers.companies import service, store
from chalicelib.customers.companies.domain import Company
from chalicelib.customers.companies.records import CompanyRecord, company_key
from chalicelib.customers.companies.schemas import CompanyFields
from chalicelib.customers.companies.sided import CompaniesByHand
from chalicelib.customers.contacts.domain import TAGS_LIMIT
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.http.errors import invalid
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Record
from chalicelib.workspaces.settings.domain import Workspace

_EDITED = frozenset({"city", "country", "custom", "description", "industry", "owner_id", "size", "tags"})
"""What can be the same for many; a domain is one company's."""


class _Part(CompaniesByHand):
    permission = "companies:write"
    actions = frozenset({TAG, UNTAG, ASSIGN, EDIT, DELETE})

    def check(self, runtime: Runtime, workspace: Workspace, action: BulkAction) -> BulkAction:
        """By the same rules as a PATCH of one company."""
        values = action.values
        if action.name in (TAG, UNTAG):
            return BulkAction(action.name, {"tags": checked_tags(values)})
        if action.name == ASSIGN:
            return BulkAction(ASSIGN, {"owner_id": checked_owner(runtime, workspace, values)})
        if action.name == EDIT:
            fields = checked_fields(values, _EDITED)
            try:
                given = CompanyFields.model_validate(fields).model_dump(exclude_unset=True)
            except ValidationError as error:
                raise invalid(error, "action.fields.") from error
            custom = custom_changes(runtime, workspace, "company", given.pop("custom", None))
            with named():
                cleaned = service._cleaned(runtime.table, workspace, given, None, required=False)
            if "tags" in cleaned:
                cleaned["tags"] = sorted(cleaned["tags"])
            return BulkAction(EDIT, {"fields": cleaned, **custom})
        return BulkAction(DELETE)

    def read(self, runtime: Runtime, workspace: Workspace, ids: Sequence[str]) -> Mapping[str, Record]:
        """Those that are not deleted or merged away."""
        keys = [company_key(workspace.id, each) for each in ids]
        found = runtime.table.get_many(CompanyRecord, keys, consistent=True)
        return {
            record.company_id: record for record in found.values() if not record.deleted_at and not record.merged_into
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
        """The company's new item."""
        assert isinstance(record, CompanyRecord)
        company = store.to_domain(record)
        changed = _changed(company, action, now=now, by=changed_by)
        if changed == company:
            return None
        return store.to_record(replace(changed, updated_at=now, changed_by=changed_by))


PART = _Part()


def _changed(company: Company, action: BulkAction, *, now: datetime, by: str) -> Company:
    values = action.values
    match action.name:
        case "tag":
            tags = company.tags | set(values["tags"])
            if len(tags) > TAGS_LIMIT:
                raise InvalidError(f"At most {TAGS_LIMIT} tags.", field="tags", code="too_many")
            return replace(company, tags=tags)
        case "untag":
            return replace(company, tags=company.tags - set(values["tags"]))
        case "assign":
            return replace(company, owner_id=values["owner_id"])
        case "delete":
            return replace(company, deleted_at=now, deleted_by=by)
        case _:
            fields: dict[str, Any] = dict(values["fields"])
            if "tags" in fields:
                fields["tags"] = frozenset(fields["tags"])
            return replace(company, custom=with_custom(company.custom, values), **fields)
