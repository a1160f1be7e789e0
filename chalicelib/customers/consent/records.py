"""The items of the ledger and of the suppression list, and their keys."""

from datetime import datetime

from pynamodb.attributes import UnicodeAttribute

from chalicelib.customers.records import CompactAttribute
from chalicelib.foundation import clock
from chalicelib.foundation.table import InstantAttribute, Key, Record, partition


class LedgerRecord(Record, discriminator="consent"):
    """``W#w#C#c`` / ``CONSENT#purpose#time#id``. Never changed once written."""

    purpose = UnicodeAttribute()
    state = UnicodeAttribute()
    at = InstantAttribute()
    source = UnicodeAttribute(null=True)
    text = UnicodeAttribute(null=True)
    text_version = UnicodeAttribute(null=True)
    source_ip = UnicodeAttribute(null=True)
    channel = UnicodeAttribute(null=True)

    @property
    def contact_id(self) -> str:
        """The contact's id, which stands in its key."""
        return self.pk.rpartition("#")[2]

    @property
    def ledger_id(self) -> str:
        """The row's id, which stands in its key."""
        return self.sk.rpartition("#")[2]


class SuppressionRecord(Record, discriminator="suppression"):
    """``W#w#SUPPRESSION#<keyed digest of the normalised address>`` / ``SUPPRESSION``; ``gsi1`` lists by time."""

    reason = UnicodeAttribute()
    at = InstantAttribute()
    source = UnicodeAttribute(null=True)


class PurposesRecord(Record, discriminator="consent_purposes"):
    """``W#w`` / ``PURPOSES``: what may be agreed to; missing while it is what everybody begins with."""

    purposes = CompactAttribute()


def purposes_key(workspace_id: str) -> Key:
    """Where a workspace's purposes stand."""
    return Key(partition(workspace_id), "PURPOSES")


def suppressions_partition(workspace_id: str) -> str:
    """The suppression list (``gsi1``), sorted by time and digest."""
    return partition(workspace_id, "SUPPRESSIONS")


def ledger_key(workspace_id: str, contact_id: str, purpose: str, at: datetime, ledger_id: str) -> Key:
    """Where a row of the ledger stands."""
    return Key(partition(workspace_id, "C", contact_id), f"CONSENT#{purpose}#{clock.to_text(at)}#{ledger_id}")


def suppression_key(workspace_id: str, digest: str) -> Key:
    """Where the suppression of an address stands."""
    return Key(partition(workspace_id, "SUPPRESSION", digest), "SUPPRESSION")
