"""The item of a deal, and its keys."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.foundation.table import DecimalAttribute, Key, Record, partition


class DealRecord(Record, discriminator="deal"):
    """``W#w#D#d`` / ``DEAL``; ``gsi1`` is the pipeline's board by stage and rank, ``gsi2`` the deals of an owner."""

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

    @property
    def deal_id(self) -> str:
        """The deal's id, which stands in its key."""
        return self.pk.rpartition("#")[2]


def deal_key(workspace_id: str, deal_id: str) -> Key:
    """Where a deal stands."""
    return Key(partition(workspace_id, "D", deal_id), "DEAL")


def board_partition(workspace_id: str, pipeline_id: str, shard: int) -> str:
    """One partition of a pipeline's board (``gsi1``), sorted by stage and rank."""
    return partition(workspace_id, "PIPE", pipeline_id, str(shard))


def owner_partition(workspace_id: str, owner_id: str) -> str:
    """The deals of one owner (``gsi2``)."""
    return partition(workspace_id, "OWNER", owner_id, "DEALS")
