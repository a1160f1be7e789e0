"""Messages in the table. Each arrow is one conditional write and says whether it was made: whoever loses a race does nothing."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from chalicelib.foundation.clock import to_text
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.table import Create, Key, Table, message_index
from chalicelib.marketing.messages.domain import (
    ATTEMPTS_LIMIT,
    BACKOFF,
    EVIDENCE_WAIT,
    KEPT,
    LEASE,
    STANDING,
    Message,
    Reason,
    State,
)
from chalicelib.marketing.messages.records import (
    DUE_SHARDS,
    AddressedRecord,
    MessageRecord,
    addressed_partition,
    due_partition,
    message_key,
    messages_partition,
)

_R = MessageRecord
_PROVABLE = (State.CLAIMED, State.UNKNOWN, State.PARKED, State.PENDING)
TIMES = ("delivered_at", "bounced_at", "complained_at")


def create(table: Table, message: Message, digest: str) -> None:
    """A new message and its row among what its address was sent; nothing when it is there already (the request came again)."""
    at, key = message.created_at, message_key(message.workspace_id, message.id)
    common = {"workspace_id": message.workspace_id, "created_at": at, "expires_at": int((at + KEPT).timestamp())}
    record = MessageRecord(
        pk=key.pk,
        sk=key.sk,
        **common,
        changed_by=message.created_by,
        gsi1pk=messages_partition(message.workspace_id),
        gsi1sk=message.id,
        duepk=due_partition(_shard(message.id)),
        duesk=f"{to_text(at + STANDING)}#{message.id}",
        to=message.to,
        subject=message.subject,
        purpose=message.purpose,
        source=message.source,
        state=message.state.value,
        state_at=at,
        contact_id=message.contact_id or None,
        template_id=message.template_id or None,
    )
    link = AddressedRecord(pk=addressed_partition(message.workspace_id, digest), sk=message.id, **common)
    try:
        table.transact([Create(record), Create(link)])
    except ConflictError:
        return


def read(table: Table, workspace_id: str, message_id: str) -> Message | None:
    """The message as it certainly is."""
    record = table.get(MessageRecord, message_key(workspace_id, message_id), consistent=True)
    return None if record is None else to_domain(record)


def recent(table: Table, workspace_id: str, *, before: str, limit: int) -> list[Message]:
    """The newest messages, newest first."""
    page = table.query(
        MessageRecord, messages_partition(workspace_id), index="gsi1", before=before, newest_first=True, limit=limit
    )
    return [to_domain(record) for record in page.items]


def addressed(table: Table, workspace_id: str, digest: str) -> Iterable[Message]:
    """What one address was sent."""
    for link in table.query_all(AddressedRecord, addressed_partition(workspace_id, digest)):
        found = read(table, workspace_id, link.sk)
        if found is not None:
            yield found


def by_provider(table: Table, provider_id: str) -> Message | None:
    """The message that the provider knows by this id."""
    page = table.query(_R, message_index(provider_id), index="gsi2", limit=1)
    return next((to_domain(record) for record in page.items), None)


def due(table: Table, shard: int, now: datetime, *, limit: int) -> list[Message]:
    """Messages for which something has to happen now."""
    page = table.query(_R, due_partition(shard), index="due", between=("0", f"{to_text(now)}#~"), limit=limit)
    return [to_domain(record) for record in page.items]


def claim(table: Table, message: Message, now: datetime, holder: str) -> bool:
    """PENDING → CLAIMED: this delivery, and no other, may hand it over as the next attempt."""
    lease = now + LEASE
    actions = [
        _R.state.set(State.CLAIMED.value),
        _R.attempt.set(message.attempt + 1),
        _R.holder.set(holder),
        _R.lease_until.set(lease),
        _R.not_before.remove(),
        _R.reason.remove(),
        *_due(message, lease),
    ]
    if _move(table, message, now, actions, (State.PENDING,), attempt=message.attempt):
        return True
    # The answer to our own write may have been lost and its repetition refused because of ourselves.
    record = table.get(_R, message_key(message.workspace_id, message.id), consistent=True)
    ours = (State.CLAIMED.value, message.attempt + 1, holder)
    return record is not None and (record.state, int(record.attempt), record.holder) == ours


def sent(table: Table, message: Message, attempt: int, at: datetime, now: datetime, provider_id: str) -> bool:
    """The provider took this attempt: → SENT from wherever the row has got to, as long as no other attempt was made."""
    actions: list[Any] = [
        _R.state.set(State.SENT.value),
        _R.sent_at.set(_R.sent_at | at),
        *_settled(),
        _R.reason.remove(),
    ]
    if provider_id:
        actions += [
            _R.message_id.set(provider_id),
            _R.gsi2pk.set(message_index(provider_id)),
            _R.gsi2sk.set(message.id),
        ]
    return _move(table, message, now, actions, _PROVABLE, attempt=attempt)


def deferred(table: Table, message: Message, attempt: int, now: datetime, reason: str) -> datetime | None:
    """Certainly not sent: → PENDING until later; the moment, or None when it was given up (→ FAILED)."""
    if attempt >= ATTEMPTS_LIMIT:
        failed(table, message, attempt, now, Reason.TOO_MANY_ATTEMPTS)
        return None
    later = now + timedelta(seconds=BACKOFF[min(attempt, len(BACKOFF)) - 1])
    actions = [
        _R.state.set(State.PENDING.value),
        _R.reason.set(reason[:100]),
        _R.not_before.set(later),
        _R.lease_until.remove(),
        _R.holder.remove(),
        *_due(message, later + STANDING),
    ]
    _move(table, message, now, actions, (State.CLAIMED, State.UNKNOWN), attempt=attempt)
    return later


def failed(table: Table, message: Message, attempt: int, now: datetime, reason: str) -> bool:
    """Never: → FAILED with the provider's reason, also when the provider had taken it first."""
    actions = [_R.state.set(State.FAILED.value), _R.reason.set(reason[:100]), *_settled()]
    return _move(table, message, now, actions, (*_PROVABLE, State.SENT), attempt=attempt)


