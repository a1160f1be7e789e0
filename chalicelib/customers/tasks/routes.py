"""The routes of tasks."""

from collections.abc import Callable
from typing import Any, TypeVar

from chalicelib.customers.tasks import service
from chalicelib.customers.tasks.domain import Task
from chalicelib.customers.tasks.presenting import shown_tasks
from chalicelib.customers.tasks.schemas import (
    TaskChange,
    TaskDelete,
    TaskDone,
    TaskIn,
    TaskMove,
    TaskOut,
    TasksQuery,
)
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.http import Answer, Call, Page, Routes
from chalicelib.workspaces.settings.service import get_workspace

routes = Routes("tasks", __name__)
Result = TypeVar("Result")


@routes.get("/tasks", permission="tasks:read", query=TasksQuery, returns=Page[TaskOut])
def list_tasks(call: Call[None]) -> Page[TaskOut]:
    """The tasks that match: open ones by when they are due, those due at no time last; then done ones, the last first. A page of a
    filtered list may be short and not be the last: go on while there is a ``next_cursor``.
    """
    name = f"tasks?{call.query.model_dump_json(exclude={'cursor', 'limit'}, exclude_none=True)}"
    position = call.runtime.cursors.read(call.workspace_id, name, call.query.cursor)
    page = _found(call, position[0] if position else "")
    more = call.runtime.cursors.write(call.workspace_id, name, [page.next]) if page.next else None
    return Page[TaskOut].model_construct(items=shown_tasks(call, page.items), next_cursor=more)


@routes.post("/tasks", permission="tasks:write", body=TaskIn, returns=TaskOut, status=201)
def create_task(call: Call[TaskIn]) -> Answer:
    """Make a task."""
    task = service.create_task(
        **_where(call), task_id=call.creation_id, values=call.body.values(_me(call)), changed_by=call.actor.reference
    )
    return Answer(shown_tasks(call, [task])[0], 201, {"Location": f"/api/v1/tasks/{task.id}"})


@routes.get("/tasks/{task_id}", permission="tasks:read", returns=TaskOut)
def get_task(call: Call[None], task_id: str) -> TaskOut:
    """One task."""
    task = service.get_task(table=call.runtime.table, workspace_id=call.workspace_id, task_id=task_id, consistent=True)
    return shown_tasks(call, [task])[0]


@routes.patch("/tasks/{task_id}", permission="tasks:write", body=TaskChange, returns=TaskOut, present=lambda task: task)
def change_task(call: Call[TaskChange], task_id: str) -> TaskOut:
    """Change a task as it was at ``version``."""
    changes, version = call.body.changes(), call.body.version
    by: dict[str, Any] = {"changes": changes, "version": version, "changed_by": call.actor.reference}
    task = _conflicts(call, lambda: service.change_task(**_where(call), task_id=task_id, **by))
    return shown_tasks(call, [task])[0]


@routes.delete("/tasks/{task_id}", permission="tasks:write", query=TaskDelete, present=lambda task: task)
def delete_task(call: Call[None], task_id: str) -> None:
    """Put a task into the bin, where it stays for thirty days."""
    by: dict[str, Any] = {"version": call.query.version, "changed_by": call.actor.reference}
    _conflicts(call, lambda: service.delete_task(**_here(call), task_id=task_id, **by))


@routes.post("/tasks/{task_id}/restore", permission="tasks:write", returns=TaskOut)
def restore_task(call: Call[None], task_id: str) -> TaskOut:
    """Take a task out of the bin."""
    task = service.restore_task(**_here(call), task_id=task_id, changed_by=call.actor.reference)
    return shown_tasks(call, [task])[0]


@routes.post(
    "/tasks/{task_id}/complete", permission="tasks:write", body=TaskMove, returns=TaskDone, present=lambda task: task
)
def complete_task(call: Call[TaskMove], task_id: str) -> TaskDone:
    """A task is done; one that repeats comes again."""
    by: dict[str, Any] = {"version": call.body.version, "changed_by": call.actor.reference}
    done, following = _conflicts(call, lambda: service.complete_task(**_done(call), task_id=task_id, **by))
    shown = shown_tasks(call, [done, following] if following else [done])
    return TaskDone.model_construct(task=shown[0], next=shown[1] if following else None)


@routes.post(
    "/tasks/{task_id}/reopen", permission="tasks:write", body=TaskMove, returns=TaskOut, present=lambda task: task
)
def reopen_task(call: Call[TaskMove], task_id: str) -> TaskOut:
    """A task is not done after all; its next occurrence goes, unless somebody has worked on it."""
    by: dict[str, Any] = {"version": call.body.version, "changed_by": call.actor.reference}
    task = _conflicts(call, lambda: service.reopen_task(**_done(call), task_id=task_id, **by))
    return shown_tasks(call, [task])[0]


def _found(call: Call[None], position: str) -> service.TasksPage:
    query, runtime = call.query, call.runtime
    now = runtime.clock.now()
    if query.deleted:
        return service.bin_of_tasks(
            table=runtime.table, workspace_id=call.workspace_id, now=now, before=position, limit=query.limit
        )
    return service.list_tasks(
        table=runtime.table,
        workspace=get_workspace(table=runtime.table, workspace_id=call.workspace_id),
        now=now,
        wanted=query.wanted(call.actor.id),
        things=runtime.parts("things"),
        position=position,
        limit=query.limit,
    )


def _me(call: Call[Any]) -> str:
    """The member who asks; empty for a program."""
    return call.actor.id if call.actor.kind == "member" else ""


def _here(call: Call[Any]) -> dict[str, Any]:
    return {"table": call.runtime.table, "clock": call.runtime.clock, "workspace_id": call.workspace_id}


def _done(call: Call[Any]) -> dict[str, Any]:
    runtime = call.runtime
    workspace = get_workspace(table=runtime.table, workspace_id=call.workspace_id)
    return {"table": runtime.table, "clock": runtime.clock, "workspace": workspace}


def _where(call: Call[Any]) -> dict[str, Any]:
    return {**_done(call), "things": call.runtime.parts("things")}


def _conflicts(call: Call[Any], work: Callable[[], Result]) -> Result:
    """What the work gives; a conflict shows the present task."""
    try:
        return work()
    except ConflictError as conflict:
        current = conflict.current
        shown = shown_tasks(call, [current])[0] if isinstance(current, Task) else None
        raise ConflictError(str(conflict), current=shown) from conflict
