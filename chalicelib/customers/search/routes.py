"""The route of search."""

from chalicelib.customers.search import service
from chalicelib.customers.search.schemas import HitOut, SearchQuery
from chalicelib.foundation.http import Call, Page, Routes

routes = Routes("search", __name__)


@routes.get("/search", permission="search:read", query=SearchQuery, returns=Page[HitOut])
def search(call: Call[None]) -> Page[HitOut]:
    """Find contacts, companies, leads and deals by the beginnings of words. There is one page, of fifty at most."""
    found = service.search(
        table=call.runtime.table,
        workspace_id=call.workspace_id,
        query=call.query.q,
        kind=call.query.kind or "",
        limit=call.query.limit,
    )
    items = [
        HitOut.model_construct(kind=hit.kind, id=hit.id, title=hit.title, subtitle=hit.subtitle or None)
        for hit in found
    ]
    return Page[HitOut].model_construct(items=items, next_cursor=None)
