"""Reading and moving leads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Contact, Touch, shard_of
from chalicelib.customers.leads import store
from chalicelib.customers.leads.domain import DIRECT, Lead, LeadStatus
from chalicelib.customers.leads.records import LeadRecord
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, InvalidError, NotFoundError, UnavailableError
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.table import Create, Operation, Record, Table, Update
from chalicelib.foundation.table.table import TransactionConflictError
from chalicelib.workspaces.settings.domain import Workspace

_ATTEMPTS = 6
_EXAMINED = 1000  # leads read for one page of a filtered list, at most; then the cursor goes on from there


@dataclass(frozen=True, slots=True)
class LeadsPage:
    """Some leads, and the id after which the next page starts (None after the last). A filtered page may be short."""

    items: list[Lead]
    next: str | None


def get_lead(*, table: Table, workspace_id: str, lead_id: str, consistent: bool = False) -> Lead:
    """The lead; `NotFoundError` when there is none."""
    found = store.read(table, workspace_id, lead_id, consistent=consistent) if is_id(lead_id) else None
    if found is None:
        raise NotFoundError("There is no such lead.")
    return found


def get_leads(*, table: Table, workspace_id: str, lead_ids: Iterable[str]) -> dict[str, Lead]:
    """Those of the leads that exist, by id."""
    return store.read_many(table, workspace_id, {each for each in lead_ids if is_id(each)})


def find_leads(
    *,
    table: Table,
    workspace: Workspace,
    email: str = "",
    status: LeadStatus | None = None,
    source: str = "",
    owner_id: str = "",
    before: str = "",
    limit: int = 50,
) -> LeadsPage:
    """As `list_leads`; with ``email`` among the leads of the contact who has that address."""
    if not email:
        return list_leads(
            table=table,
            workspace=workspace,
            status=status,
            source=source,
            owner_id=owner_id,
            before=before,
            limit=limit,
        )
    contact_id = contacts.find_by_email(table=table, workspace_id=workspace.id, email=email)
    found = leads_of(table=table, workspace_id=workspace.id, contact_id=contact_id) if contact_id else []
    matching = [
        lead
        for lead in found
        if _matches(lead, status, source)
        and (not owner_id or lead.owner_id == owner_id)
        and (not before or lead.id < before)
    ]
    return LeadsPage(matching[:limit], matching[limit - 1].id if len(matching) > limit else None)


def list_leads(
    *,
    table: Table,
    workspace: Workspace,
    status: LeadStatus | None = None,
    source: str = "",
    owner_id: str = "",
    before: str = "",
    limit: int = 50,
) -> LeadsPage:
    """The newest leads that match, made before the one with the id ``before`` if it is given, newest first."""
    shards = workspace.shards_of("leads")
    found: list[Lead] = []
    examined = 0
    while True:
        if owner_id:
            page = store.of_owner(table, workspace.id, owner_id, before=before, limit=limit)
        else:
            statuses: Sequence[LeadStatus] = [status] if status else list(LeadStatus)
            page = store.recent(table, workspace.id, statuses=statuses, shards=shards, before=before, limit=limit)
        for lead in page:
            before = lead.id
            if _matches(lead, status, source):
                found.append(lead)
                if len(found) == limit:
                    return LeadsPage(found, before)
        examined += len(page)
        if len(page) < limit:
            return LeadsPage(found, None)
        if examined >= _EXAMINED:
            return LeadsPage(found, before)


def leads_of(*, table: Table, workspace_id: str, contact_id: str) -> list[Lead]:
    """All leads of a contact, newest first."""
    contact = contacts.get_contacts(table=table, workspace_id=workspace_id, contact_ids=[contact_id]).get(contact_id)
    if contact is None:
        return []
    ids = set(store.ids_of_contact(table, workspace_id, contact_id))
    if contact.open_lead_id:  # the link of a lead made this second may not be there yet
        ids.add(contact.open_lead_id)
    found = store.read_many(table, workspace_id, ids)
    return sorted(found.values(), key=lambda lead: lead.id, reverse=True)


def change_lead(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    lead_id: str,
    version: int,
    changes: dict[str, Any],
    changed_by: str = "",
) -> Lead:
    """Change ``status`` (with ``disqualify_reason``) and ``owner_id`` of the lead as it was at ``version``.

    The contact is written in the same transaction when the lead is closed or opened again: it knows its open lead.
    `ConflictError` with the present `Lead` when it has moved on; `InvalidError` for an illegal move, or when the contact has
    another open lead by now.
    """
    for attempt in range(_ATTEMPTS):
        present = get_lead(table=table, workspace_id=workspace_id, lead_id=lead_id, consistent=True)
        if present.version != version:
            raise ConflictError(current=present)
        if changes.get("owner_id"):
            contacts.check_owner(table, workspace_id, changes["owner_id"])
        changed = _changed(present, changes)
        if changed == present:
            return present
        changed = replace(changed, updated_at=clock.now(), changed_by=changed_by)
        operations: list[Operation] = [store.replacement(changed)]
        operations += _contact_operations(table, present, changed)
        try:
            table.transact(operations)
        except TransactionConflictError as conflict:
            if 0 in conflict.failed:
                image = conflict.images[0]
                current = store.to_domain(LeadRecord.from_image(image)) if image else None
                raise ConflictError(current=current) from conflict
            contacts.pause(attempt)  # the contact was changed meanwhile: look again
        else:
            return replace(changed, version=version + 1)
    raise UnavailableError("The lead's contact keeps being changed by others.")


def new_lead(*, workspace: Workspace, lead_id: str, contact_id: str, touch: Touch, now: datetime) -> Lead:
    """A lead as a capture makes it."""
    return Lead(
        workspace_id=workspace.id,
        id=lead_id,
        contact_id=contact_id,
        created_at=now,
        updated_at=now,
        shard=shard_of(lead_id, workspace.shards_of("leads")),
        source=touch.source or DIRECT,
        medium=touch.medium,
        campaign=touch.campaign,
        form_id=touch.form_id,
    )


# For other features' transactions and projections


def create_operation(lead: Lead) -> Create:
    """The operation that makes a lead's item; the contact's ``open_lead_id`` is set beside it."""
    return store.create(lead)


def touch_operation(*, workspace_id: str, lead_id: str, now: datetime) -> Update:
    """The operation that counts one more capture on an open lead."""
    return store.touch(workspace_id, lead_id, now)


def lead_of(record: Record) -> Lead:
    """The lead in a changed item, for projections."""
    assert isinstance(record, LeadRecord)
    return store.to_domain(record)


def _matches(lead: Lead, status: LeadStatus | None, source: str) -> bool:
    return (status is None or lead.status is status) and (not source or lead.source == source)


def _changed(lead: Lead, changes: dict[str, Any]) -> Lead:
    reason = changes.get("disqualify_reason") or ""
    if changes.get("status"):
        lead = lead.moved(LeadStatus(changes["status"]), reason=reason)
    elif reason:
        lead = lead.moved(lead.status, reason=reason)
    if "owner_id" in changes:
        lead = replace(lead, owner_id=changes["owner_id"] or "")
    return lead


def _contact_operations(table: Table, old: Lead, new: Lead) -> list[Operation]:
    """What the lead's move means for its contact, at the version it is read here."""
    if old.status.open == new.status.open:
        return []
    found = contacts.get_contacts(
        table=table, workspace_id=new.workspace_id, contact_ids=[new.contact_id], consistent=True
    )
    contact: Contact | None = found.get(new.contact_id)
    if contact is None:
        return []
    if new.status.open:
        if contact.open_lead_id not in ("", new.id):
            message = "The contact has another open lead by now."
            raise InvalidError(message, field="status", code="another_open_lead")
        opened = replace(contact, open_lead_id=new.id, updated_at=new.updated_at)
        return [contacts.replace_operation(opened)]
    if contact.open_lead_id != new.id:
        return []
    return [contacts.replace_operation(replace(contact, open_lead_id="", updated_at=new.updated_at))]
