"""Leads in the table."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from chalicelib.customers.leads.domain import BIN, Lead, LeadStatus
from chalicelib.customers.leads.records import (
    AwaitingRecord,
    LeadLinkRecord,
    LeadRecord,
    LoadRecord,
    awaiting_key,
    bin_partition,
    due_partition,
    due_shard,
    lead_key,
    leads_partition,
    link_key,
    load_key,
    owner_partition,
)
from chalicelib.foundation import clock
from chalicelib.foundation.table import Create, Operation, Page, Replace, Table, Update, partition
from chalicelib.foundation.table.table import query_merged


def read(
    table: Table, workspace_id: str, lead_id: str, *, consistent: bool = False, include_deleted: bool = False
) -> Lead | None:
    """The lead, or None; one in the bin only if asked for."""
    record = table.get(LeadRecord, lead_key(workspace_id, lead_id), consistent=consistent)
    if record is None or (record.deleted_at is not None and not include_deleted):
        return None
    return to_domain(record)


def read_many(
    table: Table,
    workspace_id: str,
    lead_ids: Iterable[str],
    *,
    consistent: bool = False,
    include_deleted: bool = False,
) -> dict[str, Lead]:
    """Those of the leads that exist and are not in the bin (unless asked for), by id."""
    keys = [lead_key(workspace_id, lead_id) for lead_id in lead_ids]
    found = table.get_many(LeadRecord, keys, consistent=consistent) if keys else {}
    return {
        record.lead_id: to_domain(record) for record in found.values() if record.deleted_at is None or include_deleted
    }


def recent(
    table: Table,
    workspace_id: str,
    *,
    statuses: Sequence[LeadStatus],
    shards: int,
    span: tuple[str, str],
    oldest_first: bool = False,
    limit: int,
) -> list[Lead]:
    """Leads in these statuses with ids in this span (both ends inclusive), newest first unless asked otherwise."""

    def part(status: LeadStatus, number: int) -> Any:
        return lambda limit: table.query(
            LeadRecord,
            leads_partition(workspace_id, status, number),
            index="gsi1",
            between=span,
            newest_first=not oldest_first,
            limit=limit,
        )

    parts = [part(status, number) for status in statuses for number in range(shards)]
    merged = query_merged(parts, limit=limit, position=lambda each: each.gsi1sk, newest_first=not oldest_first)
    return [to_domain(record) for record in merged]


def of_owner(
    table: Table, workspace_id: str, owner_id: str, *, span: tuple[str, str], oldest_first: bool = False, limit: int
) -> list[Lead]:
    """Leads of one owner with ids in this span, newest first unless asked otherwise."""
    page = table.query(
        LeadRecord,
        owner_partition(workspace_id, owner_id),
        index="gsi2",
        between=span,
        newest_first=not oldest_first,
        limit=limit,
    )
    return [to_domain(record) for record in page.items]


def in_bin(table: Table, workspace_id: str, *, before: str, limit: int) -> Page[LeadRecord]:
    """The leads deleted last, those before a position if one is given."""
    return table.query(
        LeadRecord, bin_partition(workspace_id), index="gsi1", before=before, newest_first=True, limit=limit
    )


def awaiting(
    table: Table, workspace_id: str, *, until: datetime | None = None, after: str = "", limit: int
) -> list[tuple[str, str, str]]:
    """The leads whose first answer is owed (by ``until``), the most urgent first: (position, lead's id, owner's id)."""
    end = clock.to_text(until) + "#~" if until else "~"
    page = table.query(
        AwaitingRecord, partition(workspace_id, "AWAITING"), between=(after or "0", end), limit=limit + bool(after)
    )
    return [(record.sk, record.lead_id, record.owner_id or "") for record in page.items if record.sk != after][:limit]


def due(table: Table, shard: int, *, now: datetime, limit: int) -> list[tuple[Lead, str]]:
    """Leads of all workspaces that should have been answered by now, each with its position."""
    page = table.query(LeadRecord, due_shard(shard), index="due", before=f"{clock.to_text(now)}~", limit=limit)
    return [(to_domain(record), record.duesk) for record in page.items]


def loads(table: Table, workspace_id: str, owner_ids: Iterable[str]) -> dict[str, int]:
    """How many open leads these members have, as it is now."""
    keys = {load_key(workspace_id, owner_id): owner_id for owner_id in owner_ids}
    found = table.get_many(LoadRecord, keys, consistent=True) if keys else {}
    return {owner_id: int(found[key].open) if key in found else 0 for key, owner_id in keys.items()}


def ids_of_contact(table: Table, workspace_id: str, contact_id: str) -> list[str]:
    """The ids of all of a contact's leads that the projector has linked."""
    links = table.query_all(LeadLinkRecord, partition(workspace_id, "C", contact_id), begins_with="LEAD#")
    return [record.sk.removeprefix("LEAD#") for record in links]


