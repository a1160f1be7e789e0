"""By what leads are listed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.leads import store
from chalicelib.customers.leads.domain import Lead, LeadStatus
from chalicelib.customers.leads.records import leads_partition
from chalicelib.customers.lists.domain import Condition, ListedField, ValueType, texts
from chalicelib.customers.lists.service import NEWEST, HasTable, Listing
from chalicelib.customers.search import service as search
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.table import Table
from chalicelib.workspaces.settings.domain import Workspace


def _found(table: Table, workspace_id: str, query: str, limit: int) -> Sequence[str] | None:
    return search.ids(table=table, workspace_id=workspace_id, query=query, kind="lead", limit=limit)


def _of_contact(table: Table, workspace_id: str, contact_id: str, limit: int) -> Sequence[str] | None:
    found = contacts.get_contacts(table=table, workspace_id=workspace_id, contact_ids=[contact_id], follow=True)
    if contact_id not in found:
        return ()
    contact = found[contact_id]
    ids = {each for one in contact.all_ids for each in store.ids_of_contact(table, workspace_id, one)}
    ids |= {contact.open_lead_id} - {""}
    return sorted(ids) if len(ids) <= limit else None


def _read_many(table: Table, workspace_id: str, ids: Iterable[str]) -> dict[str, Lead]:
    return store.read_many(table, workspace_id, {each for each in ids if is_id(each)})


def _read_named(table: Table, workspace_id: str, ids: Iterable[str]) -> dict[str, Lead]:
    """The leads with what their contacts are found by, for they are searched by that."""
    leads = _read_many(table, workspace_id, ids)
    people = contacts.get_contacts(
        table=table, workspace_id=workspace_id, contact_ids={lead.contact_id for lead in leads.values()}, follow=True
    )
    return {
        lead_id: replace(lead, texts=tuple(contacts.search_texts(people[lead.contact_id])))
        for lead_id, lead in leads.items()
        if lead.contact_id in people
    }


@dataclass(frozen=True, slots=True)
class LeadListing(Listing[Lead]):
    """Lists of leads: a search looks at their contacts' names and addresses."""

    def page(
        self,
        runtime: HasTable,
        workspace: Workspace,
        conditions: Sequence[Condition] = (),
        sort: str = NEWEST,
        start: str | None = None,
        limit: int = 50,
    ) -> tuple[list[Lead], str | None]:
        """See `Listing.page`."""
        return Listing.page(self._reading(conditions), runtime, workspace, conditions, sort, start, limit)

    def count(self, runtime: HasTable, workspace: Workspace, conditions: Sequence[Condition] = ()) -> tuple[int, bool]:
        """See `Listing.count`."""
        return Listing.count(self._reading(conditions), runtime, workspace, conditions)

    def _reading(self, conditions: Sequence[Condition]) -> Listing[Lead]:
        searched = any(condition.field.type is ValueType.SEARCH for condition in conditions)
        return replace(self, read_many=_read_named) if searched else self


def _one(name: str) -> Any:
    return lambda lead: texts(getattr(lead, name))


def _if_any(name: str) -> Any:
    return lambda lead: () if getattr(lead, name) is None else (getattr(lead, name),)


def _everything(workspace_id: str, shards: int) -> Sequence[str]:
    return [leads_partition(workspace_id, status, shard) for status in LeadStatus for shard in range(shards)]


def _status(lead: Lead) -> Sequence[str]:
    return (lead.status.value,)


_NAMES: Mapping[str, ValueType] = {
    "medium": ValueType.EXACT,
    "campaign": ValueType.EXACT,
    "form_id": ValueType.EXACT,
    "disqualify_reason": ValueType.TEXT,
    "deal_id": ValueType.EXACT,
    "company_id": ValueType.EXACT,
}
_INSTANTS = ("respond_by", "first_response_at", "converted_at", "created_at", "updated_at")

LISTING = LeadListing(
    kind="lead",
    collection="leads",
    read_many=_read_many,
    everything=_everything,
    custom=lambda lead: lead.custom,
    listed=lambda lead: lead.deleted_at is None,
    aliases={"owner": "owner_id"},
    fields=(
        ListedField(
            "status",
            ValueType.EXACT,
            _status,
            partitions=leads_partition,
            options=tuple(each.value for each in LeadStatus),
        ),
        ListedField("owner_id", ValueType.MEMBER, _one("owner_id"), index="owner", sortable=True),
        ListedField("source", ValueType.EXACT, _one("source"), index="source"),
        ListedField("contact_id", ValueType.EXACT, _one("contact_id"), lookup=_of_contact),
        ListedField("q", ValueType.SEARCH, lambda lead: lead.texts, lookup=_found),
        *(ListedField(name, kind, _one(name)) for name, kind in _NAMES.items()),
        *(ListedField(name, ValueType.INSTANT, _if_any(name)) for name in _INSTANTS),
    ),
)
