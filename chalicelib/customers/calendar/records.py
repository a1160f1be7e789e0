"""The items of calendars, and their keys."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.foundation.table import InstantAttribute, Key, Record, partition


class FeedRecord(Record, discriminator="calendar_feed"):
    """``W#w`` / ``CALENDAR#u``; in ``gsi1`` by the SHA-256 of its secret, which is what a calendar program sends."""

    user_id = UnicodeAttribute()
    nonce = UnicodeAttribute()
    digest = UnicodeAttribute()


class AgendaRecord(Record, discriminator="agenda"):
    """``W#w#AGENDA#u`` / ``<at>#<activity>``: a planned meeting or call of a member. Derived from the activity."""

    what = UnicodeAttribute()
    ends_at = InstantAttribute()
    subject = UnicodeAttribute(null=True)
    about_kind = UnicodeAttribute()
    about_id = UnicodeAttribute()
    contact_id = UnicodeAttribute(null=True)


def feed_key(workspace_id: str, user_id: str) -> Key:
    """Where a member's feed stands."""
    return Key(partition(workspace_id), f"CALENDAR#{user_id}")


def digest_partition(digest: str) -> str:
    """The partition of ``gsi1`` with the feed of this digest."""
    return f"CALENDAR#{digest}"


def agenda_partition(workspace_id: str, user_id: str) -> str:
    """A member's planned meetings, sorted by when they begin."""
    return partition(workspace_id, "AGENDA", user_id)


def agenda_key(workspace_id: str, user_id: str, at: str, activity_id: str) -> Key:
    """Where a planned meeting of a member stands."""
    return Key(agenda_partition(workspace_id, user_id), f"{at}#{activity_id}")
