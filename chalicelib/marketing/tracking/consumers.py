"""The minute's tick: opens and clicks that are settled."""

from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.tracking import service


def tick(runtime: Runtime) -> None:
    """Every minute."""
    service.settle(table=runtime.table, clock=runtime.clock)
