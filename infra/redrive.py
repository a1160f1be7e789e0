"""Bring a queue's dead letters back: ``make redrive QUEUE=campaign-send [STAGE=prod PROFILE=company]``.

Receive, send, delete, ten at a time: SQS's own move task does not exist in the local cloud, and this also serves the two
dead-letter queues that have no queue to go back to. What the projector rejected is given to it again, and batches that the
stream itself gave up are read from the stream once more (it keeps them for 24 hours). A minute that was never worked is
worked now. A message is deleted only after it has arrived where it belongs, so a break at any moment loses nothing and
repeats at most ten messages, which every consumer bears.
"""

import argparse
import base64
import functools
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.foundation.settings import QUEUES
from infra.deploy import Clients, outputs
from infra.local import ports, publish

#: Besides those of `settings.QUEUES`, which go back to their queue: dead letters that go back to a function, and the output with its name.
FUNCTIONS = {"projector": "ProjectFunctionName", "tick": "TickFunctionName"}


class RedriveError(Exception):
    """It could not be done; the message says why."""


@dataclass(frozen=True, slots=True)
class Moved:
    """How many messages went back, and how many stay because they could not."""

    back: int
    stayed: int


def redrive(clients: Clients, stage: str, queue: str, progress: Callable[[str], object]) -> Moved:
    """Move the dead letters that ``queue`` has now; those that come in meanwhile wait for the next time.

    Raises:
        RedriveError: there is no such queue.
    """
    if queue not in QUEUES and queue not in FUNCTIONS:
        known = ", ".join((*QUEUES, *FUNCTIONS))
        message = f"There is no queue {queue!r}; there are: {known}."
        raise RedriveError(message)
    sqs = clients("sqs")
    prefix = f"clientela-{stage}-{queue}"
    try:
        source = sqs.get_queue_url(QueueName=f"{prefix}-dlq")["QueueUrl"]
        deliver = _to_function(clients, stage, queue) if queue in FUNCTIONS else _to_queue(sqs, prefix)
    except ClientError as error:
        if error.response["Error"]["Code"].endswith(("NonExistentQueue", "QueueDoesNotExist")):
            message = f"The stack clientela-{stage} has no queue {queue}: is it deployed, and this the right account?"
            raise RedriveError(message) from error
        raise
    attributes = sqs.get_queue_attributes(QueueUrl=source, AttributeNames=["ApproximateNumberOfMessages"])
    waiting = int(attributes["Attributes"]["ApproximateNumberOfMessages"])
    progress(f"{queue}: {waiting} dead letters")
    back, stayed, empty = 0, 0, 0
    while back + stayed < waiting and empty < 3:
        messages = sqs.receive_message(
            QueueUrl=source,
            MaxNumberOfMessages=min(10, waiting - back - stayed),
            WaitTimeSeconds=1,
            VisibilityTimeout=120,
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        empty = 0 if messages else empty + 1
        if not messages:
            continue
        arrived = deliver(messages)
        if arrived:
            entries = [{"Id": str(n), "ReceiptHandle": each["ReceiptHandle"]} for n, each in enumerate(arrived)]
            sqs.delete_message_batch(QueueUrl=source, Entries=entries)
        back += len(arrived)
        stayed += len(messages) - len(arrived)
        progress(f"{queue}: {back} of {waiting} back" + (f", {stayed} stay" if stayed else ""))
    return Moved(back, stayed)


Messages = list[dict[str, Any]]


def _to_queue(sqs: Any, name: str) -> Callable[[Messages], Messages]:
    target = sqs.get_queue_url(QueueName=name)["QueueUrl"]

    def deliver(messages: Messages) -> Messages:
        entries = []
        for number, message in enumerate(messages):
            entry: dict[str, Any] = {"Id": str(number), "MessageBody": message["Body"]}
            if message.get("MessageAttributes"):
                entry["MessageAttributes"] = message["MessageAttributes"]
            entries.append(entry)
        answer = sqs.send_message_batch(QueueUrl=target, Entries=entries)
        return [messages[int(each["Id"])] for each in answer.get("Successful", [])]

    return deliver


def _to_function(clients: Clients, stage: str, queue: str) -> Callable[[Messages], Messages]:
    function = outputs(clients, stage).get(FUNCTIONS[queue])
    if not function:
        message = f"The stack clientela-{stage} is not deployed."
        raise RedriveError(message)

    def deliver(messages: Messages) -> Messages:
        arrived = []
        for message in messages:
            events = _events(clients, queue, json.loads(message["Body"]))
            if all(_invoke(clients("lambda"), function, event) for event in events):
                arrived.append(message)
        return arrived

    return deliver


def _events(clients: Clients, queue: str, body: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """What to give the function for one dead letter."""
    if queue == "tick":
        return [body.get("requestPayload", body)]
    if "DDBStreamBatchInfo" in body:
        return _stream_again(clients("dynamodbstreams"), body["DDBStreamBatchInfo"])
    return [{"Records": [body]}]


def _stream_again(streams: Any, batch: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """The batch that the stream gave up, read again. What is older than the stream's 24 hours raises."""
    iterator = streams.get_shard_iterator(
        StreamArn=batch["streamArn"],
        ShardId=batch["shardId"],
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        SequenceNumber=batch["startSequenceNumber"],
    )["ShardIterator"]
    last = int(batch["endSequenceNumber"])
    while iterator:
        page = streams.get_records(ShardIterator=iterator, Limit=100)
        records = [each for each in page["Records"] if int(each["dynamodb"]["SequenceNumber"]) <= last]
        if records:
            yield {"Records": json.loads(json.dumps(records, default=_plain))}
        if len(records) < len(page["Records"]) or (records and int(records[-1]["dynamodb"]["SequenceNumber"]) >= last):
            return
        if not page["Records"]:
            return
        iterator = page.get("NextShardIterator")


def _plain(value: object) -> object:
    """As Lambda writes a stream record: times in seconds, binaries in base64."""
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(type(value).__name__)


def _invoke(functions: Any, name: str, event: dict[str, Any]) -> bool:
    answer = functions.invoke(FunctionName=name, Payload=json.dumps(event).encode())
    payload = answer["Payload"].read()
    if "FunctionError" in answer:
        return False
    result = json.loads(payload or b"null")
    return not (isinstance(result, dict) and result.get("batchItemFailures"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; the exit status."""
    parser = argparse.ArgumentParser(prog="make redrive", description="Bring a queue's dead letters back.")
    parser.add_argument("queue", nargs="?", help=", ".join((*QUEUES, *FUNCTIONS)))
    parser.add_argument("--stage", help="an installation in AWS; without it: the local stack")
    parser.add_argument("--profile", help="AWS profile")
    parser.add_argument("--region", help="AWS region")
    parser.add_argument("--home", type=Path, default=Path(".local"), help="of the local stack")
    options = parser.parse_args(arguments)
    if not options.queue:
        print(f"Which queue? make redrive QUEUE=… one of: {', '.join((*QUEUES, *FUNCTIONS))}", file=sys.stderr)
        return 2
    try:
        moved = redrive(_clients(options), options.stage or "local", options.queue, print)
    except (RedriveError, ClientError, BotoCoreError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Done: {moved.back} back" + (f", {moved.stayed} stay (they failed again)" if moved.stayed else ""))
    return 1 if moved.stayed else 0


def _clients(options: argparse.Namespace) -> Clients:
    config = Config(retries={"total_max_attempts": 2}, read_timeout=120)
    if options.stage:
        session = boto3.Session(profile_name=options.profile, region_name=options.region)
        return functools.cache(lambda service: session.client(service, config=config))
    found = ports.remembered(options.home)
    if found is None:
        message = "There is no local stack: make run, or name an installation with STAGE=… PROFILE=…"
        raise RedriveError(message)
    local = boto3.Session(**publish.CREDENTIALS)
    return functools.cache(lambda service: local.client(service, endpoint_url=found.endpoint, config=config))


if __name__ == "__main__":
    sys.exit(main())
