"""What lists do from the queue ``jobs``: rows for records that were there before lists were. Harmless when repeated."""

from dataclasses import replace
from typing import Any

from chalicelib.customers.lists import indexing
from chalicelib.customers.lists.service import Listing
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.runtime import Runtime
from chalicelib.workspaces.settings.service import get_workspace

INDEX = "list.index"
"""Every record of a kind is to have its rows. ``data``: kind, start."""
_PAGES = 10


def handle(runtime: Runtime, envelope: Envelope) -> None:
    """Only ``list.index``; others on this queue are left alone."""
    if envelope.type != INDEX:
        return
    data = envelope.data
    listing: Listing[Any] | None = runtime.parts("list").get(str(data["kind"]))
    if listing is None:
        return
    workspace = get_workspace(table=runtime.table, workspace_id=envelope.workspace_id)
    start: str | None = data.get("start")
    for _ in range(_PAGES):
        following = indexing.index_page(runtime, listing, workspace, index="", start=start)
        if following is None:
            return
        start = following
    assert start is not None
    rest = replace(envelope, id=f"{envelope.id}:{start[-26:]}", data={**data, "start": start})
    runtime.queues.publish("jobs", [rest])
