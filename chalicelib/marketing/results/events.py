"""Orders that follow from a deal in a contact's timeline."""

from collections.abc import Mapping
from datetime import datetime

from chalicelib.foundation.clock import to_text
from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.messaging import Envelope

DEAL_WON = "goal.deal_won"
DEAL_OPENED_AGAIN = "goal.deal_opened_again"
QUEUE = "jobs"


def deal(
    kind: str, *, workspace_id: str, contact_id: str, at: datetime, data: Mapping[str, str], cause: str
) -> Envelope:
    """See for which campaigns a contact's deal counts, or counts no more."""
    return Envelope(
        id=derived_id(at, kind, contact_id, data["deal_id"]),
        type=kind,
        workspace_id=workspace_id,
        at=at,
        data={
            "contact_id": contact_id,
            "deal_id": data["deal_id"],
            "won_at": to_text(at),
            "amount": data.get("amount", ""),
            "currency": data.get("currency", ""),
        },
        cause=cause,
    )
