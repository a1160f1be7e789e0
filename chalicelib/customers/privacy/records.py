"""The items of privacy, and their keys."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.customers.records import CompactAttribute
from chalicelib.foundation.table import Key, Record, partition


class ErasureRecord(Record, discriminator="erasure"):
    """``W#w#ERASURE#c`` / ``ERASURE``: a person who is being erased. ``images`` are the raw items as they were when it was ordered:
    whom to look for while their own items go. Deleted when it is done.
    """

    job_id = UnicodeAttribute()
    actor = UnicodeAttribute(null=True)
    images = UnicodeAttribute()
    lap = NumberAttribute(default=0)
    step = NumberAttribute(default=0)
    counts = CompactAttribute(null=True)

    @property
    def contact_id(self) -> str:
        """Whom it is about, which stands in its key."""
        return self.pk.rpartition("#")[2]


def erasure_key(workspace_id: str, contact_id: str) -> Key:
    """Where the erasure of a contact stands."""
    return Key(partition(workspace_id, "ERASURE", contact_id), "ERASURE")
