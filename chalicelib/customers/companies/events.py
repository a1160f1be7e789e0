"""The orders that changes of companies give, on the queue ``jobs``."""

from datetime import datetime

from chalicelib.customers.companies.domain import Company
from chalicelib.foundation.messaging import Envelope

CONTACTS = "company.contacts"
"""The contacts of a company are to have its name as it is; none, and no company, when it is gone. ``data``: company_id, after."""
SWEEP = "company.sweep"
"""A company is gone for good: what hangs on it is to go. ``data``: company_id, merged_ids."""


def contacts_follow(old: Company, new: Company | None, *, cause: str, at: datetime) -> Envelope:
    """The order after a new name, or none any more."""
    version = new.version if new is not None else old.version + 1
    identifier = f"{CONTACTS}:{old.id}:{version}"
    return Envelope(identifier, CONTACTS, old.workspace_id, at, {"company_id": old.id}, cause=cause)


def sweep(old: Company, *, cause: str, at: datetime) -> Envelope:
    """The order to delete what hangs on it."""
    data = {"company_id": old.id, "merged_ids": list(old.merged_ids)}
    return Envelope(f"{SWEEP}:{old.id}", SWEEP, old.workspace_id, at, data, cause=cause)
