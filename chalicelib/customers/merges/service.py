"""Merging two contacts, and taking it back: one transaction each way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.customers.claims import service as claims
from chalicelib.customers.companies import service as companies
from chalicelib.customers.consent import service as consent
from chalicelib.customers.consent.domain import LedgerEntry
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Consent, Contact, ScoreChange
from chalicelib.customers.merges import store
from chalicelib.customers.merges.domain import (
    CONTACT,
    UNDO,
    Difference,
    Follower,
    Merge,
    MergeState,
    Parted,
    Side,
    check_choices,
    differences,
    merged,
    parted,
)
from chalicelib.customers.timeline.service import entry
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, InvalidError, NotFoundError, UnavailableError
from chalicelib.foundation.ids import derived_id, is_id, new_id
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Key, Operation, Record, Table
from chalicelib.foundation.table.table import TransactionConflictError

_ATTEMPTS = 8
_FORGOTTEN = 1000  # rows of the score's history that one undo takes back

Followers = Mapping[str, Follower]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a merge would make."""

    survivor: Contact
    differences: list[Difference]


@dataclass(frozen=True, slots=True)
class _Item:
    """A contact with its raw item."""

    contact: Contact
    image: store.RawItem

    @property
    def key(self) -> Key:
        return contacts.place(self.contact.workspace_id, self.contact.id)


def preview(
    *, table: Table, clock: Clock, workspace_id: str, contact_id: str, other_id: str, choices: Mapping[str, Side]
) -> Preview:
    """What merging ``other_id`` into ``contact_id`` would make, with the same errors as `merge`; nothing is written."""
    this, other = _both(table, workspace_id, contact_id, other_id, choices)
    survivor = merged(this.contact, other.contact, choices, at=clock.now(), by="")
    return Preview(survivor, differences(this.contact, other.contact, choices))


def merge(
    *,
    table: Table,
    clock: Clock,
    followers: Followers,
    workspace_id: str,
    contact_id: str,
    other_id: str,
    choices: Mapping[str, Side],
    merge_id: str,
    actor: str = "",
) -> tuple[Merge, Contact]:
    """Merge ``other_id`` into ``contact_id``, which survives; made again with the same id it is the merge that is there.

    `NotFoundError` without the survivor; `InvalidError` names ``other_id`` or the choice that cannot be, and what there would
    be too much of.
    """
    for attempt in range(_ATTEMPTS):
        known = store.read(table, workspace_id, merge_id)
        if known is not None:
            survivor = contacts.get_contact(
                table=table, workspace_id=workspace_id, contact_id=known.survivor_id, consistent=True, follow=True
            )
            return known, survivor
        this, other = _both(table, workspace_id, contact_id, other_id, choices)
        now = clock.now()
        made = Merge(workspace_id, merge_id, contact_id, other_id, now, actor, MergeState.DONE, now + UNDO)
        survivor = merged(this.contact, other.contact, choices, at=now, by=actor)
        try:
            table.transact(_merging(table, followers, made, this, other, survivor))
        except TransactionConflictError:
            contacts.pause(attempt)  # one of them was changed meanwhile: look again
        else:
            return made, replace(survivor, version=this.contact.version + 1)
    raise UnavailableError("The contacts keep being changed by others.")


def _merging(
    table: Table, followers: Followers, made: Merge, this: _Item, other: _Item, survivor: Contact
) -> list[Operation]:
    workspace_id = made.workspace_id
    gone = other.contact.edited(at=made.at, by=made.actor, merged_into=survivor.id)
    ours, theirs = _places(followers, this.contact), _places(followers, other.contact)
    write = contacts.replace_operation(survivor)
    after = dict(write.record.image(), version={"N": str(this.contact.version + 1)})
    images = store.Images(this.image, other.image, after, {key: table.image(key) for key in (*ours, *theirs)})
    return [
        write,
        contacts.replace_operation(gone),
        *claims.hand_over(
            workspace_id=workspace_id,
            claims=other.contact.claims,
            holder_id=other.contact.id,
            to_id=survivor.id,
            now=made.at,
        ),
        *store.create(made, images),
        *store.deletions(theirs),
    ]


