"""The item of a search word, and its key."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.foundation.table import Key, Record, partition


class TokenRecord(Record, discriminator="token"):
    """``W#w#FIND#<first two characters>`` / ``<word>#<kind>#<id>``. Derived. ``words`` are all words of the thing, so that a
    search for several words reads one range only.
    """

    title = UnicodeAttribute()
    subtitle = UnicodeAttribute(null=True)
    words = UnicodeAttribute()


def token_partition(workspace_id: str, word: str) -> str:
    """The partition of all words that begin like this one."""
    return partition(workspace_id, "FIND", word[:2])


def token_key(workspace_id: str, word: str, kind: str, id: str) -> Key:  # noqa: A002
    """Where a word of a thing stands."""
    return Key(token_partition(workspace_id, word), f"{word}#{kind}#{id}")
