"""Moving leads, giving them owners, deleting and restoring them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.leads import store
from chalicelib.customers.leads.domain import Lead, LeadStatus
from chalicelib.customers.leads.records import LeadRecord, lead_key
from chalicelib.customers.leads.service.reading import get_lead
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, InvalidError, NotFoundError, UnavailableError
from chalicelib.foundation.table import Operation, Table
from chalicelib.foundation.table.table import TransactionConflictError

_ATTEMPTS = 6


def change_lead(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    lead_id: str,
    version: int | None,
    changes: Mapping[str, Any],
    changed_by: str = "",
) -> Lead:
    """Change ``status`` (with ``disqualify_reason``), ``owner_id`` and ``custom`` (by field ids, as it is kept) of the lead as it was
    at ``version``, or as it is now without one.

    The contact is written in the same transaction when the lead is closed or opened again: it knows its open lead.
    `ConflictError` with the present `Lead` when it has moved on; `InvalidError` for an illegal move, or when the contact has
    another open lead by now.
    """
    if changes.get("owner_id"):
        contacts.check_owner(table, workspace_id, changes["owner_id"])

    def work(present: Lead) -> Lead:
        return _changed(present, changes, clock.now())

    return _write(table, clock, workspace_id, lead_id, version, work, changed_by=changed_by)


def delete_lead(
    *, table: Table, clock: Clock, workspace_id: str, lead_id: str, version: int | None = None, changed_by: str = ""
) -> Lead:
    """Put the lead into the bin for thirty days; `ConflictError` with the present `Lead` when it is not as it was at ``version``."""

    def work(present: Lead) -> Lead:
        return replace(present, deleted_at=clock.now(), deleted_by=changed_by)

    return _write(table, clock, workspace_id, lead_id, version, work, changed_by=changed_by)


def restore_lead(*, table: Table, clock: Clock, workspace_id: str, lead_id: str, changed_by: str = "") -> Lead:
    """Take the lead out of the bin; one that is not in it stays as it is. `NotFoundError` when it is gone for good, `InvalidError`
    when its contact has another open lead by now.
    """

    def work(present: Lead) -> Lead:
        return replace(present, deleted_at=None, deleted_by="")

    return _write(table, clock, workspace_id, lead_id, None, work, changed_by=changed_by, gone=True)


def assign(
    *,
    table: Table,
    lead: Lead,
    owner_id: str,
    rule_id: str,
    respond_by: datetime | None,
    now: datetime,
    load: int | None = None,
    beside: list[Operation],
) -> None:
    """Give a new lead, as it was read, its owner (or none) and the time to answer by, in one transaction with ``beside``; once, for
    it is to be as it was read. ``load`` is how many open leads the owner has to have. `TransactionConflictError` otherwise: position
    0 is the lead's.
    """
    changed = replace(lead, updated_at=now, changed_by="system")
    if respond_by is not None and lead.respond_by is None:
        changed = replace(changed, respond_by=respond_by)
    operations: list[Operation] = []
    if owner_id:
        changed = replace(changed, owner_id=owner_id, rule_id=rule_id)
        operations = [store.load_change(lead.workspace_id, owner_id, 1, now, seen=load)]
    table.transact([store.replacement(changed), *operations, *beside])


def note_overdue(*, table: Table, lead: Lead, position: str, now: datetime) -> bool:
    """Note that the owner is told of the overdue answer; False when that was done before, or the answer was given meanwhile."""
    try:
        table.transact([store.settled(lead, now, position)])
    except TransactionConflictError:
        return False
    return True


def respond_in_time(*, workspace_id: str, lead_id: str, at: datetime) -> Operation:
    """The operation that notes the first answer to a lead; its condition fails when there was one before."""
    return store.answered(workspace_id, lead_id, at)


def closing_operations(old: Lead, new: Lead, now: datetime) -> list[Operation]:
    """For other features' transactions that close a lead: the lead over the version it was read at, first, and the members' numbers of
    open leads. They write its contact (`contact_of_lead`) beside it, with this no longer its open lead.
    """
    return [store.replacement(new), *store.load_changes(old, new, now)]


def contact_of_lead(*, table: Table, lead: Lead) -> Contact | None:
    """The lead's contact, or who is left of it after a merge, as it is now; None when it is gone."""
    found = contacts.get_contacts(
        table=table, workspace_id=lead.workspace_id, contact_ids=[lead.contact_id], consistent=True, follow=True
    )
    return found.get(lead.contact_id)


