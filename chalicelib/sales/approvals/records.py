"""The item of the policy, and its key."""

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from chalicelib.customers.records import CompactAttribute
from chalicelib.foundation.table import DecimalAttribute, Key, Record, partition


class PolicyRecord(Record, discriminator="approval_policy"):
    """``W#w`` / ``APPROVAL_POLICY``; ``limits`` are amounts as text by currency."""

    enabled = BooleanAttribute()
    limits = CompactAttribute(null=True)
    discount_above = DecimalAttribute(null=True)
    role = UnicodeAttribute()


def policy_key(workspace_id: str) -> Key:
    """Where a workspace's policy stands."""
    return Key(partition(workspace_id), "APPROVAL_POLICY")
