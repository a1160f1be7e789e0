"""The routes of merges."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalicelib.customers.companies.domain import Company
from chalicelib.customers.companies.schemas import CompanyOut
from chalicelib.customers.consent import service as consent
from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.contacts.schemas import ContactOut
from chalicelib.customers.fields import service as custom_fields
from chalicelib.customers.merges import companies, service
from chalicelib.customers.merges.domain import CUSTOM, Difference, Side
from chalicelib.customers.merges.schemas import (
    CompanyMergeDoneOut,
    CompanyMergePreviewOut,
    MergeDifferenceOut,
    MergeDoneOut,
    MergeIn,
    MergeOut,
    MergePreviewOut,
    MergeUndoneOut,
)
from chalicelib.foundation.http import Answer, Call, Page, PageQuery, Routes

routes = Routes("merges", __name__)


@routes.post(
    "/contacts/{contact_id}/merge/preview",
    permission="contacts:read",
    body=MergeIn,
    returns=MergePreviewOut,
    once=False,
)
def preview_merge(call: Call[MergeIn], contact_id: str) -> MergePreviewOut:
    """What merging another contact into this one would make; nothing is changed."""
    found = service.preview(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        contact_id=contact_id,
        other_id=call.body.other_id,
        choices=_choices(call),
    )
    differences = [MergeDifferenceOut.of(_by_key(call, each)) for each in found.differences]
    return MergePreviewOut.model_construct(survivor=_shown(call, found.survivor), differences=differences)


@routes.post(
    "/contacts/{contact_id}/merge", permission="contacts:write", body=MergeIn, returns=MergeDoneOut, status=201
)
def merge_contacts(call: Call[MergeIn], contact_id: str) -> Answer:
    """Merge another contact into this one. Nothing is lost, of two answers to one purpose the stricter stays, and for 30 days it
    can be taken back.
    """
    made, contact = service.merge(
        table=call.runtime.table,
        clock=call.runtime.clock,
        followers=call.runtime.parts("merge"),
        workspace_id=call.workspace_id,
        contact_id=contact_id,
        other_id=call.body.other_id,
        choices=_choices(call),
        merge_id=call.creation_id,
        actor=call.actor.reference,
    )
    shown = MergeDoneOut.model_construct(merge_id=made.id, contact=_shown(call, contact))
    return Answer(shown, 201, {"Location": f"/api/v1/merges?id={made.id}"})


@routes.post(
    "/companies/{company_id}/merge/preview",
    permission="companies:read",
    body=MergeIn,
    returns=CompanyMergePreviewOut,
    once=False,
)
def preview_company_merge(call: Call[MergeIn], company_id: str) -> CompanyMergePreviewOut:
    """What merging another company into this one would make; nothing is changed."""
    found = companies.preview(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        company_id=company_id,
        other_id=call.body.other_id,
        choices=_choices(call, "company"),
    )
    shown = [MergeDifferenceOut.of(_by_key(call, each)) for each in found.differences]
    return CompanyMergePreviewOut.model_construct(survivor=_shown_company(call, found.survivor), differences=shown)


@routes.post(
    "/companies/{company_id}/merge", permission="companies:write", body=MergeIn, returns=CompanyMergeDoneOut, status=201
)
def merge_companies(call: Call[MergeIn], company_id: str) -> Answer:
    """Merge another company into this one; its contacts follow seconds later. For 30 days it can be taken back."""
    made, company = companies.merge(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        company_id=company_id,
        other_id=call.body.other_id,
        choices=_choices(call, "company"),
        merge_id=call.creation_id,
        actor=call.actor.reference,
    )
    shown = CompanyMergeDoneOut.model_construct(merge_id=made.id, company=_shown_company(call, company))
    return Answer(shown, 201, {"Location": f"/api/v1/merges?id={made.id}"})


@routes.get("/merges", permission="contacts:read", query=PageQuery, returns=Page[MergeOut])
def list_merges(call: Call[None]) -> Page[MergeOut]:
    """The last merges, newest first."""
    cursors, limit = call.runtime.cursors, call.query.limit
    position = cursors.read(call.workspace_id, "merges", call.query.cursor)
    found = service.list_merges(
        table=call.runtime.table,
        workspace_id=call.workspace_id,
        before=position[0] if position else "",
        limit=limit,
    )
    more = cursors.write(call.workspace_id, "merges", [found[-1].id]) if len(found) == limit else None
    return Page[MergeOut](items=[MergeOut.of(each) for each in found], next_cursor=more)


@routes.post("/merges/{merge_id}/undo", permission="contacts:write", returns=MergeUndoneOut, errors=(409,))
def undo_merge(call: Call[None], merge_id: str) -> MergeUndoneOut:
    """Part what was merged. Both are as they were before, but for what was changed since."""
    made = service.get_merge(table=call.runtime.table, workspace_id=call.workspace_id, merge_id=merge_id)
    if made.what == companies.COMPANY:
        call.require("companies:write")
        both = companies.undo(table=call.runtime.table, clock=call.runtime.clock, made=made, actor=call.actor.reference)
        return MergeUndoneOut.model_construct(contacts=[], companies=[_shown_company(call, each) for each in both])
    found = service.undo(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        merge_id=merge_id,
        actor=call.actor.reference,
    )
    return MergeUndoneOut.model_construct(contacts=[_shown(call, contact) for contact in found], companies=[])


def _shown(call: Call[Any], contact: Contact) -> ContactOut:
    email = contact.email
    found = consent.suppressed(
        table=call.runtime.table,
        signer=call.runtime.signer,
        workspace_id=call.workspace_id,
        emails=[email] if email else [],
        consistent=False,
    )
    return ContactOut.whole(contact, found.get(email), _custom(call, contact.custom))


def _shown_company(call: Call[Any], company: Company) -> CompanyOut:
    return CompanyOut.of(company, _custom(call, company.custom))


def _custom(call: Call[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    return custom_fields.shown(table=call.runtime.table, workspace_id=call.workspace_id, values=values)


def _choices(call: Call[MergeIn], kind: str = "contact") -> dict[str, Side]:
    """Choices by the ids of custom fields, from those by their keys."""
    given = call.body.choices
    if not any(name.startswith(CUSTOM) for name in given):
        return dict(given)
    catalogue = custom_fields.get_catalogue(table=call.runtime.table, workspace_id=call.workspace_id)
    ids = {CUSTOM + key: CUSTOM + field.id for key, field in catalogue.by_key(kind).items()}
    return {ids.get(name, name): side for name, side in given.items()}


def _by_key(call: Call[Any], difference: Difference) -> Difference:
    """A difference of a custom field, as the API shows it."""
    if not difference.field.startswith(CUSTOM):
        return difference
    field_id = difference.field.removeprefix(CUSTOM)
    sides = [
        _custom(call, {field_id: value} if value is not None else {}) for value in (difference.this, difference.other)
    ]
    key = next((key for side in sides for key in side), field_id)
    return replace(difference, field=CUSTOM + key, this=sides[0].get(key), other=sides[1].get(key))
