"""HTTP: routes with their permission, parsing and answers in one place.

A feature's ``routes.py``::

    routes = Routes("contacts", __name__)

    @routes.get("/contacts/{contact_id}", permission="contacts:read", returns=ContactOut)
    def get_contact(call: Call, contact_id: str) -> ContactOut:
        "One contact."
        return ContactOut.of(service.get_contact(store=ContactStore(call.runtime.table), ...))
"""

from chalicelib.foundation.http.call import Actor, Authenticator, Call
from chalicelib.foundation.http.routes import Answer, Routes
from chalicelib.foundation.http.schemas import Page, PageQuery, Schema, Versioned

__all__ = ["Actor", "Answer", "Authenticator", "Call", "Page", "PageQuery", "Routes", "Schema", "Versioned"]
