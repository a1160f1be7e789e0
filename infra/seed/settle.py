"""Waiting until the deployed functions have derived everything from what was written: a demo that is still being counted and scored
behind the scenes makes the first visitor's lead wait.
"""

import time

from chalicelib.customers.contacts.service import find_by_email
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import partition
from chalicelib.workspaces.settings.domain import Workspace

_PATIENCE = 300.0  # seconds; what is left then is done while people look around
_CALM = 3  # looks in a row


def settle(runtime: Runtime, workspace: Workspace, last_email: str) -> None:
    """Wait for the projector to reach the last lead that was written, and then for the queues to be empty."""
    ends = time.monotonic() + _PATIENCE
    contact_id = find_by_email(table=runtime.table, workspace_id=workspace.id, email=last_email)
    if contact_id is None:
        return
    here = partition(workspace.id, "C", contact_id)
    while time.monotonic() < ends and not runtime.table.count(here, begins_with="LEAD#"):
        time.sleep(0.5)
    calm = 0
    while time.monotonic() < ends and calm < _CALM:
        calm = calm + 1 if not _waiting(runtime) else 0
        time.sleep(0.5)


def _waiting(runtime: Runtime) -> int:
    total = 0
    for queue in ("scoring", "segment-fill"):
        request = {
            "QueueUrl": runtime.settings.queue_urls[queue],
            "AttributeNames": ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        }
        found = runtime.aws.call("sqs", "AmazonSQS.GetQueueAttributes", request)["Attributes"]
        total += sum(int(number) for number in found.values())
    return total
