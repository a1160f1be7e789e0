"""The items of a timeline, and their keys."""

from datetime import datetime

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from chalicelib.customers.records import CompactAttribute
from chalicelib.customers.timeline.domain import About, Thing
from chalicelib.foundation import clock
from chalicelib.foundation.table import InstantAttribute, Key, Record, partition

_LETTERS: dict[Thing, str] = {"contact": "C", "company": "CO", "deal": "D"}
_THINGS = {letters: kind for kind, letters in _LETTERS.items()}


class ActivityRecord(Record, discriminator="activity"):
    """``W#w#C#c`` / ``ACT#time#id``, in the partition of the contact, the company (``CO``) or the deal (``D``).

    ``author`` is left out while it is who wrote last. A copy in another thing's timeline has the ``original``'s partition.
    """

    what = UnicodeAttribute()
    data = CompactAttribute(null=True)
    written = BooleanAttribute(null=True)
    planned = BooleanAttribute(null=True)
    author = UnicodeAttribute(null=True)
    original = UnicodeAttribute(null=True)

    @property
    def at(self) -> datetime:
        """When it happened, which stands in its key."""
        return clock.from_text(self.sk.split("#")[1])

    @property
    def activity_id(self) -> str:
        """Its id, which stands in its key."""
        return self.sk.rpartition("#")[2]

    @property
    def about(self) -> About:
        """Whose timeline it stands in."""
        return about_of(self.pk)


class PlaceRecord(Record, discriminator="activity_place"):
    """``W#w#C#c`` / ``ACTAT#id``: when an activity is whose time is not the one inside its id."""

    at = InstantAttribute()


class PinsRecord(Record, discriminator="pins"):
    """``W#w#C#c`` / ``PINS``: the sort keys of the pinned activities, the first pinned first."""

    pinned = CompactAttribute()


class MentionRecord(Record, discriminator="mention"):
    """``W#w#MENTIONS#u`` / activity id: that a member was named."""

    about_kind = UnicodeAttribute()
    about_id = UnicodeAttribute()
    activity_at = InstantAttribute()
    by = UnicodeAttribute()

    @property
    def user_id(self) -> str:
        """Who was named, which stands in its key."""
        return self.pk.rpartition("#")[2]


def about_of(pk: str) -> About:
    """The thing whose partition this is."""
    _, _, letters, thing_id = pk.split("#")
    return About(_THINGS[letters], thing_id)


def timeline_partition(workspace_id: str, about: About) -> str:
    """Where the timeline of a contact, a company or a deal stands, among what else belongs to it."""
    return partition(workspace_id, _LETTERS[about.kind], about.id)


def activity_key(workspace_id: str, about: About, at: datetime, activity_id: str) -> Key:
    """Where an activity stands."""
    return Key(timeline_partition(workspace_id, about), f"ACT#{clock.to_text(at)}#{activity_id}")


def place_key(workspace_id: str, about: About, activity_id: str) -> Key:
    """Where it stands when an activity is, if its id does not say it."""
    return Key(timeline_partition(workspace_id, about), f"ACTAT#{activity_id}")


def pins_key(workspace_id: str, about: About) -> Key:
    """Where a thing's pinned activities are listed."""
    return Key(timeline_partition(workspace_id, about), "PINS")


def mention_key(workspace_id: str, user_id: str, activity_id: str) -> Key:
    """Where a mention stands."""
    return Key(partition(workspace_id, "MENTIONS", user_id), activity_id)
