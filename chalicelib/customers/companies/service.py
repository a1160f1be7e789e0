"""Making, reading and changing companies."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from chalicelib.customers.claims import service as claims
from chalicelib.customers.claims.domain import Claim
from chalicelib.customers.companies import store
from chalicelib.customers.companies.domain import Company, normalise_domain
from chalicelib.customers.companies.records import CompanyRecord
from chalicelib.customers.contacts.domain import clean_tags
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.table import Create, Operation, Record, Replace, Table
from chalicelib.foundation.table.table import TransactionConflictError
from chalicelib.workspaces.settings.domain import Workspace


def get_company(*, table: Table, workspace_id: str, company_id: str) -> Company:
    """The company; `NotFoundError` when there is none."""
    found = store.read(table, workspace_id, company_id) if is_id(company_id) else None
    if found is None:
        raise NotFoundError("There is no such company.")
    return found


def get_companies(*, table: Table, workspace_id: str, company_ids: Iterable[str]) -> dict[str, Company]:
    """Those of the companies that exist, by id."""
    return store.read_many(table, workspace_id, {each for each in company_ids if is_id(each)})


def find_by_domain(*, table: Table, workspace_id: str, domain: str) -> str | None:
    """The id of the company that has this domain."""
    claim = Claim("domain", normalise_domain(domain))
    return claims.holders(table=table, workspace_id=workspace_id, claims=[claim]).get(claim)


def list_companies(*, table: Table, workspace: Workspace, before: str, limit: int) -> list[Company]:
    """The newest companies, made before the one with this id if it is given."""
    return store.recent(table, workspace.id, shards=workspace.shards_of("companies"), before=before, limit=limit)


def create_company(
    *, table: Table, clock: Clock, workspace: Workspace, company_id: str, values: Mapping[str, Any], changed_by: str
) -> Company:
    """Make a company of name, domain, city, country and tags. `InvalidError` names ``domain`` when another has it; making
    the same id again gives the company that is there.
    """
    now = clock.now()
    shard = sum(map(ord, company_id[-6:])) % workspace.shards_of("companies")
    company = Company(
        workspace_id=workspace.id,
        id=company_id,
        created_at=now,
        updated_at=now,
        shard=shard,
        changed_by=changed_by,
        **_cleaned(values),
    )
    try:
        _write(table, None, company)
    except ConflictError as conflict:
        if isinstance(conflict.current, Company):
            return conflict.current
        raise
    return company


def change_company(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    company_id: str,
    version: int,
    changes: Mapping[str, Any],
    changed_by: str,
) -> Company:
    """Change a company as it was at ``version``; `ConflictError` with the present `Company` when it has moved on."""
    present = get_company(table=table, workspace_id=workspace_id, company_id=company_id)
    if present.version != version:
        raise ConflictError(current=present)
    changed = replace(present, updated_at=clock.now(), changed_by=changed_by, **_cleaned(changes))
    _write(table, present, changed)
    return replace(changed, version=version + 1)


def company_of(record: Record) -> Company:
    """The company in a changed item, for projections."""
    assert isinstance(record, CompanyRecord)
    return store.to_domain(record)


def _cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    cleaned = {name: value if value is not None else "" for name, value in values.items()}
    if "domain" in cleaned:
        cleaned["domain"] = normalise_domain(cleaned["domain"] or "")
    if "tags" in cleaned:
        cleaned["tags"] = clean_tags(frozenset(cleaned["tags"] or ()))
    return cleaned


def _write(table: Table, old: Company | None, new: Company) -> None:
    record = store.to_record(new)
    operations: list[Operation] = [Create(record) if old is None else Replace(record)]
    changes = claims.changes(
        workspace_id=new.workspace_id,
        holder_id=new.id,
        had=claims_of(old) if old else set(),
        has=claims_of(new),
        now=new.updated_at,
    )
    operations += [operation for _, operation in changes]
    try:
        table.transact(operations)
    except TransactionConflictError as conflict:
        if 0 in conflict.failed:
            image = conflict.images[0]
            current = store.to_domain(CompanyRecord.from_image(image)) if image else None
            raise ConflictError(current=current) from conflict
        if conflict.failed:
            raise InvalidError("Another company has this domain.", field="domain", code="taken") from conflict
        raise


def claims_of(company: Company) -> set[Claim]:
    """What is the company's alone."""
    return {Claim("domain", company.domain)} if company.domain else set()
