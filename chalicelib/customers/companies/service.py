"""Making, reading, changing and deleting companies."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from chalicelib.customers import owners
from chalicelib.customers.claims import service as claims
from chalicelib.customers.claims.domain import Claim
from chalicelib.customers.companies import store
from chalicelib.customers.companies.domain import PARENTS, Company, normalise_domain, normalise_domains
from chalicelib.customers.companies.records import CompanyRecord, company_key
from chalicelib.customers.contacts.addresses import email_addresses, phone_numbers, postal_addresses, region_of
from chalicelib.customers.contacts.domain import BIN, PostalAddress, clean_tags, shard_of
from chalicelib.customers.fields import service as custom_fields
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, FieldError, InvalidError, NotFoundError
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.table import Create, Key, Operation, Record, Replace, Restore, Table
from chalicelib.foundation.table.table import TransactionConflictError
from chalicelib.workspaces.settings.domain import Workspace

_MERGES = 20  # how often a survivor may have been merged again before following it ends


def get_company(
    *,
    table: Table,
    workspace_id: str,
    company_id: str,
    consistent: bool = False,
    follow: bool = False,
    gone: bool = False,
) -> Company:
    """The company; `NotFoundError` when there is none.

    One in the bin is none, and neither is one that was merged into another: its `NotFoundError` tells the survivor's id as
    ``merged_into``. With ``follow`` the survivor is given instead; with ``gone`` the company itself, as it is kept.
    """
    found = store.read(table, workspace_id, company_id, consistent=consistent, gone=True) if is_id(company_id) else None
    if found is not None and found.merged_into and not gone:
        survivor = _survivor(table, workspace_id, found, consistent=consistent)
        if survivor is not None and follow:
            return survivor
        members = {"merged_into": survivor.id} if survivor is not None else {}
        raise NotFoundError("This company was merged into another.", members=members)
    if found is None or (found.gone and not gone):
        raise NotFoundError("There is no such company.")
    return found


def get_companies(
    *, table: Table, workspace_id: str, company_ids: Iterable[str], follow: bool = False, gone: bool = False
) -> dict[str, Company]:
    """Those of the companies that exist, by the ids asked for; the rest as in `get_company`."""
    wanted = {each for each in company_ids if is_id(each)}
    found = store.read_many(table, workspace_id, wanted, gone=gone or follow)
    if not follow:
        return found
    present = {company_id: company for company_id, company in found.items() if not company.gone}
    for company_id, company in found.items():
        survivor = _survivor(table, workspace_id, company) if company.merged_into else None
        if survivor is not None:
            present[company_id] = survivor
    return present


def _survivor(table: Table, workspace_id: str, merged: Company, *, consistent: bool = False) -> Company | None:
    """Who is left of a company that was merged away. A survivor may have been merged again later."""
    found: Company | None = merged
    for _ in range(_MERGES):
        if found is None or not found.merged_into:
            break
        found = store.read(table, workspace_id, found.merged_into, consistent=consistent, gone=True)
    return None if found is None or found.gone else found


def find_by_domain(*, table: Table, workspace_id: str, domain: str) -> str | None:
    """The id of the company that has this domain."""
    claim = Claim("domain", normalise_domain(domain))
    return claims.holders(table=table, workspace_id=workspace_id, claims=[claim]).get(claim)


def create_company(
    *,
    table: Table,
    clock: Clock,
    workspace: Workspace,
    company_id: str,
    values: Mapping[str, Any],
    changed_by: str,
    required: bool = True,
) -> Company:
    """Make a company. ``values`` are the fields of `Company` that people fill in: ``name``, ``domains`` (or one ``domain``),
    ``emails``, ``phones`` and ``addresses`` as a contact's, ``custom`` values by the keys of their fields, … `InvalidError` names
    what is wrong, a domain that another has (``taken``) and, unless not ``required``, custom fields that have to be filled in;
    making the same id again gives the company that is there.
    """
    now = clock.now()
    company = Company(
        workspace_id=workspace.id,
        id=company_id,
        created_at=now,
        updated_at=now,
        shard=shard_of(company_id, workspace.new_shards_of("companies")),
        changed_by=changed_by,
        **_cleaned(table, workspace, values, None, required=required),
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
    workspace: Workspace,
    company_id: str,
    version: int,
    changes: Mapping[str, Any],
    changed_by: str,
) -> Company:
    """Change a company as it was at ``version``; `ConflictError` with the present `Company` when it has moved on. A change that
    changes nothing writes nothing.
    """

    def change(present: Company) -> Company:
        cleaned = _cleaned(table, workspace, changes, present)
        if replace(present, **cleaned) == present:
            return present
        return replace(present, updated_at=clock.now(), changed_by=changed_by, **cleaned)

    return _edit(table, workspace.id, company_id, version, change)


def delete_company(
    *, table: Table, clock: Clock, workspace_id: str, company_id: str, version: int | None = None, deleted_by: str
) -> None:
    """Put a company into the bin, from where it can be restored for 30 days: it gives up its domains and is found by nothing any
    more. Its contacts keep its name. `NotFoundError` when it is there already; `ConflictError` when it has changed since
    ``version``.
    """
    now = clock.now()

    def bin_it(present: Company) -> Company:
        return replace(present, deleted_at=now, deleted_by=deleted_by, updated_at=now, changed_by=deleted_by)

    _edit(table, workspace_id, company_id, version, bin_it)


def restore_company(*, table: Table, clock: Clock, workspace: Workspace, company_id: str, restored_by: str) -> Company:
    """Take a company out of the bin, with its domains. `InvalidError` names those that others have by now, ``taken``;
    `NotFoundError` when it is not in the bin, or its time is over. One that is not deleted is given as it is.
    """
    present = get_company(table=table, workspace_id=workspace.id, company_id=company_id, consistent=True, gone=True)
    if present.merged_into:
        raise NotFoundError("This company was merged into another.", members={"merged_into": present.merged_into})
    if present.deleted_at is None:
        return present
    if present.deleted_at + BIN <= clock.now():
        raise NotFoundError("There is no such company.")
    restored = replace(
        present,
        deleted_at=None,
        deleted_by="",
        updated_at=clock.now(),
        changed_by=restored_by,
        shard=shard_of(company_id, workspace.new_shards_of("companies")),
    )
    _write(table, present, restored)
    return replace(restored, version=present.version + 1)


# For other features' transactions and projections


def replace_operation(company: Company) -> Replace:
    """The operation that writes a company over the version it was read at."""
    return Replace(store.to_record(company))


def restore_operation(image: Mapping[str, Any], present: Company) -> Restore:
    """The operation that puts a company's raw item back as it was, over the company as it was read now."""
    return Restore(image, CompanyRecord.version == present.version)


