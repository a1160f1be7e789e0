"""The items of a merge, and their keys."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.customers.records import CompactAttribute
from chalicelib.foundation.table import InstantAttribute, Key, Record, partition


class MergeRecord(Record, discriminator="merge"):
    """``W#w#MERGE#m`` / ``MERGE``: who was merged into whom; ids only. ``gsi1`` lists by time, ``gsi2`` those of a survivor.

    ``moved`` is what followed, by feature; ``forgotten`` are the rows of the score's history that went when it was taken back.
    """

    actor = UnicodeAttribute(null=True)
    what = UnicodeAttribute(null=True)
    survivor_id = UnicodeAttribute()
    other_id = UnicodeAttribute()
    state = UnicodeAttribute()
    until = InstantAttribute()
    moved = CompactAttribute(null=True)
    forgotten = CompactAttribute(null=True)
    undone_at = InstantAttribute(null=True)
    undone_by = UnicodeAttribute(null=True)

    @property
    def merge_id(self) -> str:
        """The merge's id, which stands in its key."""
        return self.pk.rpartition("#")[2]


class ImagesRecord(Record, discriminator="merge_images"):
    """``W#w#MERGE#m`` / ``IMAGES``: the raw items of both before it and of the survivor after it, and of the rows that are a part
    of their state. Deleted when it is taken back, or when that can no longer be done.
    """

    this = UnicodeAttribute()
    other = UnicodeAttribute()
    after = UnicodeAttribute()
    rows = UnicodeAttribute()


class MovedRecord(Record, discriminator="merge_moved"):
    """``W#w#MERGE#m`` / ``C#c``: this contact got another company by a merge of companies."""


def moved_key(workspace_id: str, merge_id: str, contact_id: str) -> Key:
    """Where it is noted that a contact was moved."""
    return Key(merge_partition(workspace_id, merge_id), f"C#{contact_id}")


def merge_partition(workspace_id: str, merge_id: str) -> str:
    """The partition of a merge."""
    return partition(workspace_id, "MERGE", merge_id)


def merge_key(workspace_id: str, merge_id: str) -> Key:
    """Where a merge stands."""
    return Key(merge_partition(workspace_id, merge_id), "MERGE")


def images_key(workspace_id: str, merge_id: str) -> Key:
    """Where the images of a merge stand."""
    return Key(merge_partition(workspace_id, merge_id), "IMAGES")


def merges_partition(workspace_id: str) -> str:
    """The list of merges (``gsi1``), sorted by id, which is by time."""
    return partition(workspace_id, "MERGES")


def survivor_partition(workspace_id: str, survivor_id: str, what: str = "contact") -> str:
    """The merges that a contact or company survived (``gsi2``), sorted by id."""
    return partition(workspace_id, "C" if what == "contact" else "CO", survivor_id, "MERGES")
