"""Putting envelopes on queues."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from chalicelib.foundation.aws import Aws
from chalicelib.foundation.errors import UnavailableError
from chalicelib.foundation.messaging.envelope import Envelope

BATCH = 10  # messages in one call
LIMIT = 900_000  # bytes in one call; SQS takes 1 MiB with the attributes


class Queues(Protocol):
    """Where envelopes are put; tests bring a list."""

    def publish(self, queue: str, envelopes: Sequence[Envelope], *, delay: int = 0) -> None:
        """Put the envelopes on the queue, all of them or `UnavailableError`; ``delay`` in seconds, at most 900."""
        ...


class Publisher:
    """SQS. Messages may arrive twice and in any order; that is for the consumer to bear."""

    def __init__(self, aws: Aws, urls: Mapping[str, str]):
        self._aws = aws
        self._urls = urls

    def publish(self, queue: str, envelopes: Sequence[Envelope], *, delay: int = 0) -> None:
        """Put the envelopes on the queue by its short name (``campaign-send``)."""
        entries: list[dict[str, Any]] = []
        size = 0
        for envelope in envelopes:
            body = envelope.to_json()
            length = len(body.encode())
            if len(entries) == BATCH or (entries and size + length > LIMIT):
                self._send(queue, entries)
                entries, size = [], 0
            entry: dict[str, Any] = {"Id": str(len(entries)), "MessageBody": body}
            if delay:
                entry["DelaySeconds"] = min(delay, 900)
            entries.append(entry)
            size += length
        if entries:
            self._send(queue, entries)

    def _send(self, queue: str, entries: list[dict[str, Any]]) -> None:
        url = self._urls[queue]
        for attempt in range(5):
            answer = self._aws.call("sqs", "AmazonSQS.SendMessageBatch", {"QueueUrl": url, "Entries": entries})
            refused = {failed["Id"] for failed in answer.get("Failed") or []}
            entries = [entry for entry in entries if entry["Id"] in refused]
            if not entries:
                return
            time.sleep(0.05 * 2**attempt)
        raise UnavailableError(f"the queue {queue} did not take {len(entries)} messages")


class FakeQueues:
    """Lists, for tests: ``published`` holds (queue, envelope, delay) in order."""

    def __init__(self) -> None:
        self.published: list[tuple[str, Envelope, int]] = []

    def publish(self, queue: str, envelopes: Sequence[Envelope], *, delay: int = 0) -> None:
        """Keep the envelopes."""
        self.published += [(queue, envelope, delay) for envelope in envelopes]

    def on(self, queue: str) -> list[Envelope]:
        """What was put on one queue."""
        return [envelope for name, envelope, _ in self.published if name == queue]
