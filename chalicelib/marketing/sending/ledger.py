"""The ledger's arrows: each is one conditional write, and says whether it was made.

Requests are written by hand: a recipient takes three of them, and building each from expression objects would cost as much as
signing and sending it. `DynamoDB <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html>`_ evaluates
condition and change together, which is all the protocol needs: whoever loses a race is told so and does nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from operator import itemgetter
from typing import Any

from chalicelib.foundation.aws import AwsError
from chalicelib.foundation.clock import from_text, to_text
from chalicelib.foundation.errors import ClientelaError
from chalicelib.foundation.table import Key, Table, message_index
from chalicelib.foundation.table.record import kind_of
from chalicelib.foundation.table.table import TransactionConflictError
from chalicelib.marketing.sending.domain import (
    ATTEMPTS_LIMIT,
    EVIDENCE_WAIT,
    LEASE,
    Reason,
    Recipient,
    State,
    backoff,
)
from chalicelib.marketing.sending.records import (
    RECIPIENT_PREFIX,
    RecipientRecord,
    ledger_partition,
)

Image = Mapping[str, Mapping[str, Any]]
_KIND = kind_of(RecipientRecord)
_NAMES = {"#state": "state"}
_OPEN_STATES = ":claimed, :unknown"
_PROVABLE_STATES = ":claimed, :unknown, :parked, :pending"


def key_of(recipient: Recipient) -> Key:
    """Where a recipient's row stands."""
    pk = ledger_partition(recipient.workspace_id, recipient.campaign_id, recipient.shard)
    return Key(pk, RECIPIENT_PREFIX + recipient.contact_id)


# Planning

PLANNED_AT_ONCE = 99  # a transaction has 100 actions; one checks the campaign


class StalePlanError(ClientelaError):
    """The campaign is no longer where this planner read it: it was paused, or another delivery of the order is ahead."""


def plan(table: Table, planned: Sequence[Recipient], now: datetime, still: dict[str, Any]) -> None:
    """Write rows that are not there yet; at most `PLANNED_AT_ONCE`. ``still`` is a condition check on the campaign; when it does
    not hold nothing is written and `StalePlanError` raised, so the audience cannot grow once it is counted.

    One transaction of up to 99 conditional puts: three times cheaper to sign and send than single ones. What is there already
    (the page is planned again) stays as it is, whatever has become of it.
    """
    waiting = list(planned)
    while waiting:
        items: list[dict[str, Any]] = [{"ConditionCheck": still}]
        items += [{"Put": _new(table, image_of(each, now))} for each in waiting]
        try:
            table.transact_raw(items)
        except TransactionConflictError as conflict:
            if not conflict.failed:
                raise
            if 0 in conflict.failed:
                raise StalePlanError from conflict
            there = {position - 1 for position in conflict.failed}
            waiting = [each for position, each in enumerate(waiting) if position not in there]
        else:
            return


def image_of(recipient: Recipient, now: datetime) -> dict[str, dict[str, str]]:
    """A new row."""
    key = key_of(recipient)
    at = to_text(now)
    image = {
        "pk": {"S": key.pk},
        "sk": {"S": key.sk},
        "kind": {"S": _KIND},
        "workspace_id": {"S": recipient.workspace_id},
        "version": {"N": "1"},
        "created_at": {"S": at},
        "campaign_id": {"S": recipient.campaign_id},
        "contact_id": {"S": recipient.contact_id},
        "state": {"S": recipient.state.value},
        "state_at": {"S": at},
        "attempt": {"N": "0"},
    }
    if recipient.email:
        image["email"] = {"S": recipient.email}
    if recipient.not_before is not None:
        image["not_before"] = {"S": to_text(recipient.not_before)}
    if recipient.contact_version:
        image["contact_version"] = {"N": str(recipient.contact_version)}
    if recipient.reason:
        image["reason"] = {"S": recipient.reason}
    if recipient.language:
        image["language"] = {"S": recipient.language}
    if recipient.variant is not None:
        image["variant"] = {"N": str(recipient.variant)}
    return image


def _new(table: Table, image: dict[str, Any]) -> dict[str, Any]:
    return {"TableName": table.name, "Item": image, "ConditionExpression": "attribute_not_exists(pk)"}


