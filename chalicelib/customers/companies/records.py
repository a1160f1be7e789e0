"""The item of a company, and its keys."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UnicodeSetAttribute

from chalicelib.customers.records import CompactAttribute
from chalicelib.foundation.table import InstantAttribute, Key, Record, partition


class CompanyRecord(Record, discriminator="company"):
    """``W#w#CO#o`` / ``COMPANY``; ``gsi1`` lists by recency. What is deleted stands in the bin's partition of ``gsi1`` until it
    expires; what was merged into another stands in no index. ``domains`` is left out while there is one at most.
    """

    name = UnicodeAttribute()
    domain = UnicodeAttribute(null=True)
    city = UnicodeAttribute(null=True)
    country = UnicodeAttribute(null=True)
    tags = UnicodeSetAttribute(null=True)
    domains = CompactAttribute(null=True)
    website = UnicodeAttribute(null=True)
    industry = UnicodeAttribute(null=True)
    size = NumberAttribute(null=True)
    emails = CompactAttribute(null=True)
    phones = CompactAttribute(null=True)
    addresses = CompactAttribute(null=True)
    owner_id = UnicodeAttribute(null=True)
    parent_id = UnicodeAttribute(null=True)
    description = UnicodeAttribute(null=True)
    custom = CompactAttribute(null=True)
    deleted_at = InstantAttribute(null=True)
    deleted_by = UnicodeAttribute(null=True)
    merged_into = UnicodeAttribute(null=True)
    merged_ids = CompactAttribute(null=True)

    @property
    def company_id(self) -> str:
        """The company's id, which stands in its key."""
        return self.pk.rpartition("#")[2]


def company_key(workspace_id: str, company_id: str) -> Key:
    """Where a company stands."""
    return Key(partition(workspace_id, "CO", company_id), "COMPANY")


def companies_partition(workspace_id: str, shard: int) -> str:
    """One partition of the list of companies (``gsi1``), sorted by id, which is by the time of creation."""
    return partition(workspace_id, "COMPANIES", str(shard))


def bin_partition(workspace_id: str) -> str:
    """The companies in the bin (``gsi1``), sorted by when they were deleted, and id."""
    return partition(workspace_id, "COMPANIES", "BIN")
