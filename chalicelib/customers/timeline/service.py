"""Writing and reading timelines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.timeline import store
from chalicelib.customers.timeline.domain import About, Activity, Thing
from chalicelib.customers.timeline.records import ActivityRecord
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.ids import made_at
from chalicelib.foundation.table import Table

_EXAMINED = 1000  # activities read for one page of one kind, at most; then the cursor goes on from there


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """Some activities, and the position after which the next page starts (None after the last)."""

    items: list[Activity]
    next: str | None


def entry(
    *,
    workspace_id: str,
    at: datetime,
    kind: str,
    id: str,  # noqa: A002 - the entry's own
    data: Mapping[str, Any],
    contact_id: str = "",
    about: About | tuple[Thing, str] | None = None,
    actor: str = "",
) -> ActivityRecord:
    """A row of a timeline for a projection to put: of a contact, or of what ``about`` names (``("deal", deal_id)``). ``id`` and
    ``at`` must follow from the change: then the change repeated writes the same row again. ``data`` is plain JSON.
    """
    owner = About(*about) if about is not None else About("contact", contact_id)
    return store.to_record(Activity(id, workspace_id, owner, at, kind, data, actor))


def timeline(
    *, table: Table, workspace_id: str, contact_id: str, kind: str = "", before: str = "", limit: int = 50
) -> TimelinePage:
    """A contact's activities (of a kind), the newest first; `NotFoundError` without such a contact."""
    contacts.get_contact(table=table, workspace_id=workspace_id, contact_id=contact_id)
    found: list[Activity] = []
    examined = 0
    while True:
        page = store.newest(table, workspace_id, About("contact", contact_id), before=before, limit=limit)
        for position, activity in page:
            before = position
            if not kind or activity.kind == kind:
                found.append(activity)
                if len(found) == limit:
                    return TimelinePage(found, before)
        examined += len(page)
        if len(page) < limit:
            return TimelinePage(found, None)
        if examined >= _EXAMINED:
            return TimelinePage(found, before)


def add_note(*, table: Table, workspace_id: str, contact_id: str, note_id: str, text: str, actor: str) -> Activity:
    """Write a note on a contact, at the time inside its id; written again with the same id it is there once."""
    contacts.get_contact(table=table, workspace_id=workspace_id, contact_id=contact_id)
    note = Activity(
        note_id, workspace_id, About("contact", contact_id), made_at(note_id), "note", {"text": text}, actor
    )
    try:
        table.create(store.to_record(note))
    except ConflictError as conflict:
        if not isinstance(conflict.current, ActivityRecord):
            raise
        return store.to_domain(conflict.current)
    return note
