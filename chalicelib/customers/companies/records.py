"""The item of a company, and its keys."""

from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute

from chalicelib.foundation.table import Key, Record, partition


class CompanyRecord(Record, discriminator="company"):
    """``W#w#CO#o`` / ``COMPANY``; ``gsi1`` lists by recency."""

    name = UnicodeAttribute()
    domain = UnicodeAttribute(null=True)
    city = UnicodeAttribute(null=True)
    country = UnicodeAttribute(null=True)
    tags = UnicodeSetAttribute(null=True)

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
