"""The routes of saved views."""

from chalicelib.customers.views import service
from chalicelib.customers.views.schemas import ViewChange, ViewIn, ViewOut, ViewsQuery
from chalicelib.foundation.http import Answer, Call, Page, Routes

routes = Routes("views", __name__)
_ALL = "workspace:write"


@routes.get("/views", permission="search:read", query=ViewsQuery, returns=Page[ViewOut])
def list_views(call: Call[None]) -> Page[ViewOut]:
    """One's own views and everybody's, all on one page: pinned ones first, then by name."""
    found = service.list_views(
        runtime=call.runtime, workspace_id=call.workspace_id, owner_id=call.actor.id, kind=call.query.kind or ""
    )
    return Page[ViewOut](items=[ViewOut.of(view) for view in found])


@routes.post("/views", permission="search:read", body=ViewIn, returns=ViewOut, status=201)
def create_view(call: Call[ViewIn]) -> Answer:
    """Save a view. Its filter is checked as the list's is: 422 names ``filter.0.field``."""
    view = service.create_view(
        runtime=call.runtime,
        workspace_id=call.workspace_id,
        owner_id=call.actor.id,
        view_id=call.creation_id,
        values=call.body.model_dump(),
        changed_by=call.actor.reference,
    )
    return Answer(ViewOut.of(view), 201, {"Location": f"/api/v1/views/{view.id}"})


@routes.get("/views/{view_id}", permission="search:read", returns=ViewOut)
def get_view(call: Call[None], view_id: str) -> ViewOut:
    """One view: an own one, or one that is shared."""
    return ViewOut.of(
        service.get_view(runtime=call.runtime, workspace_id=call.workspace_id, owner_id=call.actor.id, view_id=view_id)
    )


@routes.patch("/views/{view_id}", permission="search:read", body=ViewChange, returns=ViewOut, present=ViewOut.of)
def change_view(call: Call[ViewChange], view_id: str) -> ViewOut:
    """Change a view as it was at ``version``. A shared one is changed by who made it, and by administrators."""
    return ViewOut.of(
        service.change_view(
            runtime=call.runtime,
            workspace_id=call.workspace_id,
            owner_id=call.actor.id,
            may_all=call.actor.may(_ALL),
            view_id=view_id,
            version=call.body.version,
            changes=call.body.model_dump(exclude_unset=True, exclude={"version"}),
            changed_by=call.actor.reference,
        )
    )


@routes.delete("/views/{view_id}", permission="search:read")
def delete_view(call: Call[None], view_id: str) -> None:
    """Delete a view. A shared one is deleted by who made it, and by administrators."""
    service.delete_view(
        runtime=call.runtime,
        workspace_id=call.workspace_id,
        owner_id=call.actor.id,
        may_all=call.actor.may(_ALL),
        view_id=view_id,
        deleted_by=call.actor.reference,
    )
