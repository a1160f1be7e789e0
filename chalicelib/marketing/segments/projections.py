"""Membership of dynamic segments, kept as contacts change and do things; and the work that follows a segment's making, edit and
deletion.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.customers.companies import service as companies
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.timeline import service as timeline
from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.projection import Derivation, Projection
from chalicelib.foundation.table import Change, Delete, Record, Table
from chalicelib.marketing.forms.records import AcceptedRecord
from chalicelib.marketing.segments import events, memberships, previewing, rules, store
from chalicelib.marketing.segments.domain import SHARDS
from chalicelib.marketing.segments.evaluation import evaluate
from chalicelib.marketing.segments.mirroring import Source, mirror
from chalicelib.marketing.segments.profile import Profile, seconds
from chalicelib.marketing.segments.records import (
    BelongingRecord,
    CatalogueRecord,
    MemberRecord,
    SegmentRecord,
    catalogue_key,
    member_key,
    profile_key,
    segment_key,
)
from chalicelib.marketing.sending.records import RecipientRecord
from chalicelib.workspaces.audit.service import audited
from chalicelib.workspaces.settings import service as settings


def _known(change: Change, into: Derivation) -> "rules.Rules | None":
    """The workspace's segments; None while it has none."""
    workspace_id = change.record.workspace_id
    catalogue = into.current(CatalogueRecord, catalogue_key(workspace_id))
    return rules.rules_of(into.table, workspace_id, catalogue) if catalogue is not None else None


def membership(change: Change, into: Derivation) -> None:
    """A change of a contact that any segment's conditions look at: decide about it anew. One that none of them can see is left
    alone, which is nearly always and costs no more than the catalogue's read, once a batch.
    """
    known = _known(change, into)
    if known is None:
        return
    if change.old is not None and change.new is not None:
        watched = [_watched(known, contacts.contact_of(each)) for each in (change.old, change.new)]
        if watched[0] == watched[1]:
            return
    _decide(change.record, into)


def _watched(known: "rules.Rules", contact: Any) -> tuple[Any, ...]:
    compiled = known.compiled
    firm = contact.company_id if "company" in compiled.needs else ""
    return contact.gone, contact.merged_ids, contact.merged_into, firm, *compiled.traits(contact)


def gone(change: Change, into: Derivation) -> None:
    """A contact that is no more has done nothing."""
    record = change.record
    if change.new is None and into.current(type(record), record.key) is None:
        into.delete(profile_key(record.workspace_id, record.pk.rpartition("#")[2]))


def sample(change: Change, into: Derivation) -> None:
    """Who was drawn for the sample that previews try is in it while there is such a contact."""
    states = [contacts.contact_of(each) if each is not None else None for each in (change.old, change.new)]
    there = [each is not None and not each.gone for each in states]
    contact = states[1] or states[0]
    row = previewing.row_of(contact) if contact is not None and there[0] != there[1] else None
    if row is None:
        return
    present = into.current(type(change.record), change.record.key)
    if present is not None and not contacts.contact_of(present).gone:
        into.put(row)
    else:
        into.delete(row.key)


def deeds(change: Change, into: Derivation) -> None:
    """A change of a contact's profile, when any segment asks about what people do."""
    known = _known(change, into)
    if known is not None and "profile" in known.compiled.needs and change.changed("mail", "posts", "deals"):
        _decide(change.record, into)


def _decide(record: Record, into: Derivation) -> None:
    into.together(_Deciding(into.now), (record.workspace_id, record.pk.rpartition("#")[2]))


@dataclass(frozen=True, slots=True)
class _Deciding:
    """The work of one batch: about every contact that changed, once. ``own`` are changes of the contacts or their profiles."""

    now: datetime
    own: bool = True

    def __call__(self, table: Table, items: list[tuple[str, str]]) -> None:
        by_workspace: dict[str, list[str]] = {}
        for workspace_id, contact_id in items:
            by_workspace.setdefault(workspace_id, []).append(contact_id)
        for workspace_id, contact_ids in by_workspace.items():
            evaluate(table, self.now, workspace_id, contact_ids, own_change=self.own, fence=not self.own)


def company(change: Change, into: Derivation) -> None:
    """A change of a company that segments look at: its contacts are decided about from a queue."""
    known = _known(change, into)
    if known is None or "company" not in known.compiled.needs:
        return
    firms = [companies.company_of(each) if each is not None else None for each in (change.old, change.new)]
    present = [None if firm is None or firm.gone else firm for firm in firms]
    if known.compiled.company_traits(present[0]) == known.compiled.company_traits(present[1]):
        return
    record = change.record
    company_id = record.pk.rpartition("#")[2]
    envelope = events.order(
        events.COMPANY, record.workspace_id, into.now, f"{company_id}:{change.id}", change.id, company_id=company_id
    )
    into.fact(events.QUEUE, envelope)


def listed(change: Change, into: Derivation) -> None:
    """Somebody was put into a list, or taken out, that dynamic segments ask for."""
    record = change.record
    assert isinstance(record, MemberRecord)
    if change.old is not None and change.new is not None:
        return
    known = _known(change, into)
    if known is not None and record.segment_id in known.compiled.statics:
        into.together(_Deciding(into.now, own=False), (record.workspace_id, record.contact_id))


# What people do


def mailed(change: Change, into: Derivation) -> None:
    """A campaign's copy to somebody: sent, opened, clicked, bounced, or taken back."""
    record = change.record
    assert isinstance(record, RecipientRecord)
    if _mail(change.old) != _mail(change.new):
        source = Source(record.workspace_id, record.contact_id, record.key, _MailShows(record.campaign_id))
        mirror(into, source)


