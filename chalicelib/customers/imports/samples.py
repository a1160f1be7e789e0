"""A file to begin with: every field as a column, and two rows."""

from collections.abc import Sequence

from chalicelib.customers.imports.domain import ImportField
from chalicelib.foundation.safe_csv import separator_for, write_rows

_VALUES = {
    "email": ("ana.garcia@example.com", "luis.perez@example.com"),
    "phone": ("+34 600 111 222", "+57 601 234 5678"),
    "date": ("1990-05-31", "1985-12-01"),
    "list": ("cliente; feria", "cliente"),
    "country": ("ES", "CO"),
    "language": ("es", "es"),
    "number": ("5", "10"),
    "money": ("1200.00 EUR", "350.00 EUR"),
    "boolean": ("1", "0"),
    "url": ("https://www.example.com", "https://example.org"),
    "domain": ("example.com", "example.org"),
}
_OWN = {
    "first_name": ("Ana", "Luis"),
    "last_name": ("García", "Pérez"),
    "company": ("Ejemplo S.L.", "Muestra S.A."),
    "name": ("Ejemplo S.L.", "Muestra S.A."),
    "title": ("Web nueva", "Tienda en línea"),
    "city": ("Madrid", "Bogotá"),
    "street": ("Calle Mayor 1", "Carrera 7 # 1-23"),
    "postal_code": ("28001", "110111"),
}


def sample(fields: Sequence[ImportField], language: str) -> str:
    """The file as CSV, its headers in this language."""
    header = [field.labels[language != "es"] for field in fields]
    rows = [[_value(field, position) for field in fields] for position in (0, 1)]
    return write_rows([header, *rows], separator=separator_for(language)).replace("\"'+", '"+')


def _value(field: ImportField, position: int) -> str:
    if field.key[-2:] in ("_2", "_3") or field.type in ("id", "member", "choice"):
        return ""
    found = _OWN.get(field.key) or _VALUES.get(field.type) or ("", "")
    return found[position]
