"""Finding leads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.leads import store
from chalicelib.customers.leads.domain import Lead, LeadStatus
from chalicelib.customers.leads.records import DUE_SHARDS, LeadRecord
from chalicelib.foundation.errors import NotFoundError
from chalicelib.foundation.ids import encode, is_id
from chalicelib.foundation.table import Record, Table
from chalicelib.workspaces.settings.domain import Workspace

Age = Literal["today", "week", "month", "older"]
"""Made today, in the last seven or thirty days, or before them, in the workspace's zone."""
NOBODY = "none"
"""In place of an owner's id: leads that nobody has."""
_EXAMINED = 1000  # leads read for one page of a filtered list, at most; then the cursor goes on from there


@dataclass(frozen=True, slots=True)
class LeadsPage:
    """Some leads, and the position after which the next page starts (None after the last). A filtered page may be short."""

    items: list[Lead]
    next: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which leads a list is of."""

    status: LeadStatus | None = None
    source: str = ""
    owner_id: str = ""
    since: datetime | None = None
    until: datetime | None = None
    statuses: Sequence[LeadStatus] = field(default=tuple(LeadStatus))

    def fits(self, lead: Lead) -> bool:
        """Whether this lead is one of them."""
        owned = not self.owner_id or lead.owner_id == ("" if self.owner_id == NOBODY else self.owner_id)
        return (
            owned
            and (self.status is None or lead.status is self.status)
            and (not self.source or lead.source == self.source)
            and (self.since is None or lead.created_at >= self.since)
            and (self.until is None or lead.created_at < self.until)
        )

    def span(self, position: str, *, oldest_first: bool) -> tuple[str, str]:
        """The ids between which they lie, both inclusive, when the list goes on after ``position``."""
        low = _first_id(self.since) if self.since else "0"
        high = _first_id(self.until) if self.until else "~"
        if position and oldest_first:
            low = max(low, position + "!")
        elif position:
            high = min(high, position[:-1] + chr(ord(position[-1]) - 1) + "~")
        return low, high


def get_lead(*, table: Table, workspace_id: str, lead_id: str, consistent: bool = False, gone: bool = False) -> Lead:
    """The lead; `NotFoundError` when there is none. One in the bin is none, unless ``gone``."""
    known = is_id(lead_id)
    found = store.read(table, workspace_id, lead_id, consistent=consistent, include_deleted=gone) if known else None
    if found is None:
        raise NotFoundError("There is no such lead.")
    return found


def get_leads(*, table: Table, workspace_id: str, lead_ids: Iterable[str], consistent: bool = False) -> dict[str, Lead]:
    """Those of the leads that exist, by id."""
    return store.read_many(table, workspace_id, {each for each in lead_ids if is_id(each)}, consistent=consistent)


def find_leads(
    *,
    table: Table,
    workspace: Workspace,
    now: datetime,
    email: str = "",
    status: LeadStatus | None = None,
    source: str = "",
    owner_id: str = "",
    age: Age | None = None,
    overdue: bool = False,
    oldest_first: bool = False,
    position: str = "",
    limit: int = 50,
) -> LeadsPage:
    """As `list_leads`; with ``email`` among the leads of the contact who has that address, with ``overdue`` among those whose
    answer is overdue, the most overdue first.
    """
    since, until = dates_of(age, workspace, now)
    wanted = Wanted(status, source, owner_id, since, until)
    if overdue:
        return _overdue(table, workspace.id, wanted, now, position=position, limit=limit)
    if not email:
        return _page(table, workspace, wanted, oldest_first=oldest_first, position=position, limit=limit)
    contact_id = contacts.find_by_email(table=table, workspace_id=workspace.id, email=email)
    found = leads_of(table=table, workspace_id=workspace.id, contact_id=contact_id) if contact_id else []
    low, high = wanted.span(position, oldest_first=oldest_first)
    matching = [lead for lead in found if wanted.fits(lead) and low <= lead.id <= high]
    matching.sort(key=lambda lead: lead.id, reverse=not oldest_first)
    return LeadsPage(matching[:limit], matching[limit - 1].id if len(matching) > limit else None)


def list_leads(
    *,
    table: Table,
    workspace: Workspace,
    status: LeadStatus | None = None,
    source: str = "",
    owner_id: str = "",
    before: str = "",
    limit: int = 50,
) -> LeadsPage:
    """The newest leads that match, made before the one with the id ``before`` if it is given, newest first."""
    wanted = Wanted(status, source, owner_id)
    return _page(table, workspace, wanted, oldest_first=False, position=before, limit=limit)


def bin_of_leads(*, table: Table, workspace_id: str, now: datetime, before: str = "", limit: int = 50) -> LeadsPage:
    """What lies in the bin, the last deleted first, without what can no longer be restored."""
    page = store.in_bin(table, workspace_id, before=before, limit=limit)
    found = [store.to_domain(record) for record in page.items if not record.expired(now)]
    more = page.items[-1].gsi1sk if page.next is not None and page.items else None
    return LeadsPage(found, more)


def leads_of(*, table: Table, workspace_id: str, contact_id: str) -> list[Lead]:
    """All leads of a contact and of those merged into it, newest first."""
    found = contacts.get_contacts(table=table, workspace_id=workspace_id, contact_ids=[contact_id])
    contact = found.get(contact_id)
    if contact is None:
        return []
    ids = {each for every in contact.all_ids for each in store.ids_of_contact(table, workspace_id, every)}
    if contact.open_lead_id:  # the link of a lead made this second may not be there yet
        ids.add(contact.open_lead_id)
    return sorted(store.read_many(table, workspace_id, ids).values(), key=lambda lead: lead.id, reverse=True)


def leads_to_answer(*, table: Table, workspace_id: str, owner_id: str, limit: int = 20) -> list[Lead]:
    """A member's leads that still wait for their first answer, the most urgent first; among the thousand most urgent of the
    workspace.
    """
    rows = store.awaiting(table, workspace_id, limit=_EXAMINED)
    own = [lead_id for _, lead_id, owner in rows if owner == owner_id][:limit]
    found = store.read_many(table, workspace_id, own)
    return [found[lead_id] for lead_id in own if lead_id in found and found[lead_id].awaiting]


def due_leads(*, table: Table, now: datetime, limit: int) -> list[tuple[Lead, str]]:
    """Leads of all workspaces whose answer is overdue and whose owner was not told, each with its position among them."""
    return [each for shard in range(DUE_SHARDS) for each in store.due(table, shard, now=now, limit=limit)]


def loads_of(*, table: Table, workspace_id: str, owner_ids: Iterable[str]) -> dict[str, int]:
    """How many open leads these members have."""
    return store.loads(table, workspace_id, owner_ids)


def lead_of(record: Record) -> Lead:
    """The lead in a changed item, for projections."""
    assert isinstance(record, LeadRecord)
    return store.to_domain(record)


def lead_in(image: Mapping[str, Any]) -> Lead:
    """The lead in a raw item, as a failed transaction gives it back."""
    return store.to_domain(LeadRecord.from_image(image))


def _page(
    table: Table, workspace: Workspace, wanted: Wanted, *, oldest_first: bool, position: str, limit: int
) -> LeadsPage:
    shards = workspace.shards_of("leads")
    owner_id = "" if wanted.owner_id == NOBODY else wanted.owner_id
    statuses = [wanted.status] if wanted.status else list(LeadStatus)
    found: list[Lead] = []
    examined = 0
    while True:
        span = wanted.span(position, oldest_first=oldest_first)
        if span[0] > span[1]:
            return LeadsPage(found, None)
        if owner_id:
            page = store.of_owner(table, workspace.id, owner_id, span=span, oldest_first=oldest_first, limit=limit)
        else:
            page = store.recent(
                table,
                workspace.id,
                statuses=statuses,
                shards=shards,
                span=span,
                oldest_first=oldest_first,
                limit=limit,
            )
        for lead in page:
            position = lead.id
            if wanted.fits(lead):
                found.append(lead)
                if len(found) == limit:
                    return LeadsPage(found, position)
        examined += len(page)
        if len(page) < limit:
            return LeadsPage(found, None)
        if examined >= _EXAMINED:
            return LeadsPage(found, position)


def _overdue(table: Table, workspace_id: str, wanted: Wanted, now: datetime, *, position: str, limit: int) -> LeadsPage:
    found: list[Lead] = []
    examined = 0
    while True:
        rows = store.awaiting(table, workspace_id, until=now, after=position, limit=limit)
        leads = store.read_many(table, workspace_id, [lead_id for _, lead_id, _ in rows]) if rows else {}
        for place, lead_id, _ in rows:
            position = place
            lead = leads.get(lead_id)
            if lead is not None and lead.overdue(now) and wanted.fits(lead):
                found.append(lead)
                if len(found) == limit:
                    return LeadsPage(found, position)
        examined += len(rows)
        if len(rows) < limit:
            return LeadsPage(found, None)
        if examined >= _EXAMINED:
            return LeadsPage(found, position)


def dates_of(age: Age | None, workspace: Workspace, now: datetime) -> tuple[datetime | None, datetime | None]:
    """From when and until when leads of this age were made."""
    today = now.astimezone(workspace.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    match age:
        case "today":
            return today, None
        case "week":
            return today - timedelta(days=6), None
        case "month":
            return today - timedelta(days=29), None
        case "older":
            return None, today - timedelta(days=29)
    return None, None


def _first_id(at: datetime) -> str:
    """The smallest id made at this instant."""
    return encode(int(at.timestamp() * 1000) << 80)
