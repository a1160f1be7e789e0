"""Reading the audit. Nothing writes it from outside."""

from chalicelib.foundation.http import Call, Page, Routes
from chalicelib.workspaces.audit import service, store
from chalicelib.workspaces.audit.schemas import AuditOut, AuditQuery

routes = Routes("audit", __name__)


@routes.get("/audit", permission="audit:read", query=AuditQuery, returns=Page[AuditOut])
def list_audit(call: Call[None]) -> Page[AuditOut]:
    """Who changed what on a day, or what was done to one thing (``subject_id``); the newest first."""
    if call.query.subject_id is not None:
        return _of_subject(call, call.query.subject_id)
    day = (call.query.day or call.runtime.clock.now().date()).isoformat()
    name, cursors = f"audit:{day}", call.runtime.cursors
    after = cursors.read(call.workspace_id, name, call.query.cursor)
    page = service.page_of_entries(
        table=call.runtime.table, workspace_id=call.workspace_id, day=day, limit=call.query.limit, after=after
    )
    following = cursors.write(call.workspace_id, name, [page.items[-1].sk]) if page.next and page.items else None
    return Page[AuditOut](items=[AuditOut.of(store.to_domain(row)) for row in page.items], next_cursor=following)


def _of_subject(call: Call[None], subject_id: str) -> Page[AuditOut]:
    name, cursors = f"audit:subject:{subject_id}", call.runtime.cursors
    before = cursors.read(call.workspace_id, name, call.query.cursor)
    page = service.page_of_subject(
        table=call.runtime.table,
        workspace_id=call.workspace_id,
        subject_id=subject_id,
        limit=call.query.limit,
        before=before[0] if before else "",
    )
    following = cursors.write(call.workspace_id, name, [page.items[-1].gsi2sk]) if page.next and page.items else None
    return Page[AuditOut](items=[AuditOut.of(store.to_domain(row)) for row in page.items], next_cursor=following)
