"""Converting a lead."""

from dataclasses import replace
from datetime import datetime

from chalicelib.customers.claims import service as claims
from chalicelib.customers.companies import service as companies
from chalicelib.customers.companies.domain import Company, normalise_domain
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Contact, shard_of
from chalicelib.customers.leads import service as leads
from chalicelib.customers.leads.domain import Lead, LeadStatus
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, FieldError, InvalidError, NotFoundError, UnavailableError
from chalicelib.foundation.ids import derived_id, made_at
from chalicelib.foundation.table import Operation, Table
from chalicelib.foundation.table.table import TransactionConflictError
from chalicelib.sales.conversion.domain import (
    CompanyChoice,
    ConversionOrder,
    Converted,
    domain_of,
    stage_after,
)
from chalicelib.sales.deals import service as deals
from chalicelib.workspaces.settings.domain import Workspace

_ATTEMPTS = 6


def convert_lead(
    *,
    table: Table,
    clock: Clock,
    workspace: Workspace,
    lead_id: str,
    order: ConversionOrder,
    deal_id: str,
    version: int | None = None,
    changed_by: str = "",
) -> Converted:
    """Convert the lead as it was at ``version``, or as it is now without one: in one transaction the lead is kept as converted, its contact
    is given company, owner and stage, the company is made if it is new, and the deal is made, all of them linked. ``deal_id`` is an
    id of this request's own.

    A lead that is converted already gives what came of it then, whatever is asked for now, unless a ``version`` says that the
    caller saw another.

    Raises:
        ConflictError: the lead is not as it was at ``version``; carries the present `Lead`.
        InvalidError: the lead was given up, its contact is gone, or a value is wrong: ``company.id``, ``company.domain``,
            ``deal.stage_id``, …
    """
    if order.owner_id:
        contacts.check_owner(table, workspace.id, order.owner_id)
    for attempt in range(_ATTEMPTS):
        now = clock.now()
        present = leads.get_lead(table=table, workspace_id=workspace.id, lead_id=lead_id, consistent=True)
        if version is not None and present.version != version:
            raise ConflictError(current=present)
        if present.status is LeadStatus.CONVERTED:
            contact_id = _survivor(table, workspace.id, present.contact_id)
            return Converted(present, contact_id, present.company_id, present.deal_id)
        done, operations = _plan(
            table, clock, workspace, present, order, deal_id=deal_id, now=now, changed_by=changed_by
        )
        try:
            table.transact(operations)
        except TransactionConflictError as conflict:
            if 0 in conflict.failed and version is not None:
                current = leads.lead_in(conflict.images[0]) if conflict.images[0] else None
                raise ConflictError(current=current) from conflict
            contacts.pause(attempt)  # the contact, a claim or the lead as it is now has moved on: look again
        else:
            return replace(done, lead=replace(done.lead, version=present.version + 1))
    raise UnavailableError("The lead's contact keeps being changed by others.")


def _plan(
    table: Table,
    clock: Clock,
    workspace: Workspace,
    present: Lead,
    order: ConversionOrder,
    *,
    deal_id: str,
    now: datetime,
    changed_by: str,
) -> tuple[Converted, list[Operation]]:
    """What comes of the lead, and the operations that make it so; the lead's is the first."""
    contact = leads.contact_of_lead(table=table, lead=present)
    if contact is None:
        raise InvalidError("The lead's contact is gone.", field="contact_id", code="gone")
    company, made = _company(table, workspace, order.company, contact, deal_id, now, changed_by)
    company_id = company.id if company else contact.company_id
    owner_id = order.owner_id or present.owner_id
    operations: list[Operation] = []
    if order.deal is not None:
        try:
            _, operations = deals.create_operations(
                table=table,
                clock=clock,
                workspace=workspace,
                deal_id=deal_id,
                values={
                    "owner_id": owner_id,
                    **order.deal,
                    "contact_id": contact.id,
                    "company_id": company_id,
                    "lead_id": present.id,
                },
                changed_by=changed_by,
                made_beside=("company_id",) if made else (),
            )
        except InvalidError as error:
            fields = [FieldError(f"deal.{each.field}", each.message, each.code) for each in error.fields]
            raise InvalidError(str(error), fields=fields) from error
    lead = present.converted(at=now, deal_id=deal_id if operations else "", company_id=company_id, owner_id=owner_id)
    lead = replace(lead, updated_at=now, changed_by=changed_by)
    customer = contact.edited(
        at=now,
        by=changed_by,
        company_id=company_id,
        company_name=company.name if company else contact.company_name,
        owner_id=contact.owner_id or owner_id,
        lifecycle_stage=stage_after(contact) if operations else contact.lifecycle_stage,
        open_lead_id="" if contact.open_lead_id == present.id else contact.open_lead_id,
    )
    closing = leads.closing_operations(present, lead, now)
    whole = [*closing, contacts.replace_operation(customer), *made, *operations]
    return Converted(lead, contact.id, company_id, lead.deal_id), whole


def _company(
    table: Table,
    workspace: Workspace,
    choice: CompanyChoice | None,
    contact: Contact,
    deal_id: str,
    now: datetime,
    changed_by: str,
) -> tuple[Company | None, list[Operation]]:
    """The company chosen, and what makes it if it is new."""
    if choice is None:
        return None, []
    if choice.id:
        return _known(table, workspace.id, choice.id, "company.id"), []
    domain = normalise_domain(choice.domain, field="company.domain") if choice.domain else domain_of(contact)
    holder = companies.find_by_domain(table=table, workspace_id=workspace.id, domain=domain) if domain else None
    if holder and choice.domain:
        raise InvalidError("Another company has this domain.", field="company.domain", code="taken")
    if holder:
        return _known(table, workspace.id, holder, "company.name"), []
    company_id = derived_id(made_at(deal_id), "company of conversion", deal_id)
    company = Company(
        workspace_id=workspace.id,
        id=company_id,
        name=choice.name,
        created_at=now,
        updated_at=now,
        shard=shard_of(company_id, workspace.new_shards_of("companies")),
        domains=(domain,) if domain else (),
        country=contact.country,
        city=contact.city,
        owner_id=contact.owner_id,
        changed_by=changed_by,
    )
    made = claims.changes(
        workspace_id=workspace.id, holder_id=company.id, had=set(), has=companies.claims_of(company), now=now
    )
    return company, [companies.create_operation(company), *(operation for _, operation in made)]


def _known(table: Table, workspace_id: str, company_id: str, field: str) -> Company:
    try:
        return companies.get_company(
            table=table, workspace_id=workspace_id, company_id=company_id, consistent=True, follow=True
        )
    except NotFoundError as error:
        raise InvalidError("There is no such company.", field=field, code="unknown") from error


def _survivor(table: Table, workspace_id: str, contact_id: str) -> str:
    found = contacts.get_contacts(table=table, workspace_id=workspace_id, contact_ids=[contact_id], follow=True)
    return found[contact_id].id if contact_id in found else contact_id
