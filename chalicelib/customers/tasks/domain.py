"""What a task is, and when it comes again."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

BIN = timedelta(days=30)
"""How long a deleted task can be restored."""
NOON = time(12)
"""When on its day a task without a time stands in lists: wherever its readers are, it is that day."""
EARLIEST, LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)

TaskKind = Literal["todo", "call", "email", "meeting"]
Priority = Literal["low", "normal", "high"]
AboutKind = Literal["contact", "company", "lead", "deal"]
When = Literal["overdue", "today", "week", "later"]
"""Should have been done by now; today, and not yet overdue; in the seven days after today; after them, or at no time."""


class TaskState(StrEnum):
    """Whether it is done."""

    OPEN = "open"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do. Without ``has_time`` it is due on the day ``due_on``, which has no zone, and ``due_at`` is that day's noon in the
    workspace's zone; with it, ``due_on`` is the day of ``due_at`` there.

    ``rrule`` (RFC 5545) says when it comes again, counted from ``series_start``, a time on the wall of the workspace (no zone): what
    repeats at nine is at nine all the year. Each occurrence is a task of its own, made when the one before is done.
    ``reminded_at`` is when the assignee was told.
    """

    workspace_id: str
    id: str
    title: str
    created_at: datetime
    updated_at: datetime
    version: int = 1
    shard: int = 0
    note: str = ""
    kind: str = "todo"
    due_at: datetime | None = None
    due_on: date | None = None
    has_time: bool = False
    remind_at: datetime | None = None
    reminded_at: datetime | None = None
    rrule: str = ""
    series_start: datetime | None = None
    assignee_id: str = ""
    about_kind: str = ""
    about_id: str = ""
    contact_id: str = ""
    priority: str = "normal"
    state: TaskState = TaskState.OPEN
    done_at: datetime | None = None
    done_by: str = ""
    deleted_at: datetime | None = None
    deleted_by: str = ""
    changed_by: str = ""

    @property
    def rank(self) -> str:
        """Which of the priorities is first in the order of importance: ``0`` is high."""
        return {"high": "0", "normal": "1"}.get(self.priority, "2")

    @property
    def armed(self) -> bool:
        """Whether its assignee is still to be reminded."""
        return (
            self.state is TaskState.OPEN
            and self.deleted_at is None
            and self.remind_at is not None
            and self.reminded_at is None
        )

    @property
    def abouts(self) -> tuple[tuple[str, str], ...]:
        """The things under which it is found: what it is about, and the contact."""
        found = [(self.about_kind, self.about_id)] if self.about_id else []
        if self.contact_id and ("contact", self.contact_id) not in found:
            found.append(("contact", self.contact_id))
        return tuple(found)

    def overdue(self, now: datetime, today: date) -> bool:
        """Whether it should have been done by now; ``today`` is the day in the workspace's zone."""
        if self.state is not TaskState.OPEN or self.due_at is None or self.due_on is None:
            return False
        return self.due_at <= now if self.has_time else self.due_on < today

    def is_when(self, when: When, now: datetime, zone: ZoneInfo) -> bool:
        """Whether it is due then."""
        today = now.astimezone(zone).date()
        if when == "overdue" or self.overdue(now, today):
            return when == "overdue" and self.overdue(now, today)
        if self.due_on is None:
            return when == "later"
        week = today + timedelta(days=7)
        return {"today": self.due_on <= today, "week": today < self.due_on <= week, "later": self.due_on > week}[when]

    def due(self, *, at: datetime | None, has_time: bool, zone: ZoneInfo) -> "Task":
        """The task due then, or at no time; without ``has_time`` on the day that ``at`` falls on in the zone."""
        if at is None:
            return replace(self, due_at=None, due_on=None, has_time=False)
        day = at.astimezone(zone).date()
        moment = at if has_time else instant_of(datetime.combine(day, NOON), zone)
        return replace(self, due_at=moment, due_on=day, has_time=has_time)

    def following(self, now: datetime, zone: ZoneInfo, *, id: str) -> "Task | None":  # noqa: A002 - the task's own
        """The next occurrence, after this one and not in the past; None when there is none. The reminder keeps its distance by the
        clock on the wall.
        """
        from chalicelib.customers.tasks.repeats import next_after

        if not self.rrule or self.series_start is None or self.due_at is None or self.due_on is None:
            return None
        due = wall_of(self.due_at, zone) if self.has_time else datetime.combine(self.due_on, NOON)
        present = wall_of(now, zone)
        if not self.has_time:
            present = datetime.combine(present.date(), time())
        following = next_after(self.rrule, self.series_start, max(due, present), zone)
        if following is None:
            return None
        if not self.has_time:
            following = datetime.combine(following.date(), NOON)
        remind_at = None
        if self.remind_at is not None:
            remind_at = instant_of(following - (due - wall_of(self.remind_at, zone)), zone)
        return replace(
            self,
            id=id,
            version=1,
            created_at=now,
            updated_at=now,
            state=TaskState.OPEN,
            done_at=None,
            done_by="",
            due_at=instant_of(following, zone),
            due_on=following.date(),
            remind_at=remind_at,
            reminded_at=None,
        )


def wall_of(instant: datetime, zone: ZoneInfo) -> datetime:
    """What the clock on the wall shows then; without a zone."""
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def instant_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """When the clock on the wall shows that: for the first time, if it does twice; as long after the change of clocks as it would have
    been after it, if it never does.
    """
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