# Sending


def claim(table: Table, recipient: Recipient, now: datetime, consent_id: str, holder: str) -> bool:
    """PENDING → CLAIMED: this delivery, and no other, may hand the message over as the next attempt.

    ``holder`` is this delivery's own random name: when the answer to the write was lost and its repetition is refused, the row
    says whether it was refused because of ourselves.
    """
    request = _request(
        key_of(recipient),
        "SET #state = :claimed, attempt = :next, lease_until = :lease, consent_id = :consent, holder = :holder, "
        "state_at = :now, updated_at = :now REMOVE not_before, reason ADD version :one",
        "#state = :pending AND attempt = :attempt",
        {
            ":claimed": _S_CLAIMED,
            ":pending": _S_PENDING,
            ":attempt": {"N": str(recipient.attempt)},
            ":next": {"N": str(recipient.attempt + 1)},
            ":lease": {"S": to_text(now + LEASE)},
            ":consent": {"S": consent_id},
            ":holder": {"S": holder},
            ":now": {"S": to_text(now)},
        },
    )
    request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    try:
        table.raw("UpdateItem", request, write=True)
    except AwsError as error:
        if error.code != "ConditionalCheckFailedException":
            raise
        image = error.body.get("Item") or {}
        ours = (_S_CLAIMED, {"N": str(recipient.attempt + 1)}, {"S": holder})
        return (image.get("state"), image.get("attempt"), image.get("holder")) == ours
    return True


def suppress(table: Table, recipient: Recipient, now: datetime, reason: str) -> bool:
    """PENDING → SUPPRESSED: this person must not get it, and why."""
    return change(
        table,
        key_of(recipient),
        "SET #state = :suppressed, reason = :reason, state_at = :now, updated_at = :now REMOVE not_before ADD version :one",
        "#state = :pending AND attempt = :attempt",
        {
            ":suppressed": {"S": State.SUPPRESSED.value},
            ":pending": _S_PENDING,
            ":attempt": {"N": str(recipient.attempt)},
            ":reason": {"S": reason},
            ":now": {"S": to_text(now)},
        },
    )


def put_off(table: Table, recipient: Recipient, now: datetime, until: datetime) -> bool:
    """PENDING → PENDING, not before a later moment: where this person lives it is no time for it."""
    return change(
        table,
        key_of(recipient),
        "SET not_before = :until, updated_at = :now ADD version :one",
        "#state = :pending AND attempt = :attempt",
        {
            ":pending": _S_PENDING,
            ":attempt": {"N": str(recipient.attempt)},
            ":until": {"S": to_text(until)},
            ":now": {"S": to_text(now)},
        },
    )


def sent(table: Table, recipient: Recipient, attempt: int, now: datetime, message_id: str) -> bool:
    """The provider took this attempt: → SENT, from wherever the row has got to meanwhile as long as no other attempt was made."""
    return change(
        table,
        key_of(recipient),
        "SET #state = :sent, message_id = :message, gsi2pk = :index, gsi2sk = :sk, sent_at = if_not_exists(sent_at, :now), "
        "state_at = :now, updated_at = :now REMOVE lease_until, holder, reason, not_before ADD version :one",
        f"attempt = :attempt AND #state IN ({_PROVABLE_STATES}, :sent)",
        {
            ":sent": _S_SENT,
            ":claimed": _S_CLAIMED,
            ":unknown": _S_UNKNOWN,
            ":parked": _S_PARKED,
            ":pending": _S_PENDING,
            ":attempt": {"N": str(attempt)},
            ":message": {"S": message_id},
            ":index": {"S": message_index(message_id)},
            ":sk": {"S": recipient.contact_id},
            ":now": {"S": to_text(now)},
        },
    )


