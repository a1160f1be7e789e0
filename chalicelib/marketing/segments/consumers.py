"""The queue ``segment-fill``: filling new dynamic segments page by page, and clearing deleted ones away."""

import math
from dataclasses import replace

from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.segments import service

_PAGES = 10  # of 200 contacts in one message: well within the function's time


def handle(runtime: Runtime, envelope: Envelope) -> None:
    """One part of the work; what is left goes on the queue again."""
    segment_id = str(envelope.data["segment_id"])
    if envelope.type == "segment.clear":
        shards = int(envelope.data["shards"])
        workspace_id = envelope.workspace_id
        if not service.clear(table=runtime.table, workspace_id=workspace_id, segment_id=segment_id, shards=shards):
            runtime.queues.publish("segment-fill", [envelope])
        return
    start = envelope.data.get("start")
    early = (envelope.at + service.SETTLING - runtime.clock.now()).total_seconds()
    if start is None and early > 0:
        runtime.queues.publish("segment-fill", [envelope], delay=math.ceil(early))
        return
    following = service.fill(
        table=runtime.table,
        clock=runtime.clock,
        workspace_id=envelope.workspace_id,
        segment_id=segment_id,
        start=start,
        pages=_PAGES,
    )
    if following is not None:
        data = {"segment_id": segment_id, "start": following}
        after = replace(envelope, id=f"{segment_id}:segment.fill:{following}", data=data, cause=envelope.id)
        runtime.queues.publish("segment-fill", [after])