def suppress(table: Table, message: Message, now: datetime, reason: str) -> bool:
    """PENDING → SUPPRESSED: it must not go there, and why."""
    actions = [_R.state.set(State.SUPPRESSED.value), _R.reason.set(reason), *_settled()]
    return _move(table, message, now, actions, (State.PENDING,), attempt=message.attempt)


def unknown(table: Table, message: Message, attempt: int, now: datetime) -> bool:
    """It left and nothing came back: CLAIMED → UNKNOWN, to wait for evidence."""
    actions = [
        _R.state.set(State.UNKNOWN.value),
        _R.lease_until.remove(),
        _R.holder.remove(),
        *_due(message, now + EVIDENCE_WAIT),
    ]
    return _move(table, message, now, actions, (State.CLAIMED,), attempt=attempt)


def again(table: Table, message: Message, now: datetime) -> bool:
    """An hour without evidence, the first time: UNKNOWN → PENDING."""
    actions = [_R.state.set(State.PENDING.value), _R.repeated.set(1), *_due(message, now + STANDING)]
    return _move(
        table, message, now, actions, (State.UNKNOWN,), attempt=message.attempt, more=_R.repeated.does_not_exist()
    )


def park(table: Table, message: Message, now: datetime) -> bool:
    """The second time: UNKNOWN → PARKED."""
    actions = [_R.state.set(State.PARKED.value), _R.reason.set(Reason.NO_EVIDENCE.value), *_settled()]
    return _move(table, message, now, actions, (State.UNKNOWN,), attempt=message.attempt)


def looked_after(table: Table, message: Message, now: datetime) -> bool:
    """It was ordered again: not to be looked at for a while."""
    due_then = _due(message, now + STANDING)
    return _move(table, message, now, due_then, (State.PENDING,), attempt=message.attempt, moves=False)


def happened(table: Table, message: Message, what: str, at: datetime, now: datetime) -> bool:
    """The first time of one of `TIMES`: the earliest that was reported wins, whatever the order."""
    column = getattr(_R, what)
    try:
        table.update(
            _R,
            message_key(message.workspace_id, message.id),
            [column.set(at), _R.updated_at.set(now)],
            condition=_R.state.exists() & (column.does_not_exist() | (column > at)),
        )
    except ConflictError:
        return False
    return True


def forget(table: Table, message: Message, digest: str, now: datetime) -> None:
    """Take out to whom it went and what it was about. One that still waits is not sent."""
    actions = [
        _R.to.remove(),
        _R.subject.remove(),
        _R.contact_id.remove(),
        _R.updated_at.set(now),
        _R.changed_by.set("erasure"),
    ]
    if message.state is State.PENDING:
        actions += [_R.state.set(State.SUPPRESSED.value), _R.reason.set(Reason.ERASED.value), *_settled()]
    key = message_key(message.workspace_id, message.id)
    table.update(_R, key, actions, condition=_R.state == message.state.value)
    table.write_many([], deletes=[Key(addressed_partition(message.workspace_id, digest), message.id)])


def to_domain(record: MessageRecord) -> Message:
    """The message in a record."""
    return Message(
        workspace_id=record.workspace_id,
        id=record.own_id,
        to=record.to or "",
        subject=record.subject or "",
        purpose=record.purpose,
        source=record.source,
        created_at=record.created_at,
        created_by=record.changed_by or "",
        state=State(record.state),
        state_at=record.state_at,
        attempt=int(record.attempt),
        reason=record.reason or "",
        contact_id=record.contact_id or "",
        template_id=record.template_id or "",
        message_id=record.message_id or "",
        repeated=bool(record.repeated),
        lease_until=record.lease_until,
        not_before=record.not_before,
        sent_at=record.sent_at,
        delivered_at=record.delivered_at,
        bounced_at=record.bounced_at,
        complained_at=record.complained_at,
    )


def _shard(message_id: str) -> int:
    return sum(map(ord, message_id[-6:])) % DUE_SHARDS


def _due(message: Message, at: datetime) -> list[Any]:
    return [_R.duepk.set(due_partition(_shard(message.id))), _R.duesk.set(f"{to_text(at)}#{message.id}")]


def _settled() -> list[Any]:
    return [_R.duepk.remove(), _R.duesk.remove(), _R.lease_until.remove(), _R.holder.remove(), _R.not_before.remove()]


def _move(
    table: Table,
    message: Message,
    now: datetime,
    actions: list[Any],
    states: tuple[State, ...],
    *,
    attempt: int,
    more: Any = None,
    moves: bool = True,
) -> bool:
    condition = _R.state.is_in(*(state.value for state in states)) & (_R.attempt == attempt)
    if more is not None:
        condition = condition & more
    stamped = [*actions, _R.updated_at.set(now)]
    if moves:
        stamped.append(_R.state_at.set(now))
    try:
        table.update(_R, message_key(message.workspace_id, message.id), stamped, condition=condition)
    except ConflictError:
        return False
    return True
