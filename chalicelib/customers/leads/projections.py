"""What follows from a change of a lead."""

from collections.abc import Iterable

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.contacts.records import ContactRecord, contact_key
from chalicelib.customers.leads import events, service, store
from chalicelib.customers.leads.domain import Lead, LeadStatus
from chalicelib.customers.leads.listing import LISTING
from chalicelib.customers.leads.records import LeadLinkRecord, LeadRecord, lead_key, link_key
from chalicelib.customers.search.service import index
from chalicelib.customers.timeline.domain import Activity
from chalicelib.customers.timeline.records import ActivityRecord
from chalicelib.customers.timeline.service import activity_of, entry
from chalicelib.foundation.clock import to_text
from chalicelib.foundation.ids import derived_id, made_at
from chalicelib.foundation.projection import Derivation, Projection
from chalicelib.foundation.table import Change, Update
from chalicelib.workspaces.audit.service import audited
from chalicelib.workspaces.settings.service import get_workspace, local_day


def link(change: Change, into: Derivation) -> None:
    """The contact's link to its lead."""
    if change.old is None and change.new is not None:
        into.put(store.link(service.lead_of(change.new)))
    elif change.new is None and change.old is not None:
        lead = service.lead_of(change.old)
        into.delete(link_key(lead.workspace_id, lead.contact_id, lead.id))


def follow_contact(change: Change, into: Derivation) -> None:
    """A contact that is gone for good takes its leads along: its links to them go with its partition."""
    record = change.old
    if change.new is not None or not isinstance(record, LeadLinkRecord):
        return
    contact_id, lead_id = record.pk.rpartition("#")[2], record.sk.removeprefix("LEAD#")
    lead = into.current(LeadRecord, lead_key(record.workspace_id, lead_id))
    if lead is not None and into.current(ContactRecord, contact_key(record.workspace_id, contact_id)) is None:
        into.delete(lead.key)


def keep_awaiting(change: Change, into: Derivation) -> None:
    """The row that says that a lead's first answer is owed, as long as it is."""
    if not change.changed("status", "respond_by", "first_response_at", "deleted_at", "owner_id"):
        return
    record = change.record
    assert isinstance(record, LeadRecord)
    current = into.current(LeadRecord, record.key)
    lead = service.lead_of(current) if current is not None else None
    row = store.awaiting_row(lead) if lead is not None and lead.awaiting else None
    for image in (change.old, change.new):
        if isinstance(image, LeadRecord) and image.respond_by is not None:
            stale = store.awaiting_row(service.lead_of(image)).key
            if row is None or stale != row.key:
                into.delete(stale)
    if row is not None:
        into.put(row)


def keep_rows(change: Change, into: Derivation) -> None:
    """The rows by which lists find the lead."""

    def current() -> Lead | None:
        record = into.current(LeadRecord, change.record.key)
        return service.lead_of(record) if record is not None else None

    LISTING.keep_rows(
        into,
        workspace_id=change.record.workspace_id,
        old=service.lead_of(change.old) if change.old is not None else None,
        new=service.lead_of(change.new) if change.new is not None else None,
        current=current,
        made=change.record.created_at,
    )


def keep_open_lead(change: Change, into: Derivation) -> None:
    """The contact's open lead, where somebody has closed or opened many leads at once: those write only the leads."""
    if change.old is None or not change.changed("status", "deleted_at"):
        return
    record = change.record
    assert isinstance(record, LeadRecord)
    current = into.current(LeadRecord, record.key)
    lead = service.lead_of(current) if current is not None else None
    contact = _contact(into, record.workspace_id, record.contact_id)
    if contact is None:
        return
    key, now = contact_key(contact.workspace_id, contact.id), into.now
    opened = lead is not None and lead.open
    if opened and not contact.open_lead_id:
        actions = [ContactRecord.open_lead_id.set(record.lead_id), ContactRecord.updated_at.set(now)]
        into.once([Update(key, actions, ContactRecord.open_lead_id.does_not_exist())])
    elif not opened and contact.open_lead_id == record.lead_id:
        actions = [ContactRecord.open_lead_id.remove(), ContactRecord.updated_at.set(now)]
        into.once([Update(key, actions, ContactRecord.open_lead_id == record.lead_id)])


def sweep(change: Change, into: Derivation) -> None:
    """The order to sweep what hangs on a lead that is gone for good."""
    if change.new is None:
        lead = service.lead_of(change.record)
        into.fact(events.QUEUE, events.lead_gone(lead.workspace_id, lead.id, lead.updated_at, cause=change.id))


def keep_words(change: Change, into: Derivation) -> None:
    """The words by which a lead is found, open or closed: its contact's."""
    if change.old is not None and change.new is not None and not change.changed("deleted_at"):
        return
    lead = service.lead_of(change.record)
    contact = _contact(into, lead.workspace_id, lead.contact_id)
    _index(into, lead.workspace_id, lead.id, contact, contacts.search_texts(contact) if contact else [])


def keep_words_of_contact(change: Change, into: Derivation) -> None:
    """The same when the contact's change: of all of its leads."""
    if change.old is None or not change.changed(*_SEARCHED):
        return
    workspace_id = change.record.workspace_id
    images = [contacts.contact_of(image) for image in (change.old, change.new) if image is not None]
    texts_old = [text for image in images for text in contacts.search_texts(image)]
    lead_ids = {image.open_lead_id for image in images} - {""}
    lead_ids.update(store.ids_of_contact(into.table, workspace_id, images[0].id))
    contact = _contact(into, workspace_id, images[0].id)
    for lead_id in sorted(lead_ids):
        _index(into, workspace_id, lead_id, contact, texts_old)


