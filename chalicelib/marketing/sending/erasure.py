"""What campaigns' ledgers keep of a person, shown and erased."""

from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.privacy.domain import PersonalData
from chalicelib.foundation.clock import to_text
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Table
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.campaigns.domain import Campaign
from chalicelib.marketing.sending.domain import Reason, State
from chalicelib.marketing.sending.records import RecipientRecord, recipient_key

_PAGE = 50
_TIMES = ("sent_at", "delivered_at", "opened_at", "clicked_at", "bounced_at", "complained_at", "unsubscribed_at")


class _Recipients:
    """A row stays, so that a campaign's numbers add up: its state and times, without the address and the provider's id."""

    def show(
        self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]
    ) -> list[Mapping[str, Any]]:
        """The campaigns the person was a recipient of, and what became of each."""
        shown: list[Mapping[str, Any]] = []
        for campaign, record in _rows(runtime.table, workspace_id, contact):
            times = {name: to_text(at) for name in _TIMES if (at := getattr(record, name)) is not None}
            shown.append({"campaign": campaign.name, "to": record.email, "state": record.state, **times})
        return shown

    def erase(self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]) -> int:
        """Take out who it was. Whoever still waits for the message does not get it."""
        table, count, now = runtime.table, 0, runtime.clock.now()
        for _, record in _rows(table, workspace_id, contact):
            if not record.email and not record.message_id:
                continue
            actions = [
                RecipientRecord.email.remove(),
                RecipientRecord.client.remove(),
                RecipientRecord.device.remove(),
                RecipientRecord.soft_bounces.remove(),
                RecipientRecord.message_id.remove(),
                RecipientRecord.gsi2pk.remove(),
                RecipientRecord.gsi2sk.remove(),
                RecipientRecord.duepk.remove(),
                RecipientRecord.duesk.remove(),
                RecipientRecord.updated_at.set(now),
            ]
            if record.state == State.PENDING.value:
                actions += [
                    RecipientRecord.state.set(State.SUPPRESSED.value),
                    RecipientRecord.reason.set(Reason.CONTACT_DELETED.value),
                    RecipientRecord.state_at.set(now),
                ]
            try:
                table.update(RecipientRecord, record.key, actions, condition=RecipientRecord.state == record.state)
            except ConflictError:
                continue  # it is being sent this moment; the erasure runs again
            count += 1
        return count


def _rows(table: Table, workspace_id: str, contact: Contact) -> Iterator[tuple[Campaign, RecipientRecord]]:
    for campaign in _campaigns(table, workspace_id):
        keys = [recipient_key(workspace_id, campaign.id, each, campaign.shards) for each in contact.all_ids]
        for record in table.get_many(RecipientRecord, keys, consistent=True).values():
            yield campaign, record


def _campaigns(table: Table, workspace_id: str) -> Iterator[Campaign]:
    """The campaigns that have a ledger."""
    start = None
    while True:
        page, start = campaigns.page_of_campaigns(table=table, workspace_id=workspace_id, limit=_PAGE, start=start)
        yield from (campaign for campaign in page if campaign.started_at is not None)
        if start is None:
            return


ERASURE: PersonalData = _Recipients()
