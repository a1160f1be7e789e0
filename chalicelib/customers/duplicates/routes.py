"""The routes of duplicates."""

from chalicelib.customers.duplicates import service
from chalicelib.customers.duplicates.domain import PairState
from chalicelib.customers.duplicates.schemas import DuplicateOut, DuplicatePairOut, DuplicatesQuery
from chalicelib.foundation.http import Call, Page, Routes

routes = Routes("duplicates", __name__)


@routes.get("/contacts/{contact_id}/duplicates", permission="contacts:read", returns=Page[DuplicateOut])
def list_duplicates_of_contact(call: Call[None], contact_id: str) -> Page[DuplicateOut]:
    """Contacts that may be the same person as this one, the newest first. There is one page."""
    found = service.duplicates_of(table=call.runtime.table, workspace_id=call.workspace_id, contact_id=contact_id)
    return Page[DuplicateOut](items=[DuplicateOut.of(each) for each in found])


@routes.get("/duplicates", permission="contacts:read", query=DuplicatesQuery, returns=Page[DuplicatePairOut])
def list_duplicates(call: Call[None]) -> Page[DuplicatePairOut]:
    """Pairs of contacts that may be one person, the last found first. A page may be short and not be the last."""
    state, cursors = call.query.state, call.runtime.cursors
    name = f"duplicates?{state}"
    position = cursors.read(call.workspace_id, name, call.query.cursor)
    found, following = service.list_pairs(
        table=call.runtime.table,
        workspace_id=call.workspace_id,
        state=PairState(state),
        before=position[0] if position else "",
        limit=call.query.limit,
    )
    more = cursors.write(call.workspace_id, name, [following]) if following else None
    return Page[DuplicatePairOut](items=[DuplicatePairOut.of(each) for each in found], next_cursor=more)


@routes.post("/duplicates/{pair_id}/ignore", permission="contacts:write", returns=DuplicatePairOut)
def ignore_duplicate(call: Call[None], pair_id: str) -> DuplicatePairOut:
    """These two are two people: the pair is listed no more."""
    pair = service.ignore(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        pair_id=pair_id,
        actor=call.actor.reference,
    )
    return DuplicatePairOut.of(pair)


@routes.post("/duplicates/{pair_id}/reopen", permission="contacts:write", returns=DuplicatePairOut)
def reopen_duplicate(call: Call[None], pair_id: str) -> DuplicatePairOut:
    """These two may be one person after all: the pair is listed again."""
    pair = service.reopen(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        pair_id=pair_id,
        actor=call.actor.reference,
    )
    return DuplicatePairOut.of(pair)
