"""A job: work that goes on after the request that asked for it has been answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from chalicelib.foundation.runtime import Runtime


class State(StrEnum):
    """``queued`` → ``running`` → ``done``, ``failed`` or ``cancelled``; the last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({State.DONE, State.FAILED, State.CANCELLED})


@dataclass(frozen=True, slots=True)
class Job:
    """``kind`` says what is done (``report``, ``segment_fill``); ``total`` is unknown until it is; ``permission`` is what
    one needs to see it; ``error`` is a sentence for people; ``result`` is for programs. With
    ``cancel_asked`` it stops at the next piece of its work.
    """

    workspace_id: str
    id: str
    kind: str
    state: State
    done: int
    created_at: datetime
    updated_at: datetime
    total: int | None = None
    error: str = ""
    result: Mapping[str, Any] | None = None
    permission: str = "workspace:read"
    created_by: str = ""
    cancel_asked: bool = False


class JobPart(Protocol):
    """What a kind of job can do besides running; registered by the job's kind in ``wiring.PARTS["job"]``. A kind without one can be
    neither cancelled nor undone.
    """

    def undo(self, runtime: "Runtime", job: Job, *, job_id: str, by: str) -> Job:
        """Take back what the job did, by a job of its own (``job_id``), which is given back; `ConflictError` when it cannot be."""
        ...

    def result(self, runtime: "Runtime", job: Job) -> Mapping[str, Any] | None:
        """The job's result as it is shown, with links that work now."""
        ...
