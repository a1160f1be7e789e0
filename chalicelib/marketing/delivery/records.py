"""What is remembered of messages that came back for the time being."""

from pynamodb.attributes import JSONAttribute

from chalicelib.foundation.table import Key, Record, partition


class SoftBouncesRecord(Record, discriminator="soft_bounces"):
    """``W#w#C#c`` / ``SOFTBOUNCES``: which campaigns' messages to a contact came back softly and when; deleted half a year after the
    last.
    """

    mails = JSONAttribute()


def soft_bounces_key(workspace_id: str, contact_id: str) -> Key:
    """Where a contact's soft bounces stand: beside the contact."""
    return Key(partition(workspace_id, "C", contact_id), "SOFTBOUNCES")
