"""What the queue ``exports`` has for exports."""

from chalicelib.customers.exports import service
from chalicelib.customers.work import service as work
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.runtime import Runtime


def handle(runtime: Runtime, envelope: Envelope) -> None:
    """Go on with an export."""
    work.run(runtime=runtime, envelope=envelope, steps={service.KIND: service.write})
