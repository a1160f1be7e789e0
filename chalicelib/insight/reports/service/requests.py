"""Runs on demand, and the list of runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, InvalidError
from chalicelib.foundation.files import Files
from chalicelib.foundation.messaging import Queues
from chalicelib.foundation.table import Table
from chalicelib.insight.reports import events, store
from chalicelib.insight.reports.domain import (
    MISSED_AFTER,
    Period,
    Recipient,
    Run,
    Trigger,
    last_full_week,
    week_of,
)
from chalicelib.workspaces.settings.domain import Workspace

LINK_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class ListedRun:
    """A run with links to its files, which work for an hour; empty while there are none."""

    run: Run
    file_url: str
    csv_url: str


def period_of(*, clock: Clock, workspace: Workspace, day: date | None) -> Period:
    """The week that holds a day, or the last one that is over. `InvalidError` for a week that has not begun."""
    if day is None:
        return last_full_week(clock.now(), workspace.time_zone)
    period = week_of(day, workspace.time_zone)
    if period.starts_at > clock.now():
        raise InvalidError("This week has not begun yet.", field="week_of", code="in_the_future")
    return period


def request_run(
    *,
    table: Table,
    clock: Clock,
    queues: Queues,
    workspace: Workspace,
    run_id: str,
    job_id: str,
    recipients: Sequence[str],
    week: date | None = None,
    language: str | None = None,
) -> Run:
    """Order a run now. A repeated order with the same id is the same run.

    The run is kept before its message is published: if the message is lost, the minute's look finds the run and starts it.
    """
    if not recipients:
        raise InvalidError("Name at least one recipient.", field="recipients", code="required")
    now = clock.now()
    schedule = store.read_schedule(table, workspace.id)
    run = Run(
        id=run_id,
        workspace_id=workspace.id,
        period=period_of(clock=clock, workspace=workspace, day=week),
        language=language or (schedule.schedule.language if schedule else workspace.language),
        trigger=Trigger.REQUEST,
        due_at=now,
        created_at=now,
        recipients=tuple(Recipient(email) for email in recipients),
        look_at=now + MISSED_AFTER,
        job_id=job_id,
    )
    try:
        store.create_run(table, run)
    except ConflictError:
        run = store.read_run(table, workspace.id, run_id, consistent=True) or run
    queues.publish(events.QUEUE, [events.run(run, cause="request")])
    return run


def list_runs(
    *, table: Table, files: Files, workspace_id: str, before: str = "", limit: int = 50
) -> tuple[list[ListedRun], bool]:
    """Runs, the newest first, with fresh links; and whether there are more."""
    runs, more = store.page_of_runs(table, workspace_id, before=before, limit=limit)
    return [
        ListedRun(
            run,
            files.link(run.html_key, seconds=LINK_SECONDS) if run.html_key else "",
            files.link(run.csv_key, seconds=LINK_SECONDS) if run.csv_key else "",
        )
        for run in runs
    ], more
