"""The routes of deals."""

from collections.abc import Sequence
from typing import Any

from chalicelib.customers.companies import service as companies
from chalicelib.customers.contacts import service as contacts
from chalicelib.foundation.http import Answer, Call, Page, Routes
from chalicelib.sales.deals import service
from chalicelib.sales.deals.domain import Deal
from chalicelib.sales.deals.schemas import DealIn, DealOut, DealsQuery
from chalicelib.sales.pipelines.service import list_pipelines
from chalicelib.workspaces.settings.service import get_workspace

routes = Routes("deals", __name__)


@routes.get("/deals", permission="deals:read", query=DealsQuery, returns=Page[DealOut])
def list_deals(call: Call[None]) -> Page[DealOut]:
    """A pipeline's deals, by stage."""
    table, limit = call.runtime.table, call.query.limit
    workspace = get_workspace(table=table, workspace_id=call.workspace_id)
    pipeline_id = (
        call.query.pipeline_id or list_pipelines(table=table, clock=call.runtime.clock, workspace=workspace)[0].id
    )
    name = f"deals?{pipeline_id}"
    position = call.runtime.cursors.read(call.workspace_id, name, call.query.cursor)
    after = position[0] if position else ""
    found = service.list_deals(table=table, workspace=workspace, pipeline_id=pipeline_id, after=after, limit=limit)
    more = call.runtime.cursors.write(call.workspace_id, name, [found[-1][0]]) if len(found) == limit else None
    return Page[DealOut](items=_shown(call, [deal for _, deal in found]), next_cursor=more)


@routes.post("/deals", permission="deals:write", body=DealIn, returns=DealOut, status=201)
def create_deal(call: Call[DealIn]) -> Answer:
    """Make a deal, in the first stage of the first pipeline unless others are named."""
    deal = service.create_deal(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace=get_workspace(table=call.runtime.table, workspace_id=call.workspace_id),
        deal_id=call.creation_id,
        values=call.body.values(),
        changed_by=call.actor.reference,
    )
    return Answer(_shown(call, [deal])[0], 201, {"Location": f"/api/v1/deals/{deal.id}"})


@routes.get("/deals/{deal_id}", permission="deals:read", returns=DealOut)
def get_deal(call: Call[None], deal_id: str) -> DealOut:
    """One deal."""
    deal = service.get_deal(table=call.runtime.table, workspace_id=call.workspace_id, deal_id=deal_id)
    return _shown(call, [deal])[0]


def _shown(call: Call[Any], deals: Sequence[Deal]) -> list[DealOut]:
    table, workspace_id = call.runtime.table, call.workspace_id
    contact_ids = {deal.contact_id for deal in deals} - {""}
    company_ids = {deal.company_id for deal in deals} - {""}
    people = contacts.get_contacts(table=table, workspace_id=workspace_id, contact_ids=contact_ids)
    firms = companies.get_companies(table=table, workspace_id=workspace_id, company_ids=company_ids)
    return [
        DealOut.of(
            deal,
            people[deal.contact_id].display_name if deal.contact_id in people else "",
            firms[deal.company_id].name if deal.company_id in firms else "",
        )
        for deal in deals
    ]
