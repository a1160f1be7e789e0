"""The sender, exhaustively: one recipient and two deliveries of the same order at once, in every order of their steps, each of which
may die between any two, with every answer of the provider, with lost answers of the table, and with evidence and further walks at
any time.

The deliveries run the real `sender.walk` over a table in memory. A step is one operation on the recipient's row or one call of the
provider. What a delivery does next follows from the answers it has had, so a delivery in the middle of its work is kept as those
answers, and its next step is made by running it again from the start with them (`Delivery`). Worlds that look the same (row, what
the provider took, both deliveries' answers, time) are one, and the schedules that lead to each are counted; from every world both
deliveries may have died, so in each of them the future is played to its end without them.

In every world: the provider took the message at most once. In every future: it still has, the row comes to an end that a person can
see, and says "sent" only if the provider took it, and always if somebody has told of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.foundation.aws import AwsError
from chalicelib.foundation.clock import FixedClock, to_text
from chalicelib.foundation.mail import MailDeferredError, MailRefusedError, MailUnknownError
from chalicelib.foundation.mail_rate import MailRate
from chalicelib.foundation.table import Table
from chalicelib.marketing.campaigns.domain import Campaign, CampaignState
from chalicelib.marketing.sending import handover, ledger, sender, store, turns
from chalicelib.marketing.sending.domain import ENDED, EVIDENCE_WAIT, LEASE, Recipient, State
from chalicelib.marketing.sending.work import Sender
from tests.helpers import NOON
from tests.memory_dynamodb import MemoryDynamoDB

ROW = Recipient("W", "K", 0, "C", "c@example.com", State.PENDING)
KEY = ledger.key_of(ROW)
CAMPAIGN = Campaign("W", "K", "n", "s", NOON, NOON, state=CampaignState.SENDING)
LOST = "the table's answer lost"
ANSWERS = ("accepted", "accepted, answer lost", "not accepted, answer lost", "busy", "refused")
TIMES = (NOON, NOON + LEASE + timedelta(seconds=1), NOON + LEASE + EVIDENCE_WAIT + timedelta(minutes=20))
"""Now; when a lease is over; when an hour without evidence is over as well."""


class PausedError(BaseException):
    """The delivery has come to its next step: nothing of ours may catch it."""


@dataclass(frozen=True)
class Delivery:
    """A delivery of the order: what its steps were answered so far, and whether one of the table's answers was lost on the way."""

    name: str
    answers: tuple[tuple[str, str], ...] = ()
    lost: bool = False
    over: bool = False


@dataclass(frozen=True)
class World:
    row: tuple[Any, ...]
    taken: tuple[int, ...] = ()
    """The attempts that the provider took, in its order."""
    told: bool = False
    time: int = 0
    deliveries: tuple[Delivery, ...] = (Delivery("a"), Delivery("b"))


def frozen(item: dict[str, Any]) -> tuple[Any, ...]:
    """An item without its clock: the moments a row was written at are as good as the states it tells."""
    return tuple(
        sorted((name, *value.items()) for name, value in item.items() if name not in ("version", "updated_at"))
    )


def thawed(row: tuple[Any, ...]) -> dict[str, Any]:
    return {name: dict([value]) for name, value in row} | {"version": {"N": "1"}}


