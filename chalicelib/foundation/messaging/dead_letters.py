"""Changes that the projector choked on: whole images of items, kept for a redrive, and so a place where a person may be left."""

from collections.abc import Callable
from typing import Any, Protocol

from chalicelib.foundation.aws import Aws

_AT_ONCE = 10
_EMPTY = 3  # receives in a row that bring nothing: SQS asks only some of its servers each time
_MOST = 5000
_HELD = 120  # seconds that a message is ours while we look at the others


class DeadLetters(Protocol):
    """The projector's dead-letter queue."""

    def remove(self, holds: Callable[[str], bool]) -> int:
        """Delete the messages whose body this holds of, leave the others where they are; how many were deleted."""
        ...


class SqsDeadLetters:
    """The queue at this address; an empty address is no queue."""

    def __init__(self, aws: Aws, url: str):
        self._aws = aws
        self._url = url

    def remove(self, holds: Callable[[str], bool]) -> int:
        """Receive them all, delete those, and make the others visible again."""
        if not self._url:
            return 0
        others: list[str] = []
        removed = seen = empty = 0
        try:
            while empty < _EMPTY and seen < _MOST:
                messages = self._receive()
                empty = 0 if messages else empty + 1
                seen += len(messages)
                for message in messages:
                    if holds(message["Body"]):
                        self._call("DeleteMessage", ReceiptHandle=message["ReceiptHandle"])
                        removed += 1
                    else:
                        others.append(message["ReceiptHandle"])
        finally:
            for receipt in others:
                self._call("ChangeMessageVisibility", ReceiptHandle=receipt, VisibilityTimeout=0)
        return removed

    def _receive(self) -> list[dict[str, Any]]:
        answer = self._call("ReceiveMessage", MaxNumberOfMessages=_AT_ONCE, VisibilityTimeout=_HELD)
        return answer.get("Messages") or []

    def _call(self, operation: str, **values: Any) -> dict[str, Any]:
        return self._aws.call("sqs", f"AmazonSQS.{operation}", {"QueueUrl": self._url, **values})


class FakeDeadLetters:
    """A list, for tests."""

    def __init__(self) -> None:
        self.bodies: list[str] = []

    def remove(self, holds: Callable[[str], bool]) -> int:
        """Delete those of the list."""
        kept = [body for body in self.bodies if not holds(body)]
        removed = len(self.bodies) - len(kept)
        self.bodies = kept
        return removed
