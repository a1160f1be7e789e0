"""Members in the table."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.foundation.table import InstantAttribute, Key, Record, partition


class MemberRecord(Record, discriminator="member"):
    """``W#w`` / ``MEMBER#u``; gsi1 ``USER#u`` / ``W#w`` lists a person's workspaces."""

    user_id = UnicodeAttribute()
    email = UnicodeAttribute()
    name = UnicodeAttribute()
    language = UnicodeAttribute(null=True)
    role = UnicodeAttribute()
    last_seen_at = InstantAttribute(null=True)


class OwnersRecord(Record, discriminator="owners"):
    """``W#w`` / ``OWNERS``: how many owners there are, so that one condition keeps the last one in."""

    count = NumberAttribute()


def member_key(workspace_id: str, user_id: str) -> Key:
    """Where a member stands."""
    return Key(partition(workspace_id), f"MEMBER#{user_id}")


def owners_key(workspace_id: str) -> Key:
    """Where the number of owners stands."""
    return Key(partition(workspace_id), "OWNERS")


def user_partition(user_id: str) -> str:
    """The partition of gsi1 with a person's memberships in all workspaces."""
    return f"USER#{user_id}"
