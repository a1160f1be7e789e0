"""The route of counts."""

from chalicelib.customers.lists.schemas import CountOut, CountQuery, asker
from chalicelib.customers.lists.service import Listing
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.http import Call, Routes
from chalicelib.workspaces.settings.service import get_workspace

routes = Routes("lists", __name__)
PERMISSIONS = {"contact": "contacts", "company": "companies", "lead": "leads", "deal": "deals", "task": "tasks"}


@routes.get("/counts", permission="search:read", query=CountQuery, returns=CountOut)
def count(call: Call[None]) -> CountOut:
    """How many records of a kind match a filter; exact up to ten thousand. Needs the kind's own permission, too."""
    kind = call.query.kind
    call.require(f"{PERMISSIONS[kind]}:read")
    listing: Listing[object] | None = call.runtime.parts("list").get(kind)
    if listing is None:
        raise InvalidError("These are not counted.", field="kind", code="unknown")
    workspace = get_workspace(table=call.runtime.table, workspace_id=call.workspace_id)
    conditions = listing.conditions(call.runtime, call.workspace_id, call.query.filter, me=asker(call))
    number, exact = listing.count(call.runtime, workspace, conditions)
    return CountOut(count=number, exact=exact)
