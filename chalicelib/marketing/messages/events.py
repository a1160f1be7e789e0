"""The order to send one message."""

from datetime import datetime

from chalicelib.foundation.ids import new_id
from chalicelib.foundation.messaging import Envelope

SEND = "message.send"
"""Queue ``messages``; data: ``message_id``."""
SEEDS = "campaign.seed"
"""Queue ``messages``; data: ``campaign_id``: copies for the seed list."""


def send(workspace_id: str, message_id: str, now: datetime) -> Envelope:
    """Send this message, if it still waits."""
    return Envelope(id=new_id(now), type=SEND, workspace_id=workspace_id, at=now, data={"message_id": message_id})
