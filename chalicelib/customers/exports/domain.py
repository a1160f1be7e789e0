"""What an export needs to know of a kind of record.

Each kind registers an `ExportPart` in ``wiring.PARTS["export"]``; which records there are is asked of its part ``list``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, Protocol

from chalicelib.customers.fields import service as custom_fields
from chalicelib.foundation.clock import to_text
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.safe_csv import Cell
from chalicelib.workspaces.settings.domain import Workspace

Format = Literal["csv", "xlsx", "json", "jsonl", "vcard"]
EVERYTHING = "everything"


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """A column: its key, under which imports know it again, and its header in Spanish and English."""

    key: str
    labels: tuple[str, str]


class ExportPart(Protocol):
    """One kind's part in exports."""

    permission: str
    """What one needs to export this kind (``contacts:read``)."""
    labels: tuple[str, str]
    """What such records are called in Spanish and English, in the plural."""

    def columns(self, runtime: Runtime, workspace: Workspace) -> Sequence[ExportColumn]:
        """The columns in their order."""
        ...

    def rows(self, runtime: Runtime, workspace: Workspace, records: Sequence[Any]) -> list[Mapping[str, Any]]:
        """What stands in each record's columns, by key, as plain JSON (texts, numbers, lists of texts, {amount, currency});
        what is empty may be left out. ``records`` are the domain's, as the kind's list gives them.
        """
        ...


class SimplePart:
    """A part whose columns are functions of the record; with the workspace's own fields after them, when the kind has some.

    ``columns`` are (key, Spanish, English, value); owners are shown by their e-mail address.
    """

    def __init__(
        self,
        kind: str,
        permission: str,
        labels: tuple[str, str],
        columns: Sequence[tuple[str, str, str, Callable[[Any], Any]]],
        *,
        members: Sequence[str] = (),
        prepare: Callable[[Runtime, Workspace, Sequence[Any]], Sequence[Any]] | None = None,
        custom: Callable[[Any], Mapping[str, Any]] | None = None,
    ):
        self._kind, self.permission, self.labels = kind, permission, labels
        self._columns = tuple(columns)
        self._members, self._prepare, self._custom = frozenset(members), prepare, custom

    def columns(self, runtime: Runtime, workspace: Workspace) -> Sequence[ExportColumn]:
        """The kind's own columns, then the workspace's."""
        found = [ExportColumn(key, (spanish, english)) for key, spanish, english, _ in self._columns]
        if self._custom is not None:
            catalogue = custom_fields.get_catalogue(table=runtime.table, workspace_id=workspace.id)
            found += [
                ExportColumn(f"custom.{field.key}", (field.name, field.name)) for field in catalogue.of(self._kind)
            ]
        return found

    def rows(self, runtime: Runtime, workspace: Workspace, records: Sequence[Any]) -> list[Mapping[str, Any]]:
        """Each column's value of each record."""
        if self._prepare is not None:
            records = self._prepare(runtime, workspace, records)
        addresses = _addresses(runtime, workspace) if self._members else {}
        rows: list[Mapping[str, Any]] = []
        for record in records:
            row = {key: plain(value(record)) for key, _, _, value in self._columns}
            for key in self._members:
                row[key] = addresses.get(str(row[key]), row[key])
            if self._custom is not None:
                shown = custom_fields.shown(table=runtime.table, workspace_id=workspace.id, values=self._custom(record))
                row |= {f"custom.{key}": value for key, value in shown.items()}
            rows.append({key: value for key, value in row.items() if value not in (None, "", [], {})})
        return rows


def _addresses(runtime: Runtime, workspace: Workspace) -> dict[str, str]:
    from chalicelib.workspaces.members import service as members

    found = members.all_members(table=runtime.table, workspace_id=workspace.id)
    return {member.user_id: member.email for member in found}


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, datetime):
        return to_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, frozenset | set):
        return sorted(value)
    return list(value) if isinstance(value, tuple) else value


def cell(value: Any) -> Cell:
    """A value as one cell of a table has it, and as an import reads it again."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, Mapping) and value.keys() == {"amount", "currency"}:
        return f"{value['amount']} {value['currency']}"
    if isinstance(value, list):
        return "; ".join(str(each) for each in value)
    return str(value)
