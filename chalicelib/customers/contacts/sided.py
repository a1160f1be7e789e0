"""How contacts are written by hand: in bulk, by imports, and by their undo."""

from collections.abc import Sequence
from datetime import datetime

from chalicelib.customers.claims import service as claims
from chalicelib.customers.claims.domain import Claim
from chalicelib.customers.contacts import store
from chalicelib.customers.contacts.records import ContactRecord
from chalicelib.foundation.table import Operation, Record


class ContactsByHand:
    """A contact's claims go with its addresses and numbers."""

    record: type[Record] = ContactRecord
    ours = frozenset({"score_fit", "score_engagement", "grade"})

    def beside(self, workspace_id: str, old: Record | None, new: Record | None, now: datetime) -> Sequence[Operation]:
        """Claims made and given up."""
        holder = new or old
        assert isinstance(holder, ContactRecord)
        changes = claims.changes(
            workspace_id=workspace_id,
            holder_id=holder.contact_id,
            had=held(old),
            has=held(new),
            now=now,
        )
        return [operation for _, operation in changes]


def held(record: Record | None) -> set[Claim]:
    """What a contact's item holds: nothing, when it is not there, in the bin, or merged into another."""
    if not isinstance(record, ContactRecord):
        return set()
    contact = store.to_domain(record)
    return set() if contact.gone else contact.claims
