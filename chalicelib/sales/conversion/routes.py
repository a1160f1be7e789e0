"""The route of conversion."""

from chalicelib.customers.leads.domain import Lead
from chalicelib.customers.leads.presenting import shown_leads
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.http import Call, Routes
from chalicelib.sales.conversion import service
from chalicelib.sales.conversion.domain import Converted
from chalicelib.sales.conversion.schemas import ConversionIn, ConversionOut
from chalicelib.workspaces.settings.service import get_workspace

routes = Routes("leads", __name__)


@routes.post(
    "/leads/{lead_id}/convert",
    permission="leads:write",
    body=ConversionIn,
    returns=ConversionOut,
    present=lambda shown: shown,
)
def convert_lead(call: Call[ConversionIn], lead_id: str) -> ConversionOut:
    """Make a customer of a lead: its contact, a company and a deal, all at once or not at all. The lead is kept, and linked with them. This
    needs ``contacts:write``; with a deal also ``deals:write``, with a new company also ``companies:write``.
    """
    call.require("contacts:write")
    if call.body.deal is not None:
        call.require("deals:write")
    if call.body.company is not None and call.body.company.name:
        call.require("companies:write")
    converted = _convert(call, lead_id)
    return ConversionOut.model_construct(
        lead=shown_leads(call, [converted.lead])[0],
        contact_id=converted.contact_id,
        company_id=converted.company_id or None,
        deal_id=converted.deal_id or None,
    )


def _convert(call: Call[ConversionIn], lead_id: str) -> Converted:
    try:
        return service.convert_lead(
            table=call.runtime.table,
            clock=call.runtime.clock,
            workspace=get_workspace(table=call.runtime.table, workspace_id=call.workspace_id),
            lead_id=lead_id,
            order=call.body.order(),
            deal_id=call.creation_id,
            version=call.body.version,
            changed_by=call.actor.reference,
        )
    except ConflictError as conflict:
        current = conflict.current
        shown = shown_leads(call, [current])[0] if isinstance(current, Lead) else None
        raise ConflictError(str(conflict), current=shown) from conflict