def deferred(table: Table, recipient: Recipient, attempt: int, now: datetime, reason: str) -> datetime | None:
    """Certainly not sent: → PENDING until later; the moment, or None when it was given up (→ FAILED)."""
    if attempt >= ATTEMPTS_LIMIT:
        failed(table, recipient, attempt, now, Reason.TOO_MANY_ATTEMPTS)
        return None
    later = now + backoff(attempt)
    change(
        table,
        key_of(recipient),
        "SET #state = :pending, not_before = :later, reason = :reason, state_at = :now, updated_at = :now "
        "REMOVE lease_until, holder ADD version :one",
        f"attempt = :attempt AND #state IN ({_OPEN_STATES})",
        {
            ":pending": _S_PENDING,
            ":claimed": _S_CLAIMED,
            ":unknown": _S_UNKNOWN,
            ":attempt": {"N": str(attempt)},
            ":later": {"S": to_text(later)},
            ":reason": {"S": reason[:100] or "deferred"},
            ":now": {"S": to_text(now)},
        },
    )
    return later


def failed(table: Table, recipient: Recipient, attempt: int, now: datetime, reason: str) -> bool:
    """Never: → FAILED with the provider's reason."""
    return change(
        table,
        key_of(recipient),
        "SET #state = :failed, reason = :reason, state_at = :now, updated_at = :now REMOVE lease_until, holder ADD version :one",
        f"attempt = :attempt AND #state IN ({_OPEN_STATES})",
        {
            ":failed": {"S": State.FAILED.value},
            ":claimed": _S_CLAIMED,
            ":unknown": _S_UNKNOWN,
            ":attempt": {"N": str(attempt)},
            ":reason": {"S": reason[:100]},
            ":now": {"S": to_text(now)},
        },
    )


def unknown(table: Table, recipient: Recipient, attempt: int, now: datetime) -> bool:
    """It left and nothing came back: CLAIMED → UNKNOWN, to wait for evidence."""
    return change(
        table,
        key_of(recipient),
        "SET #state = :unknown, state_at = :now, updated_at = :now REMOVE lease_until, holder ADD version :one",
        "attempt = :attempt AND #state = :claimed",
        {
            ":unknown": _S_UNKNOWN,
            ":claimed": _S_CLAIMED,
            ":attempt": {"N": str(attempt)},
            ":now": {"S": to_text(now)},
        },
    )


# Reaping


def reap(table: Table, recipient: Recipient, now: datetime) -> State | None:
    """What time has done to a row: an expired claim becomes UNKNOWN, an hour without evidence PARKED. The new state, or None."""
    if recipient.state is State.CLAIMED and recipient.lease_until is not None and recipient.lease_until <= now:
        return State.UNKNOWN if unknown(table, recipient, recipient.attempt, now) else None
    if (
        recipient.state is State.UNKNOWN
        and recipient.state_at is not None
        and recipient.state_at + EVIDENCE_WAIT <= now
    ):
        moved = change(
            table,
            key_of(recipient),
            "SET #state = :parked, reason = :reason, state_at = :now, updated_at = :now ADD version :one",
            "attempt = :attempt AND #state = :unknown",
            {
                ":parked": _S_PARKED,
                ":unknown": _S_UNKNOWN,
                ":attempt": {"N": str(recipient.attempt)},
                ":reason": {"S": Reason.NO_EVIDENCE.value},
                ":now": {"S": to_text(now)},
            },
        )
        return State.PARKED if moved else None
    return None


def resolve(table: Table, recipient: Recipient, now: datetime, *, was_sent: bool) -> bool:
    """A person decides on a parked row: it was sent (→ SENT), or is to be sent again (→ PENDING)."""
    state = State.SENT if was_sent else State.PENDING
    more = ", sent_at = if_not_exists(sent_at, :now)" if was_sent else ""
    return change(
        table,
        key_of(recipient),
        f"SET #state = :state, reason = :reason, state_at = :now, updated_at = :now{more} ADD version :one",
        "attempt = :attempt AND #state = :parked",
        {
            ":state": {"S": state.value},
            ":parked": _S_PARKED,
            ":attempt": {"N": str(recipient.attempt)},
            ":reason": {"S": Reason.RESOLVED.value},
            ":now": {"S": to_text(now)},
        },
    )


# Evidence


