"""The policy in the table."""

from decimal import Decimal

from chalicelib.foundation.table import Table
from chalicelib.sales.approvals.domain import Policy
from chalicelib.sales.approvals.records import PolicyRecord, policy_key
from chalicelib.sales.money import plain_text


def read(table: Table, workspace_id: str) -> Policy | None:
    """The policy, consistent; None while nobody has set one."""
    record = table.get(PolicyRecord, policy_key(workspace_id), consistent=True)
    return None if record is None else to_domain(record)


def to_record(policy: Policy, *, changed_by: str) -> PolicyRecord:
    """The item of a policy."""
    key = policy_key(policy.workspace_id)
    assert policy.created_at is not None
    return PolicyRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=policy.workspace_id,
        version=policy.version,
        created_at=policy.created_at,
        updated_at=policy.updated_at,
        changed_by=changed_by or None,
        enabled=policy.enabled,
        limits={currency: plain_text(amount) for currency, amount in sorted(policy.limits.items())} or None,
        discount_above=policy.discount_above,
        role=policy.role,
    )


def to_domain(record: PolicyRecord) -> Policy:
    """The policy in an item."""
    return Policy(
        workspace_id=record.workspace_id,
        enabled=record.enabled,
        limits={currency: Decimal(amount) for currency, amount in (record.limits or {}).items()},
        discount_above=record.discount_above,
        role=record.role,  # type: ignore[arg-type]
        version=int(record.version),
        created_at=record.created_at,
        updated_at=record.updated_at,
    )
