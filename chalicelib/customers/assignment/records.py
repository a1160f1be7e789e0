"""The items of assignment, and their keys."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute

from chalicelib.customers.records import CompactAttribute
from chalicelib.foundation.table import Key, Record, partition


class AssignmentRulesRecord(Record, discriminator="assignment_rules"):
    """``W#w`` / ``ASSIGNMENT_RULES``: all rules, in their order."""

    rules = CompactAttribute()


class AssignmentTurnRecord(Record, discriminator="assignment_turn"):
    """``W#w`` / ``ASSIGNMENT_TURN#rule``: how many leads the rule has given away. It moves from n to n+1 in the transaction that gives
    a lead its owner, so each lead takes one turn and each turn goes to one lead.
    """

    turn = NumberAttribute()


class ResponseTargetRecord(Record, discriminator="response_target"):
    """``W#w`` / ``RESPONSE_TARGET``."""

    minutes = NumberAttribute()
    enabled = BooleanAttribute()
    working_hours = CompactAttribute(null=True)
    holidays = CompactAttribute(null=True)


def rules_key(workspace_id: str) -> Key:
    """Where a workspace's rules stand."""
    return Key(partition(workspace_id), "ASSIGNMENT_RULES")


def turn_key(workspace_id: str, rule_id: str) -> Key:
    """Where it stands whose turn it is."""
    return Key(partition(workspace_id), f"ASSIGNMENT_TURN#{rule_id}")


def target_key(workspace_id: str) -> Key:
    """Where a workspace's response target stands."""
    return Key(partition(workspace_id), "RESPONSE_TARGET")
