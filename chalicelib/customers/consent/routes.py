"""The routes of consent."""

from chalicelib.customers.consent import service
from chalicelib.customers.consent.schemas import ConsentIn, LedgerOut
from chalicelib.customers.contacts import service as contacts
from chalicelib.foundation.http import Answer, Call, Page, PageQuery, Routes

routes = Routes("consent", __name__)


@routes.get("/contacts/{contact_id}/consents", permission="contacts:read", query=PageQuery, returns=Page[LedgerOut])
def list_consents(call: Call[None], contact_id: str) -> Page[LedgerOut]:
    """Everything a contact ever said yes or no to, purpose by purpose, the newest first."""
    contacts.get_contact(table=call.runtime.table, workspace_id=call.workspace_id, contact_id=contact_id)
    name = f"consents?{contact_id}"
    position = call.runtime.cursors.read(call.workspace_id, name, call.query.cursor)
    found = service.ledger(
        table=call.runtime.table,
        workspace_id=call.workspace_id,
        contact_id=contact_id,
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
        granted=call.body.state == "granted",
        proof=call.body.proof,
        actor=call.actor.reference,
    )
    return Answer(LedgerOut.of(entry), 201, {"Location": f"/api/v1/contacts/{contact_id}/consents"})
