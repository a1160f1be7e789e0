"""The order to ask somebody for a confirmation."""

from datetime import datetime

from chalicelib.foundation.ids import new_id
from chalicelib.foundation.messaging import Envelope

ASK = "confirmation.ask"
"""Queue ``messages``; data: ``confirmation_id``."""


def ask(workspace_id: str, confirmation_id: str, at: datetime, *, event_id: str = "", cause: str = "") -> Envelope:
    """Mail the owner of the address."""
    return Envelope(event_id or new_id(at), ASK, workspace_id, at, {"confirmation_id": confirmation_id}, cause=cause)
