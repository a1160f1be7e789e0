"""Messages about campaigns: orders to the planner and to the sender."""

from datetime import datetime

from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.messaging import Envelope
from chalicelib.marketing.campaigns.domain import Campaign

PLAN = "campaign.plan"
"""Queue ``campaign-plan``; data: ``campaign_id``. Start the campaign if it is due, and plan one page of its audience."""
WALK = "campaign.walk"
"""Queue ``campaign-send``; data: ``campaign_id``, ``shard``, ``after`` (a sort key, empty at the start), ``ended`` (recipients
already found at their end in this walk), ``retry_at`` (the earliest moment that somebody in this walk has to be looked at again),
``began`` (when this walk began).
"""


def plan(campaign: Campaign, now: datetime) -> Envelope:
    """The order to plan; the same while the campaign is at this version."""
    return Envelope(
        id=derived_id(now, PLAN, campaign.id, str(campaign.version)),
        type=PLAN,
        workspace_id=campaign.workspace_id,
        at=now,
        data={"campaign_id": campaign.id},
    )


def walk(
    campaign: Campaign,
    now: datetime,
    shard: int,
    *,
    after: str = "",
    ended: int = 0,
    retry_at: str = "",
    began: str = "",
) -> Envelope:
    """The order to work through a shard of the ledger from a place on."""
    return Envelope(
        id=derived_id(now, WALK, campaign.id, str(shard), after, str(ended)),
        type=WALK,
        workspace_id=campaign.workspace_id,
        at=now,
        data={
            "campaign_id": campaign.id,
            "shard": shard,
            "after": after,
            "ended": ended,
            "retry_at": retry_at,
            "began": began,
        },
    )


def walks(campaign: Campaign, now: datetime) -> list[Envelope]:
    """The order for every shard, from the start."""
    return [walk(campaign, now, shard) for shard in range(campaign.shards)]
