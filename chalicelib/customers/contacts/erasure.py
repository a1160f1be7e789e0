"""What a contact's own item and partition keep of a person, shown and erased. Last in order: what others keep is found from here."""

from collections.abc import Mapping
from typing import Any

from chalicelib.customers.claims import service as claims
from chalicelib.customers.claims.domain import Claim
from chalicelib.customers.contacts import service
from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.contacts.records import contact_partition
from chalicelib.customers.contacts.schemas import ContactOut
from chalicelib.customers.fields import service as custom_fields
from chalicelib.customers.privacy.domain import PersonalData
from chalicelib.customers.search import service as search
from chalicelib.foundation.clock import to_text
from chalicelib.foundation.http import idempotency
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Key
from chalicelib.workspaces.audit import service as audit

_PAGE = 100
_FOUND_BY = ("LEAD#", "TASK#")
"""Links by which what was made of the person elsewhere is found: they go with the contact's item, at the end."""


class _Contacts:
    """The contact, those merged into it, and everything in their partitions."""

    def show(
        self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]
    ) -> list[Mapping[str, Any]]:
        """The contact's fields; those merged into it; the history of the score."""
        table = runtime.table
        ids = contact.all_ids
        found = service.get_contacts(
            table=table, workspace_id=workspace_id, contact_ids=ids, consistent=True, gone=True
        )
        shown: list[Mapping[str, Any]] = []
        for each in (found.get(contact_id) for contact_id in ids):
            if each is not None:
                custom = custom_fields.shown(table=table, workspace_id=workspace_id, values=each.custom)
                values = ContactOut.whole(each, None, custom).model_dump(mode="json")
                shown.append({name: value for name, value in values.items() if value not in (None, "", [], {})})
        for contact_id in ids:
            rows = service.score_history(table=table, workspace_id=workspace_id, contact_id=contact_id, limit=_PAGE)
            shown += [
                {"at": to_text(change.entry.at), "points": change.entry.points, "reason": change.entry.reason}
                for _, change in rows
            ]
        return shown

    def erase(self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]) -> int:
        """Delete them all, the words they are found by, and what the audit and kept answers say of them."""
        table, count = runtime.table, 0
        ids = contact.all_ids
        found = service.get_contacts(
            table=table, workspace_id=workspace_id, contact_ids=ids, consistent=True, gone=True
        )
        for contact_id in ids:
            for known in (contact, found.get(contact_id)):
                if known is not None:
                    texts = service.search_texts(known)
                    search.forget(table=table, workspace_id=workspace_id, kind="contact", id=contact_id, texts=texts)
            pk = contact_partition(workspace_id, contact_id)
            keys = sorted(table.keys(pk), key=_last)
            table.write_many([], deletes=keys)
            count += len(keys)
        claims.release(
            table=table, workspace_id=workspace_id, claims=_claims(addresses) | contact.claims, holder_ids=ids
        )
        count += audit.forget(table=table, workspace_id=workspace_id, subject_ids=ids)
        return count + idempotency.forget(table=table, workspace_id=workspace_id, subject_ids=ids)


def _claims(addresses: frozenset[str]) -> set[Claim]:
    return {Claim("email" if "@" in address else "phone", address) for address in addresses}


def _last(key: Key) -> tuple[bool, str]:
    """What other things are found by goes last: a run that dies before it begins again."""
    return key.sk == "CONTACT" or key.sk.startswith(_FOUND_BY), key.sk


ERASURE: PersonalData = _Contacts()
