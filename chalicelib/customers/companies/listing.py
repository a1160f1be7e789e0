"""By what companies are listed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chalicelib.customers.companies import service, store
from chalicelib.customers.companies.domain import Company
from chalicelib.customers.companies.records import companies_partition
from chalicelib.customers.lists.domain import Condition, ListedField, ValueType, texts
from chalicelib.customers.lists.service import NEWEST, Listing, narrowed
from chalicelib.customers.search import service as search
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Table
from chalicelib.workspaces.settings.domain import Workspace


def _found(table: Table, workspace_id: str, query: str, limit: int) -> Sequence[str] | None:
    return search.ids(table=table, workspace_id=workspace_id, query=query, kind="company", limit=limit)


def _with_domain(table: Table, workspace_id: str, value: str, limit: int) -> Sequence[str] | None:  # noqa: ARG001
    try:
        holder = service.find_by_domain(table=table, workspace_id=workspace_id, domain=value)
    except InvalidError:
        return ()
    return [holder] if holder else ()


def _read_many(table: Table, workspace_id: str, ids: Iterable[str]) -> dict[str, Company]:
    return store.read_many(table, workspace_id, {each for each in ids if is_id(each)})


def _direct(
    table: Table, workspace: Workspace, conditions: Sequence[Condition], before: str, limit: int
) -> list[Company] | None:
    """The newest companies."""
    if conditions:
        return None
    return store.recent(table, workspace.id, shards=workspace.shards_of("companies"), before=before, limit=limit)


def _one(name: str) -> Any:
    return lambda company: texts(getattr(company, name))


LISTING: Listing[Company] = Listing(
    kind="company",
    collection="companies",
    read_many=_read_many,
    everything=lambda workspace_id, shards: [companies_partition(workspace_id, shard) for shard in range(shards)],
    custom=lambda company: company.custom,
    listed=lambda company: not company.gone,
    direct=_direct,
    aliases={"owner": "owner_id"},
    fields=(
        ListedField("name", ValueType.TEXT, _one("name"), index="name", sortable=True),
        ListedField("owner_id", ValueType.MEMBER, _one("owner_id"), index="owner", sortable=True),
        ListedField(
            "size",
            ValueType.NUMBER,
            lambda company: () if company.size is None else (company.size,),
            index="size",
            sortable=True,
        ),
        ListedField("tag", ValueType.TAG, lambda company: sorted(company.tags), index="tag", several=True),
        ListedField("industry", ValueType.TEXT, _one("industry"), index="industry"),
        ListedField("country", ValueType.EXACT, _one("country"), index="country"),
        ListedField("city", ValueType.TEXT, _one("city"), index="city"),
        ListedField("parent_id", ValueType.EXACT, _one("parent_id"), index="parent"),
        ListedField("q", ValueType.SEARCH, service.search_texts, lookup=_found),
        ListedField("domain", ValueType.TEXT, lambda company: company.domains, lookup=_with_domain, several=True),
        ListedField("created_at", ValueType.INSTANT, lambda company: (company.created_at,)),
        ListedField("updated_at", ValueType.INSTANT, lambda company: (company.updated_at,)),
    ),
)


def list_companies(
    *,
    runtime: Runtime,
    workspace: Workspace,
    query: Mapping[str, Any] | None = None,
    conditions: Any = None,
    deleted: bool = False,
    sort: str = NEWEST,
    start: str | None = None,
    limit: int = 50,
    me: str = "",
) -> tuple[list[Company], str | None]:
    """A page of companies and the position after which the next starts: narrowed by a query's parameters and a filter, or, if
    ``deleted``, those in the bin, the last deleted first.
    """
    narrowing = narrowed(LISTING, runtime, workspace.id, query or {}, me=me)
    narrowing += LISTING.conditions(runtime, workspace.id, conditions, me=me)
    if not deleted:
        return LISTING.page(runtime, workspace, narrowing, sort, start, limit)
    if narrowing or sort != NEWEST:
        raise InvalidError("The bin is not narrowed or sorted.", field="deleted", code="not_with_filter")
    return store.in_bin(runtime.table, workspace.id, now=runtime.clock.now(), start=start, limit=limit)
