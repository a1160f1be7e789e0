"""Taking a batch off a queue: one bad message fails alone, the others are done with."""

import time
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from chalicelib.foundation import observability
from chalicelib.foundation.messaging.envelope import Envelope


def consume(event: dict[str, Any], context: Any, *, queue: str, handle: Callable[[str], None]) -> dict[str, Any]:
    """Give every message's body to ``handle``; what raises is reported back, to be delivered again and at last to end in
    the dead-letter queue. Returns Lambda's partial-batch response.
    """
    started = time.perf_counter()
    failed = 0

    def one(record: SQSRecord) -> None:  # Powertools calls it with the keyword ``record``
        nonlocal failed
        try:
            handle(record.body)
        except Exception:
            failed += 1
            observability.failure(
                "message failed",
                queue=queue,
                message_id=record.message_id,
                receive_count=record.attributes.approximate_receive_count,
            )
            raise

    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    response = process_partial_response(event=event, record_handler=one, processor=processor, context=context)
    observability.invocation(
        "batch", started=started, queue=queue, messages=len(event.get("Records", [])), failed=failed
    )
    return dict(response)


def enveloped(handle: Callable[[Envelope], None]) -> Callable[[str], None]:
    """A handler of bodies out of a handler of envelopes."""
    return lambda body: handle(Envelope.from_json(body))
