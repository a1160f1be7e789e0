"""The item of an activity, and its key."""

from datetime import datetime

from pynamodb.attributes import UnicodeAttribute

from chalicelib.customers.records import CompactAttribute
from chalicelib.customers.timeline.domain import About, Thing
from chalicelib.foundation import clock
from chalicelib.foundation.table import Key, Record, partition

_LETTERS: dict[Thing, str] = {"contact": "C", "company": "CO", "deal": "D"}
_THINGS = {letters: kind for kind, letters in _LETTERS.items()}


class ActivityRecord(Record, discriminator="activity"):
    """``W#w#C#c`` / ``ACT#time#id``, in the partition of the contact, the company (``CO``) or the deal (``D``)."""

    what = UnicodeAttribute()
    data = CompactAttribute(null=True)

    @property
    def at(self) -> datetime:
        """When it happened, which stands in its key."""
        return clock.from_text(self.sk.split("#")[1])

    @property
    def about(self) -> About:
        """Whose timeline it stands in."""
        _, _, letters, thing_id = self.pk.split("#")
        return About(_THINGS[letters], thing_id)


def timeline_partition(workspace_id: str, about: About) -> str:
    """Where the timeline of a contact, a company or a deal stands, among what else belongs to it."""
    return partition(workspace_id, _LETTERS[about.kind], about.id)


def activity_key(workspace_id: str, about: About, at: datetime, activity_id: str) -> Key:
    """Where an activity stands."""
    return Key(timeline_partition(workspace_id, about), f"ACT#{clock.to_text(at)}#{activity_id}")
