"""What duplicates keep of a person, shown and erased."""

from collections.abc import Mapping
from typing import Any

from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.duplicates import service, store
from chalicelib.customers.privacy.domain import PersonalData
from chalicelib.foundation.http import idempotency
from chalicelib.foundation.runtime import Runtime
from chalicelib.workspaces.audit import service as audit


class _Duplicates:
    """Pairs and the rows by which contacts are compared; both hold digests and ids only."""

    def show(
        self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]
    ) -> list[Mapping[str, Any]]:
        """Nothing: what is derived for our own work, and another person's name, is not theirs to see."""
        return []

    def erase(self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]) -> int:
        """Delete them."""
        table = runtime.table
        pairs = [
            pair for each in contact.all_ids for pair in store.pairs_of(table, workspace_id, each, consistent=True)
        ]
        keys = {store.place(pair) for pair in pairs} | set(service.places(contact))
        table.write_many([], deletes=sorted(keys))
        ids = [pair.id for pair in pairs]
        audit.forget(table=table, workspace_id=workspace_id, subject_ids=ids)
        return len(pairs) + idempotency.forget(table=table, workspace_id=workspace_id, subject_ids=ids)


ERASURE: PersonalData = _Duplicates()
