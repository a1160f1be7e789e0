"""Rules, turns and response targets in the table."""

from datetime import date, datetime
from typing import Any

from chalicelib.customers.assignment.domain import (
    AssignmentRule,
    AssignmentRules,
    ResponseTarget,
    RuleCondition,
    Strategy,
    WorkingHours,
)
from chalicelib.customers.assignment.records import (
    AssignmentRulesRecord,
    AssignmentTurnRecord,
    ResponseTargetRecord,
    rules_key,
    target_key,
    turn_key,
)
from chalicelib.foundation.table import Create, Replace, Table, Update


def read_rules(table: Table, workspace_id: str, *, consistent: bool = False) -> AssignmentRules:
    """The workspace's rules; none until it has some."""
    record = table.get(AssignmentRulesRecord, rules_key(workspace_id), consistent=consistent)
    return AssignmentRules() if record is None else rules_of(record)


def write_rules(table: Table, workspace_id: str, rules: AssignmentRules, *, now: datetime, changed_by: str) -> None:
    """Write rules over the version they were read at, 0 for none."""
    key = rules_key(workspace_id)
    record = AssignmentRulesRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=workspace_id,
        version=max(rules.version, 1),
        created_at=now,
        updated_at=now,
        changed_by=changed_by or None,
        rules=[_plain(rule) for rule in rules.rules],
    )
    table.write(Replace(record) if rules.version else Create(record))


def read_target(table: Table, workspace_id: str, *, consistent: bool = False) -> ResponseTarget:
    """The workspace's response target; the default, not enabled, until it has one."""
    record = table.get(ResponseTargetRecord, target_key(workspace_id), consistent=consistent)
    return ResponseTarget() if record is None else target_of(record)


def write_target(table: Table, workspace_id: str, target: ResponseTarget, *, now: datetime, changed_by: str) -> None:
    """Write a target over the version it was read at, 0 for none."""
    key = target_key(workspace_id)
    record = ResponseTargetRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=workspace_id,
        version=max(target.version, 1),
        created_at=now,
        updated_at=now,
        changed_by=changed_by or None,
        minutes=target.minutes,
        enabled=target.enabled,
        working_hours=[[each.weekday, each.start, each.end] for each in target.working_hours] or None,
        holidays=sorted(day.isoformat() for day in target.holidays) or None,
    )
    table.write(Replace(record) if target.version else Create(record))


def read_turn(table: Table, workspace_id: str, rule_id: str) -> int:
    """How many leads the rule has given away."""
    record = table.get(AssignmentTurnRecord, turn_key(workspace_id, rule_id), consistent=True)
    return 0 if record is None else int(record.turn)


def take_turn(workspace_id: str, rule_id: str, turn: int, now: datetime) -> Update:
    """The operation that moves the rule's turn on from this one."""
    same = AssignmentTurnRecord.turn == turn
    return Update(
        turn_key(workspace_id, rule_id),
        [
            AssignmentTurnRecord.turn.set(turn + 1),
            AssignmentTurnRecord.kind.set(AssignmentTurnRecord),
            AssignmentTurnRecord.workspace_id.set(workspace_id),
            AssignmentTurnRecord.created_at.set(AssignmentTurnRecord.created_at | now),
            AssignmentTurnRecord.version.add(1),
        ],
        same if turn else same | AssignmentTurnRecord.turn.does_not_exist(),
        upsert=True,
    )


def rules_of(record: AssignmentRulesRecord) -> AssignmentRules:
    """The rules in an item."""
    return AssignmentRules(tuple(_rule(raw) for raw in record.rules), int(record.version))


def target_of(record: ResponseTargetRecord) -> ResponseTarget:
    """The target in an item."""
    return ResponseTarget(
        minutes=int(record.minutes),
        enabled=bool(record.enabled),
        working_hours=tuple(WorkingHours(*each) for each in record.working_hours or ()),
        holidays=frozenset(date.fromisoformat(each) for each in record.holidays or ()),
        version=int(record.version),
    )


def _plain(rule: AssignmentRule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": rule.name,
        "enabled": rule.enabled,
        "when": [[each.field, each.op, each.value] for each in rule.when],
        "strategy": rule.strategy.value,
        "members": list(rule.members),
    }


def _rule(raw: dict[str, Any]) -> AssignmentRule:
    return AssignmentRule(
        id=raw["id"],
        name=raw["name"],
        strategy=Strategy(raw["strategy"]),
        members=tuple(raw["members"]),
        when=tuple(RuleCondition(*each) for each in raw["when"]),
        enabled=raw["enabled"],
    )
