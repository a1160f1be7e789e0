"""Orders of the suppression list's long works."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.foundation.ids import new_id
from chalicelib.foundation.messaging import Envelope

IMPORT = "suppressions.import"
"""Queue ``jobs``; data: ``job_id``, ``key`` (of the file), ``reason``, ``actor``, ``start`` (lines done), ``invalid`` (of them no address)."""
EXPORT = "suppressions.export"
"""Queue ``jobs``; data: ``job_id``, ``before`` (a position in the list, empty at the start), ``pieces`` (written so far), ``rows``."""


def order(kind: str, workspace_id: str, now: datetime, data: Mapping[str, Any]) -> Envelope:
    """The next step of a work."""
    return Envelope(id=new_id(now), type=kind, workspace_id=workspace_id, at=now, data=dict(data))
