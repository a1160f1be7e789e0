"""The log of hits in the table."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.table import Table
from chalicelib.marketing.sending.domain import Recipient
from chalicelib.marketing.tracking.judging import HITS_LIMIT, Hit, Label, Request, What
from chalicelib.marketing.tracking.records import HitRecord, hit_key, hits_partition

_AGENT_LENGTH = 300


def put(table: Table, row: Recipient, hit: Hit, kept: timedelta) -> None:
    """Write a hit into the log, for so long."""
    table.put(to_record(row, hit, kept))


def of_recipient(table: Table, row: Recipient, now: datetime) -> list[Hit]:
    """A recipient's hits as they certainly are, the oldest first; one more than the limit at most."""
    pk = hits_partition(row.workspace_id, row.campaign_id, row.shard)
    page = table.query(HitRecord, pk, begins_with=f"{row.contact_id}#", limit=HITS_LIMIT + 1, consistent=True)
    return [to_domain(record) for record in page.items if not record.expired(now)]


def forget(table: Table, row: Recipient, hits: Sequence[Hit]) -> None:
    """Delete hits out of the log."""
    keys = [hit_key(row.workspace_id, row.campaign_id, row.shard, row.contact_id, hit.at, hit.place) for hit in hits]
    table.write_many([], deletes=keys)


def relabel(table: Table, row: Recipient, hit: Hit, now: datetime) -> bool:
    """Write what a hit is judged to be now; False when it is gone."""
    key = hit_key(row.workspace_id, row.campaign_id, row.shard, row.contact_id, hit.at, hit.place)
    why = HitRecord.why.set(hit.why) if hit.why else HitRecord.why.remove()
    try:
        table.update(HitRecord, key, [HitRecord.label.set(hit.label), why, HitRecord.updated_at.set(now)])
    except ConflictError:
        return False
    return True


def page(
    table: Table, workspace_id: str, campaign_id: str, shard: int, *, start: dict[str, Any] | None, limit: int
) -> tuple[list[HitRecord], dict[str, Any] | None]:
    """Hits of a shard by recipient and time, and where the next page starts."""
    found = table.query(
        HitRecord, hits_partition(workspace_id, campaign_id, shard), start=start, limit=limit, consistent=True
    )
    return found.items, found.next


def to_record(row: Recipient, hit: Hit, kept: timedelta) -> HitRecord:
    """The item of a hit."""
    key = hit_key(row.workspace_id, row.campaign_id, row.shard, row.contact_id, hit.at, hit.place)
    return HitRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=row.workspace_id,
        created_at=hit.at,
        expires_at=int((hit.at + kept).timestamp()),
        agent=hit.request.agent[:_AGENT_LENGTH] or None,
        network=hit.request.network or None,
        head=hit.request.head or None,
        ahead=hit.request.ahead or None,
        label=hit.label,
        why=hit.why or None,
    )


def to_domain(record: HitRecord) -> Hit:
    """The hit in an item."""
    place = record.place
    what: What = "open" if place == "open" else "choices" if place == "choices" else "click"
    label: Label = "person" if record.label == "person" else "proxy" if record.label == "proxy" else "machine"
    request = Request(record.agent or "", record.network or "", bool(record.head), bool(record.ahead))
    return Hit(record.created_at, what, request, int(place) if what == "click" else 0, label, record.why or "")
