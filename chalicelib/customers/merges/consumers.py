"""What merges do from the queue ``jobs``."""

from dataclasses import replace

from chalicelib.customers.merges import companies, service
from chalicelib.customers.merges.events import FOLLOW
from chalicelib.foundation.errors import NotFoundError
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.runtime import Runtime

_AGAIN = 30  # seconds; by then the projector has written what it still had to write of a score that was taken back


def handle(runtime: Runtime, envelope: Envelope) -> None:
    """Only ``merge.follow``; others on this queue are not ours."""
    if envelope.type != FOLLOW:
        return
    workspace_id, merge_id = envelope.workspace_id, str(envelope.data["merge_id"])
    try:
        made = service.get_merge(table=runtime.table, workspace_id=workspace_id, merge_id=merge_id)
    except NotFoundError:
        return
    if made.what == companies.COMPANY:
        if not companies.follow(runtime, made):
            runtime.queues.publish("jobs", [envelope])
            return
    else:
        service.follow(runtime=runtime, workspace_id=workspace_id, merge_id=merge_id)
    if not envelope.data.get("again"):
        again = replace(envelope, id=f"{envelope.id}:again", data={**envelope.data, "again": True})
        runtime.queues.publish("jobs", [again], delay=_AGAIN)
