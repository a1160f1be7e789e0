"""Leads with their people, for whoever shows some."""

from collections.abc import Sequence
from typing import Any

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.fields import service as fields
from chalicelib.customers.leads.domain import Lead
from chalicelib.customers.leads.schemas import LeadOut
from chalicelib.foundation.http import Call


def shown_leads(call: Call[Any], leads: Sequence[Lead], *, listed: bool = False) -> list[LeadOut]:
    """The leads with their people. A list leaves those out whose contact lies in the bin."""
    table, workspace_id = call.runtime.table, call.workspace_id
    people = contacts.get_contacts(
        table=table,
        workspace_id=workspace_id,
        contact_ids={lead.contact_id for lead in leads},
        consistent=len(leads) == 1,
        follow=True,
    )
    now = call.runtime.clock.now()
    return [
        LeadOut.of(
            lead,
            people.get(lead.contact_id),
            fields.shown(table=table, workspace_id=workspace_id, values=lead.custom),
            now,
        )
        for lead in leads
        if lead.contact_id in people or not listed
    ]
