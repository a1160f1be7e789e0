"""Facts on the queue ``jobs``."""

from chalicelib.customers.timeline.domain import Mention
from chalicelib.foundation import clock
from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.messaging import Envelope

MENTIONED = "timeline.mentioned"
"""A member was named. ``data``: user_id, activity_id, at (when the activity is), about_kind, about_id, by."""


def mentioned(mention: Mention, cause: str) -> Envelope:
    """The fact of a mention: one for each member and activity, however often it is edited."""
    return Envelope(
        id=derived_id(mention.at, MENTIONED, mention.activity_id, mention.user_id),
        type=MENTIONED,
        workspace_id=mention.workspace_id,
        at=mention.at,
        data={
            "user_id": mention.user_id,
            "activity_id": mention.activity_id,
            "activity_at": clock.to_text(mention.activity_at),
            "about_kind": mention.about.kind,
            "about_id": mention.about.id,
            "by": mention.by,
        },
        cause=cause,
    )
