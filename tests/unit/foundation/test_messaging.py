"""Envelopes, batches onto a queue, batches off a queue."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.foundation.errors import InvalidError, UnavailableError
from chalicelib.foundation.messaging import Envelope, Publisher
from chalicelib.foundation.messaging import publisher as publishing
from chalicelib.foundation.messaging.batch import consume, enveloped
from tests.helpers import NOON

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
data = st.dictionaries(text, st.none() | st.booleans() | st.integers(-(2**50), 2**50) | text, max_size=5)


@given(text, text, text, data, st.integers(1, 9))
def test_envelopes_round_trip(id: str, type: str, cause: str, content: dict[str, Any], version: int) -> None:  # noqa: A002
    envelope = Envelope(id, type, "w1", datetime(2026, 1, 2, tzinfo=UTC), content, version, cause)
    assert Envelope.from_json(envelope.to_json()) == envelope


@pytest.mark.parametrize("body", ["", "[]", "{}", "null", '"x"', '{"id":1}', '{"id":"1","type":"t","version":"x"}'])
def test_what_is_no_envelope(body: str) -> None:
    with pytest.raises(InvalidError):
        Envelope.from_json(body)


class Sqs:
    """Takes batches; refuses what it is told to, once."""

    def __init__(self, refuse: set[str] = frozenset(), stubborn: bool = False):  # type: ignore[assignment]
        self.batches: list[list[dict[str, Any]]] = []
        self.taken: list[str] = []
        self.refuse = set(refuse)
        self.stubborn = stubborn

    def call(self, service: str, target: str, request: dict[str, Any], **_: Any) -> dict[str, Any]:
        assert (service, target) == ("sqs", "AmazonSQS.SendMessageBatch")
        entries = request["Entries"]
        self.batches.append(entries)
        failed = []
        for entry in entries:
            envelope_id = json.loads(entry["MessageBody"])["id"]
            if envelope_id in self.refuse:
                failed.append({"Id": entry["Id"], "Code": "InternalError", "SenderFault": False})
                if not self.stubborn:
                    self.refuse.discard(envelope_id)
            else:
                self.taken.append(envelope_id)
        return {"Failed": failed} if failed else {}


def envelopes(count: int, size: int = 10) -> list[Envelope]:
    return [Envelope(str(number), "t", "w1", NOON, {"x": "ñ" * (size // 2)}) for number in range(count)]


def publisher(sqs: Sqs) -> Publisher:
    return Publisher(sqs, {"scoring": "https://queues.example/scoring"})  # type: ignore[arg-type]


def test_ten_in_a_call_in_order() -> None:
    sqs = Sqs()
    publisher(sqs).publish("scoring", envelopes(25), delay=1000)
    assert [len(batch) for batch in sqs.batches] == [10, 10, 5]
    assert sqs.taken == [str(number) for number in range(25)]
    assert {entry["DelaySeconds"] for batch in sqs.batches for entry in batch} == {900}
    assert all(len({entry["Id"] for entry in batch}) == len(batch) for batch in sqs.batches)


def test_big_ones_are_spread_over_calls() -> None:
    sqs = Sqs()
    publisher(sqs).publish("scoring", envelopes(5, 400_000))
    for batch in sqs.batches:
        assert sum(len(entry["MessageBody"].encode()) for entry in batch) <= publishing.LIMIT
    assert len(sqs.taken) == 5


def test_nothing_to_publish_is_no_call() -> None:
    sqs = Sqs()
    publisher(sqs).publish("scoring", [])
    assert sqs.batches == []


def test_what_was_refused_is_sent_again_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing.time, "sleep", lambda _: None)
    sqs = Sqs({"2", "7"})
    publisher(sqs).publish("scoring", envelopes(10))
    assert [len(batch) for batch in sqs.batches] == [10, 2]
    assert sorted(sqs.taken, key=int) == [str(number) for number in range(10)]


def test_what_is_never_taken_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing.time, "sleep", lambda _: None)
    with pytest.raises(UnavailableError, match="1 messages"):
        publisher(Sqs({"3"}, stubborn=True)).publish("scoring", envelopes(5))


def sqs_event(*bodies: str) -> dict[str, Any]:
    return {
        "Records": [
            {
                "messageId": f"m{number}",
                "receiptHandle": "r",
                "body": body,
                "attributes": {"ApproximateReceiveCount": "1"},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:eu-west-1:0:scoring",
                "awsRegion": "eu-west-1",
            }
            for number, body in enumerate(bodies)
        ]
    }


def test_one_poison_message_in_a_hundred_fails_alone() -> None:
    seen: list[str] = []

    def handle(envelope: Envelope) -> None:
        if envelope.id == "41":
            raise RuntimeError("poison")
        seen.append(envelope.id)

    event = sqs_event(*(envelope.to_json() for envelope in envelopes(100)))
    answer = consume(event, None, queue="scoring", handle=enveloped(handle))
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m41"}]}
    assert len(seen) == 99


def test_a_whole_bad_batch_is_reported_not_raised() -> None:
    answer = consume(sqs_event("{", "x"), None, queue="scoring", handle=enveloped(lambda envelope: None))
    assert [failed["itemIdentifier"] for failed in answer["batchItemFailures"]] == ["m0", "m1"]
