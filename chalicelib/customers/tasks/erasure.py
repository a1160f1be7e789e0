"""What tasks keep of a person, shown and erased."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.privacy.domain import PersonalData
from chalicelib.customers.tasks import service, store
from chalicelib.customers.tasks.domain import Task
from chalicelib.customers.tasks.listing import LISTING
from chalicelib.foundation.clock import to_text
from chalicelib.foundation.http import idempotency
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Table
from chalicelib.foundation.table.table import TransactionConflictError
from chalicelib.workspaces.audit import service as audit


class _Tasks:
    """What is to be done about a person goes with them, in the bin or not."""

    def show(
        self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]
    ) -> list[Mapping[str, Any]]:
        """The tasks about the person."""
        return [_shown(task) for task in _tasks(runtime.table, workspace_id, contact)]

    def erase(self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]) -> int:
        """Delete them with their links and rows, and what the audit and kept answers say of them."""
        table = runtime.table
        ids = []
        for task in _tasks(table, workspace_id, contact):
            ids.append(task.id)
            _delete(table, task)
            table.write_many([], deletes=[record.key for record in service.entries_of(task)])
            table.write_many([], deletes=LISTING.rows(table, workspace_id, replace(task, deleted_at=None), former=True))
        count = len(ids) + audit.forget(table=table, workspace_id=workspace_id, subject_ids=ids)
        return count + idempotency.forget(table=table, workspace_id=workspace_id, subject_ids=ids)


def _tasks(table: Table, workspace_id: str, contact: Contact) -> Iterator[Task]:
    """Everything whose contact the person is: by the links, and among what is in the bin, which has none."""
    seen: set[str] = set()
    for task_id in store.linked_ids(table, workspace_id, [("contact", each) for each in contact.all_ids]):
        task = store.read(table, workspace_id, task_id, consistent=True, include_deleted=True)
        if task is not None and task.contact_id in contact.all_ids:
            seen.add(task.id)
            yield task
    for task in store.all_in_bin(table, workspace_id):
        if task.contact_id in contact.all_ids and task.id not in seen:
            yield task


def _delete(table: Table, task: Task) -> None:
    for attempt in range(8):
        present = store.read(table, task.workspace_id, task.id, consistent=True, include_deleted=True)
        if present is None:
            return
        try:
            table.transact(store.removal(present))
        except TransactionConflictError:
            contacts.pause(attempt)
        else:
            return


def _shown(task: Task) -> dict[str, Any]:
    shown = {
        "id": task.id,
        "title": task.title,
        "note": task.note,
        "kind": task.kind,
        "due_at": to_text(task.due_at) if task.due_at else "",
        "state": task.state.value,
        "created_at": to_text(task.created_at),
    }
    return {name: value for name, value in shown.items() if value}


ERASURE: PersonalData = _Tasks()
