"""The log of hits: its items, and where they stand."""

from datetime import datetime

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from chalicelib.foundation.clock import to_text
from chalicelib.foundation.table import Key, Record, partition


class HitRecord(Record, discriminator="hit"):
    """``W#w#HITS#k#<shard>`` / ``<contact>#<time>#<what>``: one hit, in the shard of its recipient; deleted when its time is over.

    ``created_at`` is when it came. What was asked for stands in the key: ``open``, ``choices`` or a link's number.
    """

    agent = UnicodeAttribute(null=True)
    network = UnicodeAttribute(null=True)
    head = BooleanAttribute(null=True)
    ahead = BooleanAttribute(null=True)
    label = UnicodeAttribute()
    why = UnicodeAttribute(null=True)

    @property
    def campaign_id(self) -> str:
        """Of which campaign the message was."""
        return self.pk.split("#")[3]

    @property
    def contact_id(self) -> str:
        """Whose copy it was."""
        return self.sk.partition("#")[0]

    @property
    def place(self) -> str:
        """What was asked for."""
        return self.sk.rpartition("#")[2]


def hits_partition(workspace_id: str, campaign_id: str, shard: int) -> str:
    """Where the hits of a shard's recipients stand."""
    return partition(workspace_id, "HITS", campaign_id, f"{shard:03d}")


def hit_key(workspace_id: str, campaign_id: str, shard: int, contact_id: str, at: datetime, place: str) -> Key:
    """Where a hit stands: the same thing asked for in the same millisecond is one hit."""
    return Key(hits_partition(workspace_id, campaign_id, shard), f"{contact_id}#{to_text(at)}#{place}")
