"""Reading and setting the policy of approval."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.table import Table
from chalicelib.sales.approvals import store
from chalicelib.sales.approvals.domain import Approver, Policy
from chalicelib.sales.approvals.records import PolicyRecord


def get_policy(*, table: Table, workspace_id: str) -> Policy:
    """The workspace's policy; while nobody has set one, one that asks for nothing, with version 0."""
    return store.read(table, workspace_id) or Policy(workspace_id)


def set_policy(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    enabled: bool,
    limits: Mapping[str, Decimal],
    discount_above: Decimal | None,
    role: Approver,
    version: int,
    changed_by: str,
) -> Policy:
    """Put another policy in the place of the one of ``version`` (0 for the first); `ConflictError` with the present one when it
    has moved on. What was submitted before is judged by the policy of then.
    """
    now, present = clock.now(), get_policy(table=table, workspace_id=workspace_id)
    if present.version != version:
        raise ConflictError(current=present)
    policy = replace(
        present,
        enabled=enabled,
        limits=dict(limits),
        discount_above=discount_above,
        role=role,
        version=max(version, 1),
        created_at=present.created_at or now,
        updated_at=now,
    )
    record = store.to_record(policy, changed_by=changed_by)
    try:
        if version == 0:
            table.create(record)
        else:
            table.replace(record)
    except ConflictError as conflict:
        current = conflict.current
        raise ConflictError(
            current=store.to_domain(current) if isinstance(current, PolicyRecord) else None
        ) from conflict
    return replace(policy, version=version + 1)
