"""The routes of leads."""

from collections.abc import Callable
from typing import Any

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.fields import service as fields
from chalicelib.customers.leads import service
from chalicelib.customers.leads.domain import Lead, LeadStatus
from chalicelib.customers.leads.presenting import shown_leads
from chalicelib.customers.leads.schemas import (
    LeadChange,
    LeadDelete,
    LeadDisqualify,
    LeadIn,
    LeadMove,
    LeadOut,
    LeadsQuery,
)
from chalicelib.customers.lists.schemas import asker
from chalicelib.customers.lists.service import narrowed
from chalicelib.customers.schemas import ScoreChangeOut
from chalicelib.foundation.clock import to_text
from chalicelib.foundation.errors import ConflictError, InvalidError
from chalicelib.foundation.http import Answer, Call, Page, PageQuery, Routes
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import get_workspace

routes = Routes("leads", __name__)


@routes.get("/leads", permission="leads:read", query=LeadsQuery, returns=Page[LeadOut])
def list_leads(call: Call[None]) -> Page[LeadOut]:
    """The leads that match, the newest first. With ``email`` the leads of the contact who has that address. A page of a
    filtered list may be short and not be the last: go on while there is a ``next_cursor``.
    """
    name = f"leads?{call.query.model_dump_json(exclude={'cursor', 'limit'}, exclude_none=True)}"
    position = call.runtime.cursors.read(call.workspace_id, name, call.query.cursor)
    page = _found(call, position[0] if position else "")
    more = call.runtime.cursors.write(call.workspace_id, name, [page.next]) if page.next else None
    return Page[LeadOut].model_construct(items=shown_leads(call, page.items, listed=True), next_cursor=more)


@routes.post("/leads", permission="leads:write", body=LeadIn, returns=LeadOut, status=201, present=lambda shown: shown)
def create_lead(call: Call[LeadIn]) -> Answer:
    """Make a lead on a contact, or on a person: the contact who has the address or number, or a new one. A contact has one open
    lead at most; 409 shows the one there is.
    """
    lead = _conflicts(call, lambda: _create(call))
    return Answer(shown_leads(call, [lead])[0], 201, {"Location": f"/api/v1/leads/{lead.id}"})


@routes.get("/leads/{lead_id}", permission="leads:read", returns=LeadOut)
def get_lead(call: Call[None], lead_id: str) -> LeadOut:
    """One lead."""
    lead = service.get_lead(table=call.runtime.table, workspace_id=call.workspace_id, lead_id=lead_id, consistent=True)
    return shown_leads(call, [lead])[0]


@routes.patch(
    "/leads/{lead_id}", permission="leads:write", body=LeadChange, returns=LeadOut, present=lambda shown: shown
)
def change_lead(call: Call[LeadChange], lead_id: str) -> LeadOut:
    """Move a lead to another status or owner, as it was at ``version``."""
    changes = call.body.changes()
    if "custom" in changes:
        changes["custom"] = _custom(call, changes["custom"], lead_id)
    return _changed(call, lead_id, call.body.version, changes)


@routes.delete("/leads/{lead_id}", permission="leads:write", query=LeadDelete, present=lambda shown: shown)
def delete_lead(call: Call[None], lead_id: str) -> None:
    """Put a lead into the bin, where it stays for thirty days."""
    _conflicts(call, lambda: service.delete_lead(**_here(call, lead_id), version=call.query.version))


@routes.post("/leads/{lead_id}/restore", permission="leads:write", returns=LeadOut)
def restore_lead(call: Call[None], lead_id: str) -> LeadOut:
    """Take a lead out of the bin."""
    return shown_leads(call, [service.restore_lead(**_here(call, lead_id))])[0]


@routes.post(
    "/leads/{lead_id}/qualify", permission="leads:write", body=LeadMove, returns=LeadOut, present=lambda shown: shown
)
def qualify_lead(call: Call[LeadMove], lead_id: str) -> LeadOut:
    """The person may buy."""
    return _changed(call, lead_id, call.body.version, {"status": LeadStatus.QUALIFIED})


@routes.post(
    "/leads/{lead_id}/disqualify",
    permission="leads:write",
    body=LeadDisqualify,
    returns=LeadOut,
    present=lambda shown: shown,
)
def disqualify_lead(call: Call[LeadDisqualify], lead_id: str) -> LeadOut:
    """Nothing will come of it, and why."""
    changes = {"status": LeadStatus.DISQUALIFIED, "disqualify_reason": call.body.reason}
    return _changed(call, lead_id, call.body.version, changes)


@routes.post(
    "/leads/{lead_id}/reopen", permission="leads:write", body=LeadMove, returns=LeadOut, present=lambda shown: shown
)
def reopen_lead(call: Call[LeadMove], lead_id: str) -> LeadOut:
    """Somebody works on it again."""
    return _changed(call, lead_id, call.body.version, {"status": LeadStatus.WORKING})


