"""What the log of hits keeps of a person, shown and erased."""

from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.privacy.domain import PersonalData
from chalicelib.foundation.clock import to_text
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Key, Table
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.campaigns.domain import Campaign
from chalicelib.marketing.sending import service as sending
from chalicelib.marketing.tracking import store
from chalicelib.marketing.tracking.records import HitRecord, hits_partition

_PAGE = 50


class _Hits:
    """Hits are deleted; what was counted stays counted."""

    def show(
        self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]
    ) -> list[Mapping[str, Any]]:
        """When somebody fetched something out of this person's messages, and with what."""
        shown: list[Mapping[str, Any]] = []
        for campaign, pk, contact_id in _places(runtime.table, workspace_id, contact):
            for record in runtime.table.query_all(HitRecord, pk, begins_with=f"{contact_id}#", consistent=True):
                hit = store.to_domain(record)
                shown.append(
                    {
                        "campaign": campaign.name,
                        "at": to_text(hit.at),
                        "what": hit.what,
                        "agent": hit.request.agent,
                        "network": hit.request.network,
                        "label": hit.label,
                    }
                )
        return shown

    def erase(self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]) -> int:
        """Delete them all."""
        keys: list[Key] = []
        for _, pk, contact_id in _places(runtime.table, workspace_id, contact):
            keys += runtime.table.keys(pk, begins_with=f"{contact_id}#")
        runtime.table.write_many([], deletes=keys)
        return len(keys)


def _places(table: Table, workspace_id: str, contact: Contact) -> Iterator[tuple[Campaign, str, str]]:
    """The partitions in which hits of the person can be, campaign by campaign, with the id they stand under."""
    start = None
    while True:
        page, start = campaigns.page_of_campaigns(table=table, workspace_id=workspace_id, limit=_PAGE, start=start)
        for campaign in page:
            if campaign.started_at is not None:
                for contact_id in contact.all_ids:
                    shard = sending.shard_of(contact_id, campaign.shards)
                    yield campaign, hits_partition(workspace_id, campaign.id, shard), contact_id
        if start is None:
            return


ERASURE: PersonalData = _Hits()
