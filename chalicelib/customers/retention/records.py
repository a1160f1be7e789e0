"""The item of a workspace's retention, and its key."""

from chalicelib.customers.records import CompactAttribute
from chalicelib.foundation.table import Key, Record, partition

DUE = "DUE#retention"
"""The partition of ``due`` of all workspaces' retention, sorted by the time of the next run."""


class RetentionRecord(Record, discriminator="retention"):
    """``W#w`` / ``RETENTION``; ``due`` while there are rules, by when they are applied next."""

    days = CompactAttribute()


def retention_key(workspace_id: str) -> Key:
    """Where a workspace's rules stand."""
    return Key(partition(workspace_id), "RETENTION")