# Operations for transactions

_OPEN = tuple(status.value for status in LeadStatus if status.open)


def create(lead: Lead) -> Create:
    """The lead's item, new."""
    return Create(to_record(lead))


def replacement(lead: Lead) -> Replace:
    """The lead's item over the version it was read at."""
    return Replace(to_record(lead))


def touch(workspace_id: str, lead_id: str, now: datetime) -> Update:
    """One more capture falls on the lead, which must be there and open."""
    return Update(
        lead_key(workspace_id, lead_id),
        [LeadRecord.touches.add(1), LeadRecord.updated_at.set(now)],
        LeadRecord.status.is_in(*_OPEN) & LeadRecord.deleted_at.does_not_exist(),
    )


def settled(lead: Lead, told_at: datetime, position: str) -> Update:
    """The owner is told that the lead's answer is overdue: once, for it leaves the index of what is due."""
    return Update(
        lead_key(lead.workspace_id, lead.id),
        [
            LeadRecord.overdue_told_at.set(told_at),
            LeadRecord.updated_at.set(told_at),
            LeadRecord.duepk.remove(),
            LeadRecord.duesk.remove(),
        ],
        (LeadRecord.duesk == position) & LeadRecord.overdue_told_at.does_not_exist(),
    )


def answered(workspace_id: str, lead_id: str, at: datetime) -> Update:
    """The first answer was given, unless one had been before."""
    return Update(
        lead_key(workspace_id, lead_id),
        [
            LeadRecord.first_response_at.set(at),
            LeadRecord.updated_at.set(at),
            LeadRecord.duepk.remove(),
            LeadRecord.duesk.remove(),
        ],
        LeadRecord.first_response_at.does_not_exist() & LeadRecord.deleted_at.does_not_exist(),
    )


def load_changes(old: Lead | None, new: Lead | None, now: datetime) -> list[Operation]:
    """What the members' numbers of open leads are changed by, when a lead goes from ``old`` to ``new`` (None: it is not there)."""
    before, after = old.bearer if old else "", new.bearer if new else ""
    lead = new or old
    if before == after or lead is None:
        return []
    return [
        load_change(lead.workspace_id, owner_id, amount, now)
        for owner_id, amount in ((before, -1), (after, 1))
        if owner_id
    ]


def load_change(workspace_id: str, owner_id: str, amount: int, now: datetime, *, seen: int | None = None) -> Update:
    """So many open leads more for a member; if ``seen`` is given, only while it has that many."""
    condition = None
    if seen is not None:
        condition = LoadRecord.open == seen
        if seen == 0:
            condition = condition | LoadRecord.open.does_not_exist()
    return Update(
        load_key(workspace_id, owner_id),
        [
            LoadRecord.open.add(amount),
            LoadRecord.kind.set(LoadRecord),
            LoadRecord.workspace_id.set(workspace_id),
            LoadRecord.created_at.set(LoadRecord.created_at | now),
            LoadRecord.version.add(1),
        ],
        condition,
        upsert=True,
    )


