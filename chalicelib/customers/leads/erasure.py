"""What leads keep of a person, shown and erased."""

from collections.abc import Mapping
from typing import Any

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.leads import store
from chalicelib.customers.leads.domain import Lead
from chalicelib.customers.leads.records import LeadRecord, lead_key
from chalicelib.customers.privacy.domain import PersonalData
from chalicelib.customers.search import service as search
from chalicelib.foundation.clock import to_text
from chalicelib.foundation.http import idempotency
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Delete, Operation, Table
from chalicelib.foundation.table.table import TransactionConflictError
from chalicelib.workspaces.audit import service as audit


class _Leads:
    """A lead is about one person and goes with it; the numbers of leads stay."""

    def show(
        self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]
    ) -> list[Mapping[str, Any]]:
        """The person's leads."""
        return [_shown(lead) for lead in _leads(runtime.table, workspace_id, contact)]

    def erase(self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]) -> int:
        """Delete them and what hangs on them."""
        table, count = runtime.table, 0
        ids = _ids(table, workspace_id, contact)
        for lead_id in ids:
            remove(runtime, workspace_id, lead_id)
            keys = list(table.keys(lead_key(workspace_id, lead_id).pk))
            table.write_many([], deletes=keys)
            count += len(keys)
            texts = contacts.search_texts(contact)
            search.forget(table=table, workspace_id=workspace_id, kind="lead", id=lead_id, texts=texts)
        count += audit.forget(table=table, workspace_id=workspace_id, subject_ids=ids)
        return count + idempotency.forget(table=table, workspace_id=workspace_id, subject_ids=ids)


def _ids(table: Table, workspace_id: str, contact: Contact) -> list[str]:
    linked = [id_ for each in contact.all_ids for id_ in store.ids_of_contact(table, workspace_id, each)]
    return sorted({*linked, contact.open_lead_id} - {""})


def _leads(table: Table, workspace_id: str, contact: Contact) -> list[Lead]:
    ids = _ids(table, workspace_id, contact)
    found = store.read_many(table, workspace_id, ids, consistent=True, include_deleted=True)
    return [found[lead_id] for lead_id in ids if lead_id in found]


def remove(runtime: Runtime, workspace_id: str, lead_id: str) -> None:
    """The lead together with its owner's number of open leads."""
    table = runtime.table
    for attempt in range(8):
        lead = store.read(table, workspace_id, lead_id, consistent=True, include_deleted=True)
        if lead is None:
            return
        operations: list[Operation] = [
            Delete(lead_key(workspace_id, lead_id), LeadRecord.version == lead.version),
            *store.load_changes(lead, None, runtime.clock.now()),
        ]
        try:
            table.transact(operations)
        except TransactionConflictError:
            contacts.pause(attempt)
        else:
            return


def _shown(lead: Lead) -> dict[str, Any]:
    shown = {
        "id": lead.id,
        "created_at": to_text(lead.created_at),
        "status": lead.status.value,
        "source": lead.source,
        "medium": lead.medium,
        "campaign": lead.campaign,
        "form_id": lead.form_id,
        "disqualify_reason": lead.disqualify_reason,
        "custom": dict(getattr(lead, "custom", None) or {}),
    }
    return {name: value for name, value in shown.items() if value}


ERASURE: PersonalData = _Leads()
