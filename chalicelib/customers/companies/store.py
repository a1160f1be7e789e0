"""Companies in the table."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from chalicelib.customers.companies.domain import Company
from chalicelib.customers.companies.records import CompanyRecord, bin_partition, companies_partition, company_key
from chalicelib.customers.contacts.domain import BIN, EmailAddress, PhoneNumber, PostalAddress
from chalicelib.customers.packing import filled, packed, parts, shard_in
from chalicelib.foundation import clock
from chalicelib.foundation.table import Table
from chalicelib.foundation.table.table import query_merged


def read(
    table: Table, workspace_id: str, company_id: str, *, consistent: bool = False, gone: bool = False
) -> Company | None:
    """The company, or None; with ``gone`` also one in the bin or merged into another."""
    record = table.get(CompanyRecord, company_key(workspace_id, company_id), consistent=consistent)
    company = None if record is None else to_domain(record)
    return None if company is None or (company.gone and not gone) else company


def read_many(
    table: Table, workspace_id: str, company_ids: Iterable[str], *, consistent: bool = False, gone: bool = False
) -> dict[str, Company]:
    """Those of the companies that exist, by id; with ``gone`` also those in the bin or merged into another."""
    keys = [company_key(workspace_id, company_id) for company_id in company_ids]
    found = table.get_many(CompanyRecord, keys, consistent=consistent) if keys else {}
    companies = {record.company_id: to_domain(record) for record in found.values()}
    return {company_id: company for company_id, company in companies.items() if gone or not company.gone}


def in_bin(
    table: Table, workspace_id: str, *, now: datetime, start: str | None, limit: int
) -> tuple[list[Company], str | None]:
    """The companies in the bin that can still be restored, the last deleted first, and the position of the next page."""
    page = table.query(
        CompanyRecord,
        bin_partition(workspace_id),
        index="gsi1",
        between=(clock.to_text(now - BIN), start or "~"),
        newest_first=True,
        limit=limit + 2,
    )
    records = [record for record in page.items if record.gsi1sk != start]
    following = records[limit - 1].gsi1sk if len(records) > limit else None
    return [to_domain(record) for record in records[:limit]], following


def recent(table: Table, workspace_id: str, *, shards: int, before: str, limit: int) -> list[Company]:
    """The newest companies (made before the one with the id ``before``, if given), newest first, over all shards."""

    def shard(number: int) -> Any:
        return lambda limit: table.query(
            CompanyRecord,
            companies_partition(workspace_id, number),
            index="gsi1",
            before=before,
            newest_first=True,
            limit=limit,
        )

    found = query_merged([shard(number) for number in range(shards)], limit=limit, position=lambda each: each.gsi1sk)
    return [to_domain(record) for record in found]


def partition_of(workspace_id: str, company_id: str) -> str:
    """The partition of a company and all that hangs on it."""
    return company_key(workspace_id, company_id).pk


def to_record(company: Company) -> CompanyRecord:
    """The item of a company."""
    key = company_key(company.workspace_id, company.id)
    values: dict[str, Any] = {
        "pk": key.pk,
        "sk": key.sk,
        "workspace_id": company.workspace_id,
        "version": company.version,
        "created_at": company.created_at,
        "updated_at": company.updated_at,
        "name": company.name,
        "tags": company.tags or None,
        "size": company.size,
        "custom": dict(company.custom) or None,
        "merged_ids": list(company.merged_ids) or None,
    }
    for name in _TEXTS:
        values[name] = getattr(company, name) or None
    if len(company.domains) > 1:
        values["domains"] = list(company.domains)
    values["emails"] = [packed(each.address, each) for each in company.emails] or None
    values["phones"] = [packed(each.number, each) for each in company.phones] or None
    values["addresses"] = [filled(each) for each in company.addresses] or None
    if company.deleted_at is not None:
        values["gsi1pk"] = bin_partition(company.workspace_id)
        values["gsi1sk"] = f"{clock.to_text(company.deleted_at)}#{company.id}"
        values["deleted_at"], values["expires_at"] = company.deleted_at, int((company.deleted_at + BIN).timestamp())
    elif not company.merged_into:
        values["gsi1pk"], values["gsi1sk"] = companies_partition(company.workspace_id, company.shard), company.id
    return CompanyRecord(**values)


def to_domain(record: CompanyRecord) -> Company:
    """The company in an item."""
    return Company(
        workspace_id=record.workspace_id,
        id=record.company_id,
        name=record.name,
        created_at=record.created_at,
        updated_at=record.updated_at or record.created_at,
        version=int(record.version),
        shard=shard_in(record.gsi1pk),
        domains=tuple(record.domains or ([record.domain] if record.domain else ())),
        website=record.website or "",
        industry=record.industry or "",
        size=None if record.size is None else int(record.size),
        emails=tuple(EmailAddress(*parts(each)) for each in record.emails or ()),
        phones=tuple(PhoneNumber(*parts(each)) for each in record.phones or ()),
        addresses=tuple(PostalAddress(**each) for each in record.addresses or ()),
        city=record.city or "",
        country=record.country or "",
        owner_id=record.owner_id or "",
        tags=frozenset(record.tags or ()),
        parent_id=record.parent_id or "",
        description=record.description or "",
        custom=record.custom or {},
        deleted_at=record.deleted_at,
        deleted_by=record.deleted_by or "",
        merged_into=record.merged_into or "",
        merged_ids=tuple(record.merged_ids or ()),
        changed_by=record.changed_by or "",
    )


_TEXTS = (
    "domain",
    "website",
    "industry",
    "city",
    "country",
    "owner_id",
    "parent_id",
    "description",
    "deleted_by",
    "merged_into",
    "changed_by",
)
