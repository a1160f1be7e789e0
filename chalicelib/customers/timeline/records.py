"""The item of an activity, and its key."""

from datetime import datetime

from pynamodb.attributes import UnicodeAttribute

from chalicelib.customers.records import CompactAttribute
from chalicelib.foundation import clock
from chalicelib.foundation.table import Key, Record, partition


class ActivityRecord(Record, discriminator="activity"):
    """``W#w#C#c`` / ``ACT#time#id``."""

    what = UnicodeAttribute()
    data = CompactAttribute(null=True)

    @property
    def at(self) -> datetime:
        """When it happened, which stands in its key."""
        return clock.from_text(self.sk.split("#")[1])


def activity_key(workspace_id: str, contact_id: str, at: datetime, activity_id: str) -> Key:
    """Where an activity stands."""
    return Key(partition(workspace_id, "C", contact_id), f"ACT#{clock.to_text(at)}#{activity_id}")
