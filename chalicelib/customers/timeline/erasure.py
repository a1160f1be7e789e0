"""What a timeline keeps of a person, shown and erased."""

from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.privacy.domain import PersonalData
from chalicelib.customers.timeline import store
from chalicelib.customers.timeline.domain import About, Activity
from chalicelib.customers.timeline.records import ActivityRecord, timeline_partition
from chalicelib.foundation.clock import to_text
from chalicelib.foundation.http import idempotency
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Key, Table
from chalicelib.workspaces.audit import service as audit


class _Timelines:
    """The activities themselves go with the contact's partition; here go their copies in other timelines."""

    def show(
        self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]
    ) -> list[Mapping[str, Any]]:
        """Everything that happened with the person."""
        return [
            {"at": to_text(each.at), "kind": each.kind, **each.data}
            for _, each in activities(runtime.table, workspace_id, contact)
        ]

    def erase(self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]) -> int:
        """Delete them with their copies, and what the audit and kept answers say of them."""
        table, ids, keys = runtime.table, [], []
        for key, activity in activities(table, workspace_id, contact):
            ids.append(activity.id)
            keys += [key, *(Key(pk, key.sk) for pk in _elsewhere(workspace_id, activity))]
        table.write_many([], deletes=list(dict.fromkeys(keys)))
        audit.forget(table=table, workspace_id=workspace_id, subject_ids=ids)
        idempotency.forget(table=table, workspace_id=workspace_id, subject_ids=ids)
        return len(ids)


def activities(table: Table, workspace_id: str, contact: Contact) -> Iterator[tuple[Key, Activity]]:
    """All activities of a person, each with its key."""
    for contact_id in contact.all_ids:
        pk = timeline_partition(workspace_id, About("contact", contact_id))
        for record in table.query_all(ActivityRecord, pk, begins_with="ACT#", consistent=True):
            yield record.key, store.to_domain(record)


def _elsewhere(workspace_id: str, activity: Activity) -> list[str]:
    """The partitions of the other timelines that an activity stands in."""
    abouts = [
        About(kind, str(activity.data[f"{kind}_id"])) for kind in ("company", "deal") if activity.data.get(f"{kind}_id")
    ]
    return [timeline_partition(workspace_id, about) for about in abouts]


ERASURE: PersonalData = _Timelines()
