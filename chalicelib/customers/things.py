"""Things that others hang on: contacts, companies, leads; deals and tasks by their own features.

A file, an activity or a task is about a thing of some kind. What it needs of the thing is here, one object for each kind in
``wiring.PARTS["things"]``, so that a file can belong to a deal although customers know no sales.
"""

from collections.abc import Collection, Mapping
from typing import Protocol

from chalicelib.customers.companies import service as companies
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.leads import service as leads
from chalicelib.foundation.errors import InvalidError, NotFoundError
from chalicelib.foundation.table import Table


class Things(Protocol):
    """The things of one kind. ``read`` and ``write`` are the permissions that what hangs on them needs."""

    read: str
    write: str

    def titles(self, table: Table, workspace_id: str, ids: Collection[str]) -> dict[str, str]:
        """The names of those that exist; what is in the bin does not, and what was merged has its survivor's name."""
        ...

    def all_ids(self, table: Table, workspace_id: str, thing_id: str) -> tuple[str, ...]:
        """Its own id, first, and those of what was merged into it; `NotFoundError` when there is no such thing."""
        ...


class _Contacts:
    read, write = "contacts:read", "contacts:write"

    def titles(self, table: Table, workspace_id: str, ids: Collection[str]) -> dict[str, str]:
        found = contacts.get_contacts(table=table, workspace_id=workspace_id, contact_ids=ids, follow=True)
        return {contact_id: contact.display_name for contact_id, contact in found.items()}

    def all_ids(self, table: Table, workspace_id: str, thing_id: str) -> tuple[str, ...]:
        return contacts.get_contact(table=table, workspace_id=workspace_id, contact_id=thing_id).all_ids


class _Companies:
    read, write = "companies:read", "companies:write"

    def titles(self, table: Table, workspace_id: str, ids: Collection[str]) -> dict[str, str]:
        found = companies.get_companies(table=table, workspace_id=workspace_id, company_ids=ids)
        return {company_id: company.name for company_id, company in found.items()}

    def all_ids(self, table: Table, workspace_id: str, thing_id: str) -> tuple[str, ...]:
        company = companies.get_company(table=table, workspace_id=workspace_id, company_id=thing_id)
        merged: tuple[str, ...] = getattr(company, "merged_ids", ())
        return (company.id, *merged)


class _Leads:
    read, write = "leads:read", "leads:write"

    def titles(self, table: Table, workspace_id: str, ids: Collection[str]) -> dict[str, str]:
        found = leads.get_leads(table=table, workspace_id=workspace_id, lead_ids=ids)
        names = CONTACTS.titles(table, workspace_id, {lead.contact_id for lead in found.values()})
        return {lead_id: names.get(lead.contact_id, "") for lead_id, lead in found.items()}

    def all_ids(self, table: Table, workspace_id: str, thing_id: str) -> tuple[str, ...]:
        return (leads.get_lead(table=table, workspace_id=workspace_id, lead_id=thing_id).id,)


CONTACTS: Things = _Contacts()
COMPANIES: Things = _Companies()
LEADS: Things = _Leads()


def check_thing(
    things: Mapping[str, Things], table: Table, workspace_id: str, kind: str, thing_id: str, *, field: str
) -> str:
    """The thing's name; `InvalidError` names ``field`` when there is no such thing."""
    title = things[kind].titles(table, workspace_id, [thing_id]).get(thing_id)
    if title is None:
        raise InvalidError(f"There is no such {kind}.", field=field, code="unknown")
    return title


def must_exist(things: Mapping[str, Things], table: Table, workspace_id: str, kind: str, thing_id: str) -> str:
    """The thing's name; `NotFoundError` when there is no such thing."""
    title = things[kind].titles(table, workspace_id, [thing_id]).get(thing_id) if kind in things else None
    if title is None:
        raise NotFoundError(f"There is no such {kind}.")
    return title
