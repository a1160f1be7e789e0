"""Companies in exports: the columns that an import knows again."""

from collections.abc import Callable
from typing import Any

from chalicelib.customers.companies.domain import Company
from chalicelib.customers.contacts.domain import PostalAddress
from chalicelib.customers.exports.domain import SimplePart


def _own(name: str) -> Callable[[Company], Any]:
    return lambda company: getattr(company, name)


def _place(name: str) -> Callable[[Company], str]:
    return lambda company: getattr(company.address or PostalAddress(), name)


def _primary(name: str, part: str) -> Callable[[Company], str]:
    def value(company: Company) -> str:
        entries = sorted(getattr(company, name), key=lambda each: not each.primary)
        return str(getattr(entries[0], part)) if entries else ""

    return value


PART = SimplePart(
    "company",
    "companies:read",
    ("Empresas", "Companies"),
    (
        ("id", "Identificador de Clientela", "Clientela id", _own("id")),
        ("name", "Nombre", "Name", _own("name")),
        ("domain", "Dominio", "Domain", _own("domain")),
        ("domains", "Todos los dominios", "All domains", _own("domains")),
        ("website", "Sitio web", "Website", _own("website")),
        ("industry", "Sector", "Industry", _own("industry")),
        ("size", "Número de empleados", "Number of employees", _own("size")),
        ("email", "Correo electrónico", "E-mail", _primary("emails", "address")),
        ("phone", "Teléfono", "Phone", _primary("phones", "number")),
        ("street", "Calle", "Street", _place("street")),
        ("city", "Ciudad", "City", _own("city")),
        ("region", "Provincia", "Region", _place("region")),
        ("postal_code", "Código postal", "Postal code", _place("postal_code")),
        ("country", "País", "Country", _own("country")),
        ("owner", "Responsable", "Owner", _own("owner_id")),
        ("tags", "Etiquetas", "Tags", _own("tags")),
        ("description", "Descripción", "Description", _own("description")),
        ("created_at", "Creado", "Created", _own("created_at")),
        ("updated_at", "Cambiado", "Changed", _own("updated_at")),
    ),
    members=("owner",),
    custom=_own("custom"),
)
