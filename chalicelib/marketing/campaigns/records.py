"""A campaign's items: itself, its body (apart, so that lists do not read it) and where they stand."""

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute

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
    template_id = UnicodeAttribute(null=True)
    segment_ids = JSONAttribute()
    exclude_segment_ids = JSONAttribute(null=True)
    language = UnicodeAttribute()
    translations = JSONAttribute(null=True)
    delivery = JSONAttribute(null=True)
    ab_test = JSONAttribute(null=True)
    ab = JSONAttribute(null=True)
    recurrence = JSONAttribute(null=True)
    occurrences = JSONAttribute(null=True)
    goal = JSONAttribute(null=True)
    topic = UnicodeAttribute(null=True)
    resend_of = UnicodeAttribute(null=True)
    occurrence_of = UnicodeAttribute(null=True)
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
    settled = BooleanAttribute(null=True)
    baseline = JSONAttribute(null=True)
    warnings = JSONAttribute(null=True)
    marks = JSONAttribute(null=True)

    @property
    def winner(self) -> int | None:
        """The variant that the rest of a test's audience gets, once that is decided; the audit notes it."""
        found = (self.ab or {}).get("winner")
        return None if found is None else int(found)


class CampaignBodyRecord(Record, discriminator="campaign_body"):
    """``W#w#CAMP#k`` / ``BODY``, and ``BODY#en``, ``BODY#v1``, ``BODY#v1.en`` of its other texts: ``packed`` is the compiled body as
    JSON, deflated, in base64.
    """

    packed = UnicodeAttribute()


def campaign_partition(workspace_id: str, campaign_id: str) -> str:
    """Where a campaign and what belongs to it stand; its recipients are in partitions below it."""
    return partition(workspace_id, "CAMP", campaign_id)


def campaign_key(workspace_id: str, campaign_id: str) -> Key:
    """Where a campaign stands."""
    return Key(campaign_partition(workspace_id, campaign_id), "CAMPAIGN")


def body_key(workspace_id: str, campaign_id: str, name: str = "") -> Key:
    """Where the body of one of its texts stands."""
    return Key(campaign_partition(workspace_id, campaign_id), f"BODY#{name}" if name else "BODY")


def list_partition(workspace_id: str) -> str:
    """The partition of ``gsi1`` of a workspace's campaigns."""
    return partition(workspace_id, "CAMPAIGNS")


DUE = "DUE#campaigns"
"""The partition of ``due`` of campaigns of all workspaces that the tick has to look after."""
