"""The workspace's own item."""

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from chalicelib.foundation.table import Key, Record, partition


class WorkspaceRecord(Record, discriminator="workspace"):
    """``W#w`` / ``WORKSPACE``."""

    name = UnicodeAttribute()
    language = UnicodeAttribute()
    time_zone = UnicodeAttribute()
    currency = UnicodeAttribute()
    postal_address = UnicodeAttribute(null=True)
    sender_name = UnicodeAttribute(null=True)
    sender_email = UnicodeAttribute(null=True)
    shards = JSONAttribute(null=True)
    growing = JSONAttribute(null=True)


def workspace_key(workspace_id: str) -> Key:
    """Where a workspace stands."""
    return Key(partition(workspace_id), "WORKSPACE")