def answer(change: Change, into: Derivation) -> None:
    """A member's first call, meeting or e-mail answers the contact's open lead."""
    record = change.new
    if record is None or not isinstance(record, ActivityRecord):
        return
    activity = activity_of(record)
    if activity.about.kind != "contact" or not _answers(activity):
        return
    contact = _contact(into, record.workspace_id, activity.about.id)
    current = (
        into.current(LeadRecord, lead_key(record.workspace_id, contact.open_lead_id))
        if contact is not None and contact.open_lead_id
        else None
    )
    if current is None or current.created_at > activity.at or current.first_response_at is not None:
        return
    into.once(
        [
            service.respond_in_time(
                workspace_id=record.workspace_id, lead_id=current.lead_id, at=min(activity.at, into.now)
            )
        ]
    )


def note(change: Change, into: Derivation) -> None:
    """A timeline entry for the lead and for each status it moves to."""
    if change.new is None:
        return
    lead = service.lead_of(change.new)
    if change.old is None:
        facts = {"lead_id": lead.id, "source": lead.source, "medium": lead.medium, "campaign": lead.campaign}
        _put(into, lead, "lead_created", {name: value for name, value in facts.items() if value})
        return
    old = service.lead_of(change.old)
    if lead.overdue_told_at is not None and old.overdue_told_at is None:
        facts = {
            "lead_id": lead.id,
            "owner_id": lead.owner_id,
            "respond_by": to_text(lead.respond_by or lead.updated_at),
        }
        _put(into, lead, "lead_overdue", {name: value for name, value in facts.items() if value})
    if lead.rule_id and lead.owner_id != old.owner_id:
        _put(into, lead, "lead_assigned", {"lead_id": lead.id, "owner_id": lead.owner_id, "rule_id": lead.rule_id})
    if old.status is not lead.status:
        moved = {"lead_id": lead.id, "from": old.status.value, "to": lead.status.value}
        if lead.disqualify_reason:
            moved["disqualify_reason"] = lead.disqualify_reason
        if lead.status is LeadStatus.CONVERTED:
            moved |= {"deal_id": lead.deal_id, "company_id": lead.company_id}
            _put(into, lead, "lead_converted", {name: value for name, value in moved.items() if value})
            return
        _put(into, lead, "lead_status_changed", moved)


def count(change: Change, into: Derivation) -> None:
    """``leads.created`` by source, ``leads.status`` by the new status."""
    if change.new is None:
        return
    lead = service.lead_of(change.new)
    old = service.lead_of(change.old) if change.old is not None else None
    if old is not None and old.status is lead.status:
        return
    workspace = get_workspace(table=into.table, workspace_id=lead.workspace_id)
    day = local_day(workspace, lead.updated_at if old is not None else lead.created_at)
    if old is None:
        into.count(change, "leads.created", day, lead.source)
    into.count(change, "leads.status", day, lead.status.value)


def _put(into: Derivation, lead: Lead, kind: str, data: dict[str, str]) -> None:
    at = lead.created_at if kind == "lead_created" else lead.updated_at
    into.put(
        entry(
            workspace_id=lead.workspace_id,
            contact_id=lead.contact_id,
            at=at,
            kind=kind,
            id=derived_id(at, kind, lead.id, str(lead.version)),
            data=data,
            actor=lead.changed_by,
        )
    )


_SEARCHED = ("first_name", "last_name", "emails", "phones", "company_name", "deleted_at", "merged_into")


def _answers(activity: Activity) -> bool:
    """Whether a member has got in touch by it."""
    return (
        activity.kind in ("call", "meeting", "email")
        and not activity.planned
        and activity.actor.startswith("member:")
        and activity.data.get("direction") not in ("in", "inbound", "incoming")
    )


def _subject(record: LeadRecord) -> str:
    return record.lead_id


def _contact(into: Derivation, workspace_id: str, contact_id: str) -> Contact | None:
    """The contact (or who is left of it after a merge) as it is now, unless it is in the bin."""
    record = into.current(ContactRecord, contact_key(workspace_id, contact_id))
    if record is None:
        return None
    contact = contacts.contact_of(record)
    if contact.merged_into:
        found = contacts.get_contacts(
            table=into.table, workspace_id=workspace_id, contact_ids=[contact_id], consistent=True, follow=True
        )
        return found.get(contact_id)
    return None if contact.gone else contact


def _index(
    into: Derivation, workspace_id: str, lead_id: str, contact: Contact | None, texts_old: Iterable[str]
) -> None:
    current = into.current(LeadRecord, lead_key(workspace_id, lead_id))
    found = contact if current is not None and current.deleted_at is None else None
    texts: list[str] = contacts.search_texts(found) if found else []
    title, subtitle = (found.display_name, contacts.search_subtitle(found)) if found else ("", "")
    at = current.created_at if current is not None else made_at(lead_id)
    index(into, workspace_id, "lead", lead_id, title, subtitle, texts_old, texts, at=at)


PROJECTIONS: dict[str, list[Projection]] = {
    "lead": [
        link,
        note,
        count,
        keep_awaiting,
        keep_words,
        keep_rows,
        keep_open_lead,
        sweep,
        audited(
            "lead",
            fields=(
                "status",
                "owner_id",
                "disqualify_reason",
                "custom",
                "first_response_at",
                "deal_id",
                "company_id",
                "deleted_at",
            ),
            subject=_subject,
        ),
    ],
    "lead_link": [follow_contact],
    "contact": [keep_words_of_contact],
    "activity": [answer],
}
