"""The items of a deal, and their keys."""

from datetime import datetime

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.customers.records import CompactAttribute
from chalicelib.foundation import clock
from chalicelib.foundation.table import DecimalAttribute, InstantAttribute, Key, Record, partition


class DealRecord(Record, discriminator="deal"):
    """``W#w#D#d`` / ``DEAL``.

    ``gsi1``: open, the pipeline's board by stage and rank; won or lost, the pipeline's closed deals by when; deleted, the bin.
    Other lists (an owner's, a contact's) are `chalicelib.customers.lists`'. It is changed attribute by attribute, never written
    over as a whole: the projector keeps ``last_activity_at`` beside.
    """

    pipeline_id = UnicodeAttribute()
    stage_id = UnicodeAttribute()
    title = UnicodeAttribute()
    amount = DecimalAttribute()
    currency = UnicodeAttribute()
    contact_id = UnicodeAttribute(null=True)
    company_id = UnicodeAttribute(null=True)
    owner_id = UnicodeAttribute(null=True)
    expected_close = UnicodeAttribute(null=True)
    status = UnicodeAttribute()
    description = UnicodeAttribute(null=True)
    lines = CompactAttribute(null=True)
    custom = CompactAttribute(null=True)
    rank = UnicodeAttribute(null=True)
    won_reason = UnicodeAttribute(null=True)
    lost_reason = UnicodeAttribute(null=True)
    closed_at = InstantAttribute(null=True)
    stage_entered_at = InstantAttribute(null=True)
    last_activity_at = InstantAttribute(null=True)
    lead_id = UnicodeAttribute(null=True)
    deleted_at = InstantAttribute(null=True)
    deleted_by = UnicodeAttribute(null=True)

    @property
    def deal_id(self) -> str:
        """The deal's id, which stands in its key."""
        return self.pk.rpartition("#")[2]


class StageChangeRecord(Record, discriminator="deal_stage"):
    """``W#w#D#d`` / ``STAGE#time#id``: a row of the deal's history."""

    pipeline_id = UnicodeAttribute()
    what = UnicodeAttribute()
    status = UnicodeAttribute()
    from_stage = UnicodeAttribute(null=True)
    to_stage = UnicodeAttribute(null=True)
    seconds = NumberAttribute(null=True)
    forward = BooleanAttribute(null=True)
    age = NumberAttribute(null=True)

    @property
    def deal_id(self) -> str:
        """The deal's id, which stands in its key."""
        return self.pk.rpartition("#")[2]

    @property
    def at(self) -> datetime:
        """When it was, which stands in its key."""
        return clock.from_text(self.sk.split("#")[1])


def deal_partition(workspace_id: str, deal_id: str) -> str:
    """The partition of a deal and all that hangs on it."""
    return partition(workspace_id, "D", deal_id)


def deal_key(workspace_id: str, deal_id: str) -> Key:
    """Where a deal stands."""
    return Key(deal_partition(workspace_id, deal_id), "DEAL")


def stage_change_key(workspace_id: str, deal_id: str, at: datetime, change_id: str) -> Key:
    """Where a row of a deal's history stands."""
    return Key(deal_partition(workspace_id, deal_id), f"STAGE#{clock.to_text(at)}#{change_id}")


def board_partition(workspace_id: str, pipeline_id: str, shard: int) -> str:
    """One partition of a pipeline's board (``gsi1``): its open deals, sorted by stage and rank."""
    return partition(workspace_id, "PIPE", pipeline_id, str(shard))


def closed_partition(workspace_id: str, pipeline_id: str, status: str, shard: int) -> str:
    """One partition of a pipeline's won or lost deals (``gsi1``), sorted by when they were closed, and id."""
    return partition(workspace_id, "PIPE", pipeline_id, status.upper(), str(shard))


def bin_partition(workspace_id: str) -> str:
    """The deals in the bin (``gsi1``), sorted by when they were deleted, and id."""
    return partition(workspace_id, "DEALS", "BIN")