def proof(table: Table, key: Key, attempt: int, at: datetime, now: datetime, message_id: str = "") -> bool:
    """Something shows that this attempt was taken by the provider: → SENT, unless that is known."""
    more = ", message_id = :message, gsi2pk = :index, gsi2sk = :sk" if message_id else ""
    values: dict[str, dict[str, str]] = {
        ":sent": _S_SENT,
        ":claimed": _S_CLAIMED,
        ":unknown": _S_UNKNOWN,
        ":parked": _S_PARKED,
        ":pending": _S_PENDING,
        ":attempt": {"N": str(attempt)},
        ":at": {"S": to_text(at)},
        ":now": {"S": to_text(now)},
    }
    if message_id:
        values |= {
            ":message": {"S": message_id},
            ":index": {"S": message_index(message_id)},
            ":sk": {"S": key.sk.removeprefix(RECIPIENT_PREFIX)},
        }
    return change(
        table,
        key,
        f"SET #state = :sent, sent_at = if_not_exists(sent_at, :at), state_at = :now, updated_at = :now{more} "
        "REMOVE lease_until, holder, reason, not_before ADD version :one",
        f"attempt = :attempt AND #state IN ({_PROVABLE_STATES})",
        values,
    )


def rejected(table: Table, key: Key, attempt: int, now: datetime, reason: str) -> bool:
    """The provider took this attempt and then refused to send it: → FAILED."""
    return change(
        table,
        key,
        "SET #state = :failed, reason = :reason, state_at = :now, updated_at = :now "
        "REMOVE lease_until, holder, not_before ADD version :one",
        f"attempt = :attempt AND #state IN ({_PROVABLE_STATES}, :sent)",
        {
            ":failed": {"S": State.FAILED.value},
            ":sent": _S_SENT,
            ":claimed": _S_CLAIMED,
            ":unknown": _S_UNKNOWN,
            ":parked": _S_PARKED,
            ":pending": _S_PENDING,
            ":attempt": {"N": str(attempt)},
            ":reason": {"S": reason[:100]},
            ":now": {"S": to_text(now)},
        },
    )


EVENT_TIMES = (
    "delivered_at",
    "delayed_at",
    "bounced_at",
    "complained_at",
    "opened_at",
    "machine_opened_at",
    "clicked_at",
    "machine_clicked_at",
    "unsubscribed_at",
)


def happened(table: Table, key: Key, what: str, at: datetime, now: datetime, **more: str) -> bool:
    """The first time of one of `EVENT_TIMES`: the earliest that was reported wins, whatever the order; False when it is no news."""
    if what not in EVENT_TIMES:
        raise ValueError(f"{what} is no event of a recipient")
    sets = "".join(f", {name} = :{name}" for name in more)
    return change(
        table,
        key,
        f"SET {what} = :at, updated_at = :now{sets} ADD version :one",
        f"attribute_exists(pk) AND (attribute_not_exists({what}) OR {what} > :at)",
        {
            ":at": {"S": to_text(at)},
            ":now": {"S": to_text(now)},
            **{f":{name}": {"S": text} for name, text in more.items()},
        },
        names=False,
    )


def collected(table: Table, key: Key, attribute: str, element: str, now: datetime) -> bool:
    """Add an element (a soft bounce's id, a clicked link's number) to a set of the row; False when it is in already."""
    return change(
        table,
        key,
        f"SET updated_at = :now ADD {attribute} :elements, version :one",
        f"attribute_exists(pk) AND NOT contains({attribute}, :element)",
        {":now": {"S": to_text(now)}, ":elements": {"SS": [element]}, ":element": {"S": element}},
        names=False,
    )


# Reading


def count(table: Table, pk: str) -> int:
    """How many recipients a shard has, certainly."""
    total, start = 0, None
    while True:
        request: dict[str, Any] = {
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": {":pk": {"S": pk}, ":prefix": {"S": RECIPIENT_PREFIX}},
            "ConsistentRead": True,
            "Select": "COUNT",
        }
        if start is not None:
            request["ExclusiveStartKey"] = start
        answer = table.raw("Query", request, write=False)
        total += int(answer["Count"])
        start = answer.get("LastEvaluatedKey")
        if start is None:
            return total


