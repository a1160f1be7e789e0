"""The routes of deals."""

from typing import Any

from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.http import Answer, Call, Page, PageQuery, Routes
from chalicelib.sales.deals import finding, service
from chalicelib.sales.deals.domain import Deal, DealStatus
from chalicelib.sales.deals.presenting import conflicting, shown
from chalicelib.sales.deals.schemas import (
    DealChange,
    DealDeletionQuery,
    DealIn,
    DealLost,
    DealMove,
    DealOut,
    DealReopened,
    DealsQuery,
    DealWon,
    StageChangeOut,
)
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import get_workspace

routes = Routes("deals", __name__)


@routes.get("/deals", permission="deals:read", query=DealsQuery, returns=Page[DealOut])
def list_deals(call: Call[None]) -> Page[DealOut]:
    """Deals of a pipeline, an owner, a contact or a company, or those in the bin."""
    query, me = call.query, call.actor.id
    name = "deals?" + query.model_dump_json(exclude={"limit", "cursor"}) + (me if query.owner_id == "me" else "")
    position = call.runtime.cursors.read(call.workspace_id, name, query.cursor)
    given = {"table": call.runtime.table, "clock": call.runtime.clock, "position": position, "limit": query.limit}
    if query.deleted:
        page = finding.deleted_deals(**given, workspace_id=call.workspace_id)
    else:
        page = finding.find_deals(**given, workspace=_workspace(call), wanted=query.wanted(me))
    more = call.runtime.cursors.write(call.workspace_id, name, page.next) if page.next else None
    return Page[DealOut](items=shown(call, page.items), next_cursor=more)


@routes.post("/deals", permission="deals:write", body=DealIn, returns=DealOut, status=201)
def create_deal(call: Call[DealIn]) -> Answer:
    """Make a deal, in the first stage of the first pipeline unless others are named."""
    deal = service.create_deal(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace=_workspace(call),
        deal_id=call.creation_id,
        values=call.body.values(),
        changed_by=call.actor.reference,
    )
    return Answer(_one(call, deal), 201, {"Location": f"/api/v1/deals/{deal.id}"})


@routes.get("/deals/{deal_id}", permission="deals:read", returns=DealOut)
def get_deal(call: Call[None], deal_id: str) -> DealOut:
    """One deal."""
    return _one(call, service.get_deal(table=call.runtime.table, workspace_id=call.workspace_id, deal_id=deal_id))


@routes.patch("/deals/{deal_id}", permission="deals:write", body=DealChange, returns=DealOut, present=conflicting)
def change_deal(call: Call[DealChange], deal_id: str) -> DealOut:
    """Change what people fill in; stages are changed by moving, winning, losing and reopening."""
    given = _given(call, deal_id)
    return _one(call, service.change_deal(**given, version=call.body.version, changes=call.body.values()))


@routes.delete("/deals/{deal_id}", permission="deals:write", query=DealDeletionQuery, present=conflicting)
def delete_deal(call: Call[None], deal_id: str) -> None:
    """Put a deal into the bin, where it can be restored for thirty days."""
    service.delete_deal(**_given(call, deal_id), version=call.query.version)


@routes.post("/deals/{deal_id}/restore", permission="deals:write", returns=DealOut)
def restore_deal(call: Call[None], deal_id: str) -> DealOut:
    """Take a deal out of the bin."""
    given = {name: value for name, value in _given(call, deal_id).items() if name != "workspace_id"}
    return _one(call, service.restore_deal(**given, workspace=_workspace(call)))


@routes.post("/deals/{deal_id}/move", permission="deals:write", body=DealMove, returns=DealOut, present=conflicting)
def move_deal(call: Call[DealMove], deal_id: str) -> DealOut:
    """Put an open deal into a stage, above or below another card, or on top."""
    body = call.body
    if body.before_id and body.after_id:
        raise InvalidError("Name one neighbour.", field="after_id", code="two_neighbours")
    moved = service.move_deal(
        **_given(call, deal_id),
        version=body.version,
        stage_id=body.stage_id,
        pipeline_id=body.pipeline_id or "",
        before_id=body.before_id or "",
        after_id=body.after_id or "",
    )
    return _one(call, moved)


@routes.post("/deals/{deal_id}/win", permission="deals:write", body=DealWon, returns=DealOut, present=conflicting)
def win_deal(call: Call[DealWon], deal_id: str) -> DealOut:
    """The sale was made."""
    return _close(call, deal_id, DealStatus.WON)


@routes.post("/deals/{deal_id}/lose", permission="deals:write", body=DealLost, returns=DealOut, present=conflicting)
def lose_deal(call: Call[DealLost], deal_id: str) -> DealOut:
    """The sale will not be made, and why."""
    return _close(call, deal_id, DealStatus.LOST)


@routes.post(
    "/deals/{deal_id}/reopen", permission="deals:write", body=DealReopened, returns=DealOut, present=conflicting
)
def reopen_deal(call: Call[DealReopened], deal_id: str) -> DealOut:
    """Put a won or lost deal back into its stage."""
    return _one(call, service.reopen_deal(**_given(call, deal_id), version=call.body.version))


@routes.get("/deals/{deal_id}/history", permission="deals:read", query=PageQuery, returns=Page[StageChangeOut])
def deal_history(call: Call[None], deal_id: str) -> Page[StageChangeOut]:
    """The deal's way through the stages, the oldest step first."""
    name = f"deal-history?{deal_id}"
    position = call.runtime.cursors.read(call.workspace_id, name, call.query.cursor)
    found = service.history_of(
        table=call.runtime.table,
        workspace_id=call.workspace_id,
        deal_id=deal_id,
        after=position[0] if position else "",
        limit=call.query.limit,
    )
    full = len(found) == call.query.limit
    more = call.runtime.cursors.write(call.workspace_id, name, [found[-1][0]]) if full else None
    return Page[StageChangeOut](items=[StageChangeOut.of(change) for _, change in found], next_cursor=more)


def _close(call: Call[Any], deal_id: str, status: DealStatus) -> DealOut:
    given, body = _given(call, deal_id), call.body
    closed = service.close_deal(**given, version=body.version, status=status, reason=body.reason or "")
    return _one(call, closed)


def _given(call: Call[Any], deal_id: str) -> dict[str, Any]:
    return {
        "table": call.runtime.table,
        "clock": call.runtime.clock,
        "workspace_id": call.workspace_id,
        "deal_id": deal_id,
        "changed_by": call.actor.reference,
    }


def _workspace(call: Call[Any]) -> Workspace:
    return get_workspace(table=call.runtime.table, workspace_id=call.workspace_id)


def _one(call: Call[Any], deal: Deal) -> DealOut:
    return shown(call, [deal])[0]
