"""The item of a workspace's prices, and its key."""

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from chalicelib.foundation.table import Key, Record, partition


class PricesRecord(Record, discriminator="prices"):
    """``W#w`` / ``PRICES``; ``prices`` are decimals as text, by name."""

    currency = UnicodeAttribute()
    prices = JSONAttribute()


def prices_key(workspace_id: str) -> Key:
    """Where a workspace's prices stand."""
    return Key(partition(workspace_id), "PRICES")
