"""Many arrows in one request: the marks of what has just been sent, and the claims of what comes next.

Signing and sending a request costs as much as everything else that is done for a recipient, so a sender writes for some of them at
once, in a `BatchExecuteStatement
<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html>`_ of conditional updates. It is no
transaction: each statement has its own condition and its own outcome, and costs what the single write would. What did not plainly
succeed (somebody was faster; or it was ourselves, and the answer to our first try got lost) is written again by itself, by the
arrow of `ledger`, which can tell one from the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.foundation.clock import to_text
from chalicelib.foundation.table import Table, message_index
from chalicelib.marketing.sending import ledger
from chalicelib.marketing.sending.domain import LEASE, Recipient, State

LIMIT = 25
"""Statements in a request, by DynamoDB's own limit."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A row to be claimed, and the consent that its message rests on."""

    row: Recipient
    consent_id: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A message that the provider took: its row, the attempt, the moment and the provider's id."""

    row: Recipient
    attempt: int
    at: datetime
    message_id: str


def write(
    table: Table, *, marks: Sequence[Mark], claims: Sequence[Claim], now: datetime, holder: str
) -> frozenset[str]:
    """Mark as sent, and claim for this delivery (`ledger.sent`, `ledger.claim`); at most `LIMIT` together, each row once. Returns
    the contacts whose rows are this delivery's now.
    """
    statements = [_marked(table, mark) for mark in marks] + [_claimed(table, each, now, holder) for each in claims]
    done = table.execute(statements) if statements else []
    for mark, is_done in zip(marks, done[: len(marks)], strict=True):
        if not is_done:
            ledger.sent(table, mark.row, mark.attempt, mark.at, mark.message_id)
    taken = zip(claims, done[len(marks) : len(statements)], strict=True)
    return frozenset(
        claim.row.contact_id
        for claim, is_done in taken
        if is_done or ledger.claim(table, claim.row, now, claim.consent_id, holder)
    )


def _claimed(table: Table, claim: Claim, now: datetime, holder: str) -> dict[str, Any]:
    row, at = claim.row, {"S": to_text(now)}
    key = ledger.key_of(row)
    return {
        "Statement": f'UPDATE "{table.name}" {_CLAIM}',
        "Parameters": [
            _CLAIMED,
            {"N": str(row.attempt + 1)},
            {"S": to_text(now + LEASE)},
            {"S": claim.consent_id},
            {"S": holder},
            at,
            at,
            {"S": key.pk},
            {"S": key.sk},
            _PENDING,
            {"N": str(row.attempt)},
        ],
    }


def _marked(table: Table, mark: Mark) -> dict[str, Any]:
    row, at = mark.row, {"S": to_text(mark.at)}
    key = ledger.key_of(row)
    return {
        "Statement": f'UPDATE "{table.name}" {_MARK}',
        "Parameters": [
            _SENT,
            {"S": mark.message_id},
            {"S": message_index(mark.message_id)},
            {"S": row.contact_id},
            at,
            at,
            at,
            {"S": key.pk},
            {"S": key.sk},
            _CLAIMED,
            {"N": str(mark.attempt)},
        ],
    }


_PENDING, _CLAIMED, _SENT = ({"S": state.value} for state in (State.PENDING, State.CLAIMED, State.SENT))
_CLAIM = (
    'SET "state"=? SET attempt=? SET lease_until=? SET consent_id=? SET holder=? SET state_at=? SET updated_at=? '
    "SET version=version+1 REMOVE not_before REMOVE reason "
    'WHERE pk=? AND sk=? AND "state"=? AND attempt=?'
)
_MARK = (
    'SET "state"=? SET message_id=? SET gsi2pk=? SET gsi2sk=? SET sent_at=? SET state_at=? SET updated_at=? '
    "SET version=version+1 REMOVE lease_until REMOVE holder "
    'WHERE pk=? AND sk=? AND "state"=? AND attempt=? AND sent_at IS MISSING'
)
