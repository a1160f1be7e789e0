"""The routes of contacts."""

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.customers.consent import service as consent
from chalicelib.customers.contacts import listing, service
from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.contacts.schemas import (
    ContactChange,
    ContactIn,
    ContactListed,
    ContactOut,
    ContactsQuery,
    page_text,
)
from chalicelib.customers.duplicates import service as duplicates
from chalicelib.customers.duplicates.schemas import ContactMadeOut
from chalicelib.customers.fields import service as custom_fields
from chalicelib.customers.lists.schemas import asker, question
from chalicelib.customers.schemas import DeletionQuery, as_it_is, showing_conflicts
from chalicelib.foundation.http import Answer, Call, Page, Routes
from chalicelib.workspaces.settings.service import get_workspace

routes = Routes("contacts", __name__)


@routes.get("/contacts", permission="contacts:read", query=ContactsQuery, returns=Page[ContactListed])
def list_contacts(call: Call[None]) -> Answer:
    """The contacts, the newest first or as ``sort`` says (created, name, score, owner), narrowed by what is given. A page may be
    short, even empty, and have a next one.
    """
    query, cursors = call.query, call.runtime.cursors
    name = f"contacts?{question(query)}"
    position = cursors.read(call.workspace_id, name, query.cursor)
    items, following = listing.shown_contacts(
        custom=_custom(call),
        runtime=call.runtime,
        workspace=get_workspace(table=call.runtime.table, workspace_id=call.workspace_id),
        query=query.narrowing(),
        conditions=query.filter,
        deleted=query.deleted,
        sort=query.sort,
        start=position[0] if position else None,
        limit=query.limit,
        me=asker(call),
    )
    more = cursors.write(call.workspace_id, name, [following]) if following else None
    return Answer(page_text(items, more))


@routes.post("/contacts", permission="contacts:write", body=ContactIn, returns=ContactMadeOut, status=201)
def create_contact(call: Call[ContactIn]) -> Answer:
    """Make a contact. An address or number belongs to one contact: 422 ``taken`` when another has it. Who it looks like is told,
    and nothing is done about it.
    """
    contact = service.create_contact(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace=get_workspace(table=call.runtime.table, workspace_id=call.workspace_id),
        contact_id=call.creation_id,
        values=call.body.values(),
        changed_by=call.actor.reference,
    )
    found = duplicates.lookalikes(table=call.runtime.table, contact=contact)
    shown = ContactMadeOut.beside(_shown(call, contact), found)
    return Answer(shown, 201, {"Location": f"/api/v1/contacts/{contact.id}"})


@routes.get("/contacts/{contact_id}", permission="contacts:read", returns=ContactOut)
def get_contact(call: Call[None], contact_id: str) -> ContactOut:
    """One contact."""
    contact = service.get_contact(
        table=call.runtime.table, workspace_id=call.workspace_id, contact_id=contact_id, consistent=True
    )
    return _shown(call, contact)


@routes.patch(
    "/contacts/{contact_id}",
    permission="contacts:write",
    body=ContactChange,
    returns=ContactOut,
    present=as_it_is,
)
def change_contact(call: Call[ContactChange], contact_id: str) -> ContactOut:
    """Change a contact as it was at ``version``. Lists (addresses, numbers, tags) are replaced as a whole."""
    with showing_conflicts(lambda current: _shown(call, current)):
        contact = service.change_contact(
            table=call.runtime.table,
            clock=call.runtime.clock,
            workspace=get_workspace(table=call.runtime.table, workspace_id=call.workspace_id),
            contact_id=contact_id,
            version=call.body.version,
            changes=call.body.values(),
            changed_by=call.actor.reference,
        )
    return _shown(call, contact)


@routes.delete("/contacts/{contact_id}", permission="contacts:write", query=DeletionQuery, present=as_it_is)
def delete_contact(call: Call[None], contact_id: str) -> None:
    """Put a contact into the bin. It can be restored for 30 days; then it is gone with all that hangs on it."""
    with showing_conflicts(lambda current: _shown(call, current)):
        service.delete_contact(
            table=call.runtime.table,
            clock=call.runtime.clock,
            workspace_id=call.workspace_id,
            contact_id=contact_id,
            version=call.query.version,
            deleted_by=call.actor.reference,
        )


@routes.post("/contacts/{contact_id}/restore", permission="contacts:write", returns=ContactOut)
def restore_contact(call: Call[None], contact_id: str) -> ContactOut:
    """Take a contact out of the bin. An address or number that another has by now: 422 ``taken``."""
    contact = service.restore_contact(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace=get_workspace(table=call.runtime.table, workspace_id=call.workspace_id),
        contact_id=contact_id,
        restored_by=call.actor.reference,
    )
    return _shown(call, contact)


def _shown(call: Call[Any], contact: Contact) -> ContactOut:
    email = contact.email
    found = consent.suppressed(
        table=call.runtime.table,
        signer=call.runtime.signer,
        workspace_id=call.workspace_id,
        emails=[email] if email else [],
        consistent=False,
    )
    return ContactOut.whole(contact, found.get(email), _custom(call)(contact.custom))


def _custom(call: Call[Any]) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    """Custom values by key, from those by field id."""
    return lambda values: custom_fields.shown(table=call.runtime.table, workspace_id=call.workspace_id, values=values)
