"""Tasks in the table."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from chalicelib.customers.tasks.domain import BIN, Task, TaskState
from chalicelib.customers.tasks.records import (
    TaskLinkRecord,
    TaskRecord,
    assignee_partition,
    bin_partition,
    due_partition,
    due_shard,
    link_key,
    task_key,
    tasks_partition,
    thing_partition,
)
from chalicelib.foundation import clock
from chalicelib.foundation.table import Create, Delete, Key, Operation, Page, Put, Replace, Table, Update
from chalicelib.foundation.table.table import query_merged

Span = tuple[str, str]
Placed = list[tuple[str, Task]]
"""Tasks, each with its place in the order of its list."""


def read(
    table: Table, workspace_id: str, task_id: str, *, consistent: bool = False, include_deleted: bool = False
) -> Task | None:
    """The task, or None; one in the bin only if asked for."""
    record = table.get(TaskRecord, task_key(workspace_id, task_id), consistent=consistent)
    if record is None or (record.deleted_at is not None and not include_deleted):
        return None
    return to_domain(record)


def read_many(table: Table, workspace_id: str, task_ids: Iterable[str], *, consistent: bool = False) -> dict[str, Task]:
    """Those of the tasks that exist and are not in the bin, by id."""
    keys = [task_key(workspace_id, task_id) for task_id in task_ids]
    found = table.get_many(TaskRecord, keys, consistent=consistent) if keys else {}
    return {record.task_id: to_domain(record) for record in found.values() if record.deleted_at is None}


def in_state(table: Table, workspace_id: str, state: TaskState, shards: int, span: Span, limit: int) -> Placed:
    """Tasks in a state whose places lie in the span, both ends inclusive: open ones by when they are due, done ones the last first."""

    def shard(number: int) -> Callable[[int], Page[TaskRecord]]:
        pk = tasks_partition(workspace_id, state, number)
        return lambda limit: table.query(
            TaskRecord, pk, index="gsi1", between=span, newest_first=state is TaskState.DONE, limit=limit
        )

    found = query_merged(
        [shard(number) for number in range(shards)],
        limit=limit,
        position=lambda each: each.gsi1sk,
        newest_first=state is TaskState.DONE,
    )
    return [(record.gsi1sk, to_domain(record)) for record in found]


def of_assignee(table: Table, workspace_id: str, assignee_id: str, state: TaskState, span: Span, limit: int) -> Placed:
    """The same of one assignee."""
    page = table.query(
        TaskRecord,
        assignee_partition(workspace_id, assignee_id, state),
        index="gsi2",
        between=span,
        newest_first=state is TaskState.DONE,
        limit=limit,
    )
    return [(record.gsi2sk, to_domain(record)) for record in page.items]


def about(
    table: Table, workspace_id: str, things: Sequence[tuple[str, str]], state: TaskState, span: Span, limit: int
) -> Placed:
    """The same of what is about one of these things (kind, id)."""
    prefix, newest = f"TASK#{state}#", state is TaskState.DONE

    def links(kind: str, thing_id: str) -> Callable[[int], Page[TaskLinkRecord]]:
        pk = thing_partition(workspace_id, kind, thing_id)
        return lambda limit: table.query(
            TaskLinkRecord, pk, between=(prefix + span[0], prefix + span[1]), newest_first=newest, limit=limit
        )

    found = query_merged(
        [links(*thing) for thing in things], limit=limit, position=lambda each: each.sk, newest_first=newest
    )
    tasks = read_many(table, workspace_id, {record.task_id for record in found})
    placed: dict[str, tuple[str, Task]] = {}
    for record in found:
        task = tasks.get(record.task_id)
        if task is not None and place_of(task) == record.sk.removeprefix(prefix):
            placed.setdefault(task.id, (record.sk.removeprefix(prefix), task))
    return list(placed.values())


def in_bin(table: Table, workspace_id: str, *, before: str, limit: int) -> Page[TaskRecord]:
    """The tasks deleted last, those before a position if one is given."""
    return table.query(
        TaskRecord, bin_partition(workspace_id), index="gsi1", before=before, newest_first=True, limit=limit
    )


def all_in_bin(table: Table, workspace_id: str) -> Iterator[Task]:
    """Everything in the bin: of thirty days at most."""
    return (to_domain(record) for record in table.query_all(TaskRecord, bin_partition(workspace_id), index="gsi1"))


def linked_ids(table: Table, workspace_id: str, things: Sequence[tuple[str, str]]) -> list[str]:
    """The ids of all tasks, open and done, that are linked with one of these things (kind, id)."""
    found = [
        record.task_id
        for thing in things
        for record in table.query_all(
            TaskLinkRecord, thing_partition(workspace_id, *thing), begins_with="TASK#", consistent=True
        )
    ]
    return list(dict.fromkeys(found))


def due(table: Table, shard: int, *, now: datetime, limit: int) -> list[tuple[Task, str]]:
    """Tasks of all workspaces of which somebody is to be reminded by now, each with its position."""
    page = table.query(TaskRecord, due_shard(shard), index="due", before=f"{clock.to_text(now)}~", limit=limit)
    return [(to_domain(record), record.duesk) for record in page.items]


# Operations for transactions


def write(old: Task | None, new: Task) -> list[Operation]:
    """What turns the task as it was read into the new one, with its links; the task's own operation comes first."""
    return [Create(to_record(new)) if old is None else Replace(to_record(new)), *links(old, new)]