class Stage:
    """Runs deliveries from a world; ``answer`` says what becomes of the one new step that a delivery may make."""

    def __init__(self, world: World):
        self.dynamodb = MemoryDynamoDB()
        self.dynamodb.items[KEY] = thawed(world.row)
        self.taken = list(world.taken)
        self.now = TIMES[world.time]
        self.old: list[tuple[str, str]] = []
        self.new: list[tuple[str, str]] = []
        self.may = 0
        self.fate = "accepted"
        self.wanted = ""

    # Stands in for `Aws`

    def call(self, service: str, target: str, request: dict[str, Any], *, version: str = "1.0") -> dict[str, Any]:
        def operate() -> tuple[str, str]:
            try:
                return "answer", json.dumps(self.dynamodb.call(service, target, request))
            except AwsError as error:
                return "error", json.dumps([error.code, error.body])

        if self.fate == LOST and len(self.old) == self._at and self.may:
            operate()
            raise PausedError  # the client asks again: the same step, in a world that has changed
        kind, text = self._step("table", operate)
        if kind == "error":
            code, body = json.loads(text)
            raise AwsError(400, code, "", body)
        found: dict[str, Any] = json.loads(text)
        return found

    # Stands in for the mailer

    def send(self, *, source: str, recipient: str, mime: bytes, tags: dict[str, str]) -> str:
        def accept() -> tuple[str, str]:
            if self.fate.startswith("accepted"):
                self.taken.append(int(tags["attempt"]))
            return self.fate, ""

        fate, _ = self._step("provider", accept)
        if fate == "busy":
            raise MailDeferredError("Throttling")
        if fate == "refused":
            raise MailRefusedError("MessageRejected", "no")
        if fate != "accepted":
            raise MailUnknownError("no answer")
        return f"message-{tags['attempt']}"

    def _step(self, whom: str, make: Callable[[], tuple[str, str]]) -> tuple[str, str]:
        if self._at < len(self.old):
            made = self.old[self._at]
        elif self.may:
            self.may -= 1
            made = make()
            self.new.append(made)
        else:
            self.wanted = whom
            raise PausedError
        self._at += 1
        return made

    def run(self, delivery: Delivery, *, may: int, fate: str = "accepted") -> bool:
        """Run this delivery again from the start and so many steps further; whether it has come to its end."""
        self.old, self.new, self.may, self.fate, self._at, self.wanted = list(delivery.answers), [], may, fate, 0, ""
        clock = FixedClock(self.now)
        work = Sender(
            table=Table(self, "t"),  # type: ignore[arg-type]
            clock=clock,
            queues=SimpleNamespace(publish=lambda *args, **more: None),  # type: ignore[arg-type]
            signer=None,  # type: ignore[arg-type]
            mailer=self,  # type: ignore[arg-type]
            letter=lambda campaign: SimpleNamespace(source="x@y.example", mime=lambda **values: b""),  # type: ignore[arg-type,return-value]
            holder=delivery.name,
            rate=MailRate(lambda: 1e9, 1),
            looked_at=self.now,
        )
        try:
            sender.walk(work, workspace_id="W", campaign_id="K", shard=0, after="", ended=0, retry_at="")
        except PausedError:
            return False
        return True

    def after(self, world: World, **changes: Any) -> World:
        return replace(world, row=frozen(self.dynamodb.items[KEY]), taken=tuple(self.taken), **changes)


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has nothing to do with one recipient's row: the campaign, its shard, who the person is."""
    checks = SimpleNamespace(
        contacts={"C": SimpleNamespace(consents={handover.PURPOSE: SimpleNamespace(ledger_id="consent")})},
        refusal=lambda row: "",
        cap_refusal=lambda table, clock, row: "",
    )
    monkeypatch.setattr(handover.Checks, "read", lambda *args: checks)
    monkeypatch.setattr(sender, "_campaign", lambda *args: CAMPAIGN)
    monkeypatch.setattr(sender.campaigns, "judge", lambda **args: None)
    monkeypatch.setattr(store, "worked", lambda *args: None)
    monkeypatch.setattr(store, "read_shard", lambda *args: None)


def following(world: World) -> Iterator[World]:
    """Every world that one step leads to."""
    for number, delivery in enumerate(world.deliveries):
        if delivery.over:
            continue
        stage = Stage(world)
        assert not stage.run(delivery, may=0)
        fates = ANSWERS if stage.wanted == "provider" else ("accepted",) if delivery.lost else ("accepted", LOST)
        for fate in fates:
            stage = Stage(world)
            over = stage.run(delivery, may=1, fate=fate)
            lost = delivery.lost or fate == LOST
            moved = replace(delivery, answers=(*delivery.answers, *stage.new), lost=lost, over=over)
            others = list(world.deliveries)
            others[number] = moved
            yield stage.after(world, deliveries=tuple(others))
    if world.taken and not world.told:
        stage = Stage(world)
        tell(stage)
        yield stage.after(world, told=True)
    if world.time + 1 < len(TIMES):  # time passes and a walk is made, whatever the two are in the middle of
        stage = Stage(replace(world, time=world.time + 1))
        stage.run(Delivery(f"late {world.time}"), may=99)
        yield stage.after(world, time=world.time + 1)


