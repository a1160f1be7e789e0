"""Making leads."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.customers.claims import service as claims
from chalicelib.customers.claims.domain import Claim
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.addresses import normalise_email, normalise_phone, region_of
from chalicelib.customers.contacts.domain import Contact, EmailAddress, PhoneNumber, Touch, shard_of
from chalicelib.customers.leads import store
from chalicelib.customers.leads.domain import DIRECT, MANUAL, Lead
from chalicelib.customers.leads.records import LeadRecord
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, InvalidError, NotFoundError, UnavailableError
from chalicelib.foundation.ids import derived_id, made_at
from chalicelib.foundation.table import Create, Operation, Table, Update
from chalicelib.foundation.table.table import TransactionConflictError
from chalicelib.workspaces.settings.domain import Workspace

_ATTEMPTS = 6


def create_lead(
    *,
    table: Table,
    clock: Clock,
    workspace: Workspace,
    lead_id: str,
    contact_id: str = "",
    person: Mapping[str, str] | None = None,
    source: str = "",
    owner_id: str = "",
    custom: Mapping[str, Any] | None = None,
    changed_by: str = "",
) -> Lead:
    """Make a lead on the contact with this id, or on the ``person`` (``first_name``, ``last_name``, ``email``, ``phone``, ``company``):
    the contact that has the address or number, changed in nothing, or else a new one. ``custom`` is by field ids, as it is kept.

    Raises:
        InvalidError: a value is wrong, named by its field, or there is no such contact.
        ConflictError: the contact has an open lead; carries that `Lead`. Making the same id again gives the lead that is there.
    """
    if bool(contact_id) == bool(person):
        raise InvalidError("Say whose lead it is: a contact_id, or a contact.", field="contact_id", code="missing")
    if owner_id:
        contacts.check_owner(table, workspace.id, owner_id)
    for attempt in range(_ATTEMPTS):
        now = clock.now()
        contact, before = _whose(table, workspace, contact_id, person or {}, lead_id, now, changed_by)
        if contact.open_lead_id == lead_id:
            return store.read(table, workspace.id, lead_id, consistent=True) or _gone()
        if contact.open_lead_id:
            standing = store.read(table, workspace.id, contact.open_lead_id, consistent=True)
            if standing is not None and standing.open:
                raise ConflictError("The contact has an open lead already.", current=standing)
        touch = Touch(at=now, source=source or MANUAL)
        lead = new_lead(workspace=workspace, lead_id=lead_id, contact_id=contact.id, touch=touch, now=now)
        lead = replace(lead, owner_id=owner_id, custom=dict(custom or {}), touches=0, changed_by=changed_by)
        operations = [store.create(lead), *_contact_operations(before, replace(contact, open_lead_id=lead.id), now)]
        try:
            table.transact([*operations, *store.load_changes(None, lead, now)])
        except TransactionConflictError as conflict:
            image = conflict.images[0] if 0 in conflict.failed else None
            if image:
                return store.to_domain(LeadRecord.from_image(image))
            contacts.pause(attempt)  # the contact was made or changed meanwhile: look again
        else:
            return lead
    raise UnavailableError("The contact keeps being changed by others.")


def new_lead(*, workspace: Workspace, lead_id: str, contact_id: str, touch: Touch, now: datetime) -> Lead:
    """A lead as a capture makes it."""
    return Lead(
        workspace_id=workspace.id,
        id=lead_id,
        contact_id=contact_id,
        created_at=now,
        updated_at=now,
        shard=shard_of(lead_id, workspace.new_shards_of("leads")),
        source=touch.source or DIRECT,
        medium=touch.medium,
        campaign=touch.campaign,
        form_id=touch.form_id,
    )


# For other features' transactions


def create_operation(lead: Lead) -> Create:
    """The operation that makes a lead's item without owner; the contact's ``open_lead_id`` is set beside it."""
    return store.create(lead)


def touch_operation(*, workspace_id: str, lead_id: str, now: datetime) -> Update:
    """The operation that counts one more capture on an open lead."""
    return store.touch(workspace_id, lead_id, now)


def _gone() -> Lead:
    raise UnavailableError("The lead is being made.")


def _whose(
    table: Table,
    workspace: Workspace,
    contact_id: str,
    person: Mapping[str, str],
    lead_id: str,
    now: datetime,
    changed_by: str,
) -> tuple[Contact, Contact | None]:
    """The lead's contact, and as it is in the table (None when it is to be made)."""
    if contact_id:
        try:
            contact = contacts.get_contact(
                table=table, workspace_id=workspace.id, contact_id=contact_id, consistent=True
            )
        except NotFoundError as error:
            raise InvalidError("There is no such contact.", field="contact_id", code="unknown") from error
        return contact, contact
    new = _new_contact(workspace, person, lead_id, now, changed_by)
    held = claims.holders(table=table, workspace_id=workspace.id, claims=new.claims, consistent=True)
    holder = held.get(Claim("email", new.email)) or held.get(Claim("phone", new.phone))
    if holder is None:
        return new, None
    found = contacts.get_contacts(
        table=table, workspace_id=workspace.id, contact_ids=[holder], consistent=True, follow=True
    )
    if holder not in found:
        raise UnavailableError("The contact is being made or deleted.")
    return found[holder], found[holder]


def _new_contact(
    workspace: Workspace, person: Mapping[str, str], lead_id: str, now: datetime, changed_by: str
) -> Contact:
    email, phone = (person.get("email") or "").strip(), (person.get("phone") or "").strip()
    emails = (EmailAddress(normalise_email(email, field="contact.email"), primary=True),) if email else ()
    region = region_of(country="", time_zone=workspace.time_zone)
    phones = (PhoneNumber(normalise_phone(phone, region=region, field="contact.phone"), primary=True),) if phone else ()
    contact_id = derived_id(made_at(lead_id), "contact of lead", lead_id)
    contact = Contact(
        workspace_id=workspace.id,
        id=contact_id,
        created_at=now,
        updated_at=now,
        shard=shard_of(contact_id, workspace.new_shards_of("contacts")),
        first_name=person.get("first_name") or "",
        last_name=person.get("last_name") or "",
        emails=emails,
        phones=phones,
        company_name=person.get("company") or "",
        changed_by=changed_by,
    )
    if not contact.display_name:
        message = "A contact has a name, an e-mail address or a phone number."
        raise InvalidError(message, field="contact.email", code="missing")
    return contact


def _contact_operations(before: Contact | None, contact: Contact, now: datetime) -> list[Operation]:
    if before is not None:
        return [contacts.replace_operation(replace(contact, updated_at=now))]
    made = claims.changes(
        workspace_id=contact.workspace_id, holder_id=contact.id, had=set(), has=contact.claims, now=now
    )
    return [contacts.create_operation(contact), *(operation for _, operation in made)]
