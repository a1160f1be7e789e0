"""What follows from a change of a custom field."""

from chalicelib.customers.fields import service
from chalicelib.customers.fields.domain import Field
from chalicelib.customers.fields.events import INDEX
from chalicelib.customers.fields.records import FieldRecord
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.projection import Derivation, Projection
from chalicelib.foundation.table import Change
from chalicelib.workspaces.audit.service import audited

_AUDITED = ("name", "type", "options", "relation_kind", "required", "filterable", "position", "archived")


def order_index(change: Change, into: Derivation) -> None:
    """Records that were there before are to be found by a field that has become filterable; or not any more."""
    if change.old is None or change.new is None:
        return
    old, new = service.field_of(change.old), service.field_of(change.new)
    if _found_by(old) != _found_by(new):
        data = {"field_id": new.id, "kind": new.kind, "on": _found_by(new)}
        envelope = Envelope(f"{INDEX}:{new.id}:{new.version}", INDEX, new.workspace_id, into.now, data, cause=change.id)
        into.fact("jobs", envelope)


def _found_by(field: Field) -> bool:
    return field.filterable and not field.archived


def _subject(record: FieldRecord) -> str:
    return record.field_id


PROJECTIONS: dict[str, list[Projection]] = {"field": [order_index, audited("field", fields=_AUDITED, subject=_subject)]}
