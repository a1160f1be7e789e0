"""The queue ``segment-fill``: filling segments, copying and clearing them, and deciding about contacts because of something else than
their own change. Harmless when repeated.
"""

import math
from dataclasses import replace
from datetime import timedelta

from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.segments import checking, events, filling
from chalicelib.marketing.segments.records import DUE_SHARDS

_DELAYS = {
    events.FILL: timedelta(seconds=2),  # the list of contacts follows the table within a second
    events.COMPANY: timedelta(seconds=2),
    events.ZONE: timedelta(seconds=70),  # every function has read a workspace's new time zone by then
}
"""How long after the order its work may begin."""


def handle(runtime: Runtime, envelope: Envelope) -> None:
    """One part of the work; what is left goes on the queue again."""
    early = (envelope.at + _DELAYS.get(envelope.type, timedelta(0)) - runtime.clock.now()).total_seconds()
    if early > 0 and not envelope.data.get("on"):
        runtime.queues.publish(events.QUEUE, [envelope], delay=math.ceil(early))
        return
    work = {
        events.FILL: filling.fill,
        events.COPY: filling.copy,
        events.CLEAR: filling.clear,
        events.COMPANY: filling.company,
        events.DUE: filling.due,
        events.CHECK: checking.check_all,
        events.ZONE: checking.zone_changed,
    }.get(envelope.type)
    if work is None:
        return
    rest = work(runtime, envelope.workspace_id, envelope.data)
    begun = envelope.id.partition("+")[0]
    again = [
        replace(envelope, id=f"{begun}+{data.get('part', number)}.{data.get('step', 0)}", data={**data, "on": True})
        for number, data in enumerate(rest)
    ]
    if again:
        runtime.queues.publish(events.QUEUE, again)


def tick(runtime: Runtime) -> None:
    """Every minute: order what is due, a part of the index at a time."""
    now = runtime.clock.now()
    orders = []
    for shard in range(DUE_SHARDS):
        if filling.anybody_due(runtime.table, shard, now):
            orders.append(events.order(events.DUE, "", now, f"{shard}:{int(now.timestamp()) // 60}", shard=shard))
    if orders:
        runtime.queues.publish(events.QUEUE, orders)
