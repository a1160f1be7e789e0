"""The orders of retention, on the queue ``jobs``."""

from datetime import datetime

from chalicelib.foundation.clock import to_text
from chalicelib.foundation.messaging import Envelope

EXPIRE = "retention.expire"


def expire(workspace_id: str, kind: str, *, before: datetime, at: datetime, start: str | None = None) -> Envelope:
    """Delete what is older than ``before`` of a kind, from this place on."""
    return Envelope(
        id=f"{workspace_id}:{kind}:{to_text(before)}:{start or ''}",
        type=EXPIRE,
        workspace_id=workspace_id,
        at=at,
        data={"kind": kind, "before": to_text(before), "start": start},
    )
