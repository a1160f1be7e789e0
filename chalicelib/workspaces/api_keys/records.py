"""API keys in the table."""

from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute

from chalicelib.foundation.table import InstantAttribute, Key, Record, partition


class ApiKeyRecord(Record, discriminator="api_key"):
    """``W#w`` / ``APIKEY#id``; gsi1 ``APIKEY#<sha-256>`` finds it without knowing the workspace.

    The attribute is ``valid_until`` because ``expires_at`` would have DynamoDB delete the row: an expired key stays visible.
    """

    id = UnicodeAttribute()
    name = UnicodeAttribute()
    prefix = UnicodeAttribute()
    digest = UnicodeAttribute()
    scopes = UnicodeSetAttribute()
    valid_until = InstantAttribute(null=True)
    last_used_at = InstantAttribute(null=True)


def api_key_key(workspace_id: str, key_id: str) -> Key:
    """Where an API key stands."""
    return Key(partition(workspace_id), f"APIKEY#{key_id}")


def digest_partition(digest: str) -> str:
    """The partition of gsi1 with the key of this digest."""
    return f"APIKEY#{digest}"
