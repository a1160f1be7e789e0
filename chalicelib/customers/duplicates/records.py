"""The items of duplicates, and their keys."""

from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute

from chalicelib.foundation.table import InstantAttribute, Key, Record, partition


class LookalikeRecord(Record, discriminator="lookalike"):
    """``W#w#LOOKALIKE#<digest of a name or mailbox>`` / contact id: this contact is to be compared with the others there.
    Derived from the contact; ``traits`` are digests too.
    """

    traits = UnicodeSetAttribute(null=True)


class PairRecord(Record, discriminator="duplicate"):
    """``W#w#DUPLICATE#<smaller id>`` / greater id; ``gsi1`` lists the pairs of a state by when they were found, ``gsi2`` finds
    those of the contact with the greater id.
    """

    reasons = UnicodeSetAttribute()
    state = UnicodeAttribute()
    found_at = InstantAttribute()

    @property
    def pair_id(self) -> str:
        """The pair's id."""
        return f"{self.pk.rpartition('#')[2]}-{self.sk}"


def lookalikes_partition(workspace_id: str, digest: str) -> str:
    """The contacts with one name or mailbox."""
    return partition(workspace_id, "LOOKALIKE", digest)


def lookalike_key(workspace_id: str, digest: str, contact_id: str) -> Key:
    """Where a contact is found by its name or mailbox."""
    return Key(lookalikes_partition(workspace_id, digest), contact_id)


def first_partition(workspace_id: str, contact_id: str) -> str:
    """The pairs in which this contact's id is the smaller one."""
    return partition(workspace_id, "DUPLICATE", contact_id)


def second_partition(workspace_id: str, contact_id: str) -> str:
    """The pairs in which this contact's id is the greater one (``gsi2``)."""
    return partition(workspace_id, "DUPLICATE", contact_id)


def pair_key(workspace_id: str, one: str, other: str) -> Key:
    """Where the pair of these two stands."""
    first, second = sorted((one, other))
    return Key(first_partition(workspace_id, first), second)


def state_partition(workspace_id: str, state: str) -> str:
    """The pairs in a state (``gsi1``), sorted by when they were found, and id."""
    return partition(workspace_id, "DUPLICATES", state)
