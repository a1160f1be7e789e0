"""The routes of consent."""

from chalicelib.customers.consent import lists, service
from chalicelib.customers.consent.domain import SuppressionReason
from chalicelib.customers.consent.schemas import (
    ConsentIn,
    LedgerOut,
    PurposesIn,
    PurposesOut,
    SuppressionIn,
    SuppressionJob,
    SuppressionOut,
    SuppressionQuery,
    SuppressionsFile,
    SuppressionsQuery,
)
from chalicelib.customers.contacts import service as contacts
from chalicelib.foundation.http import Answer, Call, Page, PageQuery, Routes

routes = Routes("consent", __name__)


@routes.get("/contacts/{contact_id}/consents", permission="contacts:read", query=PageQuery, returns=Page[LedgerOut])
def list_consents(call: Call[None], contact_id: str) -> Page[LedgerOut]:
    """Everything a contact ever said yes or no to, purpose by purpose, the newest first; with what was said as a contact that was
    merged into it.
    """
    contact = contacts.get_contact(table=call.runtime.table, workspace_id=call.workspace_id, contact_id=contact_id)
    name = f"consents?{contact_id}"
    position = call.runtime.cursors.read(call.workspace_id, name, call.query.cursor)
    found = service.ledger_of_all(
        table=call.runtime.table,
        workspace_id=call.workspace_id,
        contact_ids=contact.all_ids,
        before=position[0] if position else "",
        limit=call.query.limit,
    )
    full = len(found) == call.query.limit
    more = call.runtime.cursors.write(call.workspace_id, name, [found[-1][0]]) if full else None
    return Page[LedgerOut](items=[LedgerOut.of(entry) for _, entry in found], next_cursor=more)


@routes.post(
    "/contacts/{contact_id}/consents", permission="contacts:write", body=ConsentIn, returns=LedgerOut, status=201
)
def record_consent(call: Call[ConsentIn], contact_id: str) -> Answer:
    """Write down a yes or no that a member was told, with its proof."""
    entry = service.record(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        contact_id=contact_id,
        ledger_id=call.creation_id,
        purpose=call.body.purpose,
        channel=call.body.channel or "",
        granted=call.body.state == "granted",
        proof=call.body.words,
        source=call.body.source,
        actor=call.actor.reference,
    )
    return Answer(LedgerOut.of(entry), 201, {"Location": f"/api/v1/contacts/{contact_id}/consents"})


@routes.get("/purposes", permission="workspace:read", returns=PurposesOut)
def get_purposes(call: Call[None]) -> PurposesOut:
    """What people can agree to in this workspace."""
    return PurposesOut.of(service.get_purposes(table=call.runtime.table, workspace_id=call.workspace_id))


@routes.put("/purposes", permission="privacy:manage", body=PurposesIn, returns=PurposesOut, present=PurposesOut.of)
def put_purposes(call: Call[PurposesIn]) -> PurposesOut:
    """Replace them. What was said to one that goes stays in the ledger."""
    purposes = service.put_purposes(
        table=call.runtime.table,
        clock=call.runtime.clock,
        workspace_id=call.workspace_id,
        purposes=call.body.taken(),
        changed_by=call.actor.reference,
    )
    return PurposesOut.of(purposes)


@routes.get("/suppressions", permission="contacts:read", query=SuppressionsQuery, returns=Page[SuppressionOut])
def list_suppressions(call: Call[None]) -> Page[SuppressionOut]:
    """The addresses that must not be mailed, the last first. With ``email`` only that one, if it is among them."""
    table, cursors, limit = call.runtime.table, call.runtime.cursors, call.query.limit
    if call.query.email is not None:
        found = service.find_suppression(
            table=table, signer=call.runtime.signer, workspace_id=call.workspace_id, email=call.query.email
        )
        return Page[SuppressionOut](items=[SuppressionOut.of(each) for each in found])
    position = cursors.read(call.workspace_id, "suppressions", call.query.cursor)
    found = service.list_suppressions(
        table=table, workspace_id=call.workspace_id, before=position[0] if position else "", limit=limit
    )
    more = cursors.write(call.workspace_id, "suppressions", [found[-1].position]) if len(found) == limit else None
    return Page[SuppressionOut](items=[SuppressionOut.of(each) for each in found], next_cursor=more)


@routes.post("/suppressions", permission="contacts:write", body=SuppressionIn, returns=SuppressionOut, status=201)
def add_suppression(call: Call[SuppressionIn]) -> Answer:
    """Never mail this address again. If it is suppressed already, the first reason stays, unless it was an unsubscription."""
    runtime, where = call.runtime, call.workspace_id
    service.suppress(
        table=runtime.table,
        clock=runtime.clock,
        signer=runtime.signer,
        workspace_id=where,
        email=call.body.email,
        reason=SuppressionReason.MANUAL,
        actor=call.actor.reference,
    )
    [found] = service.find_suppression(
        table=runtime.table, signer=runtime.signer, workspace_id=where, email=call.body.email
    )
    return Answer(SuppressionOut.of(found), 201, {"Location": "/api/v1/suppressions"})


@routes.post(
    "/suppressions/import",
    permission="contacts:write",
    body=SuppressionsFile,
    returns=SuppressionJob,
    status=202,
    body_limit=3 * 1024 * 1024,
)
def import_suppressions(call: Call[SuppressionsFile]) -> Answer:
    """Suppress everybody in a file; where somebody is suppressed already, the first reason stays, unless they had unsubscribed."""
    job = lists.begin_import(
        runtime=call.runtime,
        workspace_id=call.workspace_id,
        job_id=call.creation_id,
        content=call.body.csv,
        reason=SuppressionReason(call.body.reason),
        actor=call.actor.reference,
    )
    return Answer(SuppressionJob(job_id=job.id), 202, {"Location": f"/api/v1/jobs/{job.id}"})


@routes.post("/suppressions/export", permission="exports:run", returns=SuppressionJob, status=202)
def export_suppressions(call: Call[None]) -> Answer:
    """Write the list into a CSV of digests, which can be brought in again in any workspace here."""
    job = lists.begin_export(
        runtime=call.runtime,
        workspace_id=call.workspace_id,
        job_id=call.creation_id,
        actor=call.actor.reference,
    )
    return Answer(SuppressionJob(job_id=job.id), 202, {"Location": f"/api/v1/jobs/{job.id}"})


@routes.delete("/suppressions", permission="privacy:manage", query=SuppressionQuery)
def remove_suppression(call: Call[None]) -> None:
    """Allow mail to an address again: only when its owner has asked for it. One who was erased has to agree anew, by a form."""
    service.unsuppress(
        table=call.runtime.table,
        clock=call.runtime.clock,
        signer=call.runtime.signer,
        workspace_id=call.workspace_id,
        email=call.query.email,
        actor=call.actor.reference,
    )
