"""The items of a segment, and their keys."""

from zlib import crc32

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.foundation.table import InstantAttribute, Key, Record, partition


class SegmentRecord(Record, discriminator="segment"):
    """``W#w#SEG#s`` / ``SEGMENT``; ``gsi1`` lists the workspace's segments by age."""

    name = UnicodeAttribute()
    segment_kind = UnicodeAttribute()
    conditions = JSONAttribute(null=True)
    state = UnicodeAttribute()
    shards = NumberAttribute()
    filled_at = InstantAttribute(null=True)

    @property
    def segment_id(self) -> str:
        """The segment's id, which stands in its key."""
        return self.pk.rpartition("#")[2]


class CatalogueRecord(Record, discriminator="segment_catalogue"):
    """``W#w`` / ``SEGMENTS``: the dynamic segments, ``{id: {"conditions": …, "shards": n}}``, in one item that the projector reads
    for every batch, so that it never misses a segment made a moment ago. ``version`` goes up whenever they change.
    """

    segments = JSONAttribute()


class CountRecord(Record, discriminator="segment_count"):
    """``W#w#SEG#s`` / ``COUNT``: how many members there are. Apart from the segment, so that its version counts edits only."""

    members = NumberAttribute()


class MemberRecord(Record, discriminator="segment_member"):
    """``W#w#SEG#s#shard`` / ``C#c``: this contact is in the segment."""

    @property
    def contact_id(self) -> str:
        """The contact's id, which stands in its key."""
        return self.sk.rpartition("#")[2]


def segment_key(workspace_id: str, segment_id: str) -> Key:
    """Where a segment stands."""
    return Key(partition(workspace_id, "SEG", segment_id), "SEGMENT")


def count_key(workspace_id: str, segment_id: str) -> Key:
    """Where a segment's count stands."""
    return Key(partition(workspace_id, "SEG", segment_id), "COUNT")


def catalogue_key(workspace_id: str) -> Key:
    """Where the dynamic segments' conditions stand."""
    return Key(partition(workspace_id), "SEGMENTS")


def segments_partition(workspace_id: str) -> str:
    """The list of segments (``gsi1``), sorted by id, which is by age."""
    return partition(workspace_id, "SEGMENTS")


def members_partition(workspace_id: str, segment_id: str, shard: int) -> str:
    """One partition of a segment's members."""
    return partition(workspace_id, "SEG", segment_id, str(shard))


def member_key(workspace_id: str, segment_id: str, contact_id: str, shards: int) -> Key:
    """Where a contact's membership stands, if it is a member."""
    shard = crc32(contact_id.encode()) % shards
    return Key(members_partition(workspace_id, segment_id, shard), f"C#{contact_id}")
