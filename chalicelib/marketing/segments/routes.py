"""Segments and their members."""

from collections.abc import Sequence
from typing import Any

from chalicelib.customers.contacts import service as contacts
from chalicelib.foundation.http import Answer, Call, Page, PageQuery, Routes
from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.segments import service
from chalicelib.marketing.segments.domain import Segment
from chalicelib.marketing.segments.schemas import (
    AddIn,
    ConditionCatalogueOut,
    ContactIdsIn,
    FreezeIn,
    MemberOut,
    PreviewIn,
    PreviewOut,
    SegmentAddedOut,
    SegmentChange,
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
    return Page[SegmentOut](items=_shown(runtime, call.workspace_id, found), next_cursor=cursor)


@routes.post("/segments", permission="segments:write", body=SegmentIn, returns=SegmentOut, status=201)
def create_segment(call: Call[SegmentIn]) -> Answer:
    """Make a segment. A dynamic one is being filled at first; its state says when it is whole."""
    body, runtime = call.body, call.runtime
    made: dict[str, Any] = {
        "workspace_id": call.workspace_id,
        "segment_id": call.creation_id,
        "name": body.name,
        "changed_by": call.actor.reference,
    }
    if body.conditions is not None:
        segment = service.create_dynamic(runtime=runtime, **made, conditions=body.conditions)
    else:
        ids = body.contact_ids or ()
        segment = service.create_static(table=runtime.table, clock=runtime.clock, **made, contact_ids=ids)
    return _made(runtime, segment)


@routes.get("/segments/fields", permission="segments:read", returns=ConditionCatalogueOut)
def list_segment_fields(call: Call[None]) -> ConditionCatalogueOut:
    """Everything that conditions can ask in this workspace: fields, custom ones too, with operators and choices."""
    from chalicelib.marketing.segments import describing

    found = describing.catalogue(runtime=call.runtime, workspace_id=call.workspace_id)
    return ConditionCatalogueOut.model_validate(found)


@routes.post("/segments/preview", permission="segments:read", body=PreviewIn, returns=PreviewOut)
def preview_segment(call: Call[PreviewIn]) -> PreviewOut:
    """Who would be in a segment with these conditions: counted up to 10,000 contacts, reckoned from a sample of more."""
    from chalicelib.marketing.segments import describing

    call.require("contacts:read")
    body, runtime, where = call.body, call.runtime, call.workspace_id
    found = service.preview(
        runtime=runtime, workspace_id=where, conditions=body.conditions, segment_id=body.segment_id or ""
    )
    return PreviewOut.of(found, describing.said(runtime=runtime, workspace_id=where, condition=found.condition))


@routes.get("/segments/{segment_id}", permission="segments:read", returns=SegmentOut)
def get_segment(call: Call[None], segment_id: str) -> SegmentOut:
    """One segment, with its exact count."""
    segment = service.get_segment(table=call.runtime.table, workspace_id=call.workspace_id, segment_id=segment_id)
    return _shown(call.runtime, call.workspace_id, [segment])[0]


@routes.patch(
    "/segments/{segment_id}",
    permission="segments:write",
    body=SegmentChange,
    returns=SegmentOut,
    present=SegmentOut.of,
)
def change_segment(call: Call[SegmentChange], segment_id: str) -> SegmentOut:
    """Give a segment another name or other conditions; with these it is filled anew."""
    body = call.body
    segment = service.change_segment(
        runtime=call.runtime,
        workspace_id=call.workspace_id,
        segment_id=segment_id,
        version=body.version,
        name=body.name,
        conditions=body.conditions,
        changed_by=call.actor.reference,
    )
    return _shown(call.runtime, call.workspace_id, [segment])[0]


@routes.post(
    "/segments/{segment_id}/freeze", permission="segments:write", body=FreezeIn, returns=SegmentOut, status=201
)
def freeze_segment(call: Call[FreezeIn], segment_id: str) -> Answer:
    """Make a static segment of those who are in this one now."""
    segment = service.freeze(
        runtime=call.runtime,
        workspace_id=call.workspace_id,
        segment_id=segment_id,
        copy_id=call.creation_id,
        name=call.body.name,
        changed_by=call.actor.reference,
    )
    return _made(call.runtime, segment)


def _made(runtime: Runtime, segment: Segment) -> Answer:
    [shown] = _shown(runtime, segment.workspace_id, [segment])
    return Answer(shown, 201, {"Location": f"/api/v1/segments/{segment.id}"})


def _shown(runtime: Runtime, workspace_id: str, segments: Sequence[Segment]) -> list[SegmentOut]:
    """Segments with their conditions in words."""
    from chalicelib.marketing.segments import describing

    said = describing.sentences(runtime=runtime, workspace_id=workspace_id, segments=segments)
    shown = service.described(runtime=runtime, segments=segments)
    return [SegmentOut.of(segment, said.get(segment.id)) for segment in shown]


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
    call.require("contacts:read")
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


@routes.post("/segments/{segment_id}/contacts", permission="segments:write", body=AddIn, returns=SegmentAddedOut)
def add_segment_contacts(call: Call[AddIn], segment_id: str) -> SegmentAddedOut:
    """Put people into a static segment: contacts, or whoever has these e-mail addresses."""
    call.require("contacts:read")  # it says whose addresses are known
    runtime, body = call.runtime, call.body
    where: dict[str, Any] = {"table": runtime.table, "clock": runtime.clock, "workspace_id": call.workspace_id}
    found = None
    if body.emails is not None:
        found = service.add_by_emails(**where, segment_id=segment_id, emails=body.emails)
        segment = found.segment
    else:
        segment = service.add_contacts(**where, segment_id=segment_id, contact_ids=body.contact_ids or ())
    return SegmentAddedOut.added(_shown(runtime, call.workspace_id, [segment])[0], found)


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
    return _shown(call.runtime, call.workspace_id, [segment])[0]
