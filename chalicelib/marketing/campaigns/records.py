"""A campaign's items: itself, its body (apart, so that lists do not read it) and where they stand."""

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.foundation.table import InstantAttribute, Key, Record, partition


class CampaignRecord(Record, discriminator="campaign"):
    """``W#w#CAMP#k`` / ``CAMPAIGN``; in ``gsi1`` by recency; in ``due`` while the minute's tick has to look after it."""

    campaign_id = UnicodeAttribute()
    name = UnicodeAttribute()
    subject = UnicodeAttribute()
    preheader = UnicodeAttribute(null=True)
    from_name = UnicodeAttribute(null=True)
    from_email = UnicodeAttribute(null=True)
    reply_to = UnicodeAttribute(null=True)
    body_format = UnicodeAttribute()
    segment_ids = JSONAttribute()
    language = UnicodeAttribute()
    state = UnicodeAttribute()
    audience = NumberAttribute(null=True)
    shards = NumberAttribute()
    plan_segment = NumberAttribute(default=0)
    plan_position = UnicodeAttribute(null=True)
    plan_done = NumberAttribute(default=0)
    scheduled_at = InstantAttribute(null=True)
    time_zone = UnicodeAttribute(null=True)
    started_at = InstantAttribute(null=True)
    finished_at = InstantAttribute(null=True)
    stop_reason = UnicodeAttribute(null=True)
    baseline = JSONAttribute(null=True)
    warnings = JSONAttribute(null=True)


class CampaignBodyRecord(Record, discriminator="campaign_body"):
    """``W#w#CAMP#k`` / ``BODY``: ``packed`` is the compiled body as JSON, deflated, in base64."""

    packed = UnicodeAttribute()


def campaign_partition(workspace_id: str, campaign_id: str) -> str:
    """Where a campaign and what belongs to it stand; its recipients are in partitions below it."""
    return partition(workspace_id, "CAMP", campaign_id)


def campaign_key(workspace_id: str, campaign_id: str) -> Key:
    """Where a campaign stands."""
    return Key(campaign_partition(workspace_id, campaign_id), "CAMPAIGN")


def body_key(workspace_id: str, campaign_id: str) -> Key:
    """Where its body stands."""
    return Key(campaign_partition(workspace_id, campaign_id), "BODY")


def list_partition(workspace_id: str) -> str:
    """The partition of ``gsi1`` of a workspace's campaigns."""
    return partition(workspace_id, "CAMPAIGNS")


DUE = "DUE#campaigns"
"""The partition of ``due`` of campaigns of all workspaces that the tick has to look after."""
