"""What contacts do from the queue ``jobs``. Harmless when repeated."""

from chalicelib.customers.contacts import events, store
from chalicelib.customers.contacts.records import contact_partition
from chalicelib.customers.files import events as files
from chalicelib.customers.sweeping import sweep
from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.runtime import Runtime


def handle(runtime: Runtime, envelope: Envelope) -> None:
    """Only ``contact.sweep``; others on this queue are left alone. The partitions of a contact that is gone and of those that
    were merged into it go, and their files; one that is there (again) stays.
    """
    if envelope.type != events.SWEEP:
        return
    workspace_id, data = envelope.workspace_id, envelope.data
    for contact_id in (str(data["contact_id"]), *data.get("merged_ids", ())):
        present = store.read(runtime.table, workspace_id, contact_id, consistent=True, gone=True)
        if present is None or present.merged_into:
            order = files.sweep(workspace_id, "contact", contact_id, envelope.at, envelope.id)
            runtime.queues.publish("jobs", [order])
            sweep(runtime.table, contact_partition(workspace_id, contact_id))
