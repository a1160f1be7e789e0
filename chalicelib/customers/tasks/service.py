"""Making, finding, changing and doing tasks."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import shard_of
from chalicelib.customers.leads import service as leads
from chalicelib.customers.tasks import store
from chalicelib.customers.tasks.domain import EARLIEST, LATEST, NOON, Task, TaskState, When, wall_of
from chalicelib.customers.tasks.records import DUE_SHARDS, TaskRecord
from chalicelib.customers.things import Things, check_thing
from chalicelib.customers.timeline.domain import Thing
from chalicelib.customers.timeline.service import entry as timeline_entry
from chalicelib.foundation import clock as clocks
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, InvalidError, NotFoundError, UnavailableError
from chalicelib.foundation.ids import derived_id, is_id, made_at
from chalicelib.foundation.table import Operation, Record, Table
from chalicelib.foundation.table.table import TransactionConflictError
from chalicelib.workspaces.settings.domain import Workspace

NOBODY = "none"
"""In place of an assignee's id: tasks that nobody has."""
_TIMELINES: Mapping[str, Thing] = {"contact": "contact", "company": "company", "deal": "deal"}
_ATTEMPTS = 6
_EXAMINED = 1000  # tasks read for one page of a filtered list, at most; then the cursor goes on from there


@dataclass(frozen=True, slots=True)
class TasksPage:
    """Some tasks, and the position after which the next page starts (None after the last). A filtered page may be short."""

    items: list[Task]
    next: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tasks a list is of."""

    assignee_id: str = ""
    state: TaskState | None = None
    when: When | None = None
    about: tuple[str, str] | None = None
    contact_id: str = ""


def get_task(*, table: Table, workspace_id: str, task_id: str, consistent: bool = False, gone: bool = False) -> Task:
    """The task; `NotFoundError` when there is none. One in the bin is none, unless ``gone``."""
    known = is_id(task_id)
    found = store.read(table, workspace_id, task_id, consistent=consistent, include_deleted=gone) if known else None
    if found is None:
        raise NotFoundError("There is no such task.")
    return found


def list_tasks(
    *,
    table: Table,
    workspace: Workspace,
    now: datetime,
    wanted: Wanted,
    things: Mapping[str, Things],
    position: str = "",
    limit: int = 50,
) -> TasksPage:
    """The tasks that match: the open ones by when they are due, those due at no time last; then the done ones, the last first."""
    when = wanted.when
    states = [wanted.state] if wanted.state else [TaskState.OPEN] if when else list(TaskState)
    if when and wanted.state is TaskState.DONE:
        return TasksPage([], None)
    found: list[Task] = []
    examined = 0
    at, _, place = position.partition(":")
    for state in states:
        if at and at != state.value:
            continue
        source = _source(table, workspace, wanted, things, state)
        if source is None:
            return TasksPage([], None)
        while True:
            span = _span(when, now, workspace, state, place)
            page = source(span, limit) if span[0] <= span[1] else []
            for place, task in page:
                if _fits(task, wanted) and (when is None or task.is_when(when, now, workspace.zone)):
                    found.append(task)
                    if len(found) == limit:
                        return TasksPage(found, f"{state}:{place}")
            examined += len(page)
            if len(page) < limit:
                break
            if examined >= _EXAMINED:
                return TasksPage(found, f"{state}:{place}")
        at = place = ""
    return TasksPage(found, None)


def bin_of_tasks(*, table: Table, workspace_id: str, now: datetime, before: str = "", limit: int = 50) -> TasksPage:
    """What lies in the bin, the last deleted first, without what can no longer be restored."""
    page = store.in_bin(table, workspace_id, before=before, limit=limit)
    found = [store.to_domain(record) for record in page.items if not record.expired(now)]
    return TasksPage(found, page.items[-1].gsi1sk if page.next is not None and page.items else None)


def open_tasks_of(
    *, table: Table, workspace_id: str, assignee_id: str, since: datetime | None = None, until: datetime, limit: int
) -> list[Task]:
    """A member's open tasks that are due from ``since`` until ``until``, in that order."""
    span = (clocks.to_text(since) if since else "0", clocks.to_text(until) + "#~")
    return [task for _, task in store.of_assignee(table, workspace_id, assignee_id, TaskState.OPEN, span, limit)]


