"""From one recipient to the next in one request: the mark of the message that has just left, and the claim of the one that leaves next.

Signing and sending a request costs a tenth of all that is done for a recipient, so both are written at once, in a
`BatchExecuteStatement
<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html>`_ of conditional updates. It is no
transaction: each statement has its own condition and its own outcome, and costs what the single write would. What did not plainly
succeed (somebody was faster; or it was ourselves, and the answer to our first try got lost) is written again by itself, by the
arrow of `ledger`, which can tell one from the other.

More could be claimed in a request, for less CPU; but whoever is claimed is in doubt when the function dies, and one is enough.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.foundation.clock import to_text
from chalicelib.foundation.table import Table, message_index
from chalicelib.marketing.sending import ledger
from chalicelib.marketing.sending.domain import LEASE, Recipient, State


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


def turn(table: Table, *, mark: Mark | None, claim: Claim | None, now: datetime, holder: str) -> bool:
    """Mark one as sent (`ledger.sent`) and claim another for this delivery (`ledger.claim`), or one of both; whether the claimed row is
    this delivery's now.
    """
    statements = []
    if mark is not None:
        statements.append(_marked(table, mark))
    if claim is not None:
        statements.append(_claimed(table, claim, now, holder))
    done = table.execute(statements) if statements else []
    if mark is not None and not done[0]:
        ledger.sent(table, mark.row, mark.attempt, mark.at, mark.message_id)
    return claim is not None and (done[-1] or ledger.claim(table, claim.row, now, claim.consent_id, holder))


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
