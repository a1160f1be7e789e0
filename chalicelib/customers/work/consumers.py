"""What happens every minute."""

from chalicelib.customers.work import service
from chalicelib.foundation.runtime import Runtime


def tick(runtime: Runtime) -> None:
    """Wake work whose delivery has died."""
    service.tick(runtime)
