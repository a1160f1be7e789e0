"""The items of single mails and where they stand."""

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.foundation.table import InstantAttribute, Key, Record, partition

DUE_SHARDS = 4


class MessageRecord(Record, discriminator="message"):
    """``W#w#M#m`` / ``MESSAGE``; ``gsi1`` lists by id; ``gsi2`` by the provider's id, once it is known; ``due`` while something has
    to happen by itself: an order that may be lost, a lease that ends, an hour without evidence.
    """

    to = UnicodeAttribute(null=True)
    subject = UnicodeAttribute(null=True)
    purpose = UnicodeAttribute()
    source = UnicodeAttribute()
    state = UnicodeAttribute()
    state_at = InstantAttribute()
    attempt = NumberAttribute(default=0)
    reason = UnicodeAttribute(null=True)
    contact_id = UnicodeAttribute(null=True)
    template_id = UnicodeAttribute(null=True)
    message_id = UnicodeAttribute(null=True)
    repeated = NumberAttribute(null=True)
    holder = UnicodeAttribute(null=True)
    lease_until = InstantAttribute(null=True)
    not_before = InstantAttribute(null=True)
    sent_at = InstantAttribute(null=True)
    delivered_at = InstantAttribute(null=True)
    bounced_at = InstantAttribute(null=True)
    complained_at = InstantAttribute(null=True)

    @property
    def own_id(self) -> str:
        """The message's id, which stands in its key."""
        return self.pk.rpartition("#")[2]


class AddressedRecord(Record, discriminator="message_to"):
    """``W#w#MAILTO#<keyed digest of the address>`` / message id: what was sent to somebody, to be shown and erased."""


def message_key(workspace_id: str, message_id: str) -> Key:
    """Where a message stands."""
    return Key(partition(workspace_id, "M", message_id), "MESSAGE")


def messages_partition(workspace_id: str) -> str:
    """The log (``gsi1``), sorted by id, which is by time."""
    return partition(workspace_id, "MESSAGES")


def addressed_partition(workspace_id: str, digest: str) -> str:
    """What was sent to one address."""
    return partition(workspace_id, "MAILTO", digest)


def due_partition(shard: int) -> str:
    """One part of the messages (``due``) for which something has to happen by itself."""
    return f"DUE#messages#{shard}"