def create_task(
    *,
    table: Table,
    clock: Clock,
    workspace: Workspace,
    things: Mapping[str, Things],
    task_id: str,
    values: Mapping[str, Any],
    changed_by: str = "",
) -> Task:
    """Make a task of ``title``, ``note``, ``kind``, ``due_at`` (an instant) with ``has_time``, ``remind_at``, ``rrule``, ``assignee_id``,
    ``about`` (kind, id), ``contact_id`` and ``priority``. `InvalidError` names what is wrong; made again with the same id it is the one
    that is there.
    """
    now = clock.now()
    blank = Task(
        workspace_id=workspace.id,
        id=task_id,
        title="",
        created_at=now,
        updated_at=now,
        shard=shard_of(task_id, workspace.new_shards_of("tasks")),
        changed_by=changed_by,
    )
    task = _changed(table, workspace, things, blank, values)
    try:
        table.transact(store.write(None, task))
    except TransactionConflictError as conflict:
        image = conflict.images[0] if 0 in conflict.failed else None
        if not image:
            raise
        return store.to_domain(TaskRecord.from_image(image))
    return task


def change_task(
    *,
    table: Table,
    clock: Clock,
    workspace: Workspace,
    things: Mapping[str, Things],
    task_id: str,
    version: int | None,
    changes: Mapping[str, Any],
    changed_by: str = "",
) -> Task:
    """Change what people fill in of the task as it was at ``version``; `ConflictError` with the present `Task` when it has moved on. A
    new reminder lets the assignee be reminded again. With ``rrule`` a repetition begins anew at the time it is due; another time alone
    moves this occurrence only.
    """

    def work(present: Task) -> Task:
        return _changed(table, workspace, things, present, changes)

    return _write(table, clock, workspace.id, task_id, version, work, changed_by=changed_by)


def complete_task(
    *, table: Table, clock: Clock, workspace: Workspace, task_id: str, version: int | None = None, changed_by: str = ""
) -> tuple[Task, Task | None]:
    """The task is done; if it repeats, its next occurrence is made in the same transaction, under an id that follows from this one:
    so it is made once. Returns both. A task that is done already stays as it is.
    """
    for attempt in range(_ATTEMPTS):
        now = clock.now()
        present = get_task(table=table, workspace_id=workspace.id, task_id=task_id, consistent=True)
        next_id = derived_id(made_at(present.id), "next occurrence", present.id)
        if present.state is TaskState.DONE:
            return present, store.read(table, workspace.id, next_id, consistent=True) if present.rrule else None
        if version is not None and present.version != version:
            raise ConflictError(current=present)
        done = replace(
            present, state=TaskState.DONE, done_at=now, done_by=changed_by, updated_at=now, changed_by=changed_by
        )
        made: Task | None = None
        following = present.following(now, workspace.zone, id=next_id)
        if following is not None:
            made = store.read(table, workspace.id, next_id, consistent=True, include_deleted=True)
        operations = store.write(present, done)
        if following is not None and made is None:
            following = replace(following, changed_by=changed_by)
            operations += store.write(None, following)
        try:
            table.transact(operations)
        except TransactionConflictError as conflict:
            if 0 in conflict.failed and version is not None:
                raise _conflict(conflict) from conflict
            contacts.pause(attempt)  # somebody was at the same: look again
        else:
            done = replace(done, version=present.version + 1)
            return done, following if made is None else made if made.deleted_at is None else None
    raise UnavailableError("The task keeps being changed by others.")


def reopen_task(
    *, table: Table, clock: Clock, workspace: Workspace, task_id: str, version: int | None = None, changed_by: str = ""
) -> Task:
    """The task is not done after all. Its next occurrence goes away with that, unless somebody has worked on it."""
    for attempt in range(_ATTEMPTS):
        now = clock.now()
        present = get_task(table=table, workspace_id=workspace.id, task_id=task_id, consistent=True)
        if version is not None and present.version != version:
            raise ConflictError(current=present)
        if present.state is TaskState.OPEN:
            return present
        opened = replace(present, state=TaskState.OPEN, done_at=None, done_by="", updated_at=now, changed_by=changed_by)
        operations: list[Operation] = store.write(present, opened)
        if present.rrule:
            next_id = derived_id(made_at(present.id), "next occurrence", present.id)
            following = store.read(table, workspace.id, next_id, consistent=True)
            if following is not None and following.version == 1:
                operations += store.removal(following)
        try:
            table.transact(operations)
        except TransactionConflictError as conflict:
            if 0 in conflict.failed and version is not None:
                raise _conflict(conflict) from conflict
            contacts.pause(attempt)
        else:
            return replace(opened, version=present.version + 1)
    raise UnavailableError("The task keeps being changed by others.")


def delete_task(
    *, table: Table, clock: Clock, workspace_id: str, task_id: str, version: int | None = None, changed_by: str = ""
) -> Task:
    """Put the task into the bin for thirty days."""

    def work(present: Task) -> Task:
        return replace(present, deleted_at=clock.now(), deleted_by=changed_by)

    return _write(table, clock, workspace_id, task_id, version, work, changed_by=changed_by)


