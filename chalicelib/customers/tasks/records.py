"""The items of a task, and their keys."""

from zlib import crc32

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.foundation.table import InstantAttribute, Key, Record, partition

DUE_SHARDS = 4
_LETTERS = {"contact": "C", "company": "CO", "lead": "L", "deal": "D"}


class TaskRecord(Record, discriminator="task"):
    """``W#w#T#t`` / ``TASK``; ``gsi1`` lists by state, ``gsi2`` the tasks of an assignee by state, both in the order in which they are
    due (or were done); ``due`` those of whose reminder nobody has been told. In the bin it is only in ``gsi1``, in a partition of
    its own.
    """

    title = UnicodeAttribute()
    note = UnicodeAttribute(null=True)
    what = UnicodeAttribute()
    due_at = InstantAttribute(null=True)
    due_on = UnicodeAttribute(null=True)
    has_time = BooleanAttribute(null=True)
    remind_at = InstantAttribute(null=True)
    reminded_at = InstantAttribute(null=True)
    rrule = UnicodeAttribute(null=True)
    series_start = UnicodeAttribute(null=True)
    assignee_id = UnicodeAttribute(null=True)
    about_kind = UnicodeAttribute(null=True)
    about_id = UnicodeAttribute(null=True)
    contact_id = UnicodeAttribute(null=True)
    priority = UnicodeAttribute()
    state = UnicodeAttribute()
    shard = NumberAttribute(null=True)
    done_at = InstantAttribute(null=True)
    done_by = UnicodeAttribute(null=True)
    deleted_at = InstantAttribute(null=True)
    deleted_by = UnicodeAttribute(null=True)

    @property
    def task_id(self) -> str:
        """The task's id, which stands in its key."""
        return self.pk.rpartition("#")[2]


class TaskLinkRecord(Record, discriminator="task_link"):
    """``TASK#<state>#<due or done>#t`` in the partition of what the task is about and of its contact; written with the task."""

    @property
    def task_id(self) -> str:
        """The task's id, which stands in its key."""
        return self.sk.rpartition("#")[2]


def task_key(workspace_id: str, task_id: str) -> Key:
    """Where a task stands."""
    return Key(partition(workspace_id, "T", task_id), "TASK")


def tasks_partition(workspace_id: str, state: str, shard: int) -> str:
    """One partition of the list of tasks in a state (``gsi1``)."""
    return partition(workspace_id, "TASKS", state, str(shard))


def bin_partition(workspace_id: str) -> str:
    """The tasks in the bin (``gsi1``), sorted by the time of their deletion."""
    return partition(workspace_id, "TASKS", "BIN")


def assignee_partition(workspace_id: str, assignee_id: str, state: str) -> str:
    """The tasks of one assignee in a state (``gsi2``)."""
    return partition(workspace_id, "OWNER", assignee_id, "TASKS", state)


def thing_partition(workspace_id: str, kind: str, thing_id: str) -> str:
    """Where a contact, company, lead or deal stands, and the links to its tasks."""
    return partition(workspace_id, _LETTERS[kind], thing_id)


def link_key(workspace_id: str, kind: str, thing_id: str, state: str, place: str) -> Key:
    """Where a thing's link to a task stands; ``place`` is the task's in the order of its state."""
    return Key(thing_partition(workspace_id, kind, thing_id), f"TASK#{state}#{place}")


def due_partition(task_id: str) -> str:
    """The partition of ``due`` in which a task's reminder waits, among those of all workspaces."""
    return due_shard(crc32(task_id.encode()) % DUE_SHARDS)


def due_shard(shard: int) -> str:
    """One partition of the reminders that wait."""
    return f"DUE#tasks#{shard}"
