"""What confirmations keep of a person, shown and erased."""

from collections.abc import Mapping
from typing import Any

from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.privacy.domain import PersonalData
from chalicelib.foundation.clock import to_text
from chalicelib.foundation.runtime import Runtime
from chalicelib.marketing.confirmations import store
from chalicelib.marketing.confirmations.records import confirmation_key


class _Confirmations:
    """They go with the person; what was confirmed stands in the consent ledger."""

    def show(
        self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]
    ) -> list[Mapping[str, Any]]:
        """What the person was asked to confirm."""
        now = runtime.clock.now()
        return [
            {
                "email": each.email,
                "form": each.form_key,
                "state": each.state(now),
                "at": to_text(each.created_at),
                "text": [given.text for given in each.given],
                "source_ip": each.source_ip,
            }
            for contact_id in contact.all_ids
            for each in store.of_person(runtime.table, workspace_id, contact_id)
        ]

    def erase(self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]) -> int:
        """Delete them."""
        found = [
            confirmation_key(workspace_id, each.id)
            for contact_id in contact.all_ids
            for each in store.of_person(runtime.table, workspace_id, contact_id)
        ]
        runtime.table.write_many([], deletes=found)
        return len(found)


ERASURE: PersonalData = _Confirmations()