def tell(stage: Stage) -> None:
    """The provider's events tell of everything it took."""
    for attempt in stage.taken:
        ledger.proof(Table(stage.dynamodb, "t"), KEY, attempt, stage.now, stage.now)  # type: ignore[arg-type]


def future(world: World, *, told: bool) -> tuple[State, int]:
    """Both have died, or are done: the order comes again, time passes, walks are made. How the row ends, and how often it was taken."""
    stage = Stage(world)
    for later in (0, 0.1, 3, 6, 9):
        stage.now = TIMES[world.time] + timedelta(hours=later)
        stage.run(Delivery(f"future {later}"), may=99)
    if told:
        tell(stage)
    row = ledger.read(Table(stage.dynamodb, "t"), KEY)  # type: ignore[arg-type]
    assert row is not None
    return row.state, len(stage.taken)


@dataclass
class Verdict:
    worlds: int = 0
    schedules: int = 0
    duplicates: int = 0
    losses: int = 0
    """Says "sent" and nobody took it; or somebody did, and it says that it was not."""
    stuck: int = 0
    """Never comes to a visible end; or stays in doubt although somebody has told of it."""


def explore(*, all_of_them: bool = True) -> Verdict:
    """Every world from the first one on; or until the first one with something wrong."""
    verdict = Verdict()
    ends: dict[tuple[Any, ...], tuple[bool, bool, bool]] = {}
    layer = {World(frozen(ledger.image_of(ROW, NOON))): 1}
    while layer:
        following_layer: dict[World, int] = {}
        for world, count in layer.items():
            verdict.worlds += 1
            verdict.schedules += count
            at = (world.row, world.taken, world.told, world.time)
            if at not in ends:
                ends[at] = judged(world)
            duplicate, loss, stuck = ends[at]
            verdict.duplicates += duplicate * count
            verdict.losses += loss * count
            verdict.stuck += stuck * count
            if (duplicate or loss) and not all_of_them:
                return verdict
            for after in following(world):
                following_layer[after] = following_layer.get(after, 0) + count
        layer = following_layer
    return verdict


def judged(world: World) -> tuple[bool, bool, bool]:
    """Whether a future of this world has a duplicate, a loss, a row that does not come to its end."""
    duplicate = loss = stuck = False
    for told in (False, True):
        state, taken = future(world, told=told)
        duplicate |= taken > 1
        loss |= (state is State.SENT) > (taken > 0) or (taken > 0 and state not in (State.SENT, State.PARKED))
        stuck |= state not in ENDED or (told and taken > 0 and state is not State.SENT)
    return duplicate, loss, stuck


def test_no_schedule_duplicates_or_loses() -> None:
    verdict = explore()
    assert (verdict.duplicates, verdict.losses, verdict.stuck) == (0, 0, 0)
    assert verdict.worlds > 10_000
    assert verdict.schedules > 1_000_000


def becomes(table: Table, state: str, attempt: int) -> None:
    """What careless protocols do: write, whatever is there."""
    request = {
        "Key": KEY.image(),
        "UpdateExpression": "SET #s = :s, attempt = :a, lease_until = :l",
        "ExpressionAttributeNames": {"#s": "state"},
        "ExpressionAttributeValues": {
            ":s": {"S": state},
            ":a": {"N": str(attempt)},
            ":l": {"S": to_text(TIMES[0] + LEASE)},
        },
    }
    table.raw("UpdateItem", request, write=True)


def send_then_mark(table: Table, *, mark: Any, claim: Any, now: datetime, holder: str) -> bool:
    if mark is not None:
        becomes(table, "sent", mark.attempt)
    return claim is not None


