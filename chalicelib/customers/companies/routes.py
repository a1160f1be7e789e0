"""The routes of companies."""

from typing import Any

from chalicelib.customers.companies import listing, service
from chalicelib.customers.companies.domain import Company
from chalicelib.customers.companies.schemas import CompaniesQuery, CompanyChange, CompanyIn, CompanyOut
from chalicelib.customers.fields import service as custom_fields
from chalicelib.customers.lists.schemas import asker, question
from chalicelib.customers.schemas import DeletionQuery, as_it_is, showing_conflicts
from chalicelib.foundation.http import Answer, Call, Page, Routes
from chalicelib.workspaces.settings.service import get_workspace

routes = Routes("companies", __name__)


@routes.get("/companies", permission="companies:read", query=CompaniesQuery, returns=Page[CompanyOut])
def list_companies(call: Call[None]) -> Page[CompanyOut]:
    """The companies, the newest first or as ``sort`` says (created, name, size, owner), narrowed by what is given. A page may be
    short, even empty, and have a next one.
    """
    query, cursors = call.query, call.runtime.cursors
    name = f"companies?{question(query)}"
    position = cursors.read(call.workspace_id, name, query.cursor)
    found, following = listing.list_companies(
        runtime=call.runtime,
        workspace=get_workspace(table=call.runtime.table, workspace_id=call.workspace_id),
        query=query.narrowing(),
        conditions=query.filter,
        deleted=query.deleted,
        sort=query.sort,
        start=position[0] if position else None,
        limit=query.limit,
        me=asker(call),
    )
    more = cursors.write(call.workspace_id, name, [following]) if following else None
    return Page[CompanyOut](items=[_shown(call, company) for company in found], next_cursor=more)


@routes.post("/companies", permission="companies:write", body=CompanyIn, returns=CompanyOut, status=201)
def create_company(call: Call[CompanyIn]) -> Answer:
    """Make a company. A domain belongs to one company: 422 ``taken`` when another has it."""
    company = service.create_company(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace=get_workspace(table=call.runtime.table, workspace_id=call.workspace_id),
        company_id=call.creation_id,
        values=call.body.values(),
        changed_by=call.actor.reference,
    )
    return Answer(_shown(call, company), 201, {"Location": f"/api/v1/companies/{company.id}"})


@routes.get("/companies/{company_id}", permission="companies:read", returns=CompanyOut)
def get_company(call: Call[None], company_id: str) -> CompanyOut:
    """One company."""
    company = service.get_company(
        table=call.runtime.table, workspace_id=call.workspace_id, company_id=company_id, consistent=True
    )
    return _shown(call, company)


@routes.patch(
    "/companies/{company_id}",
    permission="companies:write",
    body=CompanyChange,
    returns=CompanyOut,
    present=as_it_is,
)
def change_company(call: Call[CompanyChange], company_id: str) -> CompanyOut:
    """Change a company as it was at ``version``. Its contacts follow a new name a moment later."""
    with showing_conflicts(lambda current: _shown(call, current)):
        company = service.change_company(
            table=call.runtime.table,
            clock=call.runtime.clock,
            workspace=get_workspace(table=call.runtime.table, workspace_id=call.workspace_id),
            company_id=company_id,
            version=call.body.version,
            changes=call.body.values(),
            changed_by=call.actor.reference,
        )
    return _shown(call, company)


@routes.delete("/companies/{company_id}", permission="companies:write", query=DeletionQuery, present=as_it_is)
def delete_company(call: Call[None], company_id: str) -> None:
    """Put a company into the bin. It can be restored for 30 days; then it is gone with all that hangs on it."""
    with showing_conflicts(lambda current: _shown(call, current)):
        service.delete_company(
            table=call.runtime.table,
            clock=call.runtime.clock,
            workspace_id=call.workspace_id,
            company_id=company_id,
            version=call.query.version,
            deleted_by=call.actor.reference,
        )


@routes.post("/companies/{company_id}/restore", permission="companies:write", returns=CompanyOut)
def restore_company(call: Call[None], company_id: str) -> CompanyOut:
    """Take a company out of the bin. A domain that another has by now: 422 ``taken``."""
    company = service.restore_company(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace=get_workspace(table=call.runtime.table, workspace_id=call.workspace_id),
        company_id=company_id,
        restored_by=call.actor.reference,
    )
    return _shown(call, company)


def _shown(call: Call[Any], company: Company) -> CompanyOut:
    custom = custom_fields.shown(table=call.runtime.table, workspace_id=call.workspace_id, values=company.custom)
    return CompanyOut.of(company, custom)
