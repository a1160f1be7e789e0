"""The queue ``scoring``, and what scoring does every minute."""

from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.scoring import service
from chalicelib.marketing.scoring.domain import Fact

_BY_MACHINES = ("email.opened", "email.clicked")


def handle(runtime: Runtime, envelope: Envelope) -> None:
    """One fact about one contact (``data.contact_id``). What a mail scanner opened or clicked (``data.machine``) gives nothing."""
    if envelope.type in _BY_MACHINES and envelope.data.get("machine"):
        return
    service.score(
        table=runtime.table,
        clock=runtime.clock,
        workspace_id=envelope.workspace_id,
        contact_id=str(envelope.data["contact_id"]),
        fact=Fact(envelope.id, envelope.type, envelope.at, envelope.data),
    )


def tick(runtime: Runtime) -> None:
    """Engagement cools down."""
    service.cool(table=runtime.table, clock=runtime.clock)
