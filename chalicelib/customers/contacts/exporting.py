"""Contacts in exports: the columns that an import knows again."""

from collections.abc import Callable
from typing import Any

from chalicelib.customers.contacts.domain import Contact, PostalAddress
from chalicelib.customers.exports.domain import SimplePart


def _email(position: int) -> Callable[[Contact], str]:
    def value(contact: Contact) -> str:
        ordered = sorted(contact.emails, key=lambda each: not each.primary)
        return ordered[position].address if position < len(ordered) else ""

    return value


def _phone(position: int) -> Callable[[Contact], str]:
    def value(contact: Contact) -> str:
        ordered = sorted(contact.phones, key=lambda each: not each.primary)
        return ordered[position].number if position < len(ordered) else ""

    return value


def _place(name: str) -> Callable[[Contact], str]:
    return lambda contact: getattr(contact.address or PostalAddress(), name)


def _own(name: str) -> Callable[[Contact], Any]:
    return lambda contact: getattr(contact, name)


def _consents(contact: Contact) -> list[str]:
    return [f"{purpose}: {consent.state}" for purpose, consent in sorted(contact.consents.items())]


PART = SimplePart(
    "contact",
    "contacts:read",
    ("Contactos", "Contacts"),
    (
        ("id", "Identificador de Clientela", "Clientela id", _own("id")),
        ("email", "Correo electrónico", "E-mail", _email(0)),
        ("first_name", "Nombre", "First name", _own("first_name")),
        ("last_name", "Apellidos", "Last name", _own("last_name")),
        ("phone", "Teléfono", "Phone", _phone(0)),
        ("company", "Empresa", "Company", _own("company_name")),
        ("job_title", "Cargo", "Job title", _own("job_title")),
        ("title", "Tratamiento", "Title", _own("title")),
        ("street", "Calle", "Street", _place("street")),
        ("city", "Ciudad", "City", _own("city")),
        ("region", "Provincia", "Region", _place("region")),
        ("postal_code", "Código postal", "Postal code", _place("postal_code")),
        ("country", "País", "Country", _own("country")),
        ("tags", "Etiquetas", "Tags", _own("tags")),
        ("interests", "Intereses", "Interests", _own("interests")),
        ("language", "Idioma", "Language", _own("language")),
        ("time_zone", "Zona horaria", "Time zone", _own("time_zone")),
        ("birthday", "Fecha de nacimiento", "Birthday", _own("birthday")),
        ("lifecycle_stage", "Etapa del ciclo de vida", "Lifecycle stage", _own("lifecycle_stage")),
        ("owner", "Responsable", "Owner", _own("owner_id")),
        ("satisfaction", "Satisfacción (0–10)", "Satisfaction (0–10)", _own("satisfaction")),
        ("email_2", "Segundo correo", "Second e-mail", _email(1)),
        ("email_3", "Tercer correo", "Third e-mail", _email(2)),
        ("phone_2", "Segundo teléfono", "Second phone", _phone(1)),
        ("phone_3", "Tercer teléfono", "Third phone", _phone(2)),
        ("score", "Puntuación", "Score", _own("score_total")),
        ("grade", "Grado", "Grade", _own("grade")),
        (
            "source",
            "Origen",
            "Source",
            lambda contact: contact.first_touch.source if contact.first_touch else "",
        ),
        ("consents", "Consentimientos", "Consents", _consents),
        ("created_at", "Creado", "Created", _own("created_at")),
        ("updated_at", "Cambiado", "Changed", _own("updated_at")),
    ),
    members=("owner",),
    custom=_own("custom"),
)