def undo(*, table: Table, clock: Clock, workspace_id: str, merge_id: str, actor: str = "") -> tuple[Contact, Contact]:
    """Part what was merged: the survivor and the other as they are then. Said again, it changes nothing.

    When nothing was changed since, both items are put back byte for byte; otherwise what was changed since stays
    (`merges.domain.parted`). What the score did since is taken back with its history. `NotFoundError` without such a merge;
    `InvalidError` when it is too long ago; `ConflictError` when the survivor itself is gone.
    """
    for attempt in range(_ATTEMPTS):
        made = store.read(table, workspace_id, merge_id) if is_id(merge_id) else None
        if made is None or made.what != CONTACT:
            raise NotFoundError("There is no such merge.")
        if made.state is MergeState.UNDONE:
            forget_scores(table=table, workspace_id=workspace_id, merge_id=merge_id)
            return _now(table, made)
        images = store.read_images(table, workspace_id, merge_id)
        now = clock.now()
        if images is None or now >= made.until:
            message = "A merge can be taken back for 30 days."
            raise InvalidError(message, field="merge_id", code="too_late")
        survivor, other = _present(table, made)
        back = _parted(table, images, survivor.contact)
        scored = contacts.scored_since(
            table=table, workspace_id=workspace_id, contact_id=made.survivor_id, since=made.at, limit=_FORGOTTEN
        )
        operations = _parting(made, images, survivor, other, back, now, actor)
        operations += store.undone(made, now, by=actor, forgotten=_rows_of_scores(made, scored))
        try:
            table.transact(operations)
        except TransactionConflictError:
            contacts.pause(attempt)
        else:
            forget_scores(table=table, workspace_id=workspace_id, merge_id=merge_id)
            return _now(table, made)
    raise UnavailableError("The contacts keep being changed by others.")


def _parting(
    made: Merge, images: store.Images, survivor: _Item, other: _Item, back: Parted, now: datetime, actor: str
) -> list[Operation]:
    said = _said(made, images, back, now, actor)
    theirs = replace(back.other, consents={**back.other.consents, **{each.purpose: _answer(each) for each in said}})
    operations = [
        _put_back(survivor, images.this, back.survivor, now, actor, as_before=back.as_before),
        _put_back(other, images.other, theirs, now, actor, as_before=theirs == _contact(images.other)),
    ]
    held = survivor.contact.claims
    given = held & theirs.claims - back.survivor.claims
    operations += claims.hand_over(
        workspace_id=made.workspace_id, claims=given, holder_id=made.survivor_id, to_id=made.other_id, now=now
    )
    operations += store.rows_back(images)
    return operations + consent.ledger_operations(said)


def _put_back(
    item: _Item, image: store.RawItem, contact: Contact, now: datetime, actor: str, *, as_before: bool
) -> Operation:
    present = item.contact
    if as_before:
        return contacts.restore_operation(image, present)
    current = replace(contact, version=present.version)
    return contacts.replace_operation(current.edited(at=now, by=actor))


def _said(made: Merge, images: store.Images, back: Parted, now: datetime, actor: str) -> list[LedgerEntry]:
    """A no that was said to the survivor since holds for the other, too: rows of its own ledger that say so."""
    before = _contact(images.other).consents
    return [
        LedgerEntry(
            id=new_id(now),
            workspace_id=made.workspace_id,
            contact_id=made.other_id,
            purpose=purpose,
            state=answer.state,
            at=answer.at,
            source=answer.source,
            text=f"merge {made.id}, ledger {answer.ledger_id}",
            actor=actor,
        )
        for purpose, answer in back.other.consents.items()
        if before.get(purpose) != answer
    ]


def get_merge(*, table: Table, workspace_id: str, merge_id: str) -> Merge:
    """The merge, of contacts or of companies; `NotFoundError` when there is none."""
    found = store.read(table, workspace_id, merge_id) if is_id(merge_id) else None
    if found is None:
        raise NotFoundError("There is no such merge.")
    return found


def list_merges(*, table: Table, workspace_id: str, before: str = "", limit: int = 50) -> list[Merge]:
    """The last merges, newest first."""
    return store.recent(table, workspace_id, before=before, limit=limit)


# From the queue


def follow(*, runtime: Runtime, workspace_id: str, merge_id: str) -> None:
    """Bring what names the one who was merged away after a merge, or back after it was undone. Harmless when repeated, and
    right whichever of the two is heard of first.
    """
    table, followers = runtime.table, runtime.parts("merge")
    made = store.read(table, workspace_id, merge_id)
    if made is None or made.what != CONTACT:
        return
    moved: dict[str, Sequence[str]] = {}
    if made.state is MergeState.DONE:
        known, _ = store.followed(table, workspace_id, merge_id)
        moved = {
            name: sorted(
                {*known.get(name, ()), *follower.merged(runtime, workspace_id, made.survivor_id, made.other_id)}
            )
            for name, follower in followers.items()
        }
        if store.note_moved(table, made, moved, runtime.clock.now()):
            return
    known, _ = store.followed(table, workspace_id, merge_id)
    for name, follower in followers.items():
        things = sorted({*known.get(name, ()), *moved.get(name, ())})
        follower.undone(runtime, workspace_id, made.survivor_id, made.other_id, things)
    forget_scores(table=table, workspace_id=workspace_id, merge_id=merge_id)


