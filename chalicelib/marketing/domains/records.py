"""The items of sending domains and of the seed list."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.customers.records import CompactAttribute
from chalicelib.foundation.table import InstantAttribute, Key, Record, partition


class DomainRecord(Record, discriminator="sending_domain"):
    """``W#w`` / ``SENDDOMAIN#<id>``."""

    domain = UnicodeAttribute()
    verified = NumberAttribute(default=0)
    records = CompactAttribute()
    checked_at = InstantAttribute(null=True)
    warm_up_started_on = UnicodeAttribute(null=True)
    messages_from = UnicodeAttribute(null=True)
    self_test = CompactAttribute(null=True)


class SeedsRecord(Record, discriminator="seed_list"):
    """``W#w`` / ``SEEDS``: addresses of the workspace's own that get a copy of every campaign."""

    emails = CompactAttribute()


DOMAIN_PREFIX = "SENDDOMAIN#"


def domain_key(workspace_id: str, domain_id: str) -> Key:
    """Where a domain stands."""
    return Key(partition(workspace_id), DOMAIN_PREFIX + domain_id)


def seeds_key(workspace_id: str) -> Key:
    """Where the seed list stands."""
    return Key(partition(workspace_id), "SEEDS")
