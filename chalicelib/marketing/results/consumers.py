"""What the queue ``jobs`` has for goals."""

from chalicelib.foundation.clock import from_text
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.results import goals
from chalicelib.marketing.results.events import DEAL_OPENED_AGAIN, DEAL_WON


def handle(runtime: Runtime, envelope: Envelope) -> None:
    """A deal of a contact was won, or is open again; others on this queue are not ours."""
    if envelope.type not in (DEAL_WON, DEAL_OPENED_AGAIN):
        return
    data = {name: str(value) for name, value in envelope.data.items()}
    place = {"workspace_id": envelope.workspace_id, "contact_id": data["contact_id"], "deal_id": data["deal_id"]}
    if envelope.type == DEAL_OPENED_AGAIN:
        goals.deal_opened_again(table=runtime.table, clock=runtime.clock, **place)
    else:
        goals.deal_won(
            table=runtime.table,
            clock=runtime.clock,
            at=from_text(data["won_at"]),
            amount=data["amount"],
            currency=data["currency"],
            **place,
        )
