"""Queue ``jobs``: what hangs on a lead goes with it. Harmless when repeated."""

from chalicelib.customers.leads import events, service
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.runtime import Runtime


def handle(runtime: Runtime, envelope: Envelope) -> None:
    """Sweep the partition of a lead that is gone for good; other orders are left alone."""
    if envelope.type == events.LEAD_GONE:
        lead_id = str(envelope.data["lead_id"])
        service.sweep_lead(table=runtime.table, workspace_id=envelope.workspace_id, lead_id=lead_id)
