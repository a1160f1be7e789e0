"""Contacts of whom nothing was heard for so long that they are forgotten."""

from datetime import datetime
from typing import Any

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.privacy import service
from chalicelib.customers.retention.domain import Expired, Expiring
from chalicelib.customers.timeline import service as timeline
from chalicelib.customers.timeline.domain import About
from chalicelib.foundation.errors import NotFoundError
from chalicelib.foundation.runtime import Runtime

ACTOR = "retention"


class _Contacts:
    """One that was not changed, did not come back and had nothing happen to it since that day, has no open lead, and whom no feature
    needs (an open deal) is erased as if the person had asked for it.
    """

    def expire(
        self, runtime: Runtime, workspace_id: str, *, before: datetime, start: str | None, limit: int
    ) -> Expired:
        """Order the erasure of those in a page of contacts."""
        page = contacts.page_of_contacts(table=runtime.table, workspace_id=workspace_id, start=start, limit=limit)
        count = 0
        for contact in page.items:
            if not _inactive(runtime, contact, before):
                continue
            try:
                service.order_erasure(
                    runtime=runtime,
                    workspace_id=workspace_id,
                    contact_id=contact.id,
                    job_id=runtime.new_id(),
                    actor=ACTOR,
                )
            except NotFoundError:
                continue  # gone meanwhile
            count += 1
        return Expired(count, page.next)


def _inactive(runtime: Runtime, contact: Contact, before: datetime) -> bool:
    times = [contact.created_at, contact.updated_at, *(each.at for each in (contact.last_touch,) if each is not None)]
    if contact.open_lead_id or max(times) >= before:
        return False
    for contact_id in contact.all_ids:
        about = About("contact", contact_id)
        newest = timeline.newest_at(table=runtime.table, workspace_id=contact.workspace_id, about=about)
        if newest is not None and newest >= before:
            return False
    features: Any = runtime.parts("erase").values()
    return not any(each.holds(runtime, contact) for each in features if hasattr(each, "holds"))


EXPIRING: Expiring = _Contacts()
