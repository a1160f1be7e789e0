"""The order about leads on the queue ``jobs``."""

from datetime import datetime

from chalicelib.foundation.messaging import Envelope

QUEUE = "jobs"
LEAD_GONE = "lead.gone"


def lead_gone(workspace_id: str, lead_id: str, at: datetime, *, cause: str) -> Envelope:
    """A lead is gone for good: what hangs on it is to go, too."""
    return Envelope(f"{LEAD_GONE}:{lead_id}", LEAD_GONE, workspace_id, at, {"lead_id": lead_id}, cause=cause)
