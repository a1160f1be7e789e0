"""What follows from a change of what people wrote: copies in the timelines of all it concerns, the audit, and mentions' mails."""

from chalicelib.customers.timeline import events, service, store
from chalicelib.customers.timeline.records import ActivityRecord, MentionRecord, activity_key
from chalicelib.foundation.projection import Derivation, Projection
from chalicelib.foundation.table import Change
from chalicelib.workspaces.audit.service import audited


def copy(change: Change, into: Derivation) -> None:
    """The activity in the timelines of the other things that it concerns, as it is now."""
    record = change.record
    assert isinstance(record, ActivityRecord)
    if not record.written or record.original:
        return
    images = [image for image in (change.old, change.new) if image is not None]
    concerned = {link for image in images for link in service.activity_of(image).links}
    if not concerned:
        return
    current = into.current(ActivityRecord, record.key)
    present = service.activity_of(current) if current is not None else None
    for about in concerned:
        if present is not None and about in present.links:
            into.put(service.copy_of(present, about))
        else:
            into.delete(activity_key(record.workspace_id, about, record.at, record.activity_id))


def tell(change: Change, into: Derivation) -> None:
    """A fact for the mail to whoever was named; the same again when the activity is edited."""
    if change.name == "INSERT" and isinstance(change.new, MentionRecord):
        into.fact("jobs", events.mentioned(store.to_mention(change.new), change.id))


_audit = audited("activity", fields=("what", "data", "planned"), subject=lambda record: record.activity_id)


def note(change: Change, into: Derivation) -> None:
    """Who wrote or changed what; derived entries have their own audit."""
    record = change.record
    if isinstance(record, ActivityRecord) and record.written and not record.original:
        _audit(change, into)


PROJECTIONS: dict[str, list[Projection]] = {"activity": [copy, note], "mention": [tell]}
