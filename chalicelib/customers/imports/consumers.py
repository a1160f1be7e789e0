"""The queue ``imports``, and what happens every minute."""

from chalicelib.customers.imports import events, running, service
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.runtime import Runtime


def handle(runtime: Runtime, envelope: Envelope) -> None:
    """Go on with an import."""
    if envelope.type == events.WORK:
        running.work(runtime, envelope.workspace_id, str(envelope.data["import_id"]))


def tick(runtime: Runtime) -> None:
    """Wake the imports that nobody works on although there is work."""
    service.tick(runtime=runtime)
