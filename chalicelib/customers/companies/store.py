"""Companies in the table."""

from collections.abc import Iterable
from typing import Any

from chalicelib.customers.companies.domain import Company
from chalicelib.customers.companies.records import CompanyRecord, companies_partition, company_key
from chalicelib.foundation.table import Record, Table
from chalicelib.foundation.table.table import query_merged


def read(table: Table, workspace_id: str, company_id: str, *, consistent: bool = False) -> Company | None:
    """The company, or None."""
    record = table.get(CompanyRecord, company_key(workspace_id, company_id), consistent=consistent)
    return None if record is None else to_domain(record)


def read_many(table: Table, workspace_id: str, company_ids: Iterable[str]) -> dict[str, Company]:
    """Those of the companies that exist, by id."""
    keys = [company_key(workspace_id, company_id) for company_id in company_ids]
    found = table.get_many(CompanyRecord, keys) if keys else {}
    return {record.company_id: to_domain(record) for record in found.values()}


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


def to_record(company: Company) -> CompanyRecord:
    """The item of a company."""
    key = company_key(company.workspace_id, company.id)
    return CompanyRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=company.workspace_id,
        version=company.version,
        created_at=company.created_at,
        updated_at=company.updated_at,
        changed_by=company.changed_by or None,
        gsi1pk=companies_partition(company.workspace_id, company.shard),
        gsi1sk=company.id,
        name=company.name,
        domain=company.domain or None,
        city=company.city or None,
        country=company.country or None,
        tags=company.tags or None,
    )


def to_domain(record: CompanyRecord) -> Company:
    """The company in an item."""
    return Company(
        workspace_id=record.workspace_id,
        id=record.company_id,
        name=record.name,
        created_at=record.created_at,
        updated_at=record.updated_at or record.created_at,
        version=int(record.version),
        shard=int((record.gsi1pk or "#0").rpartition("#")[2]),
        domain=record.domain or "",
        city=record.city or "",
        country=record.country or "",
        tags=frozenset(record.tags or ()),
        changed_by=record.changed_by or "",
    )


def has_contacts(table: Table, company_partition: str) -> bool:
    """Whether anybody stands in the list of a company's contacts."""
    return bool(table.query(Record, f"{company_partition}#CONTACTS", index="gsi2", limit=1).items)
