"""Rules and standings in the table."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any
from zlib import crc32

from chalicelib.customers.consent import service as consent
from chalicelib.foundation import clock
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.table import Create, Operation, Replace, Table
from chalicelib.marketing.scoring.domain import COOLING_EVERY, Grades, Rule, Ruleset, Standing
from chalicelib.marketing.scoring.records import RulesRecord, StandingRecord, rules_key, standing_key
from chalicelib.marketing.segments.domain import former_conditions

DUE_SHARDS = 4


def read_rules(table: Table, workspace_id: str, *, consistent: bool = False) -> Ruleset | None:
    """The workspace's own rules, or None while it has none."""
    record = table.get(RulesRecord, rules_key(workspace_id), consistent=consistent)
    return None if record is None else rules_of(table, record)


def write_rules(
    table: Table, workspace_id: str, ruleset: Ruleset, *, first: bool, now: datetime, changed_by: str
) -> None:
    """Write rules over the version they were read at; ``first`` when that was the default."""
    key = rules_key(workspace_id)
    record = RulesRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=workspace_id,
        version=ruleset.version + 1 if first else ruleset.version,
        created_at=now,
        updated_at=now,
        rules=[asdict(rule) for rule in ruleset.rules],
        grades=asdict(ruleset.grades),
        half_life=ruleset.half_life,
        changed_by=changed_by or None,
    )
    table.write(Create(record) if first else Replace(record))


def rules_of(table: Table, record: RulesRecord) -> Ruleset:
    """The rules in an item, their conditions in the present language whoever wrote them."""

    def purposes() -> list[str]:
        return [each.id for each in consent.get_purposes(table=table, workspace_id=record.workspace_id).items]

    def rule_of(raw: Mapping[str, Any]) -> Rule:
        rule = Rule(**raw)
        return replace(rule, when=former_conditions(rule.when, purposes)) if rule.dimension == "fit" else rule

    return Ruleset(
        rules=tuple(rule_of(raw) for raw in record.rules),
        grades=Grades(**record.grades),
        half_life=int(record.half_life),
        version=int(record.version),
    )


def read_standing(table: Table, workspace_id: str, contact_id: str) -> Standing | None:
    """What scoring remembers of a contact, as it is now."""
    record = table.get(StandingRecord, standing_key(workspace_id, contact_id), consistent=True)
    if record is None:
        return None
    return Standing(
        warmth=float(record.warmth),
        warm_at=record.warm_at,
        engagement=int(record.engagement),
        awarded=record.awarded or {},
        spent=record.spent or {},
        facts=tuple(record.facts or ()),
        version=int(record.version),
    )


def standing_operation(workspace_id: str, contact_id: str, standing: Standing, now: datetime) -> Operation:
    """Write a standing over the version it was read at. It is due again while there is something left to cool."""
    key = standing_key(workspace_id, contact_id)
    record = StandingRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=workspace_id,
        version=standing.version or 1,
        created_at=now,
        updated_at=now,
        warmth=standing.warmth,
        warm_at=standing.warm_at,
        engagement=standing.engagement,
        awarded=dict(standing.awarded) or None,
        spent=dict(standing.spent) or None,
        facts=list(standing.facts) or None,
        contact_id=contact_id,
    )
    if standing.engagement and standing.warm_at is not None:
        record.duepk = due_partition(crc32(contact_id.encode()) % DUE_SHARDS)
        record.duesk = f"{clock.to_text(next_cooling(contact_id, standing.warm_at))}#{contact_id}"
    return Replace(record) if standing.version else Create(record)


def next_cooling(contact_id: str, after: datetime) -> datetime:
    """When a contact's engagement is brought down next: once a week, at a moment of the contact's own. So the work is spread over the
    week, and further events of the same week leave the contact's place in the index alone.
    """
    week = int(COOLING_EVERY.total_seconds())
    own = crc32(contact_id.encode()) % week
    seconds = int(after.timestamp())
    return datetime.fromtimestamp(seconds + week - (seconds - own) % week, UTC)


def rest(table: Table, workspace_id: str, contact_id: str) -> None:
    """There is nobody to cool: out of what is due, until the contact is scored again."""
    actions = [StandingRecord.duepk.remove(), StandingRecord.duesk.remove()]
    try:
        table.update(StandingRecord, standing_key(workspace_id, contact_id), actions)
    except ConflictError:
        return  # the standing is gone, too


def due(table: Table, shard: int, *, now: datetime, limit: int) -> list[tuple[str, str]]:
    """Contacts whose engagement is to be cooled by now: (workspace id, contact id)."""
    page = table.query(StandingRecord, due_partition(shard), index="due", before=f"{clock.to_text(now)}~", limit=limit)
    return [(record.workspace_id, record.contact_id) for record in page.items]


def due_partition(shard: int) -> str:
    """One partition of what is due to cool, over all workspaces."""
    return f"DUE#cooling#{shard}"
