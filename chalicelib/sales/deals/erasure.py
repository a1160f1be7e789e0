"""What deals keep of a person, shown and erased."""

from collections.abc import Mapping
from typing import Any

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.files import erasure as files
from chalicelib.customers.privacy.domain import PersonalData
from chalicelib.customers.search import service as search
from chalicelib.customers.timeline import erasure as timelines
from chalicelib.customers.timeline.domain import About
from chalicelib.customers.timeline.erasure import activities
from chalicelib.foundation.clock import to_text
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.http import idempotency
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Table
from chalicelib.sales.deals import store
from chalicelib.sales.deals.domain import Deal, DealStatus
from chalicelib.sales.deals.listing import of_customer
from chalicelib.sales.deals.records import DealRecord, deal_key
from chalicelib.workspaces.audit import service as audit
from chalicelib.workspaces.settings.service import get_workspace

_PAGE = 100

NAMELESS = "—"
"""The title of a deal whose person was erased."""


class _Deals:
    """A deal stays for the numbers: its amount, its products, its way through the stages. Its title, its texts, its own fields, its files and
    its timeline go.
    """

    def show(
        self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]
    ) -> list[Mapping[str, Any]]:
        """The person's deals."""
        return [
            {
                "title": deal.title,
                "amount": deal.amount_text,
                "currency": deal.currency,
                "status": deal.status.value,
                "created_at": to_text(deal.created_at),
                **{
                    name: value
                    for name in ("description", "lost_reason", "won_reason")
                    if (value := getattr(deal, name))
                },
            }
            for deal in _deals(runtime, workspace_id, contact)
        ]

    def erase(self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]) -> int:
        """Take out who it was with."""
        table, count = runtime.table, 0
        found = _deals(runtime, workspace_id, contact)
        for deal in found:
            _forget_timeline(table, workspace_id, deal)
            files.forget(runtime, workspace_id, "deal", deal.id)
            texts = [deal.title, *contacts.search_texts(contact)]
            search.forget(table=table, workspace_id=workspace_id, kind="deal", id=deal.id, texts=texts)
            actions = [
                DealRecord.title.set(NAMELESS),
                DealRecord.description.remove(),
                DealRecord.custom.remove(),
                DealRecord.won_reason.remove(),
                DealRecord.lost_reason.remove(),
                DealRecord.changed_by.set(audit.ERASURE),
                DealRecord.updated_at.set(runtime.clock.now()),
            ]
            try:
                table.update(
                    DealRecord, deal_key(workspace_id, deal.id), actions, condition=DealRecord.title != NAMELESS
                )
            except ConflictError:
                continue  # it has been done
            count += 1
        ids = [deal.id for deal in found]
        count += audit.forget(table=table, workspace_id=workspace_id, subject_ids=ids)
        return count + idempotency.forget(table=table, workspace_id=workspace_id, subject_ids=ids)

    def holds(self, runtime: Runtime, contact: Contact) -> bool:
        """Whether a deal with the person is open."""
        return any(deal.status is DealStatus.OPEN for deal in _deals(runtime, contact.workspace_id, contact))


def _deals(runtime: Runtime, workspace_id: str, contact: Contact) -> list[Deal]:
    """The person's deals: those in lists, and those in the bin, which the timeline still names."""
    table, start = runtime.table, None
    found: dict[str, None] = {}
    workspace = get_workspace(table=table, workspace_id=workspace_id)
    while True:
        page, start = of_customer(runtime, workspace, "contact_id", contact.all_ids, start=start, limit=_PAGE)
        found |= {deal.id: None for deal in page}
        if start is None:
            break
    named = (str(activity.data.get("deal_id") or "") for _, activity in activities(table, workspace_id, contact))
    ids = [*found, *(each for each in dict.fromkeys(named) if each and each not in found)]
    records = table.get_many(DealRecord, [deal_key(workspace_id, each) for each in ids], consistent=True) if ids else {}
    deals = [store.to_domain(record) for record in records.values()]
    return [deal for deal in deals if deal.contact_id in contact.all_ids]


def _forget_timeline(table: Table, workspace_id: str, deal: Deal) -> None:
    """The deal's own timeline, and what names the deal in its company's."""
    timelines.forget_timeline(table, workspace_id, About("deal", deal.id))
    if deal.company_id:
        company = timelines.all_of(table, workspace_id, About("company", deal.company_id))
        timelines.forget(table, workspace_id, [each for each in company if each.data.get("deal_id") == deal.id])


ERASURE: PersonalData = _Deals()
