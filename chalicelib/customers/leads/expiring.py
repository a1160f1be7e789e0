"""Closed leads whose time is over."""

from datetime import datetime

from chalicelib.customers.leads import store
from chalicelib.customers.leads.domain import LeadStatus
from chalicelib.customers.leads.erasure import remove
from chalicelib.customers.leads.records import lead_key
from chalicelib.customers.retention.domain import Expired, Expiring
from chalicelib.foundation.ids import first_id
from chalicelib.foundation.runtime import Runtime
from chalicelib.workspaces.settings.service import get_workspace


class _Leads:
    """The oldest first; one that was closed (or changed) since that day stays. The numbers of leads stay, too."""

    def expire(
        self, runtime: Runtime, workspace_id: str, *, before: datetime, start: str | None, limit: int
    ) -> Expired:
        """Delete a page of them."""
        table = runtime.table
        workspace = get_workspace(table=table, workspace_id=workspace_id)
        page = store.recent(
            table,
            workspace_id,
            statuses=[status for status in LeadStatus if not status.open],
            shards=workspace.shards_of("leads"),
            span=(start or "0", first_id(before)),
            oldest_first=True,
            limit=limit,
        )
        old = [lead.id for lead in page if lead.updated_at < before]
        for lead_id in old:
            remove(runtime, workspace_id, lead_id)
            table.write_many([], deletes=list(table.keys(lead_key(workspace_id, lead_id).pk)))
        return Expired(len(old), f"{page[-1].id}~" if len(page) == limit else None)


EXPIRING: Expiring = _Leads()
