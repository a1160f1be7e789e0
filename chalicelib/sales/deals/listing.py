"""By what deals are listed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.customers.companies import service as companies
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.lists.domain import Condition, ListedField, Op, ValueType, texts
from chalicelib.customers.lists.service import NEWEST, HasTable, Listing, narrowed
from chalicelib.customers.search import service as search
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Table
from chalicelib.sales.deals import store
from chalicelib.sales.deals.domain import Deal, DealStatus
from chalicelib.sales.pipelines.service import all_pipelines
from chalicelib.workspaces.settings.domain import Workspace


def _found(table: Table, workspace_id: str, query: str, limit: int) -> Sequence[str] | None:
    return search.ids(table=table, workspace_id=workspace_id, query=query, kind="deal", limit=limit)


def _read_many(table: Table, workspace_id: str, ids: Iterable[str]) -> dict[str, Deal]:
    return store.read_many(table, workspace_id, {each for each in ids if is_id(each)})


def _read_named(table: Table, workspace_id: str, ids: Iterable[str]) -> dict[str, Deal]:
    """The deals with the names of their contacts and companies, by which they are searched for, too."""
    deals = _read_many(table, workspace_id, ids)
    contact_ids = {deal.contact_id for deal in deals.values()} - {""}
    company_ids = {deal.company_id for deal in deals.values()} - {""}
    people = contacts.get_contacts(table=table, workspace_id=workspace_id, contact_ids=contact_ids, follow=True)
    firms = companies.get_companies(table=table, workspace_id=workspace_id, company_ids=company_ids, follow=True)
    return {
        deal_id: replace(
            deal,
            names=(
                people[deal.contact_id].display_name if deal.contact_id in people else "",
                firms[deal.company_id].name if deal.company_id in firms else "",
            ),
        )
        for deal_id, deal in deals.items()
    }


@dataclass(frozen=True, slots=True)
class DealListing(Listing[Deal]):
    """Lists of deals: a condition on a contact or company takes what was merged into it, too, and a search looks at their names."""

    def page(
        self,
        runtime: HasTable,
        workspace: Workspace,
        conditions: Sequence[Condition] = (),
        sort: str = NEWEST,
        start: str | None = None,
        limit: int = 50,
    ) -> tuple[list[Deal], str | None]:
        """See `Listing.page`."""
        asked = [_followed(runtime, workspace.id, condition) for condition in conditions]
        return Listing.page(self._reading(asked), runtime, workspace, asked, sort, start, limit)

    def count(self, runtime: HasTable, workspace: Workspace, conditions: Sequence[Condition] = ()) -> tuple[int, bool]:
        """See `Listing.count`."""
        asked = [_followed(runtime, workspace.id, condition) for condition in conditions]
        return Listing.count(self._reading(asked), runtime, workspace, asked)

    def _reading(self, conditions: Sequence[Condition]) -> Listing[Deal]:
        """The same listing, with names where they are looked at."""
        searched = any(condition.field.type is ValueType.SEARCH for condition in conditions)
        return replace(self, read_many=_read_named) if searched else self


def _one(name: str) -> Any:
    return lambda deal: texts(getattr(deal, name))


def _if_any(name: str) -> Any:
    return lambda deal: () if getattr(deal, name) is None else (getattr(deal, name),)


LISTING = DealListing(
    kind="deal",
    collection="deals",
    read_many=_read_many,
    custom=lambda deal: deal.custom,
    listed=lambda deal: deal.deleted_at is None,
    aliases={"owner": "owner_id", "name": "title", "value": "amount"},
    fields=(
        ListedField("title", ValueType.TEXT, _one("title"), index="title", sortable=True),
        ListedField("amount", ValueType.NUMBER, lambda deal: (deal.amount,), index="amount", sortable=True),
        ListedField("expected_close", ValueType.DATE, _if_any("expected_close"), index="close", sortable=True),
        ListedField("owner_id", ValueType.MEMBER, _one("owner_id"), index="owner", sortable=True),
        ListedField("idle_since", ValueType.INSTANT, lambda deal: (deal.stirred_at,), index="idle", sortable=True),
        ListedField(
            "status",
            ValueType.EXACT,
            lambda deal: (deal.status.value,),
            index="status",
            options=tuple(each.value for each in DealStatus),
        ),
        ListedField("pipeline_id", ValueType.EXACT, _one("pipeline_id"), index="pipeline"),
        ListedField("stage_id", ValueType.EXACT, _one("stage_id"), index="stage"),
        ListedField("contact_id", ValueType.EXACT, _one("contact_id"), index="contact"),
        ListedField("company_id", ValueType.EXACT, _one("company_id"), index="company"),
        ListedField("q", ValueType.SEARCH, lambda deal: (deal.title, *deal.names), lookup=_found),
        ListedField("currency", ValueType.EXACT, _one("currency")),
        ListedField("won_reason", ValueType.TEXT, _one("won_reason")),
        ListedField("lost_reason", ValueType.TEXT, _one("lost_reason")),
        ListedField("lead_id", ValueType.EXACT, _one("lead_id")),
        ListedField("closed_at", ValueType.INSTANT, _if_any("closed_at")),
        ListedField("last_activity_at", ValueType.INSTANT, _if_any("last_activity_at")),
        ListedField("created_at", ValueType.INSTANT, lambda deal: (deal.created_at,)),
        ListedField("updated_at", ValueType.INSTANT, lambda deal: (deal.updated_at,)),
    ),
)


def of_customer(
    source: HasTable, workspace: Workspace, what: str, ids: Iterable[str], *, start: str | None = None, limit: int = 50
) -> tuple[list[Deal], str | None]:
    """The deals of a contact (``what`` is ``contact_id``) or company (``company_id``), given by its own id and those of what was
    merged into it, the newest first, and the position after which the next page starts.
    """
    asked = tuple(ids)
    if not asked:
        return [], None
    field = LISTING.fields_of(source, workspace.id)[what]
    return LISTING.page(source, workspace, [Condition(field, Op.IN, asked)], NEWEST, start, limit)


def list_deals(
    *,
    runtime: Runtime,
    workspace: Workspace,
    query: Mapping[str, Any],
    conditions: Any = None,
    sort: str = NEWEST,
    rotting: bool | None = None,
    start: str | None = None,
    limit: int = 50,
    me: str = "",
) -> tuple[list[Deal], str | None]:
    """A page of deals in an order, narrowed by a query's parameters and a filter, and the position after which the next starts.
    With ``rotting`` a page may be short: only the pipelines say after how long a deal rots.
    """
    narrowing = narrowed(LISTING, runtime, workspace.id, query, me=me)
    narrowing += LISTING.conditions(runtime, workspace.id, conditions, me=me)
    found, following = LISTING.page(runtime, workspace, narrowing, sort, start, limit)
    if rotting is not None:
        found_in, now = all_pipelines(table=runtime.table, workspace_id=workspace.id), runtime.clock.now()
        stages = {
            deal.id: found_in[deal.pipeline_id].find(deal.stage_id) for deal in found if deal.pipeline_id in found_in
        }
        found = [deal for deal in found if deal.rotting(stages.get(deal.id), now) is rotting]
    return found, following


def _followed(runtime: HasTable, workspace_id: str, condition: Condition) -> Condition:
    """A condition on a contact or company, for what was merged into it, too."""
    table = runtime.table
    if condition.op not in (Op.IS, Op.IN):
        return condition
    if condition.field.key == "contact_id":
        people = contacts.get_contacts(
            table=table, workspace_id=workspace_id, contact_ids=condition.values, follow=True
        )
        ids = [each for contact in people.values() for each in contact.all_ids]
    elif condition.field.key == "company_id":
        firms = companies.get_companies(
            table=table, workspace_id=workspace_id, company_ids=condition.values, follow=True
        )
        ids = [each for firm in firms.values() for each in firm.all_ids]
    else:
        return condition
    return replace(condition, op=Op.IN, values=tuple(dict.fromkeys([*condition.values, *ids])))
