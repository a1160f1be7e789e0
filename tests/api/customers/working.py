"""Doing the work of jobs in tests."""

from typing import Any

from chalicelib.customers.bulk import consumers as bulk
from chalicelib.foundation.messaging import FakeQueues
from chalicelib.foundation.runtime import Runtime


def work(runtime: Runtime, limit: int = 100) -> None:
    """Deliver the orders of long work until there are none any more."""
    queues = runtime.queues
    assert isinstance(queues, FakeQueues)
    for _ in range(limit):
        waiting = [item for item in queues.published if item[1].type == "job.work"]
        if not waiting:
            return
        queues.published = [item for item in queues.published if item[1].type != "job.work"]
        for queue, envelope, _ in waiting:
            if queue == "exports":
                from chalicelib.customers.exports import consumers as exports

                exports.handle(runtime, envelope)
            else:
                bulk.handle(runtime, envelope)
    raise AssertionError("the work does not end")


def done(client: Any, world: Any, reply: Any) -> Any:
    """Do the work of a job just asked for; the job as it is then."""
    assert reply.status == 202, reply.text
    work(client.runtime)
    return client.get(f"/jobs/{reply['id']}", **world.owner).json
