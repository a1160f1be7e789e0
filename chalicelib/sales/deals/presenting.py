"""Deals as the API shows them, with what stands elsewhere: names, the workspace's own fields, whether they rot."""

from collections.abc import Sequence
from typing import Any

from chalicelib.customers.companies import service as companies
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.fields import service as fields
from chalicelib.foundation.http import Call
from chalicelib.sales.deals.domain import Deal
from chalicelib.sales.deals.schemas import DealOut
from chalicelib.sales.pipelines.service import all_pipelines


def shown(call: Call[Any], deals: Sequence[Deal]) -> list[DealOut]:
    """The deals with the names of their contacts (who is left of them) and companies; an open deal of a removed stage is shown
    in the one that takes its place.
    """
    if not deals:
        return []
    table, workspace_id, now = call.runtime.table, call.workspace_id, call.runtime.clock.now()
    found_in = all_pipelines(table=table, workspace_id=workspace_id)
    contact_ids = {deal.contact_id for deal in deals} - {""}
    company_ids = {deal.company_id for deal in deals} - {""}
    people = contacts.get_contacts(table=table, workspace_id=workspace_id, contact_ids=contact_ids, follow=True)
    firms = companies.get_companies(table=table, workspace_id=workspace_id, company_ids=company_ids, follow=True)
    items = []
    for deal in deals:
        pipeline = found_in.get(deal.pipeline_id)
        stage = pipeline.find(deal.stage_id) if pipeline is not None and deal.open else None
        person, firm = people.get(deal.contact_id), firms.get(deal.company_id)
        items.append(
            DealOut.of(
                deal,
                stage_id=stage.id if stage is not None else "",
                contact=(person.id, person.display_name) if person is not None else ("", ""),
                company=(firm.id, firm.name) if firm is not None else ("", ""),
                custom=fields.shown(table=table, workspace_id=workspace_id, values=deal.custom),
                rotting=deal.rotting(stage, now),
            )
        )
    return items


def conflicting(deal: Deal) -> DealOut:
    """The present deal in a conflict's answer, without what stands elsewhere but its own values."""
    return DealOut.of(deal)
