"""A job: work that goes on after the request that asked for it has been answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """``queued`` → ``running`` → ``done`` or ``failed``; the last two are final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """``kind`` says what is done (``report``, ``segment_fill``); ``total`` is unknown until it is; ``permission`` is what
    one needs to see it; ``error`` is a sentence for people; ``result`` is for programs.
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
