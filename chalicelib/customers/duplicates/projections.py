"""What follows from a contact's change for its lookalikes."""

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.contacts.records import ContactRecord
from chalicelib.customers.duplicates import service, store
from chalicelib.foundation.projection import Derivation, Projection
from chalicelib.foundation.table import Change, Key, Record, Table
from chalicelib.workspaces.audit.service import audited


def compare(change: Change, into: Derivation) -> None:
    """Keep the rows by which the contact is found as it is now, and once they are written look who else stands there.

    Two that are made at once may be projected at once: each writes its own row before it looks, so one of them sees the other.
    """
    old, new = _places(change.old), _places(change.new)
    if old == new:
        return
    record = change.record
    assert isinstance(record, ContactRecord)
    present = into.current(ContactRecord, record.key)
    contact = contacts.contact_of(present) if present is not None else None
    kept = service.places(contact) if contact is not None else {}
    workspace_id, contact_id = record.workspace_id, record.contact_id
    for key in (old.keys() | new.keys()) - kept.keys():
        into.delete(key)
    for key, traits in kept.items():
        digest = key.pk.rpartition("#")[2]
        into.put(store.lookalike(workspace_id, digest, contact_id, traits, record.created_at))
    into.after(lambda table: _settle(table, workspace_id, contact_id, contact, into))


def _settle(table: Table, workspace_id: str, contact_id: str, contact: Contact | None, into: Derivation) -> None:
    service.settle(table=table, workspace_id=workspace_id, contact_id=contact_id, contact=contact, now=into.now)


def _places(record: Record | None) -> dict[Key, frozenset[str]]:
    return {} if record is None else service.places(contacts.contact_of(record))


def note(change: Change, into: Derivation) -> None:
    """Who said that two are two; what is found by itself is nobody's doing."""
    if change.old is not None and change.new is not None and change.new.changed_by:
        _audited(change, into)


_audited = audited("duplicate", fields=("state",), subject=lambda record: record.pair_id)

PROJECTIONS: dict[str, list[Projection]] = {"contact": [compare], "duplicate": [note]}
