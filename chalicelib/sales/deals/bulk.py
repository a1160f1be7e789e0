"""Deals in bulk actions. Stages are not changed so: each move is a step of a deal's own way."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from pydantic import ValidationError

from chalicelib.customers.bulk.domain import ASSIGN, DELETE, EDIT, BulkAction
from chalicelib.customers.bulk.editing import checked_fields, checked_owner, custom_changes, with_custom
from chalicelib.foundation.http.errors import invalid
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Operation, Record
from chalicelib.sales.deals import store
from chalicelib.sales.deals.domain import Deal
from chalicelib.sales.deals.records import DealRecord, deal_key
from chalicelib.sales.deals.schemas import DealFields
from chalicelib.workspaces.settings.domain import Workspace

_EDITED = frozenset({"custom", "description", "expected_close", "owner_id"})
"""What can be the same for many."""


class DealsByHand:
    """Nothing stands beside a deal that edits in bulk would change."""

    record: type[Record] = DealRecord
    ours = frozenset({"last_activity_at"})

    def beside(self, workspace_id: str, old: Record | None, new: Record | None, now: datetime) -> Sequence[Operation]:  # noqa: ARG002
        """Nothing."""
        return ()


class _Part(DealsByHand):
    permission = "deals:write"
    actions = frozenset({ASSIGN, EDIT, DELETE})

    def check(self, runtime: Runtime, workspace: Workspace, action: BulkAction) -> BulkAction:
        """By the same rules as a PATCH of one deal."""
        if action.name == ASSIGN:
            return BulkAction(ASSIGN, {"owner_id": checked_owner(runtime, workspace, action.values)})
        if action.name == DELETE:
            return BulkAction(DELETE)
        fields = checked_fields(action.values, _EDITED)
        try:
            given = DealFields.model_validate(fields).values()
        except ValidationError as error:
            raise invalid(error, "action.fields.") from error
        custom = custom_changes(runtime, workspace, "deal", given.pop("custom", None))
        if given.get("owner_id"):
            checked_owner(runtime, workspace, given)
        if given.get("expected_close"):
            given["expected_close"] = given["expected_close"].isoformat()
        return BulkAction(EDIT, {"fields": {name: value or "" for name, value in given.items()}, **custom})

    def read(self, runtime: Runtime, workspace: Workspace, ids: Sequence[str]) -> Mapping[str, Record]:
        """Those that are not in the bin."""
        keys = [deal_key(workspace.id, each) for each in ids]
        found = runtime.table.get_many(DealRecord, keys, consistent=True)
        return {record.deal_id: record for record in found.values() if record.deleted_at is None}

    def changed(
        self,
        workspace: Workspace,  # noqa: ARG002 - other kinds need it
        record: Record,
        action: BulkAction,
        *,
        now: datetime,
        changed_by: str,
    ) -> Record | None:
        """The deal's new item."""
        assert isinstance(record, DealRecord)
        deal = store.to_domain(record)
        changed = _changed(deal, action, now, changed_by)
        return None if changed == deal else store.to_record(replace(changed, updated_at=now, changed_by=changed_by))


def _changed(deal: Deal, action: BulkAction, now: datetime, by: str) -> Deal:
    if action.name == DELETE:
        return replace(deal, deleted_at=now, deleted_by=by)
    if action.name == ASSIGN:
        return replace(deal, owner_id=action.values["owner_id"])
    fields = dict(action.values["fields"])
    if "expected_close" in fields:
        fields["expected_close"] = store.day_of(fields["expected_close"])
    return replace(deal, custom=with_custom(deal.custom, action.values), **fields)


PART = _Part()
