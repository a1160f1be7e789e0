"""What companies do from the queue ``jobs``. Harmless when repeated: what is done is what is true when it is done."""

from dataclasses import replace

from chalicelib.customers.companies import events, store
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.files import events as files
from chalicelib.customers.sweeping import sweep
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.runtime import Runtime

_PAGE = 200
_AGAIN = 30  # seconds; by then a contact that was just put into the company under its old name is seen


def handle(runtime: Runtime, envelope: Envelope) -> None:
    """One order of `events`; others on this queue are left alone."""
    if envelope.type == events.CONTACTS:
        _name_contacts(runtime, envelope)
    elif envelope.type == events.SWEEP:
        _sweep(runtime, envelope)


def _name_contacts(runtime: Runtime, envelope: Envelope) -> None:
    """Some of the company's contacts; the rest by an order of its own, and all of them once more a while later."""
    data, workspace_id = envelope.data, envelope.workspace_id
    company_id = str(data["company_id"])
    company = store.read(runtime.table, workspace_id, company_id, consistent=True, gone=True)
    following = contacts.follow_company(
        table=runtime.table,
        clock=runtime.clock,
        workspace_id=workspace_id,
        company_id=company_id,
        name=company.name if company is not None else None,
        after=str(data.get("after", "")),
        limit=_PAGE,
    )
    if following:
        rest = replace(envelope, id=f"{envelope.id}:{following}", data={**data, "after": following})
        runtime.queues.publish("jobs", [rest])
    elif not data.get("again"):
        again = replace(envelope, id=f"{envelope.id}:again", data={"company_id": company_id, "again": True})
        runtime.queues.publish("jobs", [again], delay=_AGAIN)


def _sweep(runtime: Runtime, envelope: Envelope) -> None:
    """The partitions of the company and of those merged into it, and their files."""
    workspace_id, data = envelope.workspace_id, envelope.data
    for company_id in (str(data["company_id"]), *data.get("merged_ids", ())):
        present = store.read(runtime.table, workspace_id, company_id, consistent=True, gone=True)
        if present is None or present.merged_into:
            order = files.sweep(workspace_id, "company", company_id, envelope.at, envelope.id)
            runtime.queues.publish("jobs", [order])
            sweep(runtime.table, store.partition_of(workspace_id, company_id))
