"""What merges keep of a person, shown and erased."""

from collections.abc import Mapping
from typing import Any

from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.merges import store
from chalicelib.customers.privacy.domain import PersonalData
from chalicelib.foundation.clock import to_text
from chalicelib.foundation.http import idempotency
from chalicelib.foundation.runtime import Runtime
from chalicelib.workspaces.audit import service as audit


class _Merges:
    """The images of a merge are the person whole. An undone merge has none any more."""

    def show(
        self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]
    ) -> list[Mapping[str, Any]]:
        """When which of the person's contacts were merged."""
        return [
            {"at": to_text(merge.at), "survivor_id": merge.survivor_id, "other_id": merge.other_id}
            for contact_id in contact.all_ids
            for merge in store.survived(runtime.table, workspace_id, contact_id)
        ]

    def erase(self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]) -> int:
        """Delete them: there is nothing left to part."""
        table = runtime.table
        merges = [each for id_ in contact.all_ids for each in store.survived(table, workspace_id, id_)]
        ids = [merge.id for merge in merges]
        audit.forget(table=table, workspace_id=workspace_id, subject_ids=ids)
        idempotency.forget(table=table, workspace_id=workspace_id, subject_ids=ids)
        table.write_many([], deletes=[key for id_ in ids for key in store.places(workspace_id, id_)])
        return len(merges)


ERASURE: PersonalData = _Merges()
