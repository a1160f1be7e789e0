"""The routes of timelines: the same seven for contacts, companies and deals."""

from typing import Any

from chalicelib.customers.timeline import service
from chalicelib.customers.timeline.domain import About, Thing
from chalicelib.customers.timeline.schemas import (
    ActivityChange,
    ActivityDeletion,
    ActivityIn,
    ActivityOut,
    MentionOut,
    NoteIn,
    TimelineQuery,
)
from chalicelib.foundation.http import Answer, Call, Page, PageQuery, Routes

routes = Routes("timeline", __name__)


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


@routes.get("/me/mentions", permission="contacts:read", query=PageQuery, returns=Page[MentionOut])
def list_mentions(call: Call[None]) -> Page[MentionOut]:
    """Where colleagues named the caller, the newest first; a key of the API is never named."""
    user_id = call.actor.id if call.actor.kind == "member" else ""
    name, cursors = f"mentions?{user_id}", call.runtime.cursors
    position = cursors.read(call.workspace_id, name, call.query.cursor)
    if not user_id:
        return Page[MentionOut](items=[])
    found, following = service.mentions_of(
        table=call.runtime.table,
        workspace_id=call.workspace_id,
        user_id=user_id,
        things=call.runtime.parts("things"),
        before=position[0] if position else "",
        limit=call.query.limit,
    )
    more = cursors.write(call.workspace_id, name, [following]) if following else None
    return Page[MentionOut](items=[MentionOut.of(each) for each in found], next_cursor=more)


def _declare(kind: Thing, plural: str) -> None:
    """The routes of one kind of thing."""
    path = f"/{plural}/{{{kind}_id}}"
    read, write = f"{plural}:read", f"{plural}:write"

    def about(given: dict[str, str]) -> About:
        return About(kind, given[f"{kind}_id"])

    def list_activities(call: Call[None], **given: str) -> Page[ActivityOut]:
        return _listed(call, about(given))

    def add_activity(call: Call[ActivityIn], **given: str) -> Answer:
        activity = service.write_activity(
            **_where(call, about(given)),
            activity_id=call.creation_id,
            kind=call.body.kind,
            values=call.body.values(),
            actor=call.actor.reference,
        )
        address = f"/api/v1/{plural}/{about(given).id}/activities/{activity.id}"
        return Answer(ActivityOut.of(activity), 201, {"Location": address})

    def get_activity(call: Call[None], activity_id: str, **given: str) -> ActivityOut:
        return ActivityOut.of(service.find_activity(**_where(call, about(given)), activity_id=activity_id))

    def change_activity(call: Call[ActivityChange], activity_id: str, **given: str) -> ActivityOut:
        changed = service.change_activity(
            **_where(call, about(given)),
            clock=call.runtime.clock,
            activity_id=activity_id,
            version=call.body.version,
            changes=call.body.values(),
            actor=call.actor.reference,
        )
        return ActivityOut.of(changed)

    def delete_activity(call: Call[None], activity_id: str, **given: str) -> Answer:
        service.delete_activity(
            **_where(call, about(given)),
            clock=call.runtime.clock,
            activity_id=activity_id,
            version=call.query.version,
            actor=call.actor.reference,
        )
        return Answer(None, 204)

    def pin_activity(call: Call[None], activity_id: str, **given: str) -> ActivityOut:
        return _pin(call, about(given), activity_id, pinned=True)

    def unpin_activity(call: Call[None], activity_id: str, **given: str) -> ActivityOut:
        return _pin(call, about(given), activity_id, pinned=False)

    one, shown = f"{path}/activities/{{activity_id}}", {"returns": ActivityOut}
    declared: list[tuple[Any, str, Any, str, dict[str, Any]]] = [
        (routes.get, f"{path}/timeline", list_activities, f"What happened with a {kind}, and what is planned; the newest first.",
         {"permission": read, "query": TimelineQuery, "returns": Page[ActivityOut]}),
        (routes.post, f"{path}/activities", add_activity, f"Write a note, call, meeting or e-mail down on a {kind}.",
         {"permission": write, "body": ActivityIn, "status": 201, **shown}),
        (routes.get, one, get_activity, f"One activity of a {kind}.", {"permission": read, **shown}),
        (routes.patch, one, change_activity, f"Change what somebody wrote on a {kind}, as it was at ``version``.",
         {"permission": write, "body": ActivityChange, "present": ActivityOut.of, **shown}),
        (routes.delete, one, delete_activity, f"Delete what somebody wrote on a {kind}, for good.",
         {"permission": write, "query": ActivityDeletion, "present": ActivityOut.of}),
        (routes.post, f"{one}/pin", pin_activity, f"Keep an activity at the top of a {kind}'s timeline.",
         {"permission": write, **shown}),
        (routes.post, f"{one}/unpin", unpin_activity, f"Take an activity from the top of a {kind}'s timeline.",
         {"permission": write, **shown}),
    ]  # fmt: skip
    for method, place, view, says, options in declared:
        view.__doc__ = says
        view.__name__ = f"{view.__name__.partition('_')[0]}_{kind}_{view.__name__.partition('_')[2]}"
        method(place, **options)(view)


def _listed(call: Call[None], about: About) -> Page[ActivityOut]:
    query = call.query
    filters = service.Filters(frozenset((query.kind or "").split(",")) - {""}, query.planned)
    name = f"timeline?{about.kind}&{about.id}&{query.kind or ''}&{query.planned}&{query.pinned}"
    cursors, where = call.runtime.cursors, _where(call, about)
    position = cursors.read(call.workspace_id, name, query.cursor)
    if query.pinned:
        found = service.pinned_activities(**where, filters=filters)
        return Page[ActivityOut](items=[ActivityOut.of(activity) for activity in found])
    page = service.timeline(**where, filters=filters, before=position[0] if position else "", limit=query.limit)
    more = cursors.write(call.workspace_id, name, [page.next]) if page.next else None
    return Page[ActivityOut](items=[ActivityOut.of(activity) for activity in page.items], next_cursor=more)


def _pin(call: Call[None], about: About, activity_id: str, *, pinned: bool) -> ActivityOut:
    where = _where(call, about)
    return ActivityOut.of(service.pin(**where, clock=call.runtime.clock, activity_id=activity_id, pinned=pinned))


def _where(call: Call[Any], about: About) -> dict[str, Any]:
    return {
        "table": call.runtime.table,
        "workspace_id": call.workspace_id,
        "about": about,
        "things": call.runtime.parts("things"),
    }


_declare("contact", "contacts")
_declare("company", "companies")
_declare("deal", "deals")
