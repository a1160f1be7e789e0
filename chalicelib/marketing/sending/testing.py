"""What a test means for the sender: who waits for the winner is not due."""

from datetime import datetime, timedelta

from chalicelib.marketing.campaigns.domain import REST, Campaign
from chalicelib.marketing.sending.domain import Recipient

_LOOK_AGAIN = timedelta(minutes=14)


def held_until(campaign: Campaign, row: Recipient, now: datetime) -> datetime | None:
    """When to look at somebody again who waits for the test's winner; None when they need not wait. The decision orders walks of
    its own, so this is for what gets lost only.
    """
    if row.variant != REST or (campaign.ab is not None and campaign.ab.winner is not None):
        return None
    decide_at = campaign.ab.decide_at if campaign.ab is not None else None
    return max(decide_at or now, now + _LOOK_AGAIN)
