"""The item by which a list finds a record, and its partition."""

from chalicelib.foundation.table import Key, Record, partition

SEPARATOR = "\x1f"
"""Between value and id in a sort key: below every character that a value can have, so that ``Ana`` comes before ``Ana María``."""


class ListedRecord(Record, discriminator="listed"):
    """``W#w#BY#<kind>#<index>#<shard>`` / ``<encoded value>␟<id>``: this record has this value. Derived; nothing else in it."""


def listed_partition(workspace_id: str, kind: str, index: str, shard: int) -> str:
    """One partition of an index: all records of a kind in a shard by one of their values."""
    return partition(workspace_id, "BY", kind, index, str(shard))


def listed_key(workspace_id: str, kind: str, index: str, shard: int, encoded: str, id: str) -> Key:  # noqa: A002
    """Where a value of a record stands."""
    return Key(listed_partition(workspace_id, kind, index, shard), f"{encoded}{SEPARATOR}{id}")
