"""The fact on the queue ``assignment``."""

from datetime import datetime

from chalicelib.foundation.messaging import Envelope

QUEUE = "assignment"
LEAD_CREATED = "lead.created"


def lead_created(workspace_id: str, lead_id: str, at: datetime, *, cause: str) -> Envelope:
    """A lead came in that has no owner, or no time to answer it by."""
    return Envelope(f"{LEAD_CREATED}:{lead_id}", LEAD_CREATED, workspace_id, at, {"lead_id": lead_id}, cause=cause)
