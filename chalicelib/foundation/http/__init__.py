"""HTTP: routes with their permission, parsing and answers in one place.

A feature's ``routes.py``::

    routes = Routes("contacts", __name__)

    @routes.get("/contacts/{contact_id}", permission="contacts:read", returns=ContactOut)
    def get_contact(call: Call, contact_id: str) -> ContactOut:
        "One contact."
        return ContactOut.of(service.get_contact(store=ContactStore(call.runtime.table), ...))

The names are imported when they are first asked for: a queue's function that only needs the `Application` class does not pay
for pydantic.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chalicelib.foundation.http.call import PUBLIC, SIGNED_IN, Actor, Authenticator, Call
    from chalicelib.foundation.http.routes import Answer, Routes
    from chalicelib.foundation.http.schemas import Instant, Page, PageQuery, Schema, Versioned

__all__ = [
    "PUBLIC",
    "SIGNED_IN",
    "Actor",
    "Answer",
    "Authenticator",
    "Call",
    "Instant",
    "Page",
    "PageQuery",
    "Routes",
    "Schema",
    "Versioned",
]

_HOMES = {
    "call": ("PUBLIC", "SIGNED_IN", "Actor", "Authenticator", "Call"),
    "routes": ("Answer", "Routes"),
    "schemas": ("Instant", "Page", "PageQuery", "Schema", "Versioned"),
}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
