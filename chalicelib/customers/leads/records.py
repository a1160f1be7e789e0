"""The items of a lead, and their keys."""

from zlib import crc32

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.customers.records import CompactAttribute
from chalicelib.foundation.table import InstantAttribute, Key, Record, partition

DUE_SHARDS = 4


class LeadRecord(Record, discriminator="lead"):
    """``W#w#L#l`` / ``LEAD``; ``gsi1`` lists by status and recency, ``gsi2`` the leads of an owner, ``due`` those whose first
    answer is owed. In the bin it is only in ``gsi1``, in a partition of its own.
    """

    contact_id = UnicodeAttribute()
    status = UnicodeAttribute()
    source = UnicodeAttribute()
    medium = UnicodeAttribute(null=True)
    campaign = UnicodeAttribute(null=True)
    form_id = UnicodeAttribute(null=True)
    owner_id = UnicodeAttribute(null=True)
    disqualify_reason = UnicodeAttribute(null=True)
    touches = NumberAttribute(null=True)
    custom = CompactAttribute(null=True)
    shard = NumberAttribute(null=True)
    respond_by = InstantAttribute(null=True)
    first_response_at = InstantAttribute(null=True)
    overdue_told_at = InstantAttribute(null=True)
    rule_id = UnicodeAttribute(null=True)
    deal_id = UnicodeAttribute(null=True)
    company_id = UnicodeAttribute(null=True)
    converted_at = InstantAttribute(null=True)
    deleted_at = InstantAttribute(null=True)
    deleted_by = UnicodeAttribute(null=True)

    @property
    def lead_id(self) -> str:
        """The lead's id, which stands in its key."""
        return self.pk.rpartition("#")[2]


class LeadLinkRecord(Record, discriminator="lead_link"):
    """``W#w#C#c`` / ``LEAD#l``: a lead of this contact. Derived from the lead."""


class AwaitingRecord(Record, discriminator="lead_awaiting"):
    """``W#w#AWAITING`` / ``<respond by>#l``: a lead whose first answer is owed. Derived from the lead."""

    owner_id = UnicodeAttribute(null=True)

    @property
    def lead_id(self) -> str:
        """The lead's id, which stands in its key."""
        return self.sk.rpartition("#")[2]


class LoadRecord(Record, discriminator="lead_load"):
    """``W#w#OWNER#u`` / ``LEADLOAD``: how many open leads a member has. Written in the transaction of each lead that gets or loses
    an owner, is opened or closed; so it is right at every moment, whoever works beside.
    """

    open = NumberAttribute()


def lead_key(workspace_id: str, lead_id: str) -> Key:
    """Where a lead stands."""
    return Key(partition(workspace_id, "L", lead_id), "LEAD")


def leads_partition(workspace_id: str, status: str, shard: int) -> str:
    """One partition of the list of leads in a status (``gsi1``), sorted by id, which is by the time of creation."""
    return partition(workspace_id, "LEADS", status, str(shard))


def bin_partition(workspace_id: str) -> str:
    """The leads in the bin (``gsi1``), sorted by the time of their deletion."""
    return partition(workspace_id, "LEADS", "BIN")


def owner_partition(workspace_id: str, owner_id: str) -> str:
    """The leads of one owner (``gsi2``)."""
    return partition(workspace_id, "OWNER", owner_id, "LEADS")


def link_key(workspace_id: str, contact_id: str, lead_id: str) -> Key:
    """Where a contact's link to a lead stands."""
    return Key(partition(workspace_id, "C", contact_id), f"LEAD#{lead_id}")


def awaiting_key(workspace_id: str, respond_by: str, lead_id: str) -> Key:
    """Where it stands that a lead's first answer is owed."""
    return Key(partition(workspace_id, "AWAITING"), f"{respond_by}#{lead_id}")


def load_key(workspace_id: str, owner_id: str) -> Key:
    """Where a member's number of open leads stands."""
    return Key(partition(workspace_id, "OWNER", owner_id), "LEADLOAD")


def due_partition(lead_id: str) -> str:
    """The partition of ``due`` in which a lead waits for its first answer, among those of all workspaces."""
    return due_shard(crc32(lead_id.encode()) % DUE_SHARDS)


def due_shard(shard: int) -> str:
    """One partition of the leads that wait for their first answer."""
    return f"DUE#leads#{shard}"
