"""The orders that changes of contacts give, on the queue ``jobs``."""

from datetime import datetime

from chalicelib.customers.contacts.domain import Contact
from chalicelib.foundation.messaging import Envelope

SWEEP = "contact.sweep"
"""A contact is gone for good: what hangs on it is to go. ``data``: contact_id, merged_ids."""


def sweep(old: Contact, *, cause: str, at: datetime) -> Envelope:
    """The order to delete what hangs on it, and those merged into it."""
    data = {"contact_id": old.id, "merged_ids": list(old.merged_ids)}
    return Envelope(f"{SWEEP}:{old.id}", SWEEP, old.workspace_id, at, data, cause=cause)
