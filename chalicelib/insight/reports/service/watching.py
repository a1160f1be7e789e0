"""The minute's look: occurrences that nobody started, and runs that do not go on."""

from dataclasses import replace

from chalicelib.foundation import observability
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ClientelaError, NotFoundError
from chalicelib.foundation.messaging import Queues
from chalicelib.foundation.table import Table
from chalicelib.insight.reports import events, store
from chalicelib.insight.reports.domain import MISSED_AFTER, Run, is_missed
from chalicelib.insight.reports.service.scheduling import start_occurrence
from chalicelib.workspaces.settings.service import get_workspace

MISSED_METRIC = "ReportsMissed"
_MOST = 50  # in one minute; what is left is for the next


def watch(*, table: Table, clock: Clock, queues: Queues, stage: str) -> list[Run]:
    """Start late what was missed, and go on with what stands still; returns the runs that were ordered.

    Every missed run is counted in the metric ``ReportsMissed``, which raises an alarm. Safe to repeat and to run twice at once.
    """
    ordered = [*_missed_occurrences(table, clock, stage), *_standing_runs(table, clock, stage)]
    if ordered:
        queues.publish(events.QUEUE, [events.run(run, cause="tick") for run in ordered])
    return ordered


def _missed_occurrences(table: Table, clock: Clock, stage: str) -> list[Run]:
    runs = []
    for kept in store.overdue_schedules(table, clock.now() - MISSED_AFTER, limit=_MOST):
        try:
            workspace = get_workspace(table=table, workspace_id=kept.workspace_id)
            run = start_occurrence(table=table, clock=clock, kept=kept, workspace=workspace, missed=True)
        except NotFoundError:
            observability.failure("report of no workspace", workspace_id=kept.workspace_id)
            continue
        if run is not None:
            _tell(run, stage)
            runs.append(run)
    return runs


def _standing_runs(table: Table, clock: Clock, stage: str) -> list[Run]:
    now = clock.now()
    runs = []
    for seen in store.runs_to_look_at(table, now, limit=_MOST):
        newly_missed = False

        def push(present: Run) -> Run | None:
            nonlocal newly_missed
            newly_missed = False
            if present.ended or present.look_at is None or present.look_at > now:
                return None
            newly_missed = is_missed(present, now)
            if newly_missed:
                present = present.missed(now)
            # Not every minute again, should the queue be slow.
            return replace(present, look_at=now + MISSED_AFTER)

        try:
            run = store.change_run(table, seen.workspace_id, seen.id, push, now=now)
        except ClientelaError:
            observability.failure("run not looked at", workspace_id=seen.workspace_id, run_id=seen.id)
            continue
        if run.ended or run.look_at != now + MISSED_AFTER:
            continue
        if newly_missed:
            _tell(run, stage)
        runs.append(run)
    return runs


def _tell(run: Run, stage: str) -> None:
    observability.metric(MISSED_METRIC, 1, "Count", service="clientela", stage=stage)
    observability.logger().warning("report missed", extra={"workspace_id": run.workspace_id, "run_id": run.id})
