"""What a timeline keeps of a person, shown and erased."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.privacy.domain import PersonalData
from chalicelib.customers.timeline import store
from chalicelib.customers.timeline.domain import About, Activity
from chalicelib.customers.timeline.records import (
    ActivityRecord,
    activity_key,
    mention_key,
    pins_key,
    place_key,
    timeline_partition,
)
from chalicelib.foundation.clock import to_text
from chalicelib.foundation.http import idempotency
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Key, Table
from chalicelib.workspaces.audit import service as audit


class _Timelines:
    """What stands in the person's own timeline goes, wherever else it stands: a call with a company that concerned them, and the
    copies of what was written on them.
    """

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
        found = [activity for _, activity in activities(runtime.table, workspace_id, contact)]
        pins = [pins_key(workspace_id, About("contact", contact_id)) for contact_id in contact.all_ids]
        runtime.table.write_many([], deletes=pins)
        return forget(runtime.table, workspace_id, found)


def activities(table: Table, workspace_id: str, contact: Contact) -> Iterator[tuple[Key, Activity]]:
    """All activities of a person, each with its key."""
    for contact_id in contact.all_ids:
        for activity in all_of(table, workspace_id, About("contact", contact_id)):
            yield _key(activity, activity.about), activity


def forget_timeline(table: Table, workspace_id: str, about: About) -> int:
    """Erase a whole timeline, wherever else its activities stand; how many they were."""
    table.write_many([], deletes=[pins_key(workspace_id, about)])
    return forget(table, workspace_id, list(all_of(table, workspace_id, about)))


def forget(table: Table, workspace_id: str, found: Iterable[Activity]) -> int:
    """Erase these activities with the originals and copies of each, who was named in them, and what the audit and kept answers say
    of them; how many they were.
    """
    ids, keys = [], []
    for activity in found:
        ids.append(activity.id)
        for about in {activity.about, activity.original or activity.about, *activity.links}:
            keys += [_key(activity, about), place_key(workspace_id, about, activity.id)]
        keys += [mention_key(workspace_id, user_id, activity.id) for user_id in activity.data.get("mentions") or ()]
    table.write_many([], deletes=list(dict.fromkeys(keys)))
    audit.forget(table=table, workspace_id=workspace_id, subject_ids=ids)
    idempotency.forget(table=table, workspace_id=workspace_id, subject_ids=ids)
    return len(ids)


def all_of(table: Table, workspace_id: str, about: About) -> Iterator[Activity]:
    """Everything in one timeline."""
    rows = table.query_all(ActivityRecord, timeline_partition(workspace_id, about), begins_with="ACT#", consistent=True)
    return (store.to_domain(record) for record in rows)


def _key(activity: Activity, about: About) -> Key:
    return activity_key(activity.workspace_id, about, activity.at, activity.id)


ERASURE: PersonalData = _Timelines()
