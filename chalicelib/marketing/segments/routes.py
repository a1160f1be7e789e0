"""Segments and their members."""

from chalicelib.customers.contacts import service as contacts
from chalicelib.foundation.http import Answer, Call, Page, PageQuery, Routes
from chalicelib.marketing.segments import service
from chalicelib.marketing.segments.schemas import (
    ContactIdsIn,
    MemberOut,
    PreviewIn,
    PreviewOut,
    SegmentIn,
    SegmentOut,
)

routes = Routes("segments", __name__)


@routes.get("/segments", permission="segments:read", query=PageQuery, returns=Page[SegmentOut])
def list_segments(call: Call[None]) -> Page[SegmentOut]:
    """The workspace's segments, newest first."""
    runtime, limit = call.runtime, call.query.limit
    position = runtime.cursors.read(call.workspace_id, "segments", call.query.cursor)
    before = position[0] if position else ""
    found = service.list_segments(table=runtime.table, workspace_id=call.workspace_id, before=before, limit=limit)
    more = len(found) == limit
    cursor = runtime.cursors.write(call.workspace_id, "segments", [found[-1].id]) if more else None
    return Page[SegmentOut](items=[SegmentOut.of(segment) for segment in found], next_cursor=cursor)


@routes.post("/segments", permission="segments:write", body=SegmentIn, returns=SegmentOut, status=201)
def create_segment(call: Call[SegmentIn]) -> Answer:
    """Make a segment. A dynamic one is being filled at first; its state says when it is whole."""
    body, table, clock = call.body, call.runtime.table, call.runtime.clock
    made = {
        "workspace_id": call.workspace_id,
        "segment_id": call.creation_id,
        "name": body.name,
        "changed_by": call.actor.reference,
    }
    if body.conditions is not None:
        segment = service.create_dynamic(table=table, clock=clock, **made, conditions=body.conditions)
    else:
        segment = service.create_static(table=table, clock=clock, **made, contact_ids=body.contact_ids or ())
    return Answer(SegmentOut.of(segment), 201, {"Location": f"/api/v1/segments/{segment.id}"})


@routes.post("/segments/preview", permission="segments:read", body=PreviewIn, returns=PreviewOut)
def preview_segment(call: Call[PreviewIn]) -> PreviewOut:
    """Who would be in a segment with these conditions, looked up among the first 2,000 contacts."""
    found = service.preview(table=call.runtime.table, workspace_id=call.workspace_id, conditions=call.body.conditions)
    return PreviewOut.of(found)


@routes.get("/segments/{segment_id}", permission="segments:read", returns=SegmentOut)
def get_segment(call: Call[None], segment_id: str) -> SegmentOut:
    """One segment, with its exact count."""
    segment = service.get_segment(table=call.runtime.table, workspace_id=call.workspace_id, segment_id=segment_id)
    return SegmentOut.of(segment)


@routes.delete("/segments/{segment_id}", permission="segments:write")
def delete_segment(call: Call[None], segment_id: str) -> None:
    """Delete a segment. The contacts stay."""
    service.delete_segment(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        segment_id=segment_id,
    )


@routes.get("/segments/{segment_id}/contacts", permission="segments:read", query=PageQuery, returns=Page[MemberOut])
def list_segment_contacts(call: Call[None], segment_id: str) -> Page[MemberOut]:
    """The contacts of a segment."""
    table, cursors, workspace_id, name = (
        call.runtime.table,
        call.runtime.cursors,
        call.workspace_id,
        f"segment:{segment_id}",
    )
    start = cursors.read(workspace_id, name, call.query.cursor)
    page = service.members(
        table=table, workspace_id=workspace_id, segment_id=segment_id, start=start, limit=call.query.limit
    )
    found = contacts.get_contacts(table=table, workspace_id=workspace_id, contact_ids=page.contact_ids)
    items = [MemberOut.of(found[contact_id]) for contact_id in page.contact_ids if contact_id in found]
    cursor = cursors.write(workspace_id, name, page.next) if page.next else None
    return Page[MemberOut](items=items, next_cursor=cursor)


@routes.post("/segments/{segment_id}/contacts", permission="segments:write", body=ContactIdsIn, returns=SegmentOut)
def add_segment_contacts(call: Call[ContactIdsIn], segment_id: str) -> SegmentOut:
    """Put contacts into a static segment."""
    segment = service.add_contacts(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        segment_id=segment_id,
        contact_ids=call.body.contact_ids,
    )
    return SegmentOut.of(segment)


@routes.delete(
    "/segments/{segment_id}/contacts",
    permission="segments:write",
    body=ContactIdsIn,
    returns=SegmentOut,
    status=200,
)
def remove_segment_contacts(call: Call[ContactIdsIn], segment_id: str) -> SegmentOut:
    """Take contacts out of a static segment."""
    segment = service.remove_contacts(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        segment_id=segment_id,
        contact_ids=call.body.contact_ids,
    )
    return SegmentOut.of(segment)