def links(old: Task | None, new: Task | None) -> list[Operation]:
    """What turns the links of the task as it was into those of the new one (None: it is not there)."""
    before, after = _links(old) if old else set(), _links(new) if new else set()
    made = new or old
    assert made is not None
    operations: list[Operation] = [Delete(key) for key in sorted(before - after)]
    for key in sorted(after - before):
        record = TaskLinkRecord(pk=key.pk, sk=key.sk, workspace_id=made.workspace_id, created_at=made.created_at)
        operations.append(Put(record))
    return operations


def removal(task: Task) -> list[Operation]:
    """What removes a task that is as it was read, with its links."""
    key = task_key(task.workspace_id, task.id)
    return [Delete(key, TaskRecord.version == task.version), *(Delete(link) for link in sorted(_links(task)))]


def reminded(task: Task, position: str, at: datetime) -> Update:
    """The assignee was told: once, for the task leaves the index of what is due."""
    return Update(
        task_key(task.workspace_id, task.id),
        [
            TaskRecord.reminded_at.set(at),
            TaskRecord.duepk.remove(),
            TaskRecord.duesk.remove(),
        ],
        TaskRecord.duesk == position,
        upsert=True,  # no change in the sense of its version; the condition keeps it from making a row
    )


def place_of(task: Task) -> str:
    """Where the task stands in the order of its state: by when it is due, and what is due at no time last; or by when it was done."""
    moment = task.done_at if task.state is TaskState.DONE else task.due_at
    return f"{clock.to_text(moment) if moment else '~'}#{task.id}"


def _links(task: Task) -> set[Key]:
    if task.deleted_at is not None:
        return set()
    return {link_key(task.workspace_id, *thing, task.state, place_of(task)) for thing in task.abouts}


# Record ↔ domain

_TEXTS = (
    "note",
    "rrule",
    "assignee_id",
    "about_kind",
    "about_id",
    "contact_id",
    "done_by",
    "deleted_by",
    "changed_by",
)
_INSTANTS = ("due_at", "remind_at", "reminded_at", "done_at", "deleted_at")


def to_record(task: Task) -> TaskRecord:
    """The item of a task."""
    key = task_key(task.workspace_id, task.id)
    values: dict[str, Any] = {
        "pk": key.pk,
        "sk": key.sk,
        "workspace_id": task.workspace_id,
        "version": task.version,
        "created_at": task.created_at,
        "updated_at": task.updated_at,
        "title": task.title,
        "what": task.kind,
        "priority": task.priority,
        "state": task.state.value,
        "due_on": task.due_on.isoformat() if task.due_on else None,
        "has_time": True if task.has_time else None,
        "series_start": task.series_start.isoformat() if task.series_start else None,
        **_places(task),
    }
    values |= {name: getattr(task, name) for name in (*_TEXTS, *_INSTANTS) if getattr(task, name)}
    return TaskRecord(**values)


def _places(task: Task) -> Mapping[str, Any]:
    """Where the task stands in the indexes."""
    workspace_id = task.workspace_id
    if task.deleted_at is not None:
        return {
            "gsi1pk": bin_partition(workspace_id),
            "gsi1sk": f"{clock.to_text(task.deleted_at)}#{task.id}",
            "shard": task.shard,
            "expires_at": int((task.deleted_at + BIN).timestamp()),
        }
    place = place_of(task)
    places: dict[str, Any] = {"gsi1pk": tasks_partition(workspace_id, task.state, task.shard), "gsi1sk": place}
    if task.assignee_id:
        places |= {"gsi2pk": assignee_partition(workspace_id, task.assignee_id, task.state), "gsi2sk": place}
    if task.armed and task.remind_at is not None:
        places |= {"duepk": due_partition(task.id), "duesk": f"{clock.to_text(task.remind_at)}#{task.id}"}
    return places


def to_domain(record: TaskRecord) -> Task:
    """The task in an item."""
    get = record.attribute_values.get
    shard = get("shard")
    return Task(
        workspace_id=record.workspace_id,
        id=record.task_id,
        title=record.title,
        created_at=record.created_at,
        updated_at=record.updated_at or record.created_at,
        version=int(record.version),
        shard=int((get("gsi1pk") or "#0").rpartition("#")[2] if shard is None else shard),
        kind=record.what,
        due_on=date.fromisoformat(record.due_on) if record.due_on else None,
        has_time=bool(record.has_time),
        series_start=_wall(record.series_start),
        priority=record.priority,
        state=TaskState(record.state),
        **_optional(get),
    )


def _optional(get: Callable[[str], Any]) -> dict[str, Any]:
    texts: dict[str, Any] = {name: get(name) or "" for name in _TEXTS}
    return texts | {name: get(name) for name in _INSTANTS}


def _wall(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
