"""Deals and their history in the table."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any, cast

from chalicelib.foundation import clock
from chalicelib.foundation.table import Create, Key, Page, Table, Update
from chalicelib.foundation.table.table import query_merged
from chalicelib.sales.deals.domain import BIN, Deal, DealStatus, StageChange, What
from chalicelib.sales.deals.records import (
    DealRecord,
    StageChangeRecord,
    bin_partition,
    board_partition,
    closed_partition,
    deal_key,
    deal_partition,
    stage_change_key,
)
from chalicelib.sales.totals import from_plain, to_plain

_OURS = frozenset({"pk", "sk", "kind", "workspace_id", "version", "created_at"})


def read(
    table: Table, workspace_id: str, deal_id: str, *, consistent: bool = False, deleted: bool = False
) -> Deal | None:
    """The deal, or None; with ``deleted`` also one in the bin."""
    record = table.get(DealRecord, deal_key(workspace_id, deal_id), consistent=consistent)
    deal = None if record is None else to_domain(record)
    return None if deal is None or (deal.deleted_at is not None and not deleted) else deal


def read_many(
    table: Table, workspace_id: str, deal_ids: Iterable[str], *, consistent: bool = False, deleted: bool = False
) -> dict[str, Deal]:
    """Those of the deals that exist, by id; with ``deleted`` also those in the bin."""
    keys = [deal_key(workspace_id, deal_id) for deal_id in deal_ids]
    found = table.get_many(DealRecord, keys, consistent=consistent) if keys else {}
    deals = {record.deal_id: to_domain(record) for record in found.values()}
    return {deal_id: deal for deal_id, deal in deals.items() if deleted or deal.deleted_at is None}


def position(deal: Deal) -> str:
    """Where an open deal stands on its pipeline's board."""
    return f"{deal.stage_id}#{deal.rank}"


def board(
    table: Table, workspace_id: str, pipeline_id: str, *, shards: int, after: str, limit: int, stage_id: str = ""
) -> list[tuple[str, Deal]]:
    """The open deals of a pipeline (of one stage) by stage and rank, over all shards, each with its position."""
    span: dict[str, Any] = {"after": after}
    if stage_id:
        span = {"between": (after or f"{stage_id}#", f"{stage_id}#~")}
    extra = 1 if stage_id and after else 0  # a range includes both ends

    def read_shard(number: int) -> Callable[[int], Page[DealRecord]]:
        place = board_partition(workspace_id, pipeline_id, number)
        return lambda limit: table.query(DealRecord, place, index="gsi1", limit=limit, **span)

    parts = [read_shard(number) for number in range(shards)]
    found = query_merged(parts, limit=limit + extra, position=_gsi1sk, newest_first=False)
    # A deal closed before closed ones had a list of their own may still stand here.
    return [(_gsi1sk(record), to_domain(record)) for record in found if _gsi1sk(record) != after][:limit]


def beside(
    table: Table,
    workspace_id: str,
    pipeline_id: str,
    stage_id: str,
    rank: str,
    *,
    shards: int,
    above: bool,
    limit: int = 1,
) -> list[Deal]:
    """The cards of a stage next to a rank, nearest first: above it or below. ``rank`` may be empty: the column's end."""
    edge = f"{stage_id}#{rank}"
    between = (f"{stage_id}#", edge if rank else f"{stage_id}#~") if above else (edge, f"{stage_id}#~")

    def read_shard(number: int) -> Callable[[int], Page[DealRecord]]:
        place = board_partition(workspace_id, pipeline_id, number)
        return lambda limit: table.query(
            DealRecord, place, index="gsi1", between=between, newest_first=above, limit=limit
        )

    parts = [read_shard(number) for number in range(shards)]
    found = query_merged(parts, limit=limit + 1, position=_gsi1sk, newest_first=above)
    return [to_domain(record) for record in found if not rank or _gsi1sk(record) != edge][:limit]


