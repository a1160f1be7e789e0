"""The items of a segment, and their keys."""

from hashlib import blake2b
from zlib import crc32

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from chalicelib.customers.records import CompactAttribute
from chalicelib.foundation.table import InstantAttribute, Key, Record, partition

DUE_SHARDS = 8


class SegmentRecord(Record, discriminator="segment"):
    """``W#w#SEG#s`` / ``SEGMENT``; ``gsi1`` lists the workspace's segments by age. ``revision`` goes up whenever it has to be filled
    anew; ``bound`` are the custom fields its conditions mean; ``source_id`` is what a static one is being copied from.
    """

    name = UnicodeAttribute()
    segment_kind = UnicodeAttribute()
    conditions = JSONAttribute(null=True)
    state = UnicodeAttribute()
    shards = NumberAttribute()
    filled_at = InstantAttribute(null=True)
    revision = NumberAttribute(default=1)
    bound = JSONAttribute(null=True)
    broken = BooleanAttribute(null=True)
    source_id = UnicodeAttribute(null=True)

    @property
    def segment_id(self) -> str:
        """The segment's id, which stands in its key."""
        return self.pk.rpartition("#")[2]


class CatalogueRecord(Record, discriminator="segment_catalogue"):
    """``W#w`` / ``SEGMENTS``: the dynamic segments, ``{id: {"rev": n, "asks": [segment id, …]}}``, in one item that is read for every
    batch, so that no change is decided without a segment made a moment ago. ``version`` goes up whenever they change;
    ``population`` is how many contacts the last fill saw. ``"rows": true`` (formerly ``"conditions": …``) is on a segment that was
    filled before there were belongings.
    """

    segments = JSONAttribute()
    population = NumberAttribute(null=True)


class CountRecord(Record, discriminator="segment_count"):
    """``W#w#SEG#s`` / ``COUNT``: how many members there are. Apart from the segment, so that its version counts edits only."""

    members = NumberAttribute()


class FillRecord(Record, discriminator="segment_fill"):
    """``W#w#SEG#s`` / ``FILL#nn``: how far a fill has come in one part of the list of contacts, of how many in all parts."""

    revision = NumberAttribute()
    done = NumberAttribute()
    total = NumberAttribute()
    parts = NumberAttribute()
    finished = BooleanAttribute(null=True)


class MemberRecord(Record, discriminator="segment_member"):
    """``W#w#SEG#s#shard`` / ``C#c``: this contact is in the segment."""

    @property
    def contact_id(self) -> str:
        """The contact's id, which stands in its key."""
        return self.sk.rpartition("#")[2]

    @property
    def segment_id(self) -> str:
        """The segment's id, which stands in its key."""
        return self.pk.split("#")[3]


class ProfileRecord(Record, discriminator="profile"):
    """``W#w#C#c`` / ``PROFILE``: what the person did, as `chalicelib.marketing.segments.profile` keeps it."""

    mail = CompactAttribute(null=True)
    posts = CompactAttribute(null=True)
    deals = CompactAttribute(null=True)

    @property
    def contact_id(self) -> str:
        """The contact's id, which stands in its key."""
        return self.pk.rpartition("#")[2]


class BelongingRecord(Record, discriminator="belonging"):
    """``W#w#C#c`` / ``SEGMENTS``: which dynamic segments a contact is in, as was last decided; every decision about the contact is
    written over the version it was made from. In ``due`` while its verdict will change by time alone. ``filled`` is on what a fill
    found: no news of the contact.
    """

    inside = UnicodeSetAttribute(null=True)
    filled = BooleanAttribute(null=True)

    @property
    def contact_id(self) -> str:
        """The contact's id, which stands in its key."""
        return self.pk.rpartition("#")[2]


class SampleRecord(Record, discriminator="segment_sample"):
    """``W#w#SAMPLE`` / ``<hash>#c``: a contact of the sample that previews try; in the order of the hash, which is none."""

    @property
    def contact_id(self) -> str:
        """The contact's id, which stands in its key."""
        return self.sk.rpartition("#")[2]


def sample_partition(workspace_id: str) -> str:
    """Where the sample stands."""
    return partition(workspace_id, "SAMPLE")


def sample_key(workspace_id: str, contact_id: str) -> Key:
    """Where a contact of the sample stands."""
    return Key(
        sample_partition(workspace_id), f"{blake2b(contact_id.encode(), digest_size=4).hexdigest()}#{contact_id}"
    )


def segment_key(workspace_id: str, segment_id: str) -> Key:
    """Where a segment stands."""
    return Key(partition(workspace_id, "SEG", segment_id), "SEGMENT")


def count_key(workspace_id: str, segment_id: str) -> Key:
    """Where a segment's count stands."""
    return Key(partition(workspace_id, "SEG", segment_id), "COUNT")


def fill_key(workspace_id: str, segment_id: str, part: int) -> Key:
    """Where a fill's progress stands."""
    return Key(partition(workspace_id, "SEG", segment_id), f"FILL#{part:02d}")


def catalogue_key(workspace_id: str) -> Key:
    """Where the dynamic segments are listed for whoever decides."""
    return Key(partition(workspace_id), "SEGMENTS")


def profile_key(workspace_id: str, contact_id: str) -> Key:
    """Where a contact's profile stands: beside the contact."""
    return Key(partition(workspace_id, "C", contact_id), "PROFILE")


def belonging_key(workspace_id: str, contact_id: str) -> Key:
    """Where it stands which segments a contact is in."""
    return Key(partition(workspace_id, "C", contact_id), "SEGMENTS")


def due_partition(shard: int) -> str:
    """One partition of ``due`` of contacts to be decided anew, over all workspaces."""
    return f"DUE#segments#{shard}"


def due_of(contact_id: str) -> str:
    """The partition of ``due`` that a contact stands in."""
    return due_partition(crc32(contact_id.encode()) % DUE_SHARDS)


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
