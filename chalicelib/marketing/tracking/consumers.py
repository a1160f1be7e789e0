"""The minute's tick, opens and clicks that are settled; and what the queue ``jobs`` has for the log of hits."""

from chalicelib.customers.work import service as work
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.tracking import reclassifying, service

_STEPS = {reclassifying.KIND: reclassifying.step}


def tick(runtime: Runtime) -> None:
    """Every minute."""
    service.settle(table=runtime.table, clock=runtime.clock)


def handle(runtime: Runtime, envelope: Envelope) -> None:
    """Go on judging a campaign's hits anew."""
    work.run(runtime=runtime, envelope=envelope, steps=_STEPS)