def page(table: Table, pk: str, *, after: str, limit: int) -> list[Recipient]:
    """Rows of a shard in order, as they certainly are now. A short page is the last one."""
    rows: list[Recipient] = []
    start = after or RECIPIENT_PREFIX
    while len(rows) < limit:
        answer = table.raw(
            "Query",
            {
                "KeyConditionExpression": "pk = :pk AND sk BETWEEN :after AND :end",
                "ExpressionAttributeValues": {
                    ":pk": {"S": pk},
                    ":after": {"S": start + "\x00" if after or rows else start},
                    ":end": {"S": RECIPIENT_PREFIX + "~"},
                },
                "ConsistentRead": True,
                "Limit": limit - len(rows),
            },
            write=False,
        )
        rows += [recipient_in(image) for image in answer["Items"]]
        if "LastEvaluatedKey" not in answer:
            break
        start = answer["LastEvaluatedKey"]["sk"]["S"]
    return rows


def read(table: Table, key: Key) -> Recipient | None:
    """One row, as it certainly is now."""
    answer = table.raw("GetItem", {"Key": key.image(), "ConsistentRead": True}, write=False)
    image = answer.get("Item")
    return recipient_in(image) if image and image.get("kind", {}).get("S") == _KIND else None


def read_many(table: Table, keys: Iterable[Key]) -> list[Recipient]:
    """Those rows that exist."""
    return [recipient_of(record) for record in table.get_many(RecipientRecord, keys).values()]


def by_message(table: Table, message_id: str) -> tuple[bool, Key | None]:
    """Whether a provider's message id is known, and where the recipient's row stands when it is a campaign's message."""
    answer = table.raw(
        "Query",
        {
            "IndexName": "gsi2",
            "KeyConditionExpression": "gsi2pk = :message",
            "ExpressionAttributeValues": {":message": {"S": message_index(message_id)}},
            "Limit": 1,
        },
        write=False,
    )
    items = answer["Items"]
    if not items:
        return False, None
    image = items[0]
    return True, Key(image["pk"]["S"], image["sk"]["S"]) if image["kind"]["S"] == _KIND else None


def recipient_of(record: RecipientRecord) -> Recipient:
    """The recipient in a record."""
    return recipient_in(record.image())


def recipient_in(image: Image) -> Recipient:
    """The recipient in an item as DynamoDB gives it."""
    values: dict[str, Any] = {"shard": int(image["pk"]["S"][-3:])}
    for name, typed in image.items():
        read = _READERS.get(name)
        if read is not None:
            values[name] = read(typed)
    return Recipient(email=values.pop("email", ""), **values)


_STATES = {state.value: state for state in State}
_READ: dict[Any, Callable[[Mapping[str, Any]], Any]] = {
    str: itemgetter("S"),
    int: lambda typed: int(typed["N"]),
    int | None: lambda typed: int(typed["N"]),
    datetime | None: lambda typed: from_text(typed["S"]),
}
_READERS = {each.name: _READ[each.type] for each in fields(Recipient) if each.type in _READ} | {
    "state": lambda typed: _STATES[typed["S"]],
    "links": lambda typed: frozenset(typed["SS"]),
    "soft_bounces": lambda typed: len(typed["SS"]),
}
"""How a recipient's attributes are read out of an item; the others are not the recipient's."""
_S_PENDING = {"S": State.PENDING.value}
_S_CLAIMED = {"S": State.CLAIMED.value}
_S_SENT = {"S": State.SENT.value}
_S_UNKNOWN = {"S": State.UNKNOWN.value}
_S_PARKED = {"S": State.PARKED.value}
_ONE = {"N": "1"}


def _request(
    key: Key, update: str, condition: str, values: dict[str, dict[str, Any]], *, names: bool = True
) -> dict[str, Any]:
    values[":one"] = _ONE
    request: dict[str, Any] = {
        "Key": {"pk": {"S": key.pk}, "sk": {"S": key.sk}},
        "UpdateExpression": update,
        "ConditionExpression": condition,
        "ExpressionAttributeValues": values,
    }
    if names:
        request["ExpressionAttributeNames"] = _NAMES
    return request


def change(
    table: Table, key: Key, update: str, condition: str, values: dict[str, dict[str, Any]], *, names: bool = True
) -> bool:
    """One write on a recipient's row; False when its condition does not hold. ``update`` adds ``:one`` to the version; ``names`` says
    that it speaks of ``#state``.
    """
    try:
        table.raw("UpdateItem", _request(key, update, condition, values, names=names), write=True)
    except AwsError as error:
        if error.code != "ConditionalCheckFailedException":
            raise
        return False
    return True
