"""What a piece of long work is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

LEASE = timedelta(seconds=150)
"""How long a delivery may be silent before another takes its work over: longer than a function may run."""
TRIES = 6
"""Deliveries that may die without getting anything done before the work is given up."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is behind a job (whose id it has). ``what`` says which feature does it, on which ``queue``; ``data`` is what was asked;
    ``stage``, ``chunk`` (the next piece), ``chunks``, ``counts`` and ``position`` say how far it is. ``undone_by`` is the job that
    takes it back.
    """

    workspace_id: str
    id: str
    what: str
    queue: str
    data: Mapping[str, Any]
    created_at: datetime
    created_by: str = ""
    stage: str = ""
    chunk: int = 0
    chunks: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    position: Mapping[str, Any] = field(default_factory=dict)
    version: int = 1
    undone_by: str = ""
