"""Queues: what is put on them (`Envelope`), how (`Publisher`) and how a batch is taken off (`consume`)."""

from chalicelib.foundation.messaging.envelope import Envelope
from chalicelib.foundation.messaging.publisher import FakeQueues, Publisher, Queues

__all__ = ["Envelope", "FakeQueues", "Publisher", "Queues"]
