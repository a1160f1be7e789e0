"""The route of vCards."""

from chalicelib.customers.contacts.service import get_contact
from chalicelib.customers.vcards.service import write_card
from chalicelib.foundation.files import disposition
from chalicelib.foundation.http import Answer, Call, Routes

routes = Routes("contacts", __name__)


@routes.get("/contacts/{contact_id}/vcard", permission="contacts:read", raw=True)
def vcard(call: Call[None], contact_id: str) -> Answer:
    """The contact as a vCard, to be saved."""
    contact = get_contact(table=call.runtime.table, workspace_id=call.workspace_id, contact_id=contact_id)
    headers = {"Content-Disposition": disposition(f"{contact.display_name}.vcf")}
    return Answer(write_card(contact), 200, headers, "text/vcard; charset=utf-8")
