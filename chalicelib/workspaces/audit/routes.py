"""Reading the audit. Nothing writes it from outside."""

from chalicelib.foundation.http import Call, Page, Routes
from chalicelib.workspaces.audit import service, store
from chalicelib.workspaces.audit.schemas import AuditOut, AuditQuery

routes = Routes("audit", __name__)


@routes.get("/audit", permission="audit:read", query=AuditQuery, returns=Page[AuditOut])
def list_audit(call: Call[None]) -> Page[AuditOut]:
    """Who changed what on a day, the newest first."""
    day = (call.query.day or call.runtime.clock.now().date()).isoformat()
    name, cursors = f"audit:{day}", call.runtime.cursors
    after = cursors.read(call.workspace_id, name, call.query.cursor)
    page = service.page_of_entries(
        table=call.runtime.table, workspace_id=call.workspace_id, day=day, limit=call.query.limit, after=after
    )
    following = cursors.write(call.workspace_id, name, [page.items[-1].sk]) if page.next and page.items else None
    return Page[AuditOut](items=[AuditOut.of(store.to_domain(row)) for row in page.items], next_cursor=following)
