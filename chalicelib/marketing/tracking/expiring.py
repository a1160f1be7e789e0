"""Hits whose time is over."""

import json
from datetime import datetime

from chalicelib.customers.retention.domain import Expired, Expiring
from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.tracking import hits, store


class _Hits:
    """Campaign by campaign, the newest first, shard by shard. A campaign that began after the time in question has no hits that old;
    in one that began before the time of hits themselves there are none left.
    """

    def expire(
        self, runtime: Runtime, workspace_id: str, *, before: datetime, start: str | None, limit: int
    ) -> Expired:
        """Delete what is too old of a page of one shard's hits."""
        table, now = runtime.table, runtime.clock.now()
        place = json.loads(start) if start else {}
        page, after = campaigns.page_of_campaigns(
            table=table, workspace_id=workspace_id, limit=1, start=place.get("campaign")
        )
        following = Expired(0, json.dumps({"campaign": after}) if after else None)
        if not page:
            return Expired(0, None)
        (campaign,) = page
        if campaign.created_at < now - 3 * hits.KEPT:
            return Expired(0, None)  # and all that follow are older
        if campaign.started_at is None or campaign.started_at >= before:
            return following
        shard = int(place.get("shard", 0))
        found, more = store.page(table, workspace_id, campaign.id, shard, start=place.get("hit"), limit=limit)
        old = [record.key for record in found if record.created_at < before]
        table.write_many([], deletes=old)
        if more is not None:
            return Expired(len(old), json.dumps({**place, "shard": shard, "hit": more}))
        if shard + 1 < campaign.shards:
            return Expired(len(old), json.dumps({"campaign": place.get("campaign"), "shard": shard + 1}))
        return Expired(len(old), following.next)


EXPIRING: Expiring = _Hits()
