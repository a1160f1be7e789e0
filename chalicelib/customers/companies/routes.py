"""The routes of companies."""

from chalicelib.customers.companies import service
from chalicelib.customers.companies.schemas import CompanyChange, CompanyIn, CompanyOut
from chalicelib.foundation.http import Answer, Call, Page, PageQuery, Routes
from chalicelib.workspaces.settings.service import get_workspace

routes = Routes("companies", __name__)


@routes.get("/companies", permission="companies:read", query=PageQuery, returns=Page[CompanyOut])
def list_companies(call: Call[None]) -> Page[CompanyOut]:
    """The companies, the newest first."""
    limit, cursors = call.query.limit, call.runtime.cursors
    position = cursors.read(call.workspace_id, "companies", call.query.cursor)
    found = service.list_companies(
        table=call.runtime.table,
        workspace=get_workspace(table=call.runtime.table, workspace_id=call.workspace_id),
        before=position[0] if position else "",
        limit=limit,
    )
    more = cursors.write(call.workspace_id, "companies", [found[-1].id]) if len(found) == limit else None
    return Page[CompanyOut](items=[CompanyOut.of(company) for company in found], next_cursor=more)


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
    return Answer(CompanyOut.of(company), 201, {"Location": f"/api/v1/companies/{company.id}"})


@routes.get("/companies/{company_id}", permission="companies:read", returns=CompanyOut)
def get_company(call: Call[None], company_id: str) -> CompanyOut:
    """One company."""
    return CompanyOut.of(
        service.get_company(table=call.runtime.table, workspace_id=call.workspace_id, company_id=company_id)
    )


@routes.patch(
    "/companies/{company_id}",
    permission="companies:write",
    body=CompanyChange,
    returns=CompanyOut,
    present=CompanyOut.of,
)
def change_company(call: Call[CompanyChange], company_id: str) -> CompanyOut:
    """Change a company as it was at ``version``."""
    return CompanyOut.of(
        service.change_company(
            table=call.runtime.table,
            clock=call.runtime.clock,
            workspace_id=call.workspace_id,
            company_id=company_id,
            version=call.body.version,
            changes=call.body.values(),
            changed_by=call.actor.reference,
        )
    )
