"""The routes of deals."""

from typing import Any

from chalicelib.customers.lists.schemas import asker, question
from chalicelib.customers.lists.service import NEWEST
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.http import Answer, Call, Page, PageQuery, Routes
from chalicelib.sales.deals import board, finding, listing, service
from chalicelib.sales.deals.domain import Deal, DealStatus
from chalicelib.sales.deals.presenting import conflicting, shown
from chalicelib.sales.deals.schemas import (
    BoardColumnOut,
    BoardOut,
    BoardQuery,
    DealChange,
    DealDeletionQuery,
    DealIn,
    DealLost,
    DealMove,
    DealOut,
    DealReopened,
    DealsQuery,
    DealWon,
    MoneyTotalOut,
    StageChangeOut,
)
from chalicelib.sales.money import amount_text
from chalicelib.sales.pipelines.service import get_pipeline
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import get_workspace

routes = Routes("deals", __name__)


@routes.get("/deals", permission="deals:read", query=DealsQuery, returns=Page[DealOut])
def list_deals(call: Call[None]) -> Page[DealOut]:
    """The deals, as on the boards or as ``sort`` says, narrowed by what is given; or those in the bin. A page may be short, even
    empty, and have a next one.
    """
    query, me = call.query, asker(call)
    name = f"deals?{question(query)}&{me}"
    position = call.runtime.cursors.read(call.workspace_id, name, query.cursor)
    found, following = _found(call, query, me, position)
    more = call.runtime.cursors.write(call.workspace_id, name, following) if following else None
    return Page[DealOut](items=shown(call, found), next_cursor=more)


def _found(
    call: Call[Any], query: DealsQuery, me: str, position: list[str] | None
) -> tuple[list[Deal], list[str] | None]:
    given: dict[str, Any] = {
        "table": call.runtime.table,
        "clock": call.runtime.clock,
        "position": position,
        "limit": query.limit,
    }
    if query.deleted:
        page = finding.deleted_deals(**given, workspace_id=call.workspace_id)
        return page.items, page.next
    if query.as_on_boards:
        page = finding.find_deals(**given, workspace=_workspace(call), wanted=query.wanted(me))
        return page.items, page.next
    found, following = listing.list_deals(
        runtime=call.runtime,
        workspace=_workspace(call),
        query=query.narrowing(),
        conditions=query.filter,
        sort=query.sort or NEWEST,
        rotting=query.rotting,
        start=position[0] if position else None,
        limit=query.limit,
        me=me,
    )
    return found, [following] if following else None


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


@routes.get("/pipelines/{pipeline_id}/board", permission="deals:read", query=BoardQuery, returns=BoardOut)
def show_board(call: Call[None], pipeline_id: str) -> BoardOut:
    """A pipeline's open deals by stage, with how many there are and what they are worth; or the next page of one stage."""
    query, me = call.query, asker(call)
    owner_id = ((me or "=") if query.owner_id == "me" else query.owner_id) or ""
    pipeline = get_pipeline(table=call.runtime.table, workspace_id=call.workspace_id, pipeline_id=pipeline_id)
    after, stage_id = _board_position(call, pipeline_id, owner_id)
    columns = board.board(
        table=call.runtime.table,
        workspace=_workspace(call),
        pipeline=pipeline,
        owner_id=owner_id,
        limit=query.limit,
        stage_id=stage_id,
        after=after,
    )
    cards = iter(shown(call, [deal for column in columns for deal in column.deals]))
    shown_columns = [
        BoardColumnOut(
            stage_id=column.stage.id,
            count=column.count,
            totals=[
                MoneyTotalOut(
                    currency=currency,
                    amount=amount_text(amount, currency),
                    weighted=amount_text(column.weighted(currency), currency),
                )
                for currency, amount in column.totals.items()
            ],
            deals=[next(cards) for _ in column.deals],
            next_cursor=_board_cursor(call, pipeline_id, owner_id, column) if column.next else None,
        )
        for column in columns
    ]
    return BoardOut(pipeline_id=pipeline_id, columns=shown_columns)


def _board_position(call: Call[Any], pipeline_id: str, owner_id: str) -> tuple[str, str]:
    """Where the asked page begins, and in which column; a cursor knows its column."""
    name = f"board?{pipeline_id}&{owner_id}"
    position = call.runtime.cursors.read(call.workspace_id, name, call.query.cursor)
    if position is None:
        return "", call.query.stage_id or ""
    return position[1], position[0]


def _board_cursor(call: Call[Any], pipeline_id: str, owner_id: str, column: board.Column) -> str:
    return call.runtime.cursors.write(
        call.workspace_id, f"board?{pipeline_id}&{owner_id}", [column.stage.id, column.next]
    )


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
