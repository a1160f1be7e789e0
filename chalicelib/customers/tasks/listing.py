"""By what tasks are listed, beside their own lists: for filters, counts, bulk changes and exports."""

from collections.abc import Iterable
from typing import Any

from chalicelib.customers.lists.domain import ListedField, ValueType, texts
from chalicelib.customers.lists.service import Listing
from chalicelib.customers.tasks import store
from chalicelib.customers.tasks.domain import Task, TaskState
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.table import Table


def _read_many(table: Table, workspace_id: str, ids: Iterable[str]) -> dict[str, Task]:
    return store.read_many(table, workspace_id, {each for each in ids if is_id(each)})


def _one(name: str) -> Any:
    return lambda task: texts(getattr(task, name))


def _if_any(name: str) -> Any:
    return lambda task: () if getattr(task, name) is None else (getattr(task, name),)


LISTING: Listing[Task] = Listing(
    kind="task",
    collection="tasks",
    read_many=_read_many,
    listed=lambda task: task.deleted_at is None,
    aliases={"assignee": "assignee_id", "owner_id": "assignee_id"},
    fields=(
        ListedField("due_at", ValueType.INSTANT, _if_any("due_at"), index="due", sortable=True),
        ListedField("assignee_id", ValueType.MEMBER, _one("assignee_id"), index="assignee", sortable=True),
        ListedField(
            "state",
            ValueType.EXACT,
            lambda task: (task.state.value,),
            index="state",
            options=tuple(each.value for each in TaskState),
        ),
        ListedField("contact_id", ValueType.EXACT, _one("contact_id"), index="contact"),
        ListedField("kind", ValueType.EXACT, _one("kind"), options=("todo", "call", "email", "meeting")),
        ListedField("priority", ValueType.EXACT, _one("priority"), options=("low", "normal", "high")),
        ListedField("about_kind", ValueType.EXACT, _one("about_kind")),
        ListedField("about_id", ValueType.EXACT, _one("about_id")),
        ListedField("title", ValueType.TEXT, _one("title")),
        ListedField("q", ValueType.SEARCH, _one("title")),
        ListedField("repeats", ValueType.BOOLEAN, lambda task: (bool(task.rrule),)),
        ListedField("due_on", ValueType.DATE, _if_any("due_on")),
        ListedField("done_at", ValueType.INSTANT, _if_any("done_at")),
        ListedField("created_at", ValueType.INSTANT, lambda task: (task.created_at,)),
        ListedField("updated_at", ValueType.INSTANT, lambda task: (task.updated_at,)),
    ),
)
