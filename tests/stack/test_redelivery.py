"""What the table's stream said of a lead's whole way is said twice more, shuffled, to the deployed functions: nothing changes.

The stream's records are given to the deployed projector again; the facts it derives from them go through the real queues to the
real consumers, so every message of the projector's arrives three times and out of order.
"""

import json
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from infra.local.instance import Stack

LATEST = 400  # the tour's own changes and some of the demo's
_VOLATILE = {"idempotency", "counted"}  # by design one row a try, gone by themselves
_MINUTE = {  # as EventBridge says that one has passed
    "version": "0",
    "id": "0",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "000000000000",
    "time": "2026-11-22T12:00:00Z",
    "region": "us-east-1",
    "resources": [],
    "detail": {},
}
_WHILE = 900  # seconds: the longest this test may take


@pytest.mark.usefixtures("tour", "timeless")
def test_a_stream_told_three_times_in_any_order_changes_nothing(
    stack: Stack, aws: Callable[[str], Any], queued: Callable[..., int]
) -> None:
    _quiet(queued)
    lasting = int(time.time()) + _WHILE
    before = _state(stack, aws, lasting)
    _tell_again(stack, aws)
    _quiet(queued)
    after = _state(stack, aws, lasting)
    different = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    assert not different, [(key, before.get(key), after.get(key)) for key in sorted(different)[:5]]


@pytest.fixture
def timeless(aws: Callable[[str], Any]) -> Iterator[None]:
    """Time brings nothing (a score that cools, a campaign that is looked after): what is due by now is seen to, and no minute passes."""
    rules = aws("events").list_rules()["Rules"]
    (minute,) = [rule for rule in rules if rule.get("ScheduleExpression") == "rate(1 minute)"]
    aws("events").disable_rule(Name=minute["Name"])
    try:
        answer = aws("lambda").invoke(FunctionName=_function(aws, "Tick"), Payload=json.dumps(_MINUTE).encode())
        assert "FunctionError" not in answer, answer["Payload"].read()
        yield
    finally:
        aws("events").enable_rule(Name=minute["Name"])


def _tell_again(stack: Stack, aws: Callable[[str], Any]) -> None:
    """The stream's latest records, twice more and shuffled, to the projector."""
    records = _stream(stack, aws)[-LATEST:]
    assert len(records) == LATEST
    chance = random.Random(2026)
    function = _function(aws, "Project")
    for _ in range(2):
        chance.shuffle(records)
        for start in range(0, len(records), 50):
            event = {"Records": records[start : start + 50]}
            answer = aws("lambda").invoke(FunctionName=function, Payload=json.dumps(event).encode())
            assert "FunctionError" not in answer, answer["Payload"].read()


def _function(aws: Callable[[str], Any], name: str) -> str:
    names = [function["FunctionName"] for function in aws("lambda").list_functions()["Functions"]]
    return next(found for found in names if f"-{name}-" in found)


def _quiet(queued: Callable[..., int], *, seconds: float = 120) -> None:
    """Wait until no queue has held anything for four seconds: the projector publishes within one."""
    calm = 0
    started = time.monotonic()
    while time.monotonic() - started < seconds:
        calm = calm + 1 if queued() == 0 else 0
        if calm >= 8:
            return
        time.sleep(0.5)
    raise AssertionError("the stack does not come to rest")


def _state(stack: Stack, aws: Callable[[str], Any], lasting: int) -> dict[tuple[str, str], str]:
    """Every item without what a repeated write of the same content may touch.

    A row whose time is over before ``lasting`` is left out: the table drops it whenever it likes, so also between two readings.
    """
    items: dict[tuple[str, str], str] = {}
    for item in _items(stack, aws):
        gone = "expires_at" in item and int(item["expires_at"]["N"]) < lasting
        if gone or item["kind"]["S"] in _VOLATILE:
            continue
        kept = {name: value for name, value in item.items() if name not in ("updated_at", "last_used_at")}
        items[item["pk"]["S"], item["sk"]["S"]] = json.dumps(kept, sort_keys=True, default=str)
    return items


def _items(stack: Stack, aws: Callable[[str], Any]) -> Iterator[dict[str, Any]]:
    for page in aws("dynamodb").get_paginator("scan").paginate(TableName=stack.outputs["TableName"]):
        yield from page["Items"]


def _stream(stack: Stack, aws: Callable[[str], Any]) -> list[dict[str, Any]]:
    """All that the stream still holds, as Lambda would hand it over."""
    client, arn = aws("dynamodbstreams"), stack.outputs["TableStreamArn"]
    found: list[dict[str, Any]] = []
    for shard in client.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        iterator = client.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")[
            "ShardIterator"
        ]
        while iterator:
            answer = client.get_records(ShardIterator=iterator, Limit=1000)
            if not answer["Records"]:
                break
            for record in answer["Records"]:
                data = record["dynamodb"]
                images = {name: data[name] for name in ("Keys", "NewImage", "OldImage") if name in data}
                found.append(
                    {
                        "eventID": record["eventID"],
                        "eventName": record["eventName"],
                        "eventSource": "aws:dynamodb",
                        "eventSourceARN": arn,
                        "awsRegion": "us-east-1",
                        "dynamodb": {
                            **images,
                            "SequenceNumber": data["SequenceNumber"],
                            "StreamViewType": "NEW_AND_OLD_IMAGES",
                        },
                    }
                )
            iterator = answer.get("NextShardIterator")
    return found
