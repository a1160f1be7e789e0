"""What consent does from the queue ``jobs``: the suppression list's long works."""

from chalicelib.customers.consent import events, lists
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.runtime import Runtime


def handle(runtime: Runtime, envelope: Envelope) -> None:
    """Steps of imports and exports of the suppression list; others on this queue are not ours."""
    if envelope.type == events.IMPORT:
        lists.bring_in(runtime, envelope.workspace_id, envelope.data)
    elif envelope.type == events.EXPORT:
        lists.write_out(runtime, envelope.workspace_id, envelope.data)
