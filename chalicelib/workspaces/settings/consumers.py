"""What settings do from the queue ``jobs``."""

from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.runtime import Runtime
from chalicelib.workspaces.settings.events import OPEN
from chalicelib.workspaces.settings.spreading import open_shards


def handle(runtime: Runtime, envelope: Envelope) -> None:
    """Only ``shards.open``; others on this queue are left alone. Harmless when repeated."""
    if envelope.type == OPEN:
        collection = str(envelope.data["collection"])
        open_shards(table=runtime.table, clock=runtime.clock, workspace_id=envelope.workspace_id, collection=collection)
