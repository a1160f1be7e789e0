"""Beginning, holding and ending long work. The job beside it (`chalicelib.workspaces.jobs`) is what people see of it."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from chalicelib.customers.journals.service import LostError
from chalicelib.customers.work import store
from chalicelib.customers.work.domain import LEASE, TRIES, Work
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Key
from chalicelib.workspaces.jobs import service as jobs
from chalicelib.workspaces.jobs.domain import ENDED, Job, State

ORDER = "job.work"
SECONDS = 35.0
KEPT = timedelta(days=7)
"""How long files made by work are kept."""


def begin(
    *,
    runtime: Runtime,
    workspace_id: str,
    job_id: str,
    kind: str,
    queue: str,
    data: Mapping[str, Any],
    created_by: str,
    permission: str,
    stage: str = "",
    chunks: int = 0,
    total: int | None = None,
    position: Mapping[str, Any] | None = None,
) -> Job:
    """Make a job and its work, and order it. The same id again gives the job that is there."""
    now = runtime.clock.now()
    work = Work(workspace_id, job_id, kind, queue, data, now, created_by, stage, chunks=chunks, position=position or {})
    creation = jobs.creation(
        clock=runtime.clock,
        workspace_id=workspace_id,
        job_id=job_id,
        kind=kind,
        total=total,
        permission=permission,
        created_by=created_by,
    )
    store.begin(runtime.table, creation, work, now)
    order(runtime, work)
    return jobs.get_job(table=runtime.table, clock=runtime.clock, workspace_id=workspace_id, job_id=job_id)


def order(runtime: Runtime, work: Work) -> None:
    """Put it on its queue."""
    data = {"job_id": work.id, "what": work.what}
    identifier = f"{work.id}:{work.stage}:{work.version}"
    runtime.queues.publish(work.queue, [Envelope(identifier, ORDER, work.workspace_id, runtime.clock.now(), data)])


def read(*, runtime: Runtime, workspace_id: str, job_id: str) -> Work | None:
    """The work of a job, or None."""
    return store.read(runtime.table, workspace_id, job_id) if is_id(job_id) else None


def claim_undo(*, runtime: Runtime, work: Work, by_job: str) -> bool:
    """Let this job, and no other, take the work back; False when another does."""
    return store.claim_undo(runtime.table, work, by_job, runtime.clock.now())


def key_of(work: Work) -> Key:
    """Where it stands."""
    return store.key_of(work)


class Worker:
    """One delivery's hold on some work. What a step learns is written with `advance`, which raises `LostError` when another
    delivery has taken over.
    """

    def __init__(self, runtime: Runtime, work: Work, holder: str, seconds: float):
        self.runtime, self.work, self.holder = runtime, work, holder
        self._deadline = time.monotonic() + seconds

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self.runtime.clock.now()

    @property
    def over(self) -> bool:
        """Whether it is time for another delivery."""
        return time.monotonic() >= self._deadline

    def advance(self, **values: Any) -> None:
        """Write how far it is, and hold it on."""
        self.work = store.advance(self.runtime.table, self.work, self.holder, self.now, values)

    def later(self) -> None:
        """Let it go; another delivery goes on."""
        store.release(self.runtime.table, self.work, self.holder, self.now)
        order(self.runtime, self.work)

    def progress(self, done: int, total: int | None = None) -> Job:
        """Tell people how far it is; the job as it is then (somebody may have cancelled it)."""
        return jobs.progress(
            table=self.runtime.table,
            clock=self.runtime.clock,
            workspace_id=self.work.workspace_id,
            job_id=self.work.id,
            done=done,
            total=total,
        )

    def end(self, state: State, *, result: Mapping[str, Any] | None = None, error: str = "") -> None:
        """It has ended: the job says how, and nobody works on it any more."""
        runtime, work = self.runtime, self.work
        place = {
            "table": runtime.table,
            "clock": runtime.clock,
            "workspace_id": work.workspace_id,
            "job_id": work.id,
        }
        if state is State.FAILED:
            jobs.fail(**place, error=error, result=result)  # type: ignore[arg-type]
        else:
            jobs.finish(**place, result=result, state=state)  # type: ignore[arg-type]
        store.end(runtime.table, work, self.holder, self.now)


def run(
    *,
    runtime: Runtime,
    envelope: Envelope,
    steps: Mapping[str, Callable[[Worker], None]],
    seconds: float = SECONDS,
) -> None:
    """Do some of the work that the order is about, if it is one of ``steps`` (by what it is). Harmless when repeated, late, or at
    the same time as another.
    """
    if envelope.type != ORDER or envelope.data.get("what") not in steps:
        return
    holder = runtime.new_id()
    taken = store.take(runtime.table, envelope.workspace_id, str(envelope.data["job_id"]), holder, runtime.clock.now())
    if taken is None:
        return
    work, tries = taken
    worker = Worker(runtime, work, holder, seconds)
    job = jobs.get_job(table=runtime.table, clock=runtime.clock, workspace_id=work.workspace_id, job_id=work.id)
    if job.state in ENDED:
        store.end(runtime.table, work, holder, worker.now)
        return
    try:
        if tries > TRIES:
            worker.end(State.FAILED, error="It was interrupted too many times. · Se interrumpió demasiadas veces.")
        else:
            steps[work.what](worker)
    except (LostError, ConflictError):
        return
    except Exception:
        store.release(runtime.table, worker.work, holder, worker.now)
        raise


def tick(runtime: Runtime) -> None:
    """Order the work that nobody holds although it has not ended."""
    for work in store.due(runtime.table, runtime.clock.now()):
        order(runtime, work)


__all__ = ["KEPT", "LEASE", "LostError", "Worker", "begin", "key_of", "order", "read", "run", "tick"]
