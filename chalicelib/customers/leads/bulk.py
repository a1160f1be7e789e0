"""Leads in bulk actions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from pydantic import ValidationError

from chalicelib.customers.bulk.domain import ASSIGN, DELETE, EDIT, BulkAction
from chalicelib.customers.bulk.editing import checked_fields, checked_owner, custom_changes, with_custom
from chalicelib.customers.leads import store
from chalicelib.customers.leads.domain import Lead, LeadStatus
from chalicelib.customers.leads.records import LeadRecord, lead_key
from chalicelib.customers.leads.schemas import LeadChange
from chalicelib.foundation.http.errors import invalid
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Operation, Record
from chalicelib.workspaces.settings.domain import Workspace

_EDITED = frozenset({"custom", "disqualify_reason", "owner_id", "status"})


class LeadsByHand:
    """The numbers of open leads go with a lead's owner and state; its contact's open lead is kept by the projector."""

    record: type[Record] = LeadRecord
    ours = frozenset({"touches", "respond_by", "overdue_told_at", "rule_id"})

    def beside(self, workspace_id: str, old: Record | None, new: Record | None, now: datetime) -> Sequence[Operation]:  # noqa: ARG002
        """The numbers of open leads of who had it and of who has it."""
        before, after = (store.to_domain(each) if isinstance(each, LeadRecord) else None for each in (old, new))
        return store.load_changes(before, after, now)


class _Part(LeadsByHand):
    permission = "leads:write"
    actions = frozenset({ASSIGN, EDIT, DELETE})

    def check(self, runtime: Runtime, workspace: Workspace, action: BulkAction) -> BulkAction:
        """By the same rules as a PATCH of one lead."""
        if action.name == ASSIGN:
            return BulkAction(ASSIGN, {"owner_id": checked_owner(runtime, workspace, action.values)})
        if action.name == DELETE:
            return BulkAction(DELETE)
        fields = checked_fields(action.values, _EDITED)
        try:
            given = LeadChange.model_validate({**fields, "version": 1}).changes()
        except ValidationError as error:
            raise invalid(error, "action.fields.") from error
        custom = custom_changes(runtime, workspace, "lead", given.pop("custom", None))
        if given.get("owner_id"):
            checked_owner(runtime, workspace, given)
        return BulkAction(EDIT, {"fields": given, **custom})

    def read(self, runtime: Runtime, workspace: Workspace, ids: Sequence[str]) -> Mapping[str, Record]:
        """Those that are not in the bin."""
        keys = [lead_key(workspace.id, each) for each in ids]
        found = runtime.table.get_many(LeadRecord, keys, consistent=True)
        return {record.lead_id: record for record in found.values() if record.deleted_at is None}

    def changed(
        self,
        workspace: Workspace,  # noqa: ARG002 - other kinds need it
        record: Record,
        action: BulkAction,
        *,
        now: datetime,
        changed_by: str,
    ) -> Record | None:
        """The lead's new item."""
        assert isinstance(record, LeadRecord)
        lead = store.to_domain(record)
        changed = _changed(lead, action, now, changed_by)
        return None if changed == lead else store.to_record(replace(changed, updated_at=now, changed_by=changed_by))


def _changed(lead: Lead, action: BulkAction, now: datetime, by: str) -> Lead:
    if action.name == ASSIGN:
        return _owned(lead, action.values["owner_id"])
    if action.name == DELETE:
        return replace(lead, deleted_at=now, deleted_by=by)
    fields = action.values["fields"]
    if fields.get("status"):
        lead = lead.moved(LeadStatus(fields["status"]), reason=fields.get("disqualify_reason") or "", at=now)
    if "owner_id" in fields:
        lead = _owned(lead, fields["owner_id"] or "")
    return replace(lead, custom=with_custom(lead.custom, action.values))


def _owned(lead: Lead, owner_id: str) -> Lead:
    return lead if lead.owner_id == owner_id else replace(lead, owner_id=owner_id, rule_id="")


PART = _Part()
