"""The item of a claim, and its key."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.foundation.table import Key, Record, partition


class ClaimRecord(Record, discriminator="claim"):
    """``W#w#CLAIM#<what>#<normalised value>`` / ``CLAIM``: this address, number or domain belongs to that holder alone."""

    holder_id = UnicodeAttribute()


def claim_key(workspace_id: str, what: str, value: str) -> Key:
    """Where the claim on an ``email``, ``phone`` or ``domain`` stands."""
    return Key(partition(workspace_id, "CLAIM", what, value), "CLAIM")