def sweep_lead(*, table: Table, workspace_id: str, lead_id: str) -> None:
    """Delete what is left in the partition of a lead that is gone; nothing when it is there (again)."""
    if store.read(table, workspace_id, lead_id, consistent=True, include_deleted=True) is None:
        table.write_many([], deletes=list(table.keys(lead_key(workspace_id, lead_id).pk)))


def _write(
    table: Table,
    clock: Clock,
    workspace_id: str,
    lead_id: str,
    version: int | None,
    work: Any,
    *,
    changed_by: str,
    gone: bool = False,
) -> Lead:
    """Write what ``work`` makes of the lead, with what hangs on it, trying again when only the contact has moved on."""
    for attempt in range(_ATTEMPTS):
        now = clock.now()
        present = get_lead(table=table, workspace_id=workspace_id, lead_id=lead_id, consistent=True, gone=gone)
        if gone and present.deleted_at is not None and store.to_record(present).expired(now):
            raise NotFoundError("There is no such lead.")
        if version is not None and present.version != version:
            raise ConflictError(current=present)
        changed: Lead = work(present)
        if changed == present:
            return present
        changed = replace(changed, updated_at=now, changed_by=changed_by)
        operations: list[Operation] = [store.replacement(changed), *store.load_changes(present, changed, now)]
        operations += _contact_operations(table, present, changed)
        try:
            table.transact(operations)
        except TransactionConflictError as conflict:
            if 0 in conflict.failed and version is not None:
                image = conflict.images[0]
                current = store.to_domain(LeadRecord.from_image(image)) if image else None
                raise ConflictError(current=current) from conflict
            contacts.pause(attempt)  # the contact (or the lead, as it is now) was changed meanwhile: look again
        else:
            return replace(changed, version=present.version + 1)
    raise UnavailableError("The lead's contact keeps being changed by others.")


def _changed(lead: Lead, changes: Mapping[str, Any], now: datetime) -> Lead:
    reason = changes.get("disqualify_reason") or ""
    if changes.get("status"):
        lead = lead.moved(LeadStatus(changes["status"]), reason=reason, at=now)
    elif reason:
        lead = lead.moved(lead.status, reason=reason)
    if "owner_id" in changes:
        owner_id = changes["owner_id"] or ""
        lead = replace(lead, owner_id=owner_id, rule_id=lead.rule_id if owner_id == lead.owner_id else "")
    if "custom" in changes:
        lead = replace(lead, custom=changes["custom"])
    return lead


def _contact_operations(table: Table, old: Lead, new: Lead) -> list[Operation]:
    """What the lead's move means for its contact, at the version it is read here."""
    if old.open == new.open:
        return []
    contact = contact_of_lead(table=table, lead=new)
    if contact is None:
        if new.open:
            raise InvalidError("The lead's contact is gone.", field="contact_id", code="gone")
        return []
    if new.open:
        if contact.open_lead_id not in ("", new.id):
            message = "The contact has another open lead by now."
            raise InvalidError(message, field="status", code="another_open_lead")
        opened = replace(contact, open_lead_id=new.id, updated_at=new.updated_at)
        return [contacts.replace_operation(opened)]
    if contact.open_lead_id != new.id:
        return []
    return [contacts.replace_operation(replace(contact, open_lead_id="", updated_at=new.updated_at))]