def _mail(record: Record | None) -> list[Any] | None:
    if not isinstance(record, RecipientRecord):
        return None
    times = (record.sent_at, record.opened_at, record.clicked_at, record.bounced_at)
    links = sorted(record.links or ())
    return [*map(seconds, times), links] if any(times) else None


@dataclass(frozen=True, slots=True)
class _MailShows:
    campaign_id: str

    def __call__(self, profile: Profile, _contact_id: str, record: Record | None) -> Profile:
        return profile.with_mail(self.campaign_id, _mail(record))


def posted(change: Change, into: Derivation) -> None:
    """A form that somebody sent in; its time may be over, too."""
    if type(change.old) is type(change.new):
        return
    for record in (change.old, change.new):
        if isinstance(record, AcceptedRecord):
            shows = _PostShows(record.form_key, record.submission_id)
            mirror(into, Source(record.workspace_id, record.contact_id, record.key, shows))


@dataclass(frozen=True, slots=True)
class _PostShows:
    form: str
    submission_id: str

    def __call__(self, profile: Profile, contact_id: str, record: Record | None) -> Profile:
        at = None
        if isinstance(record, AcceptedRecord) and record.contact_id == contact_id:
            at = seconds(record.released_at or record.created_at)
        return profile.with_post(self.form, self.submission_id, at)


def forgotten(change: Change, into: Derivation) -> None:
    """What said where a contact is in is gone (the contact was erased): its rows go, too."""
    old = change.old
    if change.new is not None or not isinstance(old, BelongingRecord) or not old.inside:
        return
    for segment_id in old.inside:
        key = member_key(old.workspace_id, segment_id, old.contact_id, SHARDS)
        away = Delete(key, Record.pk.exists())
        into.once([away, memberships.counted(old.workspace_id, segment_id, -1, into.now)])


def grown(change: Change, into: Derivation) -> None:
    """How many entered and left each segment, day by day; what a fill finds is no news."""
    if isinstance(change.new, BelongingRecord) and change.new.filled:
        return
    moves = list(events.moves_of(change))
    if not moves:
        return
    workspace = settings.get_workspace(table=into.table, workspace_id=change.record.workspace_id)
    for move in moves:
        segment_id = str(move.data["segment_id"])
        day = settings.local_day(workspace, move.at)
        into.count(change, store.moves_metric(segment_id), day, move.type.partition(".")[2])


def told(change: Change, into: Derivation) -> None:
    """The contact's timeline: where it came in and went out. What a fill finds is no news, nor that somebody was erased."""
    record = change.new
    if not isinstance(record, BelongingRecord) or record.filled:
        return
    moves = list(events.moves_of(change))
    if not moves or into.current(BelongingRecord, record.key) is None:
        return
    for move in moves:
        segment = into.current(SegmentRecord, segment_key(record.workspace_id, str(move.data["segment_id"])))
        kind = move.type.replace(".", "_")
        row = timeline.entry(
            workspace_id=record.workspace_id,
            contact_id=record.contact_id,
            at=move.at,
            kind=kind,
            id=derived_id(move.at, move.id),
            data={"segment_id": move.data["segment_id"], "segment_name": segment.name if segment else ""},
        )
        into.put(row)


def orders(change: Change, into: Derivation) -> None:
    """A new or edited dynamic segment is filled; a frozen one copied; a deleted one is cleared away. What builds on one that has come
    to have problems has some, too, and none any more when it is repaired.
    """
    for envelope in events.orders_of(change):
        into.fact(events.QUEUE, envelope)
    if change.old is not None and change.new is not None and change.changed("broken"):
        into.fact(events.QUEUE, _about(events.CHECK, change, into))  # those that build on it


def look_again(change: Change, into: Derivation) -> None:
    """Something that conditions may name has been made, changed or is gone: see which segments still make sense."""
    if change.old is not None and change.new is not None and not change.changed(*_NAMED.get(change.kind, ())):
        return
    if change.old is None and change.kind not in _NAMED:
        return  # nothing can have named what was not there
    if into.current(CatalogueRecord, catalogue_key(change.record.workspace_id)) is None:
        return
    into.fact(events.QUEUE, _about(events.CHECK, change, into))


_NAMED = {
    "field": ("archived", "options", "type", "field_id"),
    "consent_purposes": ("purposes",),
    "pipeline": ("deleted_at", "stages"),
}


def zone(change: Change, into: Derivation) -> None:
    """A workspace's days begin at another moment now."""
    if change.old is not None and change.new is not None and change.changed("time_zone"):
        into.fact(events.QUEUE, _about(events.ZONE, change, into))


def _about(what: str, change: Change, into: Derivation) -> Envelope:
    return events.order(what, change.record.workspace_id, into.now, change.id, change.id)


def _subject(record: SegmentRecord) -> str:
    return record.segment_id


PROJECTIONS: dict[str, list[Projection]] = {
    "contact": [membership, sample, gone],
    "profile": [deeds],
    "company": [company],
    "segment_member": [listed],
    "belonging": [forgotten, grown, told],
    "segment": [orders, audited("segment", fields=("name", "segment_kind", "conditions"), subject=_subject)],
    "submission": [posted],
    "recipient": [mailed],
    "field": [look_again],
    "consent_purposes": [look_again],
    "pipeline": [look_again],
    "campaign": [look_again],
    "form": [look_again],
    "workspace": [zone],
}