def place(workspace_id: str, company_id: str) -> Key:
    """Where a company's item stands."""
    return company_key(workspace_id, company_id)


def create_operation(company: Company) -> Create:
    """The operation that makes a company's item (its claims are made beside it)."""
    return Create(store.to_record(company))


def company_of(record: Record) -> Company:
    """The company in a changed item, for projections."""
    assert isinstance(record, CompanyRecord)
    return store.to_domain(record)


def company_in(image: Mapping[str, Any]) -> Company:
    """The company in a raw item, as a failed transaction gives it back."""
    return store.to_domain(CompanyRecord.from_image(image))


def claims_of(company: Company) -> set[Claim]:
    """The domains that a company holds: none, when it is in the bin or was merged into another."""
    return set() if company.gone else company.claims


def search_texts(company: Company) -> list[str]:
    """What a company is found by."""
    return [company.name, *company.domains]


def _edit(
    table: Table, workspace_id: str, company_id: str, version: int | None, change: Callable[[Company], Company]
) -> Company:
    present = get_company(table=table, workspace_id=workspace_id, company_id=company_id, consistent=True)
    if version is not None and present.version != version:
        raise ConflictError(current=present)
    changed = change(present)
    if changed is present:
        return present
    _write(table, present, changed)
    return replace(changed, version=present.version + 1)


