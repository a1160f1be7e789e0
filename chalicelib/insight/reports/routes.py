"""Reading a week, ordering its report, and when it goes out by itself."""

from chalicelib.foundation.http import Answer, Call, Page, PageQuery, Routes
from chalicelib.insight.reports import service
from chalicelib.insight.reports.schemas import RunIn, RunOut, ScheduleIn, ScheduleOut, WeeklyReportOut, WeekQuery
from chalicelib.workspaces.jobs.schemas import JobOut
from chalicelib.workspaces.settings.service import get_workspace

routes = Routes("reports", __name__)
_RUNS = "report-runs"


@routes.get("/reports/weekly", permission="reports:read", query=WeekQuery, returns=WeeklyReportOut)
def get_weekly_report(call: Call[None]) -> WeeklyReportOut:
    """How a week went: what the weekly report tells, as data."""
    workspace = get_workspace(table=call.runtime.table, workspace_id=call.workspace_id)
    period = service.period_of(clock=call.runtime.clock, workspace=workspace, day=call.query.week_of)
    return WeeklyReportOut.of(service.weekly_report(table=call.runtime.table, workspace=workspace, period=period))


@routes.post("/reports/weekly/runs", permission="reports:run", body=RunIn, returns=JobOut, status=202)
def post_weekly_run(call: Call[RunIn]) -> Answer:
    """Make the report of a week now and mail it. The answer is a job; the run has the same id and is in the list of runs."""
    job = service.request_run(
        table=call.runtime.table,
        clock=call.runtime.clock,
        queues=call.runtime.queues,
        workspace=get_workspace(table=call.runtime.table, workspace_id=call.workspace_id),
        run_id=call.creation_id,
        actor=call.actor,
        recipients=call.body.recipients,
        week=call.body.week_of,
        language=call.body.language,
    )
    return Answer(JobOut.of(job), 202, {"Location": f"/api/v1/jobs/{job.id}"})


@routes.get("/reports/runs", permission="reports:read", query=PageQuery, returns=Page[RunOut])
def list_runs(call: Call[None]) -> Page[RunOut]:
    """Runs, the newest first, with what became of their mails and links to page and data that work for an hour."""
    cursors, ws = call.runtime.cursors, call.workspace_id
    start = cursors.read(ws, _RUNS, call.query.cursor)
    runs, more = service.list_runs(
        table=call.runtime.table,
        files=call.runtime.files,
        workspace_id=ws,
        before=start[0] if start else "",
        limit=call.query.limit,
    )
    following = cursors.write(ws, _RUNS, [runs[-1].run.id]) if runs and more else None
    return Page[RunOut](items=[RunOut.of(run) for run in runs], next_cursor=following)


@routes.get("/reports/weekly/schedule", permission="reports:read", returns=ScheduleOut)
def get_schedule(call: Call[None]) -> ScheduleOut:
    """When the weekly report goes out; before it was ever set, what it would be (``version`` 0, not enabled)."""
    workspace = get_workspace(table=call.runtime.table, workspace_id=call.workspace_id)
    return ScheduleOut.of(service.get_schedule(table=call.runtime.table, workspace=workspace))


@routes.put(
    "/reports/weekly/schedule",
    permission="reports:schedule",
    body=ScheduleIn,
    returns=ScheduleOut,
    present=ScheduleOut.of,
    errors=(409,),
)
def put_schedule(call: Call[ScheduleIn]) -> ScheduleOut:
    """Set when the weekly report goes out. Where clocks skip the hour it comes an hour later; where they repeat it, once."""
    return ScheduleOut.of(
        service.set_schedule(
            table=call.runtime.table,
            queues=call.runtime.queues,
            clock=call.runtime.clock,
            workspace_id=call.workspace_id,
            schedule=call.body.to_schedule(),
            version=call.body.version,
            changed_by=call.actor.reference,
        )
    )
