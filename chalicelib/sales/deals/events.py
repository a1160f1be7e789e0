"""Orders that follow from a change of a deal."""

from datetime import datetime

from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.messaging.envelope import Envelope

DEAL_GONE = "deal.gone"
QUEUE = "jobs"


def deal_gone(*, workspace_id: str, deal_id: str, at: datetime, cause: str = "", page: int = 0) -> Envelope:
    """The order to delete what hung on a deal whose time in the bin is over."""
    return Envelope(
        id=derived_id(at, DEAL_GONE, deal_id, str(page)),
        type=DEAL_GONE,
        workspace_id=workspace_id,
        at=at,
        data={"deal_id": deal_id, "page": page},
        cause=cause,
    )
