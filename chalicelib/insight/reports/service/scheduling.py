"""When the weekly report goes out: kept, armed, and moved on with every occurrence.

The next occurrence is one EventBridge schedule in UTC and, beside it, a row of the ``due`` index. The first is prompt; the
second is how the minute's look finds out that the first never came.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, InvalidError
from chalicelib.foundation.messaging import Queues
from chalicelib.foundation.scheduler import Scheduler
from chalicelib.foundation.table import Table
from chalicelib.insight.reports import events, store
from chalicelib.insight.reports.domain import MISSED_AFTER, Recipient, Run, Schedule, Trigger, last_full_week
from chalicelib.insight.reports.store import KeptSchedule
from chalicelib.workspaces.settings.domain import Workspace

_DEFAULT_WEEKDAY, _DEFAULT_HOUR = 1, 8


def get_schedule(*, table: Table, workspace: Workspace) -> KeptSchedule:
    """The schedule, or what it would be: Mondays at eight in the workspace's zone and language, not enabled."""
    kept = store.read_schedule(table, workspace.id)
    if kept is not None:
        return kept
    language = workspace.language if workspace.language in ("es", "en") else "es"
    return KeptSchedule(
        workspace.id,
        Schedule(False, _DEFAULT_WEEKDAY, _DEFAULT_HOUR, workspace.time_zone, (), language),
        None,
    )


def set_schedule(
    *,
    table: Table,
    queues: Queues,
    clock: Clock,
    workspace_id: str,
    schedule: Schedule,
    version: int,
    changed_by: str,
) -> KeptSchedule:
    """Keep a schedule; its next occurrence is armed by a message. ``version`` is that of the schedule it replaces, 0 for the first.

    Raises:
        InvalidError: it is enabled and has nobody to send to.
        ConflictError: it has been changed since; carries the present `KeptSchedule`.
    """
    if schedule.enabled and not schedule.recipients:
        raise InvalidError("Name at least one recipient.", field="recipients", code="required")
    now = clock.now()
    present = store.read_schedule(table, workspace_id, consistent=True)
    if (present.version if present else 0) != version:
        raise ConflictError(current=present)
    kept = store.write_schedule(
        table,
        KeptSchedule(
            workspace_id,
            schedule,
            schedule.next_after(now) if schedule.enabled else None,
            present.created_at if present else None,
            version,
        ),
        now=now,
        changed_by=changed_by,
    )
    queues.publish(events.QUEUE, [events.schedule_changed(workspace_id, kept.version, now)])
    return kept


def arm(*, scheduler: Scheduler, clock: Clock, kept: KeptSchedule) -> None:
    """Set the EventBridge schedule of the next occurrence, or take it away. Harmless when repeated."""
    name = f"report-weekly-{kept.workspace_id}"
    if kept.next_run_at is None:
        scheduler.cancel(name)
    elif kept.next_run_at > clock.now():
        scheduler.at(name, kept.next_run_at, events.QUEUE, events.due(kept.workspace_id, kept.next_run_at, clock.now()))


def start_occurrence(
    *, table: Table, clock: Clock, kept: KeptSchedule, workspace: Workspace, missed: bool = False
) -> Run | None:
    """Make the run of the schedule's next occurrence and move the schedule on; None when another delivery has done so.

    Its id follows from workspace and moment, so an occurrence has one run however often its message comes. When several
    occurrences were missed, one run tells of the latest.
    """
    now = clock.now()
    due_at = kept.next_run_at
    if due_at is None:
        return None
    while (later := kept.schedule.next_after(due_at)) <= now:
        due_at = later
    run = Run(
        id=events.run_id_of(kept.workspace_id, due_at),
        workspace_id=kept.workspace_id,
        period=last_full_week(due_at, workspace.time_zone),
        language=kept.schedule.language,
        trigger=Trigger.SCHEDULE,
        due_at=due_at,
        created_at=now,
        recipients=tuple(Recipient(email) for email in kept.schedule.recipients),
        look_at=now + MISSED_AFTER,
    )
    if missed:
        run = run.missed(now)
    after = replace(kept, next_run_at=later)
    try:
        store.start_scheduled(table, run, after, now=now)
    except ConflictError:
        return None
    return run


def is_due(kept: KeptSchedule, due_at: datetime, now: datetime) -> bool:
    """Whether a message about this moment speaks of the schedule's next occurrence, and is not ahead of it."""
    # Scheduler keeps whole seconds, and clocks differ a little.
    return kept.next_run_at == due_at and now >= due_at - timedelta(seconds=60)
