"""What retention does every night, and from the queue ``jobs``."""

from chalicelib.customers.retention import service
from chalicelib.customers.retention.events import EXPIRE
from chalicelib.foundation.clock import from_text
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.runtime import Runtime


def handle(runtime: Runtime, envelope: Envelope) -> None:
    """Only ``retention.expire``; others on this queue are not ours."""
    if envelope.type != EXPIRE:
        return
    data = envelope.data
    service.expire(
        runtime=runtime,
        workspace_id=envelope.workspace_id,
        kind=str(data["kind"]),
        before=from_text(str(data["before"])),
        start=data.get("start"),
    )


def tick(runtime: Runtime) -> None:
    """Order what is due."""
    service.tick(runtime)