def forget_scores(*, table: Table, workspace_id: str, merge_id: str) -> None:
    """Delete the rows of the score's history, and of the timeline, that a merge which was taken back had made."""
    _, rows = store.followed(table, workspace_id, merge_id)
    table.write_many([], deletes=[Key(pk, sk) for pk, sk in rows])


def _answer(said: LedgerEntry) -> Consent:
    return Consent(said.state, said.at, said.source, said.text_version, said.id)


def _rows_of_scores(made: Merge, scored: Sequence[tuple[str, ScoreChange]]) -> list[tuple[str, str]]:
    rows = []
    for sk, change in scored:
        points = change.entry
        noted = entry(  # as contacts.projections.note_score writes it
            workspace_id=made.workspace_id,
            contact_id=made.survivor_id,
            at=points.at,
            kind="score_changed",
            id=derived_id(points.at, "score", made.survivor_id, points.id),
            data={},
        )
        rows += [(noted.pk, sk), (noted.pk, noted.sk)]
    return rows


# Reading both


def _both(
    table: Table, workspace_id: str, contact_id: str, other_id: str, choices: Mapping[str, Side]
) -> tuple[_Item, _Item]:
    contacts.get_contact(table=table, workspace_id=workspace_id, contact_id=contact_id)
    this, other = _item(table, workspace_id, contact_id), _item(table, workspace_id, other_id)
    if this is None or this.contact.gone:
        raise NotFoundError("There is no such contact.")
    if contact_id == other_id:
        raise InvalidError("A contact is not merged into itself.", field="other_id", code="same")
    if other is None or other.contact.gone:
        raise InvalidError("There is no such contact.", field="other_id", code="unknown")
    check_choices(choices, custom={*this.contact.custom, *other.contact.custom})
    return this, other


def _present(table: Table, made: Merge) -> tuple[_Item, _Item]:
    survivor = _item(table, made.workspace_id, made.survivor_id)
    other = _item(table, made.workspace_id, made.other_id)
    if survivor is None or other is None or other.contact.merged_into != made.survivor_id:
        raise NotFoundError("There is no such merge.")
    if survivor.contact.merged_into:
        raise ConflictError("The survivor was merged into another contact since: take that back first.")
    if survivor.contact.gone:
        raise ConflictError("The survivor is in the bin: restore it first.")
    return survivor, other


def _now(table: Table, made: Merge) -> tuple[Contact, Contact]:
    ids = (made.survivor_id, made.other_id)
    found = contacts.get_contacts(
        table=table, workspace_id=made.workspace_id, contact_ids=ids, consistent=True, gone=True
    )
    if len(found) < 2:
        raise NotFoundError("There is no such merge.")
    return found[made.survivor_id], found[made.other_id]


def _item(table: Table, workspace_id: str, contact_id: str) -> _Item | None:
    if not is_id(contact_id):
        return None
    image = table.image(contacts.place(workspace_id, contact_id))
    return None if image is None else _Item(contacts.contact_in(image), image)


def _contact(image: store.RawItem) -> Contact:
    return contacts.contact_in(image)


def _parted(table: Table, images: store.Images, now: Contact) -> Parted:
    """The two contacts again; companies may have got another name since."""
    found = parted(_contact(images.this), _contact(images.other), _contact(images.after), now)
    survivor, other = _renamed(table, found.survivor), _renamed(table, found.other)
    return Parted(survivor, other, found.as_before and survivor == found.survivor)


def _renamed(table: Table, contact: Contact) -> Contact:
    if not contact.company_id:
        return contact
    try:
        company = companies.get_company(table=table, workspace_id=contact.workspace_id, company_id=contact.company_id)
    except NotFoundError:
        return contact
    return contact if company.name == contact.company_name else replace(contact, company_name=company.name)


def _places(followers: Followers, contact: Contact) -> list[Key]:
    return [key for follower in followers.values() for key in follower.places(contact.workspace_id, contact.id)]


# For projections


def merge_of(record: Record) -> Merge:
    """The merge in a changed item."""
    return store.merge_in(record)
