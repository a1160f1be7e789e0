"""Planned meetings and calls in their members' agendas."""

from datetime import datetime, timedelta

from chalicelib.customers.calendar import store
from chalicelib.customers.calendar.domain import MEETING_LASTS, Meeting
from chalicelib.customers.calendar.records import AgendaRecord
from chalicelib.customers.timeline.domain import Activity
from chalicelib.customers.timeline.records import ActivityRecord
from chalicelib.customers.timeline.service import activity_of
from chalicelib.foundation.clock import from_text
from chalicelib.foundation.projection import Derivation, Projection
from chalicelib.foundation.table import Change, Key


def keep_agenda(change: Change, into: Derivation) -> None:
    """The rows of whoever planned it and of whoever is named in it, as long as it is planned."""
    record = change.record
    assert isinstance(record, ActivityRecord)
    if record.original is not None:
        return
    current = into.current(ActivityRecord, record.key)
    rows = _rows(activity_of(current)) if current is not None else {}
    for image in (change.old, change.new):
        if image is not None:
            for key in _rows(activity_of(image)).keys() - rows.keys():
                into.delete(key)
    for row in rows.values():
        into.put(row)


def _rows(activity: Activity) -> dict[Key, AgendaRecord]:
    if not activity.planned or activity.kind not in ("meeting", "call"):
        return {}
    kind, _, author = activity.actor.partition(":")
    people = {author} if kind == "member" else set()
    people.update(activity.data.get("mentions") or ())
    contact_id = activity.about.id if activity.about.kind == "contact" else activity.data.get("contact_id")
    meeting = Meeting(
        workspace_id=activity.workspace_id,
        id=activity.id,
        kind=activity.kind,
        at=activity.at,
        ends_at=_end(activity),
        subject=str(activity.data.get("subject") or ""),
        about_kind=activity.about.kind,
        about_id=activity.about.id,
        contact_id=str(contact_id or ""),
        changed_at=activity.edited_at or activity.at,
    )
    rows = [store.agenda_row(user_id, meeting) for user_id in sorted(people)]
    return {row.key: row for row in rows}


def _end(activity: Activity) -> datetime:
    if activity.data.get("ends_at"):
        return from_text(str(activity.data["ends_at"]))
    minutes = activity.data.get("duration_minutes")
    return activity.at + (timedelta(minutes=int(minutes)) if minutes else MEETING_LASTS)


PROJECTIONS: dict[str, list[Projection]] = {"activity": [keep_agenda]}
