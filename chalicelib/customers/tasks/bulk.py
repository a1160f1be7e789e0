"""Tasks in bulk actions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from pydantic import ValidationError

from chalicelib.customers.bulk.domain import ASSIGN, DELETE, EDIT, BulkAction
from chalicelib.customers.bulk.editing import checked_fields, checked_owner
from chalicelib.customers.tasks import store
from chalicelib.customers.tasks.domain import Task, TaskState
from chalicelib.customers.tasks.records import TaskRecord, task_key
from chalicelib.customers.tasks.schemas import TaskChange
from chalicelib.foundation import clock as clocks
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.http.errors import invalid
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Operation, Record
from chalicelib.workspaces.settings.domain import Workspace

COMPLETE = "complete"
_EDITED = frozenset({"due_at", "has_time", "kind", "priority"})


class _Part:
    record: type[Record] = TaskRecord
    ours = frozenset({"reminded_at"})
    permission = "tasks:write"
    actions = frozenset({ASSIGN, EDIT, DELETE, COMPLETE})

    def beside(self, workspace_id: str, old: Record | None, new: Record | None, now: datetime) -> Sequence[Operation]:  # noqa: ARG002
        """The links from what it is about."""
        before, after = (store.to_domain(each) if isinstance(each, TaskRecord) else None for each in (old, new))
        return store.links(before, after)

    def check(self, runtime: Runtime, workspace: Workspace, action: BulkAction) -> BulkAction:
        """By the same rules as a PATCH of one task."""
        if action.name == ASSIGN:
            return BulkAction(ASSIGN, {"owner_id": checked_owner(runtime, workspace, action.values)})
        if action.name in (DELETE, COMPLETE):
            return BulkAction(action.name)
        fields = checked_fields(action.values, _EDITED)
        try:
            given = TaskChange.model_validate({**fields, "version": 1}).changes()
        except ValidationError as error:
            raise invalid(error, "action.fields.") from error
        if given.get("due_at"):
            given["due_at"] = clocks.to_text(given["due_at"])
        return BulkAction(EDIT, {"fields": given})

    def read(self, runtime: Runtime, workspace: Workspace, ids: Sequence[str]) -> Mapping[str, Record]:
        """Those that are not in the bin."""
        keys = [task_key(workspace.id, each) for each in ids]
        found = runtime.table.get_many(TaskRecord, keys, consistent=True)
        return {record.task_id: record for record in found.values() if record.deleted_at is None}

    def changed(
        self, workspace: Workspace, record: Record, action: BulkAction, *, now: datetime, changed_by: str
    ) -> Record | None:
        """The task's new item."""
        assert isinstance(record, TaskRecord)
        task = store.to_domain(record)
        changed = _changed(task, action, workspace, now, changed_by)
        return None if changed == task else store.to_record(replace(changed, updated_at=now, changed_by=changed_by))


def _changed(task: Task, action: BulkAction, workspace: Workspace, now: datetime, by: str) -> Task:
    match action.name:
        case "assign":
            return replace(task, assignee_id=action.values["owner_id"])
        case "delete":
            return replace(task, deleted_at=now, deleted_by=by)
        case "complete":
            if task.state is TaskState.DONE:
                return task
            if task.rrule:
                message = "What repeats is done one by one: its next occurrence comes of it."
                raise InvalidError(message, field="repeat", code="repeats")
            return replace(task, state=TaskState.DONE, done_at=now, done_by=by)
    fields = action.values["fields"]
    plain = {name: fields[name] for name in ("kind", "priority") if fields.get(name)}
    changed = replace(task, **plain)
    if "due_at" in fields or fields.get("has_time") is not None:
        due_at = clocks.from_text(fields["due_at"]) if fields.get("due_at") else None
        at = due_at if "due_at" in fields else task.due_at
        if at is None and task.rrule:
            raise InvalidError("What repeats has a time it is due.", field="due_at", code="missing")
        has_time = bool(fields["has_time"]) if fields.get("has_time") is not None else task.has_time
        changed = changed.due(at=at, has_time=has_time, zone=workspace.zone)
    return changed


PART = _Part()
