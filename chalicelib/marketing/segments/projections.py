"""Membership of dynamic segments, kept as contacts change; and the work that follows a segment's making and deletion."""

from weakref import WeakKeyDictionary

from chalicelib.customers.contacts import service as contacts
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.projection import Derivation, Projection
from chalicelib.foundation.table import Change, Record, Table
from chalicelib.marketing.segments import store
from chalicelib.marketing.segments.domain import Matcher, compile_conditions, parse
from chalicelib.marketing.segments.records import CatalogueRecord, SegmentRecord, catalogue_key
from chalicelib.workspaces.audit.service import audited


def membership(change: Change, into: Derivation) -> None:
    """Who meets other conditions than before enters and leaves.

    The stream gives a contact's changes in order, and again from some point on. A change that makes a difference brings the
    membership to what the contact is *now*, so a repeated one changes nothing; one that makes none is left alone, which is nearly
    always and costs no more than the catalogue's read, once a batch.
    """
    workspace_id = change.record.workspace_id
    catalogue = into.current(CatalogueRecord, catalogue_key(workspace_id))
    if catalogue is None or not catalogue.segments:
        return
    segments = sorted(catalogue.segments.items())
    matcher = _matcher(into.table, catalogue)
    before, after = _verdict(matcher, change.old, len(segments)), _verdict(matcher, change.new, len(segments))
    if before == after:
        return
    contact_id = contacts.contact_of(change.record).id
    present = into.current(type(change.record), change.record.key)
    now = _verdict(matcher, present, len(segments))
    for position, (segment_id, entry) in enumerate(segments):
        if before[position] != after[position]:
            move = store.entering if now[position] else store.leaving
            into.once(move(workspace_id, segment_id, int(entry["shards"]), contact_id, into.now))


def _verdict(matcher: Matcher, record: Record | None, length: int) -> tuple[bool, ...]:
    """Which segments the contact in an item is in: none when it is gone (deleted, or merged into another)."""
    contact = contacts.contact_of(record) if record is not None else None
    return (False,) * length if contact is None or contact.gone else matcher(contact)


_compiled: "WeakKeyDictionary[Table, dict[str, tuple[int, Matcher]]]" = WeakKeyDictionary()


def _matcher(table: Table, catalogue: CatalogueRecord) -> Matcher:
    """The workspace's conditions as one function (in the order of ids), compiled once per version of the catalogue."""
    compiled = _compiled.setdefault(table, {})
    version, kept = int(catalogue.version), compiled.get(catalogue.workspace_id)
    if kept is None or kept[0] != version:
        if len(compiled) > 200:
            compiled.clear()
        conditions = [parse(entry["conditions"]) for _, entry in sorted(catalogue.segments.items())]
        kept = compiled[catalogue.workspace_id] = version, compile_conditions(conditions)
    return kept[1]


def orders(change: Change, into: Derivation) -> None:
    """A new dynamic segment is filled; a deleted one is cleared away."""
    record = change.record
    assert isinstance(record, SegmentRecord)
    data: dict[str, object]
    if change.name == "INSERT" and record.conditions is not None:
        what, data = "segment.fill", {"segment_id": record.segment_id, "start": None}
    elif change.name == "REMOVE":
        what, data = "segment.clear", {"segment_id": record.segment_id, "shards": int(record.shards)}
    else:
        return
    envelope = Envelope(
        id=f"{record.segment_id}:{what}",
        type=what,
        workspace_id=record.workspace_id,
        at=record.created_at,
        data=data,
        cause=change.id,
    )
    into.fact("segment-fill", envelope)


def _subject(record: SegmentRecord) -> str:
    return record.segment_id


PROJECTIONS: dict[str, list[Projection]] = {
    "contact": [membership],
    "segment": [orders, audited("segment", fields=("name", "segment_kind", "conditions"), subject=_subject)],
}