@routes.get("/leads/{lead_id}/score-history", permission="leads:read", query=PageQuery, returns=Page[ScoreChangeOut])
def list_score_history(call: Call[None], lead_id: str) -> Page[ScoreChangeOut]:
    """Why the lead's contact has the score it has, the newest first."""
    lead = service.get_lead(table=call.runtime.table, workspace_id=call.workspace_id, lead_id=lead_id)
    name = f"score-history?{lead.contact_id}"
    position = call.runtime.cursors.read(call.workspace_id, name, call.query.cursor)
    found = contacts.score_history(
        table=call.runtime.table,
        workspace_id=call.workspace_id,
        contact_id=lead.contact_id,
        before=position[0] if position else "",
        limit=call.query.limit,
    )
    full = len(found) == call.query.limit
    more = call.runtime.cursors.write(call.workspace_id, name, [found[-1][0]]) if full else None
    return Page[ScoreChangeOut](items=[ScoreChangeOut.of(change) for _, change in found], next_cursor=more)


def _found(call: Call[None], position: str) -> service.LeadsPage:
    query, runtime = call.query, call.runtime
    now = runtime.clock.now()
    if query.deleted:
        return service.bin_of_leads(
            table=runtime.table, workspace_id=call.workspace_id, now=now, before=position, limit=query.limit
        )
    workspace = get_workspace(table=runtime.table, workspace_id=call.workspace_id)
    if query.by_rows:
        return _narrowed(call, workspace, position)
    return service.find_leads(
        table=runtime.table,
        workspace=workspace,
        now=now,
        email=query.email or "",
        status=LeadStatus(query.status) if query.status else None,
        source=query.source or "",
        owner_id=call.actor.id if query.owner_id == "me" else query.owner_id or "",
        age=query.age,
        overdue=query.overdue,
        oldest_first=query.sort == "created",
        position=position,
        limit=query.limit,
    )


def _narrowed(call: Call[None], workspace: Workspace, position: str) -> service.LeadsPage:
    """By the rows of lists, where no condition is looked for lead by lead."""
    from chalicelib.customers.leads.listing import LISTING

    query, runtime, me = call.query, call.runtime, asker(call)
    if query.listed_apart:
        raise InvalidError("This list is not narrowed by filter or q.", field="filter", code="not_with_filter")
    given = {"status": query.status, "source": query.source, "owner_id": query.owner_id, "q": query.q}
    conditions = narrowed(LISTING, runtime, workspace.id, given, me=me)
    since, until = service.dates_of(query.age, workspace, runtime.clock.now())
    for op, moment in (("at_least", since), ("at_most", until)):
        if moment is not None:
            aged = [{"field": "created_at", "op": op, "value": to_text(moment)}]
            conditions += LISTING.conditions(runtime, workspace.id, aged)
    conditions += LISTING.conditions(runtime, workspace.id, query.filter, me=me)
    items, more = LISTING.page(runtime, workspace, conditions, query.sort, position or None, query.limit)
    return service.LeadsPage(items, more)


def _create(call: Call[LeadIn]) -> Lead:
    body, runtime = call.body, call.runtime
    return service.create_lead(
        table=runtime.table,
        clock=runtime.clock,
        workspace=get_workspace(table=runtime.table, workspace_id=call.workspace_id),
        lead_id=call.creation_id,
        contact_id=body.contact_id or "",
        person=body.person(),
        source=body.source or "",
        owner_id=body.owner_id or "",
        custom=_custom(call, body.custom),
        changed_by=call.actor.reference,
    )


def _changed(call: Call[Any], lead_id: str, version: int | None, changes: dict[str, Any]) -> LeadOut:
    lead = _conflicts(call, lambda: service.change_lead(**_here(call, lead_id), version=version, changes=changes))
    return shown_leads(call, [lead])[0]


def _here(call: Call[Any], lead_id: str) -> dict[str, Any]:
    return {
        "table": call.runtime.table,
        "clock": call.runtime.clock,
        "workspace_id": call.workspace_id,
        "lead_id": lead_id,
        "changed_by": call.actor.reference,
    }


def _conflicts(call: Call[Any], work: Callable[[], Lead]) -> Lead:
    """The lead that the work gives; a conflict shows the present one."""
    try:
        return work()
    except ConflictError as conflict:
        current = conflict.current
        shown = shown_leads(call, [current])[0] if isinstance(current, Lead) else None
        raise ConflictError(str(conflict), current=shown) from conflict


def _custom(call: Call[Any], given: dict[str, Any] | None, lead_id: str = "") -> dict[str, Any]:
    here: dict[str, Any] = {"table": call.runtime.table, "workspace_id": call.workspace_id}
    present = service.get_lead(**here, lead_id=lead_id).custom if lead_id else None
    return fields.cleaned(**here, kind="lead", given=given, present=present)
