"""Queue ``jobs``: what is to go goes. Harmless when repeated."""

from chalicelib.customers.files import events, service
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.runtime import Runtime


def handle(runtime: Runtime, envelope: Envelope) -> None:
    """One order of `events`; others are left alone."""
    workspace_id = envelope.workspace_id
    if envelope.type == events.REMOVED:
        service.erase_content(files=runtime.files, workspace_id=workspace_id, file_id=str(envelope.data["file_id"]))
    elif envelope.type == events.SWEEP:
        service.sweep(
            table=runtime.table,
            files=runtime.files,
            workspace_id=workspace_id,
            kind=str(envelope.data["kind"]),
            thing_id=str(envelope.data["id"]),
        )
