"""Reading, changing and applying the rules of retention.

Once a day each rule becomes an order on ``jobs``; a piece of the work orders the next. Everything is found by time-ordered keys.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.customers.retention import events, store
from chalicelib.customers.retention.domain import EVERY, LONGEST, PAGE, SHORTEST, RetentionKind, Rules
from chalicelib.foundation import observability
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, FieldError, InvalidError
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Table

_WORKSPACES = 25  # of one tick
_NIGHT = 2  # o'clock UTC: most workspaces sleep then


def get_rules(*, table: Table, workspace_id: str) -> Rules:
    """The workspace's rules; none to begin with."""
    return store.read(table, workspace_id) or Rules({})


def put_rules(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    days: list[tuple[str, int]],
    version: int,
    changed_by: str = "",
) -> Rules:
    """Replace the rules that stood at ``version``; they are applied for the first time in the next night. `InvalidError` names
    a kind given twice and days out of bounds; `ConflictError` carries the present rules.
    """
    wrong = []
    for position, (kind, many) in enumerate(days):
        if kind in [each for each, _ in days[:position]]:
            wrong.append(FieldError(f"rules.{position}.kind", "There is a rule for it already.", "twice"))
        elif not SHORTEST[kind] <= many <= LONGEST:
            message = f"At least {SHORTEST[kind]} days, at most {LONGEST}."
            wrong.append(FieldError(f"rules.{position}.days", message, "out_of_bounds"))
    if wrong:
        raise InvalidError("Some rules are not valid.", fields=wrong)
    rules, now = Rules({RetentionKind(kind): many for kind, many in days}, version), clock.now()
    try:
        store.write(table, workspace_id, rules, next_at=_tonight(now), now=now, by=changed_by)
    except ConflictError as conflict:
        raise ConflictError(current=get_rules(table=table, workspace_id=workspace_id)) from conflict
    return replace(rules, version=version + 1)


def tick(runtime: Runtime) -> int:
    """Order what is due; how many workspaces that were."""
    now, ordered = runtime.clock.now(), 0
    for record in store.due(runtime.table, now, limit=_WORKSPACES):
        rules = store.to_domain(record)
        orders = [
            events.expire(record.workspace_id, kind.value, before=now - timedelta(days=many), at=now)
            for kind, many in rules.days.items()
        ]
        runtime.queues.publish("jobs", orders)  # before it is noted: twice is harmless, never is not
        ordered += store.taken(runtime.table, record, _tonight(now))
    return ordered


def expire(*, runtime: Runtime, workspace_id: str, kind: str, before: datetime, start: str | None) -> int:
    """One piece of one rule's work, and the order for the next; how many things were deleted. A rule that was taken away since
    is not applied any more.
    """
    days = get_rules(table=runtime.table, workspace_id=workspace_id).days
    parts: Mapping[str, object] = runtime.parts("expire")
    if RetentionKind(kind) not in days or kind not in parts:
        return 0
    now = runtime.clock.now()
    before = min(before, now - timedelta(days=days[RetentionKind(kind)]))
    done = runtime.parts("expire")[kind].expire(runtime, workspace_id, before=before, start=start, limit=PAGE)
    if done.count:
        observability.metric("ThingsExpired", done.count, "Count", kind=kind)
    if done.next is not None:
        runtime.queues.publish("jobs", [events.expire(workspace_id, kind, before=before, at=now, start=done.next)])
    return int(done.count)


def _tonight(now: datetime) -> datetime:
    night = now.replace(hour=_NIGHT, minute=0, second=0, microsecond=0)
    return night if night > now else night + EVERY
