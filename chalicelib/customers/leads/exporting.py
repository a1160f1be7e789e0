"""Leads in exports, with their people."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.exports.domain import SimplePart
from chalicelib.customers.leads.domain import Lead
from chalicelib.foundation.runtime import Runtime
from chalicelib.workspaces.settings.domain import Workspace


@dataclass(frozen=True, slots=True)
class _Row:
    lead: Lead
    contact: Contact | None


def _with_people(runtime: Runtime, workspace: Workspace, leads: Sequence[Any]) -> list[_Row]:
    people = contacts.get_contacts(
        table=runtime.table, workspace_id=workspace.id, contact_ids={lead.contact_id for lead in leads}, follow=True
    )
    return [_Row(lead, people.get(lead.contact_id)) for lead in leads]


def _own(name: str) -> Callable[[_Row], Any]:
    return lambda row: getattr(row.lead, name)


def _person(name: str) -> Callable[[_Row], Any]:
    return lambda row: getattr(row.contact, name) if row.contact is not None else ""


PART = SimplePart(
    "lead",
    "leads:read",
    ("Clientes potenciales", "Leads"),
    (
        ("id", "Identificador de Clientela", "Clientela id", _own("id")),
        ("email", "Correo electrónico", "E-mail", _person("email")),
        ("first_name", "Nombre", "First name", _person("first_name")),
        ("last_name", "Apellidos", "Last name", _person("last_name")),
        ("phone", "Teléfono", "Phone", _person("phone")),
        ("company", "Empresa", "Company", _person("company_name")),
        ("status", "Estado", "Status", lambda row: row.lead.status.value),
        ("source", "Origen", "Source", _own("source")),
        ("medium", "Medio", "Medium", _own("medium")),
        ("campaign", "Campaña", "Campaign", _own("campaign")),
        ("owner", "Responsable", "Owner", _own("owner_id")),
        ("score", "Puntuación", "Score", _person("score_total")),
        ("grade", "Grado", "Grade", _person("grade")),
        ("disqualify_reason", "Motivo de descarte", "Reason for disqualifying", _own("disqualify_reason")),
        ("respond_by", "Responder antes de", "Respond by", _own("respond_by")),
        ("first_response_at", "Primera respuesta", "First response", _own("first_response_at")),
        ("converted_at", "Convertido", "Converted", _own("converted_at")),
        ("contact_id", "Contacto", "Contact id", _own("contact_id")),
        ("company_id", "Empresa (id)", "Company id", _own("company_id")),
        ("deal_id", "Oportunidad", "Deal id", _own("deal_id")),
        ("created_at", "Creado", "Created", _own("created_at")),
        ("updated_at", "Cambiado", "Changed", _own("updated_at")),
    ),
    members=("owner",),
    prepare=_with_people,
    custom=lambda row: row.lead.custom,
)
