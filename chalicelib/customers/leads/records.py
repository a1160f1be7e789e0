"""The items of a lead, and their keys."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.foundation.table import Key, Record, partition


class LeadRecord(Record, discriminator="lead"):
    """``W#w#L#l`` / ``LEAD``; ``gsi1`` lists by status and recency, ``gsi2`` the leads of an owner."""

    contact_id = UnicodeAttribute()
    status = UnicodeAttribute()
    source = UnicodeAttribute()
    medium = UnicodeAttribute(null=True)
    campaign = UnicodeAttribute(null=True)
    form_id = UnicodeAttribute(null=True)
    owner_id = UnicodeAttribute(null=True)
    disqualify_reason = UnicodeAttribute(null=True)
    touches = NumberAttribute(null=True)

    @property
    def lead_id(self) -> str:
        """The lead's id, which stands in its key."""
        return self.pk.rpartition("#")[2]


class LeadLinkRecord(Record, discriminator="lead_link"):
    """``W#w#C#c`` / ``LEAD#l``: a lead of this contact. Derived from the lead."""


def lead_key(workspace_id: str, lead_id: str) -> Key:
    """Where a lead stands."""
    return Key(partition(workspace_id, "L", lead_id), "LEAD")


def leads_partition(workspace_id: str, status: str, shard: int) -> str:
    """One partition of the list of leads in a status (``gsi1``), sorted by id, which is by the time of creation."""
    return partition(workspace_id, "LEADS", status, str(shard))


def owner_partition(workspace_id: str, owner_id: str) -> str:
    """The leads of one owner (``gsi2``)."""
    return partition(workspace_id, "OWNER", owner_id, "LEADS")


def link_key(workspace_id: str, contact_id: str, lead_id: str) -> Key:
    """Where a contact's link to a lead stands."""
    return Key(partition(workspace_id, "C", contact_id), f"LEAD#{lead_id}")
