"""Messages of reports, all on the queue ``reports``, version 1. Each names its run or moment, so it may come twice.

``report.due`` ``{report, due_at}``
    The moment of a schedule has come (from EventBridge Scheduler).
``report.run`` ``{run_id}``
    Carry this run out, or go on with it (from a request, or from the minute's look).
``report.schedule_changed`` ``{}``
    Arm the next occurrence.
"""

from datetime import datetime

from chalicelib.foundation import clock as clocks
from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.messaging import Envelope
from chalicelib.insight.reports.domain import Run

QUEUE = "reports"
DUE = "report.due"
RUN = "report.run"
SCHEDULE_CHANGED = "report.schedule_changed"


def run_id_of(workspace_id: str, due_at: datetime) -> str:
    """The id of the run of one occurrence: the same however often its message comes."""
    return derived_id(due_at, "report", "weekly", workspace_id)


def due(workspace_id: str, due_at: datetime, now: datetime) -> Envelope:
    """The moment of a schedule has come."""
    return Envelope(
        id=run_id_of(workspace_id, due_at),
        type=DUE,
        workspace_id=workspace_id,
        at=now,
        data={"report": "weekly", "due_at": clocks.to_text(due_at)},
    )


def run(ordered: Run, *, cause: str) -> Envelope:
    """Carry a run out."""
    return Envelope(
        id=ordered.id,
        type=RUN,
        workspace_id=ordered.workspace_id,
        at=ordered.created_at,
        data={"run_id": ordered.id},
        cause=cause,
    )


def schedule_changed(workspace_id: str, version: int, now: datetime) -> Envelope:
    """Arm the next occurrence."""
    return Envelope(
        id=derived_id(now, "report", "schedule", workspace_id, str(version)),
        type=SCHEDULE_CHANGED,
        workspace_id=workspace_id,
        at=now,
    )
