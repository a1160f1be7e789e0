"""The item of a notice, and its key."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.foundation.table import Key, Record, partition


class NoticeRecord(Record, discriminator="notice"):
    """``W#w#NOTICE#id`` / ``NOTICE``: that a mail was claimed by a sender, and what became of it. No address, no text."""

    state = UnicodeAttribute()
    message_id = UnicodeAttribute(null=True)
    reason = UnicodeAttribute(null=True)


def notice_key(workspace_id: str, notice_id: str) -> Key:
    """Where a notice stands."""
    return Key(partition(workspace_id, "NOTICE", notice_id), "NOTICE")
