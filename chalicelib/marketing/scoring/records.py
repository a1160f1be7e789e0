"""The items of scoring, and their keys."""

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.foundation.table import InstantAttribute, Key, Record, partition


class RulesRecord(Record, discriminator="scoring_rules"):
    """``W#w`` / ``SCORING_RULES``: the workspace's rules; missing while they are the default ones."""

    rules = JSONAttribute()
    grades = JSONAttribute()
    half_life = NumberAttribute()


class StandingRecord(Record, discriminator="standing"):
    """``W#w#C#c`` / ``STANDING``: what scoring remembers of a contact. In ``due`` while there is engagement to cool."""

    warmth = NumberAttribute()
    warm_at = InstantAttribute(null=True)
    engagement = NumberAttribute()
    awarded = JSONAttribute(null=True)
    spent = JSONAttribute(null=True)
    facts = JSONAttribute(null=True)
    contact_id = UnicodeAttribute()


def rules_key(workspace_id: str) -> Key:
    """Where a workspace's rules stand."""
    return Key(partition(workspace_id), "SCORING_RULES")


def standing_key(workspace_id: str, contact_id: str) -> Key:
    """Where a contact's standing stands: beside the contact."""
    return Key(partition(workspace_id, "C", contact_id), "STANDING")
