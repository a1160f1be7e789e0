"""Queue ``reports``, mail events about reports, and the minute's look."""

from typing import TYPE_CHECKING

from chalicelib.foundation import clock as clocks
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.runtime import Runtime
from chalicelib.insight.reports import events, store
from chalicelib.insight.reports.service import receipts, scheduling, watching
from chalicelib.workspaces.jobs import service as jobs
from chalicelib.workspaces.settings.service import get_workspace

if TYPE_CHECKING:
    from chalicelib.insight.reports.domain import Run

_SENTENCES = {
    "no_sender": "The workspace has no sender address.",
    "nobody_reached": "The mail service took the report for none of its recipients.",
    "too_many_starts": "The report was tried many times without success.",
}


def handle(runtime: Runtime, envelope: Envelope) -> None:
    """One message of `events`. Harmless when repeated."""
    match envelope.type:
        case events.DUE:
            run_id = _start(runtime, envelope)
        case events.RUN:
            run_id = str(envelope.data["run_id"])
        case events.SCHEDULE_CHANGED:
            run_id = ""
        case _:
            raise InvalidError(f"Reports know no message {envelope.type}.")
    if run_id:
        _carry_out(runtime, envelope.workspace_id, run_id)
    # Whatever happened to the occurrence before, the next one has to be set.
    kept = store.read_schedule(runtime.table, envelope.workspace_id, consistent=True)
    if kept is not None:
        scheduling.arm(scheduler=runtime.scheduler, clock=runtime.clock, kept=kept)


def _start(runtime: Runtime, envelope: Envelope) -> str:
    """The id of the run of this moment, made now or before; empty when the schedule has been changed meanwhile."""
    due_at = clocks.from_text(str(envelope.data["due_at"]))
    run_id = events.run_id_of(envelope.workspace_id, due_at)
    kept = store.read_schedule(runtime.table, envelope.workspace_id, consistent=True)
    if kept is not None and scheduling.is_due(kept, due_at, runtime.clock.now()):
        workspace = get_workspace(table=runtime.table, workspace_id=envelope.workspace_id)
        run = scheduling.start_occurrence(table=runtime.table, clock=runtime.clock, kept=kept, workspace=workspace)
        if run is not None:
            return run.id
    made = store.read_run(runtime.table, envelope.workspace_id, run_id, consistent=True)
    return made.id if made is not None else ""


def _carry_out(runtime: Runtime, workspace_id: str, run_id: str) -> None:
    from chalicelib.insight.reports.service import running

    desk = running.Desk(
        table=runtime.table,
        clock=runtime.clock,
        files=runtime.files,
        mailer=runtime.mailer,
        public_url=runtime.public_url,
    )
    workspace = get_workspace(table=runtime.table, workspace_id=workspace_id)
    run = running.execute(desk=desk, workspace=workspace, run_id=run_id)
    running.tell_of(run)
    _tell_job(runtime, run)


def _tell_job(runtime: Runtime, run: "Run") -> None:
    """The job of a run on demand follows its run. Harmless when repeated."""
    if not run.job_id:
        return
    table, clock, workspace_id, job_id = runtime.table, runtime.clock, run.workspace_id, run.job_id
    done, total = sum(recipient.settled for recipient in run.recipients), len(run.recipients)
    jobs.progress(table=table, clock=clock, workspace_id=workspace_id, job_id=job_id, done=done, total=total)
    if not run.ended:
        return
    if run.error:
        error = _SENTENCES.get(run.error, "The report could not be sent.")
        jobs.fail(table=table, clock=clock, workspace_id=workspace_id, job_id=job_id, error=error)
    else:
        result = {"run_id": run.id}
        jobs.finish(table=table, clock=clock, workspace_id=workspace_id, job_id=job_id, result=result)


def apply_delivery_event(runtime: Runtime, body: str) -> None:
    """One event of the mail service; those that are not about a report's mail are not for us."""
    event = receipts.read_event(body)
    if event is None:
        return
    run = receipts.apply(table=runtime.table, clock=runtime.clock, event=event)
    if run is not None and run.ended:
        _tell_job(runtime, run)


def tick(runtime: Runtime) -> None:
    """Every minute: missed and standing runs."""
    watching.watch(table=runtime.table, clock=runtime.clock, queues=runtime.queues, stage=runtime.settings.stage)
