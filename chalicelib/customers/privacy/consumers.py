"""What privacy does from the queue ``jobs``."""

from chalicelib.customers.privacy import events, service
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.runtime import Runtime


def handle(runtime: Runtime, envelope: Envelope) -> None:
    """Erasures, sweeps and exports; others on this queue are not ours."""
    where, data = envelope.workspace_id, envelope.data
    if envelope.type == events.ERASE:
        service.erase(
            runtime=runtime,
            workspace_id=where,
            contact_id=str(data["contact_id"]),
            lap=int(data["lap"]),
            step=int(data["step"]),
        )
    elif envelope.type == events.SWEEP:
        service.sweep(runtime=runtime, workspace_id=where, contact_ids=[str(each) for each in data["contact_ids"]])
    elif envelope.type == events.EXPORT:
        service.export(
            runtime=runtime,
            workspace_id=where,
            contact_id=str(data["contact_id"]),
            job_id=str(data["job_id"]),
        )
