"""What the queue ``delivery-events`` does for campaigns."""

from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.delivery import service
from chalicelib.marketing.delivery.domain import report_in


def handle(runtime: Runtime, body: str) -> None:
    """One event of the mail provider; those about other mails are left alone."""
    report = report_in(body)
    if report is not None:
        service.apply(table=runtime.table, clock=runtime.clock, signer=runtime.signer, report=report)
