"""Deals in the table."""

from datetime import date
from typing import Any

from chalicelib.foundation.table import Table
from chalicelib.foundation.table.table import query_merged
from chalicelib.sales.deals.domain import Deal, DealStatus
from chalicelib.sales.deals.records import DealRecord, board_partition, deal_key, owner_partition


def read(table: Table, workspace_id: str, deal_id: str, *, consistent: bool = False) -> Deal | None:
    """The deal, or None."""
    record = table.get(DealRecord, deal_key(workspace_id, deal_id), consistent=consistent)
    return None if record is None else to_domain(record)


def board(
    table: Table, workspace_id: str, pipeline_id: str, *, shards: int, after: str, limit: int
) -> list[tuple[str, Deal]]:
    """The deals of a pipeline by stage and rank, over all shards, each with its position."""

    def shard(number: int) -> Any:
        return lambda limit: table.query(
            DealRecord, board_partition(workspace_id, pipeline_id, number), index="gsi1", after=after, limit=limit
        )

    shards_read = [shard(number) for number in range(shards)]
    found = query_merged(shards_read, limit=limit, position=lambda each: each.gsi1sk, newest_first=False)
    return [(record.gsi1sk, to_domain(record)) for record in found]


def to_record(deal: Deal) -> DealRecord:
    """The item of a deal."""
    key = deal_key(deal.workspace_id, deal.id)
    return DealRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=deal.workspace_id,
        version=deal.version,
        created_at=deal.created_at,
        updated_at=deal.updated_at,
        changed_by=deal.changed_by or None,
        gsi1pk=board_partition(deal.workspace_id, deal.pipeline_id, deal.shard),
        gsi1sk=f"{deal.stage_id}#{deal.rank}",
        gsi2pk=owner_partition(deal.workspace_id, deal.owner_id) if deal.owner_id else None,
        gsi2sk=deal.id if deal.owner_id else None,
        pipeline_id=deal.pipeline_id,
        stage_id=deal.stage_id,
        title=deal.title,
        amount=deal.amount,
        currency=deal.currency,
        contact_id=deal.contact_id or None,
        company_id=deal.company_id or None,
        owner_id=deal.owner_id or None,
        expected_close=deal.expected_close.isoformat() if deal.expected_close else None,
        status=deal.status.value,
    )


def to_domain(record: DealRecord) -> Deal:
    """The deal in an item."""
    return Deal(
        workspace_id=record.workspace_id,
        id=record.deal_id,
        pipeline_id=record.pipeline_id,
        stage_id=record.stage_id,
        title=record.title,
        created_at=record.created_at,
        updated_at=record.updated_at or record.created_at,
        version=int(record.version),
        shard=int((record.gsi1pk or "#0").rpartition("#")[2]),
        amount=record.amount,
        currency=record.currency,
        contact_id=record.contact_id or "",
        company_id=record.company_id or "",
        owner_id=record.owner_id or "",
        expected_close=date.fromisoformat(record.expected_close) if record.expected_close else None,
        status=DealStatus(record.status),
        changed_by=record.changed_by or "",
    )