# Record ↔ domain


def awaiting_row(lead: Lead) -> AwaitingRecord:
    """The row that says that a lead's first answer is owed."""
    assert lead.respond_by is not None
    key = awaiting_key(lead.workspace_id, clock.to_text(lead.respond_by), lead.id)
    return AwaitingRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=lead.workspace_id,
        created_at=lead.created_at,
        owner_id=lead.owner_id or None,
    )


def link(lead: Lead) -> LeadLinkRecord:
    """The link from the contact to its lead."""
    key = link_key(lead.workspace_id, lead.contact_id, lead.id)
    return LeadLinkRecord(pk=key.pk, sk=key.sk, workspace_id=lead.workspace_id, created_at=lead.created_at)


_TEXTS = (
    "medium",
    "campaign",
    "form_id",
    "owner_id",
    "disqualify_reason",
    "changed_by",
    "rule_id",
    "deal_id",
    "company_id",
    "deleted_by",
)
_INSTANTS = ("respond_by", "first_response_at", "overdue_told_at", "converted_at", "deleted_at")


def to_record(lead: Lead) -> LeadRecord:
    """The item of a lead."""
    key = lead_key(lead.workspace_id, lead.id)
    values: dict[str, Any] = {
        "pk": key.pk,
        "sk": key.sk,
        "workspace_id": lead.workspace_id,
        "version": lead.version,
        "created_at": lead.created_at,
        "contact_id": lead.contact_id,
        "status": lead.status.value,
        "source": lead.source,
        "touches": lead.touches,
        **_places(lead),
    }
    if lead.updated_at != lead.created_at:
        values["updated_at"] = lead.updated_at
    for name in (*_TEXTS, *_INSTANTS):
        value = getattr(lead, name)
        if value:
            values[name] = value
    if lead.custom:
        values["custom"] = dict(lead.custom)
    return LeadRecord(**values)


def _places(lead: Lead) -> Mapping[str, Any]:
    """Where the lead stands in the indexes."""
    if lead.deleted_at is not None:
        return {
            "gsi1pk": bin_partition(lead.workspace_id),
            "gsi1sk": f"{clock.to_text(lead.deleted_at)}#{lead.id}",
            "shard": lead.shard,
            "expires_at": int((lead.deleted_at + BIN).timestamp()),
        }
    places: dict[str, Any] = {
        "gsi1pk": leads_partition(lead.workspace_id, lead.status, lead.shard),
        "gsi1sk": lead.id,
    }
    if lead.owner_id:
        places["gsi2pk"], places["gsi2sk"] = owner_partition(lead.workspace_id, lead.owner_id), lead.id
    if lead.awaiting and lead.respond_by is not None and lead.overdue_told_at is None:
        places["duepk"], places["duesk"] = due_partition(lead.id), f"{clock.to_text(lead.respond_by)}#{lead.id}"
    return places


def to_domain(record: LeadRecord) -> Lead:
    """The lead in an item."""
    get = record.attribute_values.get
    created_at = record.created_at
    shard, touches = get("shard"), get("touches")
    return Lead(
        workspace_id=record.workspace_id,
        id=record.lead_id,
        contact_id=record.contact_id,
        created_at=created_at,
        updated_at=get("updated_at") or created_at,
        status=LeadStatus(record.status),
        version=int(record.version),
        shard=int((get("gsi1pk") or "#0").rpartition("#")[2] if shard is None else shard),
        source=record.source,
        touches=1 if touches is None else int(touches),
        custom=get("custom") or {},
        **_optional(get),
    )


def _optional(get: Callable[[str], Any]) -> dict[str, Any]:
    texts: dict[str, Any] = {name: get(name) or "" for name in _TEXTS}
    return texts | {name: get(name) for name in _INSTANTS}
