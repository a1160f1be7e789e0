"""The files of a person, shown and erased."""

from collections.abc import Mapping
from typing import Any

from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.files import service, store
from chalicelib.customers.leads import service as leads
from chalicelib.customers.privacy.domain import PersonalData
from chalicelib.foundation.clock import to_text
from chalicelib.foundation.http import idempotency
from chalicelib.foundation.runtime import Runtime
from chalicelib.workspaces.audit import service as audit


class _Files:
    """What was put with the contact and with their leads. What was put with a deal goes with the deal's texts."""

    def show(
        self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]
    ) -> list[Mapping[str, Any]]:
        """Names, types and sizes, with an address to save each from for an hour."""
        return [
            {
                "file_name": file.file_name,
                "media_type": file.media_type,
                "size": file.size,
                "created_at": to_text(file.created_at),
                "url": runtime.files.link(file.key, file_name=file.file_name),
            }
            for kind, thing_id in _owners(runtime, workspace_id, contact)
            for file in store.all_of(runtime.table, workspace_id, kind, thing_id)
        ]

    def erase(self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]) -> int:
        """Delete them with all versions."""
        return sum(
            forget(runtime, workspace_id, kind, thing_id) for kind, thing_id in _owners(runtime, workspace_id, contact)
        )


def forget(runtime: Runtime, workspace_id: str, kind: str, thing_id: str) -> int:
    """Erase the files of a thing, and what the audit and kept answers say of them; how many they were."""
    ids = [file.id for file in store.all_of(runtime.table, workspace_id, kind, thing_id)]
    count = service.sweep(
        table=runtime.table, files=runtime.files, workspace_id=workspace_id, kind=kind, thing_id=thing_id
    )
    audit.forget(table=runtime.table, workspace_id=workspace_id, subject_ids=ids)
    idempotency.forget(table=runtime.table, workspace_id=workspace_id, subject_ids=ids)
    return count


def _owners(runtime: Runtime, workspace_id: str, contact: Contact) -> list[tuple[str, str]]:
    found = [("contact", contact_id) for contact_id in contact.all_ids]
    for contact_id in contact.all_ids:
        of_contact = leads.leads_of(table=runtime.table, workspace_id=workspace_id, contact_id=contact_id)
        found += [("lead", lead.id) for lead in of_contact]
    return found


ERASURE: PersonalData = _Files()
