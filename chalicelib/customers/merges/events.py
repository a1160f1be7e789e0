"""The orders that a merge gives."""

from chalicelib.customers.merges.domain import Merge
from chalicelib.foundation.messaging import Envelope

FOLLOW = "merge.follow"


def followed(merge: Merge, *, cause: str = "") -> Envelope:
    """Bring to a merge's survivor, or back, what cannot be read under both ids."""
    return Envelope(
        id=f"{merge.id}:{merge.state.value}",
        type=FOLLOW,
        workspace_id=merge.workspace_id,
        at=merge.undone_at or merge.at,
        data={"merge_id": merge.id},
        cause=cause,
    )
