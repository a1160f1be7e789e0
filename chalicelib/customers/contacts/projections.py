"""What follows from a change of a contact or of its score."""

from dataclasses import replace

from chalicelib.customers.contacts import events, service, store
from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.contacts.listing import LISTING
from chalicelib.customers.contacts.records import ContactRecord
from chalicelib.customers.search.service import index
from chalicelib.customers.timeline.service import entry
from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.messaging.envelope import Envelope
from chalicelib.foundation.projection import Derivation, Projection
from chalicelib.foundation.table import Change
from chalicelib.workspaces.audit.service import audited
from chalicelib.workspaces.settings.service import get_workspace, local_day

_AUDITED = (
    "first_name",
    "last_name",
    "emails",
    "phones",
    "company_id",
    "company_name",
    "language",
    "time_zone",
    "country",
    "city",
    "tags",
    "lifecycle_stage",
    "owner_id",
    "title",
    "job_title",
    "addresses",
    "birthday",
    "interests",
    "kyc",
    "satisfaction",
    "custom",
    "deleted_at",
    "merged_into",
)
_SEARCHED = ("first_name", "last_name", "emails", "phones", "company_name", "deleted_at", "merged_into")


def tell_scoring(change: Change, into: Derivation) -> None:
    """The fact ``contact.changed``, unless it is only the score (or who wrote when) that changed."""
    new = _contact(change.new)
    if new is None:
        return
    old = _contact(change.old)
    if old is None or _profile(old) != _profile(new):
        data = {"contact_id": new.id}
        into.fact(
            "scoring", Envelope(change.id, "contact.changed", new.workspace_id, new.updated_at, data, cause=change.id)
        )


def count(change: Change, into: Derivation) -> None:
    """``contacts.created`` by source, and how many contacts have each grade now."""
    old, new = _contact(change.old), _contact(change.new)
    if old is None and new is not None:
        workspace = get_workspace(table=into.table, workspace_id=new.workspace_id)
        source = (new.first_touch.source if new.first_touch else "") or "direct"
        into.count(change, "contacts.created", local_day(workspace, new.created_at), source)
    before, after = old.grade if old else "", new.grade if new else ""
    if before != after:
        if before:
            into.count(change, "grades", "now", before, -1)
        if after:
            into.count(change, "grades", "now", after)


def note_tags(change: Change, into: Derivation) -> None:
    """A timeline entry for each tag that a contact is given later."""
    old, new = _contact(change.old), _contact(change.new)
    if old is None or new is None:
        return
    for tag in sorted(new.tags - old.tags):
        into.put(
            entry(
                workspace_id=new.workspace_id,
                contact_id=new.id,
                at=new.updated_at,
                kind="tag_added",
                id=derived_id(new.updated_at, "tag", new.id, tag, str(new.version)),
                data={"tag": tag},
                actor=new.changed_by,
            )
        )


def keep_words(change: Change, into: Derivation) -> None:
    """The words by which the contact is found; those of its leads are kept by leads."""
    if not change.changed(*_SEARCHED):
        return
    record = change.record
    assert isinstance(record, ContactRecord)
    contact = _contact(into.current(ContactRecord, record.key))
    if contact is not None and contact.gone:
        contact = None
    images = [image for image in (_contact(change.old), _contact(change.new)) if image is not None]
    texts_old = [text for image in images for text in service.search_texts(image)]
    texts = service.search_texts(contact) if contact else []
    title, subtitle, made = (
        (contact.display_name, service.search_subtitle(contact), contact.created_at)
        if contact
        else ("", "", record.created_at)
    )
    index(into, record.workspace_id, "contact", record.contact_id, title, subtitle, texts_old, texts, at=made)


def keep_listed(change: Change, into: Derivation) -> None:
    """The rows by which lists find the contact."""
    record = change.record
    LISTING.keep_rows(
        into,
        workspace_id=record.workspace_id,
        old=_contact(change.old),
        new=_contact(change.new),
        current=lambda: _contact(into.current(ContactRecord, record.key)),
        made=record.created_at,
    )


def order_sweep(change: Change, into: Derivation) -> None:
    """What hangs on a contact that is gone for good is to go. One that was merged away goes with its survivor."""
    old = _contact(change.old)
    if change.new is None and old is not None and not old.merged_into:
        into.fact("jobs", events.sweep(old, cause=change.id, at=into.now))


def note_score(change: Change, into: Derivation) -> None:
    """A timeline entry for each row of the score's history."""
    if change.new is None or change.old is not None:
        return
    contact_id, scored = service.score_change_of(change.new)
    points = scored.entry
    into.put(
        entry(
            workspace_id=change.new.workspace_id,
            contact_id=contact_id,
            at=points.at,
            kind="score_changed",
            id=derived_id(points.at, "score", contact_id, points.id),
            data={
                "points": points.points,
                "total": scored.total,
                "reason": points.reason,
                "rule_id": points.rule_id,
                "dimension": points.dimension,
            },
        )
    )


def _contact(record: object) -> Contact | None:
    return store.to_domain(record) if isinstance(record, ContactRecord) else None


def _profile(contact: Contact) -> Contact:
    """The contact without what scoring itself writes, and without what changes with every capture (which tells by itself)."""
    return replace(
        contact,
        version=0,
        edited_version=1,
        updated_at=contact.created_at,
        changed_by="",
        score_fit=0,
        score_engagement=0,
        grade="",
        open_lead_id="",
        last_touch=None,
    )


PROJECTIONS: dict[str, list[Projection]] = {
    "contact": [
        tell_scoring,
        count,
        note_tags,
        keep_words,
        keep_listed,
        order_sweep,
        audited("contact", fields=_AUDITED, subject=lambda record: record.contact_id),
    ],
    "score": [note_score],
}
