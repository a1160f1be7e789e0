"""Names to compare by, and pairs, in the table."""

from collections.abc import Iterable
from datetime import datetime

from chalicelib.customers.duplicates.domain import COMPARED, Pair, PairState, Reason
from chalicelib.customers.duplicates.records import (
    LookalikeRecord,
    PairRecord,
    first_partition,
    lookalike_key,
    lookalikes_partition,
    pair_key,
    second_partition,
    state_partition,
)
from chalicelib.foundation import clock
from chalicelib.foundation.table import Key, Record, Table, Update

_PAIRS = 200  # pairs of one contact that are looked at


def lookalikes(table: Table, workspace_id: str, digest: str, *, consistent: bool) -> dict[str, frozenset[str]]:
    """The newest contacts of a name or mailbox: id → traits."""
    page = table.query(
        LookalikeRecord,
        lookalikes_partition(workspace_id, digest),
        newest_first=True,
        limit=COMPARED,
        consistent=consistent,
    )
    return {record.sk: frozenset(record.traits or ()) for record in page.items}


def lookalike(workspace_id: str, digest: str, contact_id: str, traits: frozenset[str], at: datetime) -> LookalikeRecord:
    """The row by which a contact is found; ``at`` is when the contact was made, so that a row written twice is equal."""
    key = lookalike_key(workspace_id, digest, contact_id)
    return LookalikeRecord(pk=key.pk, sk=key.sk, workspace_id=workspace_id, created_at=at, traits=set(traits) or None)


def lookalike_place(workspace_id: str, digest: str, contact_id: str) -> Key:
    """Where that row stands."""
    return lookalike_key(workspace_id, digest, contact_id)


def pair(table: Table, workspace_id: str, one: str, other: str) -> Pair | None:
    """The pair of these two, or None."""
    record = table.get(PairRecord, pair_key(workspace_id, one, other), consistent=True)
    return None if record is None else to_domain(record)


def pairs_of(table: Table, workspace_id: str, contact_id: str, *, consistent: bool = False) -> list[Pair]:
    """The pairs a contact is in, the newest contacts first."""
    first = table.query(
        PairRecord,
        first_partition(workspace_id, contact_id),
        newest_first=True,
        limit=_PAIRS,
        consistent=consistent,
    )
    second = table.query(
        PairRecord, second_partition(workspace_id, contact_id), index="gsi2", newest_first=True, limit=_PAIRS
    )
    return [to_domain(record) for record in (*first.items, *second.items)]


def recent(table: Table, workspace_id: str, state: PairState, *, before: str, limit: int) -> list[tuple[str, Pair]]:
    """Pairs in a state, the last found first, each with its position."""
    page = table.query(
        PairRecord,
        state_partition(workspace_id, state),
        index="gsi1",
        before=before,
        newest_first=True,
        limit=limit,
    )
    return [(record.gsi1sk, to_domain(record)) for record in page.items]


def found(workspace_id: str, one: str, other: str, reasons: Iterable[Reason], now: datetime) -> Update:
    """The operation that notes a pair, or further reasons for one that is there. Somebody's word that they are two stays."""
    key = pair_key(workspace_id, one, other)
    position = f"{clock.to_text(now)}#{key.pk.rpartition('#')[2]}-{key.sk}"
    return Update(
        key,
        [  # all but the reasons is kept as it was first written
            PairRecord.reasons.add({reason.value for reason in reasons}),
            *[
                attribute.set(attribute | value)
                for attribute, value in (
                    (PairRecord.workspace_id, workspace_id),
                    (PairRecord.kind, PairRecord),
                    (PairRecord.created_at, now),
                    (PairRecord.found_at, now),
                    (PairRecord.state, PairState.OPEN.value),
                    (PairRecord.gsi1pk, state_partition(workspace_id, PairState.OPEN)),
                    (PairRecord.gsi1sk, position),
                    (PairRecord.gsi2pk, second_partition(workspace_id, key.sk)),
                    (PairRecord.gsi2sk, key.pk.rpartition("#")[2]),
                )
            ],
            PairRecord.version.add(1),
        ],
        upsert=True,
    )


def with_reasons(pair: Pair, reasons: Iterable[Reason], now: datetime) -> Update:
    """The operation that leaves a pair with these reasons only."""
    return Update(
        pair_key(pair.workspace_id, pair.first, pair.second),
        [PairRecord.reasons.set({reason.value for reason in reasons}), PairRecord.updated_at.set(now)],
    )


def judged(pair: Pair, state: PairState, now: datetime, *, by: str) -> Update:
    """The operation that says that they are two, or that somebody should look again."""
    return Update(
        pair_key(pair.workspace_id, pair.first, pair.second),
        [
            PairRecord.state.set(state.value),
            PairRecord.gsi1pk.set(state_partition(pair.workspace_id, state)),
            PairRecord.updated_at.set(now),
            PairRecord.changed_by.set(by),
        ],
        PairRecord.state == pair.state.value,
    )


def place(pair: Pair) -> Key:
    """Where a pair stands."""
    return pair_key(pair.workspace_id, pair.first, pair.second)


def to_domain(record: PairRecord) -> Pair:
    """The pair in an item."""
    first = record.pk.rpartition("#")[2]
    return Pair(
        workspace_id=record.workspace_id,
        first=first,
        second=record.sk,
        reasons=tuple(reason for reason in Reason if reason.value in (record.reasons or ())),
        state=PairState(record.state),
        found_at=record.found_at,
    )


def pair_in(record: Record) -> Pair:
    """The pair in a changed item, for projections."""
    assert isinstance(record, PairRecord)
    return to_domain(record)