def restore_task(*, table: Table, clock: Clock, workspace_id: str, task_id: str, changed_by: str = "") -> Task:
    """Take the task out of the bin; one that is not in it stays as it is. `NotFoundError` when it is gone for good."""

    def work(present: Task) -> Task:
        if store.to_record(present).expired(clock.now()):
            raise NotFoundError("There is no such task.")
        return replace(present, deleted_at=None, deleted_by="")

    return _write(table, clock, workspace_id, task_id, None, work, changed_by=changed_by, gone=True)


def due_reminders(*, table: Table, now: datetime, limit: int) -> list[tuple[Task, str]]:
    """Tasks of all workspaces whose assignees are to be reminded by now, each with its position among them."""
    return [each for shard in range(DUE_SHARDS) for each in store.due(table, shard, now=now, limit=limit)]


def note_reminded(*, table: Table, task: Task, position: str, now: datetime) -> None:
    """Note that the assignee was told, unless the reminder was changed meanwhile."""
    try:
        table.write(store.reminded(task, position, now))
    except ConflictError:
        return


def titles_of(
    *, table: Table, workspace_id: str, tasks: Iterable[Task], things: Mapping[str, Things], kinds: Iterable[str]
) -> dict[tuple[str, str], str]:
    """The names of what tasks are about, as far as it is of these kinds: (kind, id) → name."""
    wanted: dict[str, set[str]] = {}
    for task in tasks:
        if task.about_id:
            wanted.setdefault(task.about_kind, set()).add(task.about_id)
    return {
        (kind, thing_id): title
        for kind, ids in wanted.items()
        if kind in things and kind in set(kinds)
        for thing_id, title in things[kind].titles(table, workspace_id, ids).items()
    }


def entries_of(task: Task) -> list[Record]:
    """The entries for a task that is done, in the timelines of its contact and of what it is about."""
    if task.done_at is None:
        return []
    return [
        timeline_entry(
            workspace_id=task.workspace_id,
            about=(_TIMELINES[kind], thing_id),
            at=task.done_at,
            kind="task_done",
            id=derived_id(task.done_at, "task_done", task.id, kind),
            data={"task_id": task.id, "title": task.title, "kind": task.kind},
            actor=task.done_by,
        )
        for kind, thing_id in task.abouts
        if kind in _TIMELINES
    ]


def task_of(record: Record) -> Task:
    """The task in a changed item, for projections."""
    assert isinstance(record, TaskRecord)
    return store.to_domain(record)


def _source(
    table: Table, workspace: Workspace, wanted: Wanted, things: Mapping[str, Things], state: TaskState
) -> Callable[[tuple[str, str], int], Sequence[tuple[str, Task]]] | None:
    """Where the tasks are read from: what narrows them most. None when it is about something that does not exist."""
    about = wanted.about or (("contact", wanted.contact_id) if wanted.contact_id else None)
    if about is not None:
        try:
            ids = things[about[0]].all_ids(table, workspace.id, about[1])
        except (KeyError, NotFoundError):
            return None
        abouts = [(about[0], each) for each in ids]
        return lambda span, limit: store.about(table, workspace.id, abouts, state, span, limit)
    if wanted.assignee_id and wanted.assignee_id != NOBODY:
        return lambda span, limit: store.of_assignee(table, workspace.id, wanted.assignee_id, state, span, limit)
    shards = workspace.shards_of("tasks")
    return lambda span, limit: store.in_state(table, workspace.id, state, shards, span, limit)


def _fits(task: Task, wanted: Wanted) -> bool:
    assignee = "" if wanted.assignee_id == NOBODY else wanted.assignee_id
    by_contact = wanted.about is None or not wanted.contact_id or task.contact_id == wanted.contact_id
    return by_contact and (not wanted.assignee_id or task.assignee_id == assignee)


