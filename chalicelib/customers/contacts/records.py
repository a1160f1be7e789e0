"""The items of a contact, and their keys."""

from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from chalicelib.customers.records import CompactAttribute
from chalicelib.foundation import clock
from chalicelib.foundation.table import InstantAttribute, Key, Record, partition


class ContactRecord(Record, discriminator="contact"):
    """``W#w#C#c`` / ``CONTACT``; ``gsi1`` lists by recency, ``gsi2`` the contacts of one company.

    ``last_touch`` is left out while it is the first one; ``updated_at`` and ``edited_version`` until the first change. What is
    deleted stands in the bin's partition of ``gsi1`` until it expires; what was merged into another stands in no index.
    """

    first_name = UnicodeAttribute(null=True)
    last_name = UnicodeAttribute(null=True)
    emails = CompactAttribute(null=True)
    phones = CompactAttribute(null=True)
    company_id = UnicodeAttribute(null=True)
    company_name = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    time_zone = UnicodeAttribute(null=True)
    country = UnicodeAttribute(null=True)
    city = UnicodeAttribute(null=True)
    tags = UnicodeSetAttribute(null=True)
    lifecycle_stage = UnicodeAttribute(null=True)
    owner_id = UnicodeAttribute(null=True)
    score_fit = NumberAttribute(null=True)
    score_engagement = NumberAttribute(null=True)
    grade = UnicodeAttribute(null=True)
    first_touch = CompactAttribute(null=True)
    last_touch = CompactAttribute(null=True)
    consents = CompactAttribute(null=True)
    open_lead_id = UnicodeAttribute(null=True)
    title = UnicodeAttribute(null=True)
    job_title = UnicodeAttribute(null=True)
    addresses = CompactAttribute(null=True)
    birthday = UnicodeAttribute(null=True)
    interests = CompactAttribute(null=True)
    kyc = CompactAttribute(null=True)
    satisfaction = NumberAttribute(null=True)
    custom = CompactAttribute(null=True)
    edited_version = NumberAttribute(null=True)
    deleted_at = InstantAttribute(null=True)
    deleted_by = UnicodeAttribute(null=True)
    merged_into = UnicodeAttribute(null=True)
    merged_ids = CompactAttribute(null=True)

    @property
    def contact_id(self) -> str:
        """The contact's id, which stands in its key."""
        return self.pk.rpartition("#")[2]


class ScoreRecord(Record, discriminator="score"):
    """``W#w#C#c`` / ``SCORE#time#id``: points that were given, and why."""

    at = InstantAttribute()
    points = NumberAttribute()
    total = NumberAttribute()
    reason = UnicodeAttribute()
    rule_id = UnicodeAttribute()
    dimension = UnicodeAttribute()

    @property
    def contact_id(self) -> str:
        """The contact's id, which stands in its key."""
        return self.pk.rpartition("#")[2]


def contact_partition(workspace_id: str, contact_id: str) -> str:
    """The partition of a contact and all that hangs on it."""
    return partition(workspace_id, "C", contact_id)


def contact_key(workspace_id: str, contact_id: str) -> Key:
    """Where a contact stands."""
    return Key(contact_partition(workspace_id, contact_id), "CONTACT")


def contacts_partition(workspace_id: str, shard: int) -> str:
    """One partition of the list of contacts (``gsi1``), sorted by id, which is by the time of creation."""
    return partition(workspace_id, "CONTACTS", str(shard))


def bin_partition(workspace_id: str) -> str:
    """The contacts in the bin (``gsi1``), sorted by when they were deleted, and id."""
    return partition(workspace_id, "CONTACTS", "BIN")


def company_contacts_partition(workspace_id: str, company_id: str) -> str:
    """The contacts of one company (``gsi2``)."""
    return partition(workspace_id, "CO", company_id, "CONTACTS")


def score_key(workspace_id: str, contact_id: str, at: Any, entry_id: str) -> Key:
    """Where a row of the score's history stands."""
    return Key(contact_partition(workspace_id, contact_id), f"SCORE#{clock.to_text(at)}#{entry_id}")
