"""What the queue ``messages`` does with confirmations."""

from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.confirmations import events, service


def handle(runtime: Runtime, envelope: Envelope) -> None:
    """An order to ask; others on this queue are not ours."""
    if envelope.type == events.ASK:
        confirmation_id = str(envelope.data["confirmation_id"])
        service.ask(runtime=runtime, workspace_id=envelope.workspace_id, confirmation_id=confirmation_id)
