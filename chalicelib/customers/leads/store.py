"""Leads in the table."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from chalicelib.customers.leads.domain import Lead, LeadStatus
from chalicelib.customers.leads.records import (
    LeadLinkRecord,
    LeadRecord,
    lead_key,
    leads_partition,
    link_key,
    owner_partition,
)
from chalicelib.foundation.table import Create, Replace, Table, Update, partition
from chalicelib.foundation.table.table import query_merged


def read(table: Table, workspace_id: str, lead_id: str, *, consistent: bool = False) -> Lead | None:
    """The lead, or None."""
    record = table.get(LeadRecord, lead_key(workspace_id, lead_id), consistent=consistent)
    return None if record is None else to_domain(record)


def read_many(table: Table, workspace_id: str, lead_ids: Iterable[str]) -> dict[str, Lead]:
    """Those of the leads that exist, by id."""
    keys = [lead_key(workspace_id, lead_id) for lead_id in lead_ids]
    found = table.get_many(LeadRecord, keys) if keys else {}
    return {record.lead_id: to_domain(record) for record in found.values()}


def recent(
    table: Table, workspace_id: str, *, statuses: Sequence[LeadStatus], shards: int, before: str, limit: int
) -> list[Lead]:
    """The newest leads in these statuses (made before the one with the id ``before``, if given), newest first."""

    def part(status: LeadStatus, number: int) -> Any:
        return lambda limit: table.query(
            LeadRecord,
            leads_partition(workspace_id, status, number),
            index="gsi1",
            before=before,
            newest_first=True,
            limit=limit,
        )

    parts = [part(status, number) for status in statuses for number in range(shards)]
    return [to_domain(record) for record in query_merged(parts, limit=limit, position=lambda each: each.gsi1sk)]


def of_owner(table: Table, workspace_id: str, owner_id: str, *, before: str, limit: int) -> list[Lead]:
    """The newest leads of one owner."""
    page = table.query(
        LeadRecord,
        owner_partition(workspace_id, owner_id),
        index="gsi2",
        before=before,
        newest_first=True,
        limit=limit,
    )
    return [to_domain(record) for record in page.items]


def ids_of_contact(table: Table, workspace_id: str, contact_id: str) -> list[str]:
    """The ids of all of a contact's leads that the projector has linked."""
    links = table.query_all(LeadLinkRecord, partition(workspace_id, "C", contact_id), begins_with="LEAD#")
    return [record.sk.removeprefix("LEAD#") for record in links]


# Operations for transactions


def create(lead: Lead) -> Create:
    """The lead's item, new."""
    return Create(to_record(lead))


def replacement(lead: Lead) -> Replace:
    """The lead's item over the version it was read at."""
    return Replace(to_record(lead))


def touch(workspace_id: str, lead_id: str, now: datetime) -> Update:
    """One more capture falls on the lead, which must exist."""
    return Update(lead_key(workspace_id, lead_id), [LeadRecord.touches.add(1), LeadRecord.updated_at.set(now)])


# Record ↔ domain


def link(lead: Lead) -> LeadLinkRecord:
    """The link from the contact to its lead."""
    key = link_key(lead.workspace_id, lead.contact_id, lead.id)
    return LeadLinkRecord(pk=key.pk, sk=key.sk, workspace_id=lead.workspace_id, created_at=lead.created_at)


def to_record(lead: Lead) -> LeadRecord:
    """The item of a lead."""
    key = lead_key(lead.workspace_id, lead.id)
    values: dict[str, Any] = {
        "pk": key.pk,
        "sk": key.sk,
        "workspace_id": lead.workspace_id,
        "version": lead.version,
        "created_at": lead.created_at,
        "gsi1pk": leads_partition(lead.workspace_id, lead.status, lead.shard),
        "gsi1sk": lead.id,
        "contact_id": lead.contact_id,
        "status": lead.status.value,
        "source": lead.source,
        "touches": lead.touches,
    }
    if lead.updated_at != lead.created_at:
        values["updated_at"] = lead.updated_at
    if lead.owner_id:
        values["gsi2pk"], values["gsi2sk"] = owner_partition(lead.workspace_id, lead.owner_id), lead.id
    for name in ("medium", "campaign", "form_id", "owner_id", "disqualify_reason", "changed_by"):
        value = getattr(lead, name)
        if value:
            values[name] = value
    return LeadRecord(**values)


def to_domain(record: LeadRecord) -> Lead:
    """The lead in an item."""
    get = record.attribute_values.get
    created_at = record.created_at
    return Lead(
        workspace_id=record.workspace_id,
        id=record.lead_id,
        contact_id=record.contact_id,
        created_at=created_at,
        updated_at=get("updated_at") or created_at,
        status=LeadStatus(record.status),
        version=int(record.version),
        shard=int((get("gsi1pk") or "#0").rpartition("#")[2]),
        source=record.source,
        medium=get("medium") or "",
        campaign=get("campaign") or "",
        form_id=get("form_id") or "",
        owner_id=get("owner_id") or "",
        disqualify_reason=get("disqualify_reason") or "",
        touches=int(get("touches") or 1),
        changed_by=get("changed_by") or "",
    )
