"""What follows from an import's end: one line of the audit for all of its rows."""

from chalicelib.customers.imports import store
from chalicelib.customers.imports.domain import State
from chalicelib.customers.imports.records import ImportRecord
from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.projection import Derivation, Projection
from chalicelib.foundation.table import Change
from chalicelib.workspaces.audit.service import audit_entry

_TOLD = {
    State.DONE: "import.done",
    State.CANCELLED: "import.cancelled",
    State.FAILED: "import.failed",
    State.UNDONE: "import.undone",
}


def note(change: Change, into: Derivation) -> None:
    """Who imported or undid what, and how many rows of each verdict; nothing for a trial. The records themselves keep out of the
    audit what an import writes (`chalicelib.workspaces.audit.service.audited`).
    """
    if not isinstance(change.new, ImportRecord) or not change.changed("state"):
        return
    importing = store.to_domain(change.new)
    action = _TOLD.get(importing.state)
    if action is None or importing.dry_run or importing.started_at is None:
        return
    counted = importing.undone if action == "import.undone" else importing.counts
    segment = {"segment_id": importing.segment.id} if importing.segment is not None else {}
    into.put(
        audit_entry(
            workspace_id=importing.workspace_id,
            id=derived_id(importing.updated_at, "audit", importing.id, action),
            at=importing.updated_at,
            actor=change.new.changed_by or importing.created_by,
            action=action,
            subject_id=importing.id,
            after={"kind": importing.kind, **segment, **counted},
        )
    )


PROJECTIONS: dict[str, list[Projection]] = {"import": [note]}