def _span(when: When | None, now: datetime, workspace: Workspace, state: TaskState, after: str) -> tuple[str, str]:
    """The places between which the tasks lie, both inclusive, when the list goes on after one."""
    low, high = "0", "~~"
    if when is not None:
        today = now.astimezone(workspace.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        begin, tomorrow, week = (clocks.to_text((today + timedelta(days=days)).astimezone(UTC)) for days in (0, 1, 8))
        low, high = {
            "overdue": ("0", clocks.to_text(now) + "#~"),
            "today": (begin, tomorrow),
            "week": (tomorrow, week),
            "later": (week, "~~"),
        }[when]
    if after and state is TaskState.DONE:
        high = after[:-1] + chr(ord(after[-1]) - 1) + "~"
    elif after:
        low = after + "!"
    return low, high


def _write(
    table: Table,
    clock: Clock,
    workspace_id: str,
    task_id: str,
    version: int | None,
    work: Callable[[Task], Task],
    *,
    changed_by: str,
    gone: bool = False,
) -> Task:
    for attempt in range(_ATTEMPTS):
        present = get_task(table=table, workspace_id=workspace_id, task_id=task_id, consistent=True, gone=gone)
        if version is not None and present.version != version:
            raise ConflictError(current=present)
        changed = work(present)
        if changed == present:
            return present
        changed = replace(changed, updated_at=clock.now(), changed_by=changed_by)
        try:
            table.transact(store.write(present, changed))
        except TransactionConflictError as conflict:
            if 0 in conflict.failed and version is not None:
                raise _conflict(conflict) from conflict
            contacts.pause(attempt)
        else:
            return replace(changed, version=present.version + 1)
    raise UnavailableError("The task keeps being changed by others.")


def _conflict(conflict: TransactionConflictError) -> ConflictError:
    image = conflict.images[0]
    return ConflictError(current=store.to_domain(TaskRecord.from_image(image)) if image else None)


def _changed(
    table: Table, workspace: Workspace, things: Mapping[str, Things], task: Task, values: Mapping[str, Any]
) -> Task:
    """The task with these values, checked."""
    zone = workspace.zone
    plain: dict[str, Any] = {name: values[name] or "" for name in ("title", "note", "assignee_id") if name in values}
    plain |= {name: values[name] for name in ("kind", "priority") if values.get(name)}
    if plain.get("assignee_id"):
        _check_assignee(table, workspace.id, plain["assignee_id"])
    changed = replace(task, **plain)
    if "about" in values or "contact_id" in values:
        changed = _about(table, workspace.id, things, changed, values)
    due_at = values.get("due_at", task.due_at)
    has_time = bool(values.get("has_time", task.has_time) if values.get("has_time") is not None else task.has_time)
    if "due_at" in values or has_time is not task.has_time:
        changed = changed.due(at=_moment(due_at, "due_at"), has_time=has_time, zone=zone)
    if "remind_at" in values:
        changed = replace(changed, remind_at=_moment(values["remind_at"], "remind_at"))
    if changed.remind_at != task.remind_at:
        changed = replace(changed, reminded_at=None)
    if "rrule" in values and ((values["rrule"] or "") != task.rrule or changed.due_at != task.due_at):
        changed = _repeated(changed, values["rrule"] or "", workspace)
    elif changed.rrule and changed.due_at is None:
        raise _without_due()
    if not changed.title:
        raise InvalidError("A task says what is to be done.", field="title", code="missing")
    return changed


def _repeated(task: Task, rrule: str, workspace: Workspace) -> Task:
    """The task repeating by this rule from the time it is due on."""
    from chalicelib.customers.tasks.repeats import check_rule

    if not rrule:
        return replace(task, rrule="", series_start=None)
    if task.due_at is None or task.due_on is None:
        raise _without_due()
    start = wall_of(task.due_at, workspace.zone) if task.has_time else datetime.combine(task.due_on, NOON)
    start = start.replace(microsecond=0)
    return replace(task, rrule=check_rule(rrule, start, workspace.zone), series_start=start)


def _without_due() -> InvalidError:
    return InvalidError("What repeats begins at some time: say when it is due.", field="due_at", code="missing")


def _about(
    table: Table, workspace_id: str, things: Mapping[str, Things], task: Task, values: Mapping[str, Any]
) -> Task:
    """The task about what the values name; and the contact, from what it is about if not named."""
    if "about" in values:
        kind, thing_id = values["about"] or ("", "")
        if kind:
            check_thing(things, table, workspace_id, kind, thing_id, field="about.id")
        contact_id = thing_id if kind == "contact" else ""
        if kind == "lead":
            contact_id = leads.get_lead(table=table, workspace_id=workspace_id, lead_id=thing_id).contact_id
        task = replace(task, about_kind=kind, about_id=thing_id, contact_id=contact_id)
    if values.get("contact_id") and values["contact_id"] != task.contact_id:
        check_thing(things, table, workspace_id, "contact", values["contact_id"], field="contact_id")
        if task.about_kind == "contact":
            raise InvalidError("The task is about another contact.", field="contact_id", code="another")
        task = replace(task, contact_id=values["contact_id"])
    elif "contact_id" in values and not values["contact_id"] and task.about_kind != "contact":
        task = replace(task, contact_id="")
    return task


def _check_assignee(table: Table, workspace_id: str, assignee_id: str) -> None:
    try:
        contacts.check_owner(table, workspace_id, assignee_id)
    except InvalidError as error:
        raise InvalidError("There is no such member.", field="assignee_id", code="unknown") from error


def _moment(value: datetime | None, field: str) -> datetime | None:
    if value is not None and not EARLIEST <= value < LATEST:
        raise InvalidError("A time between 1990 and 2200.", field=field, code="out_of_range")
    return value.replace(microsecond=value.microsecond // 1000 * 1000) if value is not None else None
