"""What follows from a change of a task."""

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.tasks import service
from chalicelib.customers.tasks.domain import Task, TaskState
from chalicelib.customers.tasks.listing import LISTING
from chalicelib.customers.tasks.records import TaskLinkRecord, TaskRecord, task_key
from chalicelib.foundation.projection import Derivation, Projection
from chalicelib.foundation.table import Change
from chalicelib.workspaces.audit.service import audited


def note(change: Change, into: Derivation) -> None:
    """An entry for a task that is done, in the timelines of its contact and of what it is about."""
    if change.new is None or change.old is None:
        return
    old, task = service.task_of(change.old), service.task_of(change.new)
    if old.state is TaskState.DONE or task.state is not TaskState.DONE or task.done_at is None:
        return
    for record in service.entries_of(task):
        into.put(record)


def keep_rows(change: Change, into: Derivation) -> None:
    """The rows by which lists find the task."""

    def current() -> Task | None:
        record = into.current(TaskRecord, change.record.key)
        return service.task_of(record) if record is not None else None

    LISTING.keep_rows(
        into,
        workspace_id=change.record.workspace_id,
        old=service.task_of(change.old) if change.old is not None else None,
        new=service.task_of(change.new) if change.new is not None else None,
        current=current,
        made=change.record.created_at,
    )


def follow_contact(change: Change, into: Derivation) -> None:
    """A contact that is gone for good takes along the tasks about it: its links to them go with its partition."""
    record = change.old
    if change.new is not None or not isinstance(record, TaskLinkRecord):
        return
    letters, contact_id = record.pk.split("#")[2:4]
    if letters != "C":
        return
    task = into.current(TaskRecord, task_key(record.workspace_id, record.task_id))
    if task is None or task.about_kind != "contact" or task.about_id != contact_id:
        return
    found = contacts.get_contacts(
        table=into.table, workspace_id=record.workspace_id, contact_ids=[contact_id], consistent=True, gone=True
    )
    if not found:
        into.delete(task.key)


def _subject(record: TaskRecord) -> str:
    return record.task_id


_AUDITED = (
    "title",
    "what",
    "due_at",
    "remind_at",
    "rrule",
    "assignee_id",
    "about_kind",
    "about_id",
    "contact_id",
    "priority",
    "state",
    "deleted_at",
)

PROJECTIONS: dict[str, list[Projection]] = {
    "task": [note, keep_rows, audited("task", fields=_AUDITED, subject=_subject)],
    "task_link": [follow_contact],
}
