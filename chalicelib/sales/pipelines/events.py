"""Orders that follow from a change of a pipeline. Each is given twice: who had read the pipeline just before it was changed may
still put a deal where none is to come any more, and has done so when the ``last`` look is taken.
"""

from datetime import datetime

from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.messaging.envelope import Envelope

STAGE_REMOVED = "pipeline.stage_removed"
PIPELINE_DELETED = "pipeline.deleted"
QUEUE = "jobs"
LATER = 60
"""Seconds between the two."""


def stage_removed(
    *, workspace_id: str, pipeline_id: str, stage_id: str, at: datetime, last: bool = False, page: int = 0
) -> Envelope:
    """The order to move the open deals of a removed stage to the one in its place; the ``last`` notes that it is done."""
    return Envelope(
        id=derived_id(at, STAGE_REMOVED, pipeline_id, stage_id, str(last), str(page)),
        type=STAGE_REMOVED,
        workspace_id=workspace_id,
        at=at,
        data={"pipeline_id": pipeline_id, "stage_id": stage_id, "last": last, "page": page},
    )


def pipeline_deleted(*, workspace_id: str, pipeline_id: str, at: datetime, last: bool = False) -> Envelope:
    """The order to look whether somebody put a deal into the pipeline while it was being deleted."""
    return Envelope(
        id=derived_id(at, PIPELINE_DELETED, pipeline_id, str(last)),
        type=PIPELINE_DELETED,
        workspace_id=workspace_id,
        at=at,
        data={"pipeline_id": pipeline_id, "last": last},
    )
