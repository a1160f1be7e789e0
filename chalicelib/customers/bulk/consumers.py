"""What the queue ``jobs`` has for bulk actions."""

from chalicelib.customers.bulk import service
from chalicelib.customers.work import service as work
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.runtime import Runtime

_STEPS = {service.KIND: service.change, service.UNDO: service.take_back}


def handle(runtime: Runtime, envelope: Envelope) -> None:
    """Go on with a bulk action or its undo."""
    work.run(runtime=runtime, envelope=envelope, steps=_STEPS)
