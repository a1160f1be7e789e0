"""The items of confirmations, and their keys."""

from pynamodb.attributes import UnicodeAttribute

from chalicelib.customers.records import CompactAttribute
from chalicelib.foundation.table import InstantAttribute, Key, Record, partition


class ConfirmationRecord(Record, discriminator="confirmation"):
    """``W#w#CONFIRMATION#id`` / ``CONFIRMATION``; ``gsi1`` lists a form's by id, ``gsi2`` a contact's."""

    form_key = UnicodeAttribute()
    contact_id = UnicodeAttribute()
    email = UnicodeAttribute()
    given = CompactAttribute()
    language = UnicodeAttribute()
    source_ip = UnicodeAttribute(null=True)
    mailed_at = InstantAttribute(null=True)
    confirmed_at = InstantAttribute(null=True)
    reason = UnicodeAttribute(null=True)

    @property
    def own_id(self) -> str:
        """The confirmation's id, which stands in its key."""
        return self.pk.rpartition("#")[2]


class AskedRecord(Record, discriminator="confirmation_asked"):
    """``W#w#ASKED#<keyed digest of the address>`` / ``ASKED``: when it was last asked to confirm something."""

    at = InstantAttribute()
    confirmation_id = UnicodeAttribute()


def confirmation_key(workspace_id: str, confirmation_id: str) -> Key:
    """Where a confirmation stands."""
    return Key(partition(workspace_id, "CONFIRMATION", confirmation_id), "CONFIRMATION")


def of_form(workspace_id: str, form_key: str) -> str:
    """A form's confirmations (``gsi1``), sorted by id."""
    return partition(workspace_id, "FORM", form_key, "CONFIRMATIONS")


def of_contact(workspace_id: str, contact_id: str) -> str:
    """A contact's confirmations (``gsi2``)."""
    return partition(workspace_id, "C", contact_id, "CONFIRMATIONS")


def asked_key(workspace_id: str, digest: str) -> Key:
    """Where it stands when an address was asked last."""
    return Key(partition(workspace_id, "ASKED", digest), "ASKED")
