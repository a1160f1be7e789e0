"""Runs on demand, and the list of runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, InvalidError
from chalicelib.foundation.files import Files
from chalicelib.foundation.http import Actor
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
from chalicelib.workspaces.jobs import service as jobs
from chalicelib.workspaces.jobs.domain import Job
from chalicelib.workspaces.members import service as members
from chalicelib.workspaces.members.domain import Role
from chalicelib.workspaces.settings.domain import Workspace

LINK_SECONDS = 3600
_EARLIEST = date(2000, 1, 1)
_MOST_MEMBERS = 100
_MOST_OWNERS = 5


@dataclass(frozen=True, slots=True)
class ListedRun:
    """A run with links to its files, which work for an hour; empty while there are none."""

    run: Run
    file_url: str
    csv_url: str


def period_of(*, clock: Clock, workspace: Workspace, day: date | None) -> Period:
    """The week that holds a day, or the last one that is over. `InvalidError` for a week that has not begun, and for days
    before there was anything to report.
    """
    now = clock.now()
    if day is None:
        return last_full_week(now, workspace.time_zone)
    if day < _EARLIEST:
        raise InvalidError(f"The earliest day is {_EARLIEST}.", field="week_of", code="out_of_range")
    # A day of leeway: a browser's "today" may be tomorrow in the workspace.
    if day > now.date() + timedelta(days=14) or week_of(day, workspace.time_zone).starts_at > now + timedelta(days=1):
        raise InvalidError("This week has not begun yet.", field="week_of", code="in_the_future")
    return week_of(day, workspace.time_zone)


def request_run(
    *,
    table: Table,
    clock: Clock,
    queues: Queues,
    workspace: Workspace,
    run_id: str,
    actor: Actor,
    recipients: Sequence[str] = (),
    week: date | None = None,
    language: str | None = None,
) -> Job:
    """Order a run now; the job has the id of the run. A repeated order with the same id is the same run.

    Without recipients it goes to those of the schedule, else to whoever asks, else to the workspace's owners. The run is
    kept before its message is published: if the message is lost, the minute's look finds the run and starts it.
    """
    now = clock.now()
    kept = store.read_schedule(table, workspace.id)
    run = Run(
        id=run_id,
        workspace_id=workspace.id,
        period=period_of(clock=clock, workspace=workspace, day=week),
        language=language or (kept.schedule.language if kept else workspace.language),
        trigger=Trigger.REQUEST,
        due_at=now,
        created_at=now,
        recipients=tuple(
            Recipient(email)
            for email in (recipients or (kept and kept.schedule.recipients) or _askers(table, workspace, actor))
        ),
        look_at=now + MISSED_AFTER,
        job_id=run_id,
    )
    if not run.recipients:
        raise InvalidError("Name at least one recipient.", field="recipients", code="required")
    creation = jobs.creation(
        clock=clock,
        workspace_id=workspace.id,
        job_id=run_id,
        kind="weekly_report",
        total=len(run.recipients),
        permission="reports:read",
        created_by=actor.reference,
    )
    try:
        store.create_run(table, run, creation)
    except ConflictError:
        run = store.read_run(table, workspace.id, run_id, consistent=True) or run
    queues.publish(events.QUEUE, [events.run(run, cause="request")])
    return jobs.get_job(table=table, clock=clock, workspace_id=workspace.id, job_id=run_id)


def _askers(table: Table, workspace: Workspace, actor: Actor) -> tuple[str, ...]:
    if actor.email:
        return (actor.email,)
    page = members.page_of_members(table=table, workspace_id=workspace.id, limit=_MOST_MEMBERS)
    return tuple(member.email for member in page.items if member.role == Role.OWNER)[:_MOST_OWNERS]


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
