"""The orders of privacy, on the queue ``jobs``."""

from collections.abc import Sequence
from datetime import datetime

from chalicelib.foundation.messaging import Envelope

ERASE = "contact.erase"
SWEEP = "erasure.sweep"
EXPORT = "contact.export"


def erase(
    workspace_id: str, contact_id: str, *, at: datetime, lap: int = 0, step: int = 0, cause: str = ""
) -> Envelope:
    """Go on erasing a person from this step of this lap."""
    return Envelope(
        id=f"{contact_id}:erase:{lap}:{step}",
        type=ERASE,
        workspace_id=workspace_id,
        at=at,
        data={"contact_id": contact_id, "lap": lap, "step": step},
        cause=cause,
    )


def sweep(workspace_id: str, contact_ids: Sequence[str], *, at: datetime) -> Envelope:
    """Look once more, by ids alone, for what was still under way when a person was erased."""
    return Envelope(
        id=f"{contact_ids[0]}:sweep",
        type=SWEEP,
        workspace_id=workspace_id,
        at=at,
        data={"contact_ids": list(contact_ids)},
    )


def export(workspace_id: str, contact_id: str, job_id: str, *, at: datetime) -> Envelope:
    """Put together everything that is kept of a person."""
    return Envelope(
        id=f"{job_id}:export",
        type=EXPORT,
        workspace_id=workspace_id,
        at=at,
        data={"contact_id": contact_id, "job_id": job_id},
    )
