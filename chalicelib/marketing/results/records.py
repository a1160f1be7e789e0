"""That a click may still lead to a deal: so that a deal that is won finds the campaigns it may count for."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.foundation.table import InstantAttribute, Key, Record, Table, partition

_PREFIX = "GOAL#"


class PromiseRecord(Record, discriminator="goal_promise"):
    """``W#w#C#c`` / ``GOAL#<campaign>``: this contact clicked in a campaign whose goal is a deal; a deal that is won ``until`` then counts.
    Deleted a year after that: until then a deal may be opened again.
    """

    campaign_id = UnicodeAttribute()
    shard = NumberAttribute()
    clicked_at = InstantAttribute()
    until = InstantAttribute()
    amount = UnicodeAttribute(null=True)
    currency = UnicodeAttribute(null=True)


def promise_key(workspace_id: str, contact_id: str, campaign_id: str) -> Key:
    """Where it stands: beside the contact."""
    return Key(partition(workspace_id, "C", contact_id), _PREFIX + campaign_id)


def promises(table: Table, workspace_id: str, contact_id: str) -> list[PromiseRecord]:
    """The campaigns that a deal of this contact may count for."""
    pk = partition(workspace_id, "C", contact_id)
    return table.query(PromiseRecord, pk, begins_with=_PREFIX, limit=200).items
