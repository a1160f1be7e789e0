"""Tasks as the API shows and takes them."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from chalicelib.customers.schemas import LongText, Reference, ShortText
from chalicelib.customers.tasks.domain import Task, TaskState
from chalicelib.customers.tasks.service import Wanted
from chalicelib.foundation.http import PageQuery, Schema, Versioned
from chalicelib.foundation.http.schemas import Instant

TaskKindName = Literal["todo", "call", "email", "meeting"]
PriorityName = Literal["low", "normal", "high"]
ThingKind = Literal["contact", "company", "lead", "deal"]
StateName = Literal["open", "done"]


class TasksQuery(PageQuery):
    """The list of tasks, narrowed by what is given. ``assignee_id`` is a member's id, ``me``, or ``none`` for tasks that nobody has;
    ``when`` asks for open ones: that should have been done by now, that are due today and are not overdue, in the seven days after
    today, or after them and at no time. ``about_kind`` and ``about_id`` stand together.
    """

    assignee_id: Reference | None = None
    state: StateName | None = None
    when: Literal["overdue", "today", "week", "later"] | None = None
    about_kind: ThingKind | None = None
    about_id: Reference | None = None
    contact_id: Reference | None = None
    deleted: Annotated[bool, Field(description="What lies in the bin.")] = False

    def wanted(self, me: str) -> Wanted:
        """What was asked for, for the service."""
        about = (self.about_kind, self.about_id) if self.about_kind and self.about_id else None
        return Wanted(
            assignee_id=me if self.assignee_id == "me" else self.assignee_id or "",
            state=TaskState(self.state) if self.state else None,
            when=self.when,
            about=about,
            contact_id=self.contact_id or "",
        )


class TaskRepeat(Schema):
    """When a task comes again: a rule of RFC 5545 (``FREQ=WEEKLY;BYDAY=MO``), by days or longer, counted from when it is due by the
    workspace's clock.
    """

    rrule: Annotated[str, Field(min_length=1, max_length=300)]


class TaskAboutIn(Schema):
    """What a task is about."""

    kind: ThingKind
    id: Annotated[Reference, Field(min_length=1)]


class TaskFields(Schema):
    """What people fill in of a task. Without ``has_time`` it is due on the day of ``due_at`` in the workspace's zone."""

    note: LongText | None = None
    kind: TaskKindName | None = None
    due_at: Instant | None = None
    has_time: bool | None = None
    remind_at: Instant | None = None
    repeat: TaskRepeat | None = None
    assignee_id: Reference | None = None
    about: TaskAboutIn | None = None
    contact_id: Reference | None = None
    priority: PriorityName | None = None

    def _values(self) -> dict[str, Any]:
        values = {name: getattr(self, name) for name in self.model_fields_set}
        if "repeat" in values:
            values["rrule"] = self.repeat.rrule if self.repeat else ""
            del values["repeat"]
        if "about" in values:
            values["about"] = (self.about.kind, self.about.id) if self.about else None
        return values


class TaskIn(TaskFields):
    """A new task; the one who makes it is its assignee unless it says otherwise (null: nobody)."""

    title: Annotated[ShortText, Field(min_length=1)]

    def values(self, me: str) -> dict[str, Any]:
        """What was said, by the names of the service."""
        return {"assignee_id": me, **self._values()}


class TaskChange(TaskFields, Versioned):
    """A change to a task; what is left out stays, what is null is taken away."""

    title: Annotated[ShortText, Field(min_length=1)] | None = None

    def changes(self) -> dict[str, Any]:
        """What was said, by the names of the service."""
        values = self._values()
        values.pop("version", None)
        if values.get("title", "x") is None:
            del values["title"]
        return values


class TaskMove(Schema):
    """A task is done, or not after all, as it was at ``version`` if that is given."""

    version: Annotated[int, Field(ge=1)] | None = None


class TaskDelete(Schema):
    """Which version of the task is deleted; without one, whichever there is."""

    version: Annotated[int, Field(ge=1)] | None = None


class TaskAboutOut(Schema):
    """What a task is about; the title is null when it is gone, or not for the caller to read."""

    kind: ThingKind
    id: str
    title: str | None


class TaskOut(Schema):
    """A task. ``due_on`` is the day it is due on, which has no zone; without ``has_time`` it is due on that day at any time, and
    ``due_at`` is its noon in the workspace's zone. ``done_by`` is who did it: ``member:<user id>``.
    """

    id: str
    title: str
    note: str
    kind: TaskKindName
    due_at: Instant | None
    due_on: date | None
    has_time: bool
    remind_at: Instant | None
    repeat: TaskRepeat | None
    assignee_id: str | None
    about: TaskAboutOut | None
    contact_id: str | None
    priority: PriorityName
    state: StateName
    done_at: Instant | None
    done_by: str | None
    deleted_at: Instant | None
    created_at: Instant
    updated_at: Instant
    version: int

    @classmethod
    def of(cls, task: Task, titles: Mapping[tuple[str, str], str]) -> Self:
        """The task as shown, with the names of what tasks are about."""
        about = None
        if task.about_id:
            title = titles.get((task.about_kind, task.about_id))
            about = TaskAboutOut.model_construct(kind=task.about_kind, id=task.about_id, title=title)
        return cls.model_construct(
            id=task.id,
            title=task.title,
            note=task.note,
            kind=task.kind,
            due_at=task.due_at,
            due_on=task.due_on,
            has_time=task.has_time,
            remind_at=task.remind_at,
            repeat=TaskRepeat.model_construct(rrule=task.rrule) if task.rrule else None,
            assignee_id=task.assignee_id or None,
            about=about,
            contact_id=task.contact_id or None,
            priority=task.priority,
            state=task.state.value,
            done_at=task.done_at,
            done_by=task.done_by or None,
            deleted_at=task.deleted_at,
            created_at=task.created_at,
            updated_at=task.updated_at,
            version=task.version,
        )


class TaskDone(Schema):
    """A task that is done, and its next occurrence if it repeats."""

    task: TaskOut
    next: TaskOut | None