def _cleaned(
    table: Table, workspace: Workspace, values: Mapping[str, Any], present: Company | None, *, required: bool = True
) -> dict[str, Any]:
    """The values as they are kept. `InvalidError` names each that is wrong."""
    cleaned: dict[str, Any] = {name: value if value is not None else "" for name, value in values.items()}
    region = region_of(country=cleaned.get("country") or "", time_zone=workspace.time_zone)
    if "domain" in cleaned:
        first = normalise_domain(cleaned.pop("domain") or "")
        given = cleaned.get("domains") or ()
        others = [each for each in (given or (present.domains[1:] if present else ())) if each != first]
        cleaned["domains"] = normalise_domains([first, *others])
    elif "domains" in cleaned:
        cleaned["domains"] = normalise_domains(cleaned["domains"] or ())
    if "emails" in cleaned:
        cleaned["emails"] = email_addresses(cleaned["emails"] or ())
    if "phones" in cleaned:
        cleaned["phones"] = phone_numbers(cleaned["phones"] or (), region)
    if "addresses" in cleaned:
        cleaned["addresses"] = postal_addresses(cleaned["addresses"] or ())
    if "tags" in cleaned:
        cleaned["tags"] = clean_tags(frozenset(cleaned["tags"] or ()))
    if "size" in cleaned:
        cleaned["size"] = values["size"]
    if cleaned.get("owner_id"):
        owners.check_owner(table, workspace.id, cleaned["owner_id"])
    if cleaned.get("parent_id"):
        _check_parent(table, workspace.id, present, cleaned["parent_id"])
    if "custom" in cleaned or (present is None and required):
        cleaned["custom"] = custom_fields.cleaned(
            table=table,
            workspace_id=workspace.id,
            kind="company",
            given=cleaned.get("custom") or {},
            present=present.custom if present else None,
            required=required,
        )
    return cleaned | _place(present, cleaned)


def _place(present: Company | None, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """The flat country and city follow the primary postal address, unless somebody said otherwise."""
    if "addresses" not in cleaned:
        return {}
    primary = next((each for each in cleaned["addresses"] if each.primary), PostalAddress())
    before = (present.address if present else None) or PostalAddress()
    found = {}
    for name in ("country", "city"):
        kept = getattr(present, name) if present else ""
        if not cleaned.get(name) and kept in ("", getattr(before, name)) and getattr(primary, name):
            found[name] = getattr(primary, name)
    return found


def _check_parent(table: Table, workspace_id: str, company: Company | None, parent_id: str) -> None:
    """A parent exists and does not stand below the company itself."""
    above = parent_id
    for _ in range(PARENTS):
        if company is not None and above == company.id:
            break
        parent = store.read(table, workspace_id, above) if is_id(above) else None
        if parent is None:
            if above == parent_id:
                raise InvalidError("There is no such company.", field="parent_id", code="unknown")
            return
        if not parent.parent_id:
            return
        above = parent.parent_id
    raise InvalidError("A company does not stand above itself.", field="parent_id", code="cycle")


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
            raise ConflictError(current=company_in(image) if image else None) from conflict
        if not conflict.failed or new.gone:
            raise
        taken = [changes[position - 1][0].value for position in conflict.failed]
        if any(domain not in new.domains for domain in taken):
            raise  # a claim to give up that is not ours: the company was changed meanwhile
        message = "Another company has this domain."
        one = len(new.domains) == 1
        fields = ["domain" if one else f"domains.{new.domains.index(domain)}" for domain in taken]
        raise InvalidError(message, fields=[FieldError(each, message, "taken") for each in fields]) from conflict
