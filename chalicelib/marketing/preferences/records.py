"""The item of a workspace's topics."""

from chalicelib.customers.records import CompactAttribute
from chalicelib.foundation.table import Key, Record, partition


class TopicsRecord(Record, discriminator="preference_topics"):
    """``W#w`` / ``TOPICS``: what the workspace writes about; missing until somebody says."""

    topics = CompactAttribute()


def topics_key(workspace_id: str) -> Key:
    """Where a workspace's topics stand."""
    return Key(partition(workspace_id), "TOPICS")
