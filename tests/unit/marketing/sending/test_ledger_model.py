"""The ledger, exhaustively: one recipient, two deliveries of the same order at once, each of which may die before any of its
steps, in every order of their steps, with every answer of the provider, and evidence that comes early, late or never.

The deliveries take the steps of ``sender._one`` with the ledger's own functions; the whole sender is killed at each of its steps
in ``test_sender_killed.py``. What must hold in each of these worlds:

- no duplicate: the provider took the message at most once;
- no silent loss: the row says "sent" only if the provider took it, and it ends where it can be seen.
"""

import itertools
from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.foundation.aws import AwsError
from chalicelib.foundation.table import Table
from chalicelib.marketing.sending import ledger
from chalicelib.marketing.sending.domain import EVIDENCE_WAIT, LEASE, Recipient, State
from tests.helpers import NOON
from tests.memory_dynamodb import MemoryDynamoDB

ANSWERS = ("accepted", "accepted, answer lost", "not accepted, answer lost", "deferred")
STEPS = 4  # read, claim, send, mark
ROW = Recipient("W", "K", 0, "C", "c@example.com", State.PENDING)


def interleavings(first: int, second: int) -> Iterator[tuple[int, ...]]:
    """Every order of so many steps of the two deliveries."""
    for places in itertools.combinations(range(first + second), first):
        yield tuple(0 if place in places else 1 for place in range(first + second))


class Model:
    def __init__(self) -> None:
        self.dynamodb = MemoryDynamoDB()
        self.table = Table(self.dynamodb, "t")  # type: ignore[arg-type]
        key = ledger.key_of(ROW)
        self.dynamodb.items[key] = ledger.image_of(ROW, NOON)
        self.key = key
        self.accepted: list[int] = []
        self.now = NOON

    def row(self) -> Recipient:
        found = ledger.read(self.table, self.key)
        assert found is not None
        return found

    def delivery(self, name: str, answer: str, *, claim_reply_lost: bool = False) -> Iterator[None]:
        row = self.row()
        yield
        if row.state is not State.PENDING:
            return
        if claim_reply_lost:  # the client repeats it, which the first one's success refuses
            ledger.claim(self.table, row, self.now, "consent", name)
        if not ledger.claim(self.table, row, self.now, "consent", name):
            return
        attempt = row.attempt + 1
        yield
        if answer.startswith("accepted"):
            self.accepted.append(attempt)
        yield
        if answer == "accepted":
            ledger.sent(self.table, row, attempt, self.now, f"message-{attempt}")
        elif answer == "deferred":
            ledger.deferred(self.table, row, attempt, self.now, "later")
        else:
            ledger.unknown(self.table, row, attempt, self.now)
        yield

    def evidence(self) -> None:
        for attempt in self.accepted:
            ledger.proof(self.table, self.key, attempt, self.now, self.now)

    def reap(self) -> None:
        ledger.reap(self.table, self.row(), self.now)

    def whole_delivery(self, answer: str = "accepted") -> None:
        for _ in self.delivery("later", answer):
            pass


def play(order: tuple[int, ...], answers: tuple[str, str], evidence: str, *, claim_reply_lost: bool) -> Model:
    model = Model()
    running = [
        model.delivery("a", answers[0], claim_reply_lost=claim_reply_lost),
        model.delivery("b", answers[1], claim_reply_lost=claim_reply_lost),
    ]
    for who in order:
        next(running[who], None)
        if evidence == "at once":
            model.evidence()
    # Both are dead now, or done. The order comes again, time passes, the reaper walks.
    model.whole_delivery()
    model.now += LEASE + timedelta(seconds=1)
    model.reap()
    if evidence == "after the lease":
        model.evidence()
    model.now += timedelta(minutes=11)
    model.whole_delivery()
    model.now += EVIDENCE_WAIT
    model.reap()
    if evidence == "after an hour":
        model.evidence()
    model.whole_delivery()
    return model


@pytest.mark.parametrize("claim_reply_lost", [False, True])
@pytest.mark.parametrize("evidence", ["at once", "after the lease", "after an hour", "never"])
def test_no_schedule_duplicates_or_loses(evidence: str, claim_reply_lost: bool) -> None:
    schedules = duplicates = losses = unsettled = 0
    for first, second in itertools.product(range(STEPS + 1), repeat=2):
        for order in interleavings(first, second):
            for answers in itertools.product(ANSWERS, repeat=2):
                model = play(order, answers, evidence, claim_reply_lost=claim_reply_lost)
                row = model.row()
                schedules += 1
                duplicates += len(model.accepted) > 1
                losses += row.state is State.SENT and not model.accepted
                losses += bool(model.accepted) and row.state not in (State.SENT, State.PARKED)
                unsettled += row.state not in (State.SENT, State.PARKED)
                unsettled += bool(model.accepted) and evidence != "never" and row.state is not State.SENT
    assert schedules == 251 * 16
    assert (duplicates, losses, unsettled) == (0, 0, 0)


def test_the_model_finds_a_broken_protocol(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lease that is simply run again (what queues with visibility timeouts do) duplicates, and the model sees it."""

    def rerun(table, recipient, now):  # type: ignore[no-untyped-def]
        if recipient.state is State.CLAIMED:
            table.raw(
                "UpdateItem",
                {
                    "Key": ledger.key_of(recipient).image(),
                    "UpdateExpression": "SET #s = :p",
                    "ExpressionAttributeNames": {"#s": "state"},
                    "ExpressionAttributeValues": {":p": {"S": "pending"}},
                },
                write=True,
            )

    monkeypatch.setattr(ledger, "reap", rerun)
    duplicates = 0
    for first, second in itertools.product(range(STEPS + 1), repeat=2):
        for order in interleavings(first, second):
            duplicates += len(play(order, ("accepted", "accepted"), "never", claim_reply_lost=False).accepted) > 1
    assert duplicates > 0


def test_a_late_answer_settles_a_row_that_was_reaped() -> None:
    model = Model()
    delivery = model.delivery("slow", "accepted")
    for _ in range(3):
        next(delivery)
    model.now += LEASE + timedelta(seconds=1)
    model.reap()
    assert model.row().state is State.UNKNOWN
    next(delivery)
    assert model.row().state is State.SENT


def test_a_condition_that_fails_is_not_an_error_of_the_table() -> None:
    model = Model()
    with pytest.raises(AwsError):
        model.table.raw(
            "UpdateItem",
            {
                "Key": model.key.image(),
                "UpdateExpression": "SET attempt = :n",
                "ConditionExpression": "attempt = :n",
                "ExpressionAttributeValues": {":n": {"N": "7"}},
            },
            write=True,
        )
    assert not ledger.unknown(model.table, ROW, 7, NOON)
