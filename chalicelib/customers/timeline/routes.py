"""The routes of timelines."""

from chalicelib.customers.timeline import service
from chalicelib.customers.timeline.schemas import ActivityOut, NoteIn, TimelineQuery
from chalicelib.foundation.http import Answer, Call, Page, Routes

routes = Routes("timeline", __name__)


@routes.get(
    "/contacts/{contact_id}/timeline", permission="contacts:read", query=TimelineQuery, returns=Page[ActivityOut]
)
def list_timeline(call: Call[None], contact_id: str) -> Page[ActivityOut]:
    """What happened with a contact, the newest first."""
    kind, limit = call.query.kind or "", call.query.limit
    name = f"timeline?{contact_id}&{kind}"
    position = call.runtime.cursors.read(call.workspace_id, name, call.query.cursor)
    page = service.timeline(
        table=call.runtime.table,
        workspace_id=call.workspace_id,
        contact_id=contact_id,
        kind=kind,
        before=position[0] if position else "",
        limit=limit,
    )
    more = call.runtime.cursors.write(call.workspace_id, name, [page.next]) if page.next else None
    return Page[ActivityOut](items=[ActivityOut.of(activity) for activity in page.items], next_cursor=more)


@routes.post("/contacts/{contact_id}/notes", permission="contacts:write", body=NoteIn, returns=ActivityOut, status=201)
def add_note(call: Call[NoteIn], contact_id: str) -> Answer:
    """Write a note on a contact."""
    note = service.add_note(
        table=call.runtime.table,
        workspace_id=call.workspace_id,
        contact_id=contact_id,
        note_id=call.creation_id,
        text=call.body.text,
        actor=call.actor.reference,
    )
    return Answer(ActivityOut.of(note), 201, {"Location": f"/api/v1/contacts/{contact_id}/timeline"})
