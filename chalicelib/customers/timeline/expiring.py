"""Activities whose time is over."""

from datetime import datetime

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.retention.domain import Expired, Expiring
from chalicelib.customers.timeline.domain import About
from chalicelib.customers.timeline.records import ActivityRecord, timeline_partition
from chalicelib.foundation.clock import to_text
from chalicelib.foundation.runtime import Runtime

_MOST = 500  # activities of one contact in one night


class _Activities:
    """Contact by contact: what happened with it before that day. What is pinned was pinned for a reason, but not for ever."""

    def expire(
        self, runtime: Runtime, workspace_id: str, *, before: datetime, start: str | None, limit: int
    ) -> Expired:
        """Delete the old ones of a page of contacts."""
        table, count = runtime.table, 0
        page = contacts.page_of_contacts(table=table, workspace_id=workspace_id, start=start, limit=limit)
        span = ("ACT#", f"ACT#{to_text(before)}")
        for contact in page.items:
            for contact_id in contact.all_ids:
                pk = timeline_partition(workspace_id, About("contact", contact_id))
                found = table.query(ActivityRecord, pk, between=span, limit=_MOST).items
                table.write_many([], deletes=[record.key for record in found])
                count += len(found)
        return Expired(count, page.next)


EXPIRING: Expiring = _Activities()