def closed(
    table: Table, workspace_id: str, pipeline_id: str, status: DealStatus, *, shards: int, before: str, limit: int
) -> list[tuple[str, Deal]]:
    """The won or lost deals of a pipeline, the last closed first, over all shards, each with its position."""

    def read_shard(number: int) -> Callable[[int], Page[DealRecord]]:
        place = closed_partition(workspace_id, pipeline_id, status.value, number)
        return lambda limit: table.query(DealRecord, place, index="gsi1", before=before, newest_first=True, limit=limit)

    parts = [read_shard(number) for number in range(shards)]
    found = query_merged(parts, limit=limit, position=_gsi1sk)
    return [(_gsi1sk(record), to_domain(record)) for record in found]


def deleted(table: Table, workspace_id: str, *, before: str, limit: int) -> list[tuple[str, Deal]]:
    """The deals in the bin, the last deleted first, each with its position."""
    page = table.query(
        DealRecord, bin_partition(workspace_id), index="gsi1", before=before, newest_first=True, limit=limit
    )
    return [(_gsi1sk(record), to_domain(record)) for record in page.items]


def history(table: Table, workspace_id: str, deal_id: str, *, after: str, limit: int) -> list[tuple[str, StageChange]]:
    """The rows of a deal's history, the oldest first, each with its position."""
    page = table.query(
        StageChangeRecord,
        deal_partition(workspace_id, deal_id),
        between=(after or "STAGE#", "STAGE#~"),
        limit=limit + 1 if after else limit,
        consistent=True,
    )
    return [(record.sk, to_change(record)) for record in page.items if record.sk != after][:limit]


def hanging(table: Table, workspace_id: str, deal_id: str, *, limit: int) -> list[Key]:
    """The keys of rows in a deal's partition, of whatever kind, but for the deal's own."""
    request = {
        "KeyConditionExpression": "pk = :p",
        "ExpressionAttributeValues": {":p": {"S": deal_partition(workspace_id, deal_id)}},
        "ProjectionExpression": "pk, sk",
        "Limit": limit,
    }
    found = [Key(item["pk"]["S"], item["sk"]["S"]) for item in table.raw("Query", request, write=False)["Items"]]
    return [key for key in found if key != deal_key(workspace_id, deal_id)]


# Operations


def change(old: Deal, new: Deal) -> Update:
    """What turns one into the other, if it is still at the version it was read at; gives back the whole item."""
    before, after = to_record(old).attribute_values, to_record(new).attribute_values
    actions = []
    for name in sorted((before.keys() | after.keys()) - _OURS):
        value = after.get(name)
        if before.get(name) != value:
            attribute = getattr(DealRecord, name)
            actions.append(attribute.remove() if value is None else attribute.set(value))
    key = deal_key(new.workspace_id, new.id)
    return Update(key, actions, DealRecord.version == old.version, returns=True)


def place(deal: Deal, rank: str) -> Update:
    """Give a card another rank in its stage, if it still has the one that was read. That is no change of the deal: its version
    stays.
    """
    return Update(
        deal_key(deal.workspace_id, deal.id),
        [DealRecord.rank.set(rank), DealRecord.gsi1sk.set(position(replace(deal, rank=rank)))],
        DealRecord.gsi1sk == position(deal),
        upsert=True,  # does not count as a version; the condition keeps it from making a row
    )


def stir(workspace_id: str, deal_id: str, at: datetime) -> Update:
    """Note when the last activity was, if no later one is known. That is no change of the deal: its version stays."""
    last = DealRecord.last_activity_at
    return Update(
        deal_key(workspace_id, deal_id),
        [last.set(at)],
        DealRecord.status.exists() & (last.does_not_exist() | (last < at)),
        upsert=True,
    )


def creation(deal: Deal) -> Create:
    """The deal's item, new."""
    return Create(to_record(deal))


