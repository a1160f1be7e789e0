"""Writing the audit: by projection from what a record says of its last writer, or together with a deletion.

A feature makes its records audited in ``projections.py``::

    PROJECTIONS = {"deal": [audited("deal", fields=("name", "stage", "amount"), subject=lambda record: record.id)]}

and sets ``changed_by`` (`Actor.reference`) on whatever it writes. A deletion leaves no record to say who did it, so it puts
`deletion` into its transaction.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from chalicelib.foundation import clock
from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.projection import Derivation, Projection
from chalicelib.foundation.table import Change, Create, Page, Record, Table
from chalicelib.workspaces.audit import store
from chalicelib.workspaces.audit.domain import Entry
from chalicelib.workspaces.audit.records import AuditRecord

IMPORT = "import:"
"""How ``changed_by`` begins on what an import writes: the import itself has one entry for all of its rows."""
UNKNOWN = "system"
ERASURE = "erasure"
"""``changed_by`` of what takes a person out of a record: a change that is not noted, for it would say what was erased."""


def audit_entry(
    *,
    workspace_id: str,
    id: str,  # noqa: A002 - the entry's own
    at: datetime,
    actor: str,
    action: str,
    subject_id: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> AuditRecord:
    """One row of the audit, to be written with ``into.put`` or a `Create`. No secrets go in."""
    entry = Entry(id, at, actor or UNKNOWN, action, subject_id, _plain(before or {}), _plain(after or {}))
    return store.to_record(workspace_id, entry)


def deletion(
    *,
    workspace_id: str,
    at: datetime,
    actor: str,
    action: str,
    subject_id: str,
    before: Mapping[str, Any],
) -> Create:
    """What goes into the transaction that deletes something: who did it, and how it was."""
    identifier = derived_id(at, action, subject_id)
    return Create(
        audit_entry(
            workspace_id=workspace_id,
            id=identifier,
            at=at,
            actor=actor,
            action=action,
            subject_id=subject_id,
            before=before,
        )
    )


def audited(subject_kind: str, *, fields: Sequence[str], subject: Callable[[Any], str]) -> Projection:
    """A projection that notes every creation (``<kind>.created``) and change (``<kind>.changed``) of these attributes."""

    def note(change: Change, into: Derivation) -> None:
        record = change.new
        if record is None or record.changed_by == ERASURE or (record.changed_by or "").startswith(IMPORT):
            return
        if change.old is not None and record.version < change.old.version:
            return  # put back as it was: whoever did that says so in an entry of their own
        before, after = _values(change.old, fields), _values(record, fields)
        changed = [name for name in fields if before.get(name) != after.get(name)]
        if not changed:
            return
        at = (record.updated_at or record.created_at) if change.old is not None else record.created_at
        into.put(
            audit_entry(
                workspace_id=record.workspace_id,
                id=derived_id(at, "audit", record.pk, record.sk, str(record.version)),
                at=at,
                actor=record.changed_by or UNKNOWN,
                action=f"{subject_kind}.{'created' if change.old is None else 'changed'}",
                subject_id=subject(record),
                before={name: before[name] for name in changed if name in before},
                after={name: after[name] for name in changed if name in after},
            )
        )

    return note


def page_of_subject(
    *, table: Table, workspace_id: str, subject_id: str, limit: int, before: str = ""
) -> Page[AuditRecord]:
    """What was done to one thing, the newest first; before a position (``gsi2sk``), if one is given."""
    return store.page_of_subject(table, workspace_id, subject_id, limit=limit, before=before)


def forget(*, table: Table, workspace_id: str, subject_ids: Iterable[str]) -> int:
    """Take from the audit how these things were before and after each change: who did what and when stays. How many entries
    that changed. For the erasure of a person; see docs/privacy.md.
    """
    count = 0
    for subject_id in subject_ids:
        for record in store.all_of_subject(table, workspace_id, subject_id):
            if record.before or record.after:
                table.write(store.emptied(record))
                count += 1
    return count


def page_of_entries(
    *, table: Table, workspace_id: str, day: str, limit: int, after: list[str] | None = None
) -> Page[AuditRecord]:
    """A day's entries, the newest first."""
    return store.page(table, workspace_id, day, limit=limit, after=after)


def _values(record: Record | None, fields: Sequence[str]) -> dict[str, Any]:
    if record is None:
        return {}
    found = {name: getattr(record, name, None) for name in fields}
    return {name: value for name, value in found.items() if value is not None}


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in values.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return clock.to_text(value)
    if isinstance(value, set | frozenset):
        return sorted(str(item) for item in value)
    if isinstance(value, Decimal | date):
        return str(value)
    return value
