"""Finding contacts that may be one person, and keeping what was found."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.customers.claims import service as claims
from chalicelib.customers.claims.domain import Claim
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.duplicates import store
from chalicelib.customers.duplicates.domain import SHOWN, Pair, PairState, Reason, mailbox, reasons, signs
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, NotFoundError
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.table import Key, Operation, Table


@dataclass(frozen=True, slots=True)
class Lookalike:
    """A contact that may be the same person as another, and why. ``pair_id`` is empty while the pair is not written down."""

    contact: Contact
    reasons: tuple[Reason, ...]
    pair_id: str = ""


@dataclass(frozen=True, slots=True)
class FoundPair:
    """A pair with its two contacts, and its position in the list."""

    pair: Pair
    contacts: tuple[Contact, Contact]
    position: str


def lookalikes(*, table: Table, contact: Contact, limit: int = SHOWN) -> list[Lookalike]:
    """Who may be the same person as this contact, the newest first; for who has just made it. Costs the read of the names
    that are the same, and of the contacts that look alike.
    """
    found = _compared(table, contact, consistent=False)
    ids = sorted(found, reverse=True)[:limit]
    present = contacts.get_contacts(table=table, workspace_id=contact.workspace_id, contact_ids=ids)
    return [Lookalike(present[id_], found[id_]) for id_ in ids if id_ in present]


def duplicates_of(*, table: Table, workspace_id: str, contact_id: str) -> list[Lookalike]:
    """Who was found to look like a contact and was not said to be somebody else; `NotFoundError` without such a contact."""
    contacts.get_contact(table=table, workspace_id=workspace_id, contact_id=contact_id)
    pairs = [pair for pair in store.pairs_of(table, workspace_id, contact_id) if pair.state is PairState.OPEN]
    others = {pair.other(contact_id): pair for pair in pairs}
    present = contacts.get_contacts(table=table, workspace_id=workspace_id, contact_ids=others)
    return [
        Lookalike(present[id_], others[id_].reasons, others[id_].id)
        for id_ in sorted(others, reverse=True)
        if id_ in present
    ]


def list_pairs(
    *, table: Table, workspace_id: str, state: PairState = PairState.OPEN, before: str = "", limit: int = 50
) -> tuple[list[FoundPair], str | None]:
    """Pairs in a state, the last found first, and the position after which the next page starts. A pair of which one is gone
    is left out, so a page may be short.
    """
    found = store.recent(table, workspace_id, state, before=before, limit=limit)
    ids = {contact_id for _, pair in found for contact_id in (pair.first, pair.second)}
    present = contacts.get_contacts(table=table, workspace_id=workspace_id, contact_ids=ids)
    shown = [
        FoundPair(pair, (present[pair.first], present[pair.second]), position)
        for position, pair in found
        if pair.first in present and pair.second in present
    ]
    return shown, found[-1][0] if len(found) == limit else None


def ignore(*, table: Table, clock: Clock, workspace_id: str, pair_id: str, actor: str) -> FoundPair:
    """These two are two; said again, it changes nothing. `NotFoundError` without such a pair."""
    return _judge(table, clock, workspace_id, pair_id, PairState.IGNORED, actor)


def reopen(*, table: Table, clock: Clock, workspace_id: str, pair_id: str, actor: str) -> FoundPair:
    """These two may be one after all; said again, it changes nothing. `NotFoundError` without such a pair."""
    return _judge(table, clock, workspace_id, pair_id, PairState.OPEN, actor)


def _judge(table: Table, clock: Clock, workspace_id: str, pair_id: str, state: PairState, actor: str) -> FoundPair:
    one, _, other = pair_id.partition("-")
    pair = store.pair(table, workspace_id, one, other) if is_id(one) and is_id(other) and one < other else None
    if pair is None:
        raise NotFoundError("There is no such pair.")
    present = contacts.get_contacts(table=table, workspace_id=workspace_id, contact_ids=[one, other])
    if len(present) < 2:
        raise NotFoundError("There is no such pair.")
    if pair.state is not state:
        try:
            table.write(store.judged(pair, state, clock.now(), by=actor))
        except ConflictError as conflict:
            if conflict.current is None:
                raise NotFoundError("There is no such pair.") from conflict
        pair = store.pair(table, workspace_id, one, other) or pair
    return FoundPair(pair, (present[pair.first], present[pair.second]), "")


# For projections, captures and imports


def settle(*, table: Table, workspace_id: str, contact_id: str, contact: Contact | None, now: datetime) -> None:
    """Bring the pairs of a contact to what it is now (None: gone): those that look alike stand, the others do not. A pair that a
    capture or an import has found by a number stays until one of the two is gone or somebody says that they are two.
    """
    kept = {pair.other(contact_id): pair for pair in store.pairs_of(table, workspace_id, contact_id, consistent=True)}
    found: dict[str, tuple[Reason, ...]] = {}
    if contact is not None and not contact.gone:
        found = _compared(table, contact, consistent=True)
        there = contacts.get_contacts(
            table=table, workspace_id=workspace_id, contact_ids=[*found, *kept], consistent=True
        )
        for other, pair in kept.items():
            if Reason.PHONE_OF_OTHER in pair.reasons:
                found[other] = (*found.get(other, ()), Reason.PHONE_OF_OTHER)
        found = {other: why for other, why in found.items() if other in there}
    operations: list[Operation] = []
    for other, why in found.items():
        noted = kept.get(other)
        if noted is None:
            operations.append(store.found(workspace_id, contact_id, other, why, now))
        elif set(noted.reasons) != set(why):
            operations.append(store.with_reasons(noted, why, now))
    for operation in operations:
        try:
            table.write(operation)
        except ConflictError:
            continue  # the pair is gone meanwhile: the other contact's own change has seen to it
    gone = [store.place(pair) for other, pair in kept.items() if other not in found]
    if gone:
        table.write_many([], deletes=gone)


def phone_finding(*, workspace_id: str, contact_id: str, holder_id: str, now: datetime) -> Operation:
    """The operation that notes that somebody came with a number which another contact has (and which stays with that one); for
    the transaction of a capture or an import. It never fails and may be repeated.
    """
    return store.found(workspace_id, contact_id, holder_id, [Reason.PHONE_OF_OTHER], now)


def places(contact: Contact) -> dict[Key, frozenset[str]]:
    """Where a contact is found by its name and mailboxes: key → traits."""
    return {
        store.lookalike_place(contact.workspace_id, digest, contact.id): traits
        for digest, traits in signs(contact).items()
    }


def _compared(table: Table, contact: Contact, *, consistent: bool) -> dict[str, tuple[Reason, ...]]:
    """The ids of contacts that look like this one, and why."""
    workspace_id = contact.workspace_id
    found: dict[str, tuple[Reason, ...]] = {}
    for digest, ours in signs(contact).items():
        for other, theirs in store.lookalikes(table, workspace_id, digest, consistent=consistent).items():
            why = reasons(ours, theirs)
            if why and other not in contact.all_ids:
                found[other] = (*found.get(other, ()), *why)
    tagged = {Claim("email", box): box for each in contact.emails if (box := mailbox(each.address))}
    if tagged:  # who has the plain spelling needs no row to be found by
        held = claims.holders(table=table, workspace_id=workspace_id, claims=tagged, consistent=consistent)
        for other in set(held.values()) - set(contact.all_ids):
            if Reason.SAME_MAILBOX not in found.get(other, ()):
                found[other] = (*found.get(other, ()), Reason.SAME_MAILBOX)
    return found
