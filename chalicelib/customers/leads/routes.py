"""The routes of leads."""

from collections.abc import Sequence
from typing import Any

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.leads import service
from chalicelib.customers.leads.domain import Lead, LeadStatus
from chalicelib.customers.leads.schemas import LeadChange, LeadOut, LeadsQuery
from chalicelib.customers.schemas import ScoreChangeOut
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.http import Call, Page, PageQuery, Routes
from chalicelib.workspaces.settings.service import get_workspace

routes = Routes("leads", __name__)


@routes.get("/leads", permission="leads:read", query=LeadsQuery, returns=Page[LeadOut])
def list_leads(call: Call[None]) -> Page[LeadOut]:
    """The leads that match, the newest first. With ``email`` the leads of the contact who has that address. A page of a
    filtered list may be short and not be the last: go on while there is a ``next_cursor``.
    """
    query = call.query
    status = LeadStatus(query.status) if query.status else None
    name = f"leads?{query.email or ''}&{query.status or ''}&{query.source or ''}&{query.owner_id or ''}"
    position = call.runtime.cursors.read(call.workspace_id, name, query.cursor)
    page = service.find_leads(
        table=call.runtime.table,
        workspace=get_workspace(table=call.runtime.table, workspace_id=call.workspace_id),
        email=query.email or "",
        status=status,
        source=query.source or "",
        owner_id=query.owner_id or "",
        before=position[0] if position else "",
        limit=query.limit,
    )
    more = call.runtime.cursors.write(call.workspace_id, name, [page.next]) if page.next else None
    return Page[LeadOut].model_construct(items=_shown(call, page.items), next_cursor=more)


@routes.get("/leads/{lead_id}", permission="leads:read", returns=LeadOut)
def get_lead(call: Call[None], lead_id: str) -> LeadOut:
    """One lead."""
    lead = service.get_lead(table=call.runtime.table, workspace_id=call.workspace_id, lead_id=lead_id, consistent=True)
    return _shown(call, [lead])[0]


@routes.patch(
    "/leads/{lead_id}", permission="leads:write", body=LeadChange, returns=LeadOut, present=lambda shown: shown
)
def change_lead(call: Call[LeadChange], lead_id: str) -> LeadOut:
    """Move a lead to another status or owner, as it was at ``version``."""
    try:
        lead = service.change_lead(
            table=call.runtime.table,
            clock=call.runtime.clock,
            workspace_id=call.workspace_id,
            lead_id=lead_id,
            version=call.body.version,
            changes=call.body.changes(),
            changed_by=call.actor.reference,
        )
    except ConflictError as conflict:
        current = conflict.current
        raise ConflictError(current=_shown(call, [current])[0] if isinstance(current, Lead) else None) from conflict
    return _shown(call, [lead])[0]


@routes.get("/leads/{lead_id}/score-history", permission="leads:read", query=PageQuery, returns=Page[ScoreChangeOut])
def list_score_history(call: Call[None], lead_id: str) -> Page[ScoreChangeOut]:
    """Why the lead's contact has the score it has, the newest first."""
    lead = service.get_lead(table=call.runtime.table, workspace_id=call.workspace_id, lead_id=lead_id)
    name = f"score-history?{lead.contact_id}"
    position = call.runtime.cursors.read(call.workspace_id, name, call.query.cursor)
    found = contacts.score_history(
        table=call.runtime.table,
        workspace_id=call.workspace_id,
        contact_id=lead.contact_id,
        before=position[0] if position else "",
        limit=call.query.limit,
    )
    full = len(found) == call.query.limit
    more = call.runtime.cursors.write(call.workspace_id, name, [found[-1][0]]) if full else None
    return Page[ScoreChangeOut](items=[ScoreChangeOut.of(change) for _, change in found], next_cursor=more)


def _shown(call: Call[Any], leads: Sequence[Lead]) -> list[LeadOut]:
    people = contacts.get_contacts(
        table=call.runtime.table,
        workspace_id=call.workspace_id,
        contact_ids={lead.contact_id for lead in leads},
        consistent=len(leads) == 1,
    )
    return [LeadOut.of(lead, people.get(lead.contact_id)) for lead in leads]