def row(change: StageChange) -> Create:
    """A row of the history, new."""
    key = stage_change_key(change.workspace_id, change.deal_id, change.at, change.id)
    return Create(
        StageChangeRecord(
            pk=key.pk,
            sk=key.sk,
            workspace_id=change.workspace_id,
            created_at=change.at,
            changed_by=change.actor or None,
            pipeline_id=change.pipeline_id,
            what=change.what,
            status=change.status.value,
            from_stage=change.from_stage or None,
            to_stage=change.to_stage or None,
            seconds=change.seconds if change.from_stage else None,
            forward=change.forward,
            age=change.age if change.status is not DealStatus.OPEN else None,
        )
    )


# Record ↔ domain


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
        **_standing(deal),
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
        description=deal.description or None,
        lines=to_plain(deal.lines) or None,
        custom=dict(deal.custom) or None,
        rank=deal.rank or None,
        won_reason=deal.won_reason or None,
        lost_reason=deal.lost_reason or None,
        closed_at=deal.closed_at,
        stage_entered_at=deal.stage_entered_at,
        last_activity_at=deal.last_activity_at,
        lead_id=deal.lead_id or None,
        deleted_at=deal.deleted_at,
        deleted_by=deal.deleted_by or None,
    )


def _standing(deal: Deal) -> dict[str, Any]:
    """The indexes in which the deal stands, and when it goes."""
    where = deal.workspace_id
    if deal.deleted_at is not None:
        return {
            "gsi1pk": bin_partition(where),
            "gsi1sk": f"{clock.to_text(deal.deleted_at)}#{deal.id}",
            "expires_at": int((deal.deleted_at + BIN).timestamp()),
        }
    if deal.status is DealStatus.OPEN:
        return {"gsi1pk": board_partition(where, deal.pipeline_id, deal.shard), "gsi1sk": position(deal)}
    at = clock.to_text(deal.closed_at or deal.updated_at)
    place = closed_partition(where, deal.pipeline_id, deal.status.value, deal.shard)
    return {"gsi1pk": place, "gsi1sk": f"{at}#{deal.id}"}


def to_domain(record: DealRecord) -> Deal:
    """The deal in an item."""
    shard = (record.gsi1pk or "").rpartition("#")[2]
    return Deal(
        workspace_id=record.workspace_id,
        id=record.deal_id,
        pipeline_id=record.pipeline_id,
        stage_id=record.stage_id,
        title=record.title,
        created_at=record.created_at,
        updated_at=record.updated_at or record.created_at,
        version=int(record.version),
        shard=int(shard) if shard.isdigit() else 0,
        amount=record.amount,
        currency=record.currency,
        contact_id=record.contact_id or "",
        company_id=record.company_id or "",
        owner_id=record.owner_id or "",
        expected_close=date.fromisoformat(record.expected_close) if record.expected_close else None,
        status=DealStatus(record.status),
        changed_by=record.changed_by or "",
        description=record.description or "",
        lines=from_plain(record.lines),
        custom=record.custom or {},
        rank=record.rank or record.deal_id,
        won_reason=record.won_reason or "",
        lost_reason=record.lost_reason or "",
        closed_at=record.closed_at,
        stage_entered_at=record.stage_entered_at,
        last_activity_at=record.last_activity_at,
        lead_id=record.lead_id or "",
        deleted_at=record.deleted_at,
        deleted_by=record.deleted_by or "",
    )


def to_change(record: StageChangeRecord) -> StageChange:
    """The change in a row of the history."""
    return StageChange(
        workspace_id=record.workspace_id,
        deal_id=record.deal_id,
        pipeline_id=record.pipeline_id,
        id=record.sk.rpartition("#")[2],
        at=record.at,
        what=cast(What, record.what),
        status=DealStatus(record.status),
        from_stage=record.from_stage or "",
        to_stage=record.to_stage or "",
        seconds=int(record.seconds or 0),
        forward=record.forward,
        age=int(record.age or 0),
        actor=record.changed_by or "",
    )


def day_of(text: str) -> date | None:
    """The day in a text, None of an empty one."""
    return date.fromisoformat(text) if text else None


def _gsi1sk(record: DealRecord) -> str:
    return record.gsi1sk or ""
