"""What kinds share in turning rows into values and verdicts."""

from collections.abc import Mapping
from typing import Any

from chalicelib.customers.contacts.domain import clean_interests, clean_tags
from chalicelib.customers.fields import service as custom_fields
from chalicelib.customers.imports import values
from chalicelib.customers.imports.domain import Import, ImportField, Planned, Row
from chalicelib.customers.imports.mapping import plain
from chalicelib.customers.texts import NAME
from chalicelib.foundation.errors import FieldError, InvalidError
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.safe_csv import is_live
from chalicelib.foundation.table import Table
from chalicelib.workspaces.settings.domain import Workspace


def custom_import_fields(runtime: Runtime, workspace: Workspace, kind: str) -> list[ImportField]:
    """The workspace's own fields of a kind, as columns can be mapped to them."""
    catalogue = custom_fields.get_catalogue(table=runtime.table, workspace_id=workspace.id)
    return [
        ImportField(f"custom.{field.key}", (field.name, field.name), field.type.value, (field.key.replace("_", " "),))
        for field in catalogue.of(kind)
    ]


class Cells:
    """The cleaners of an import's columns: which cell becomes which value, and how."""

    def __init__(self, importing: Import, cleaners: Mapping[str, values.Cleaner]):
        self._columns: list[tuple[int, str, values.Cleaner]] = []
        for index, column in enumerate(importing.columns):
            key = importing.mapping.get(column)
            if key and key in cleaners:
                self._columns.append((index, key, cleaners[key]))
        self._ours = any(plain(column) in _OUR_IDS for column in importing.columns)

    def read(self, row: Row) -> tuple[dict[str, Any], list[FieldError]]:
        """What the row says, by field; what is empty is left out. And what is wrong with it."""
        found: dict[str, Any] = {}
        errors: list[FieldError] = []
        given, width = row.cells, len(row.cells)
        for index, key, clean in self._columns:
            if index >= width:
                continue
            cell = given[index].strip()
            if not cell:
                continue
            if cell[0] == "'":
                cell = self._undone(cell)
            try:
                found[key] = clean(cell)
            except InvalidError as error:
                code = error.fields[0].code if error.fields else "invalid"
                errors.append(FieldError(key, str(error), code))
        return found, errors

    def _undone(self, cell: str) -> str:
        """The text behind an apostrophe that only keeps it from being a formula; in our own exports behind any."""
        return cell[1:] if self._ours or is_live(cell[1:]) else cell


_OUR_IDS = frozenset({"identificador de clientela", "clientela id"})


def member_names(table: Table, workspace_id: str) -> dict[str, str]:
    """Members' ids by their e-mail address, name and id, folded; a name that two have finds neither."""
    from chalicelib.workspaces.members import service as members

    found: dict[str, str] = {}
    for member in members.all_members(table=table, workspace_id=workspace_id):
        for text in (member.email, member.user_id, member.name):
            key = values.folded(text)
            found[key] = "" if found.get(key, member.user_id) != member.user_id else member.user_id
    return found


def split_name(text: str) -> tuple[str, str]:
    """``García López, Ana`` and ``Ana García López`` → Ana, García López."""
    last, comma, first = text.partition(",")
    if comma and first.strip():
        return first.strip(), last.strip()
    first, _, last = " ".join(text.split()).partition(" ")
    return first, last


def to_tags(cell: str) -> frozenset[str]:
    """``Cliente; VIP`` → cliente, vip."""
    found = values.to_list(cell)
    for each in found:
        values.line(60, "tags")(each)
    return clean_tags(found)


def to_interests(cell: str) -> tuple[str, ...]:
    """``Vela; Vino`` → its parts, as they are written."""
    found = values.to_list(cell)
    for each in found:
        values.line(NAME, "interests")(each)
    return clean_interests(found)


def repeated(number: int, field: str, first: int, found: str = "") -> Planned:
    """The verdict of a row that says again what another has said."""
    return Planned(number, "duplicate", found, (FieldError(field, str(first), "repeated"),))


def rejected(number: int, field: str, code: str, found: str = "") -> Planned:
    """The verdict of a row that cannot be written."""
    return Planned(number, "rejected", found, (FieldError(field, "", code),))
