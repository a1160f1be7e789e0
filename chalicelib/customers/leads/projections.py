"""What follows from a change of a lead."""

from chalicelib.customers.leads import service, store
from chalicelib.customers.leads.domain import Lead
from chalicelib.customers.leads.records import LeadRecord, link_key
from chalicelib.customers.timeline.service import entry
from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.projection import Derivation, Projection
from chalicelib.foundation.table import Change
from chalicelib.workspaces.audit.service import audited
from chalicelib.workspaces.settings.service import get_workspace, local_day


def link(change: Change, into: Derivation) -> None:
    """The contact's link to its lead."""
    if change.old is None and change.new is not None:
        into.put(store.link(service.lead_of(change.new)))
    elif change.new is None and change.old is not None:
        lead = service.lead_of(change.old)
        into.delete(link_key(lead.workspace_id, lead.contact_id, lead.id))


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
    if old.status is not lead.status:
        moved = {"lead_id": lead.id, "from": old.status.value, "to": lead.status.value}
        if lead.disqualify_reason:
            moved["disqualify_reason"] = lead.disqualify_reason
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


def _subject(record: LeadRecord) -> str:
    return record.lead_id


PROJECTIONS: dict[str, list[Projection]] = {
    "lead": [
        link,
        note,
        count,
        audited("lead", fields=("status", "owner_id", "disqualify_reason"), subject=_subject),
    ]
}