def mark_then_send(table: Table, *, mark: Any, claim: Any, now: datetime, holder: str) -> bool:
    if claim is not None:
        becomes(table, "sent", claim.row.attempt + 1)
    return claim is not None


def lease_and_rerun(table: Table, recipient: Recipient, now: datetime) -> State | None:
    """What queues with visibility timeouts do."""
    if recipient.state is State.CLAIMED and recipient.lease_until is not None and recipient.lease_until <= now:
        becomes(table, "pending", recipient.attempt)
        return State.PENDING
    return None


@pytest.mark.parametrize(
    ("where", "name", "careless", "wrong"),
    [
        (turns, "turn", send_then_mark, "duplicates"),
        (turns, "turn", mark_then_send, "losses"),
        (ledger, "reap", lease_and_rerun, "duplicates"),
    ],
)
def test_a_careless_protocol_is_found_out(
    monkeypatch: pytest.MonkeyPatch, where: Any, name: str, careless: Any, wrong: str
) -> None:
    monkeypatch.setattr(where, name, careless)
    assert getattr(explore(all_of_them=False), wrong) > 0


def test_a_late_answer_settles_a_row_that_was_reaped() -> None:
    stage = Stage(World(frozen(ledger.image_of(ROW, NOON))))
    slow = Delivery("slow")
    assert not stage.run(slow, may=3)  # read, claimed, handed over
    slow = replace(slow, answers=tuple(stage.new))
    stage.now = TIMES[1]
    stage.run(Delivery("reaper"), may=99)
    table = Table(stage.dynamodb, "t")  # type: ignore[arg-type]
    reaped = ledger.read(table, KEY)
    assert reaped is not None
    assert reaped.state is State.UNKNOWN
    assert stage.run(slow, may=99)
    settled = ledger.read(table, KEY)
    assert settled is not None
    assert settled.state is State.SENT


@pytest.mark.parametrize("first_try", ["lost", "theirs", "none"])
def test_what_a_request_did_not_plainly_do_is_done_by_itself(first_try: str) -> None:
    """DynamoDB was too busy for a claim, or had made it already when its first answer got lost, or somebody else had."""
    dynamodb = MemoryDynamoDB()
    table = Table(dynamodb, "t")  # type: ignore[arg-type]
    sent, claimed = replace(ROW, contact_id="C0"), replace(ROW, contact_id="C1")
    for row in (sent, claimed):
        dynamodb.items[ledger.key_of(row)] = ledger.image_of(row, NOON)
    assert turns.turn(table, mark=None, claim=turns.Claim(sent, "consent"), now=NOON, holder="us")
    ledger.unknown(table, sent, 1, NOON)  # a reaper was faster than the mark
    if first_try == "none":
        busy = {"Responses": [{"Error": {"Code": "ThrottlingError"}}] * 2}
        dynamodb._BatchExecuteStatement = lambda request: busy  # type: ignore[method-assign]
    else:
        assert ledger.claim(table, claimed, NOON, "consent", {"lost": "us", "theirs": "them"}[first_try])
    mark = turns.Mark(sent, 1, NOON, "m0")
    ours = turns.turn(table, mark=mark, claim=turns.Claim(claimed, "consent"), now=NOON, holder="us")
    assert ours is (first_try != "theirs")
    rows = [ledger.read(table, ledger.key_of(row)) for row in (sent, claimed)]
    assert [(row.state.value, row.attempt) for row in rows if row] == [("sent", 1), ("claimed", 1)]


def test_a_condition_that_fails_is_not_an_error_of_the_table() -> None:
    dynamodb = MemoryDynamoDB()
    dynamodb.items[KEY] = ledger.image_of(ROW, NOON)
    table = Table(dynamodb, "t")  # type: ignore[arg-type]
    with pytest.raises(AwsError):
        table.raw(
            "UpdateItem",
            {
                "Key": KEY.image(),
                "UpdateExpression": "SET attempt = :n",
                "ConditionExpression": "attempt = :n",
                "ExpressionAttributeValues": {":n": {"N": "7"}},
            },
            write=True,
        )
    assert not ledger.unknown(table, ROW, 7, NOON)
