"""What is left of a person outside of any feature: changes that the projector could not take, and exports for the person."""

from collections.abc import Mapping
from typing import Any

from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.privacy.domain import PersonalData, exports_of
from chalicelib.foundation.runtime import Runtime


class _Rest:
    """Files of exports of this person, and the projector's dead letters."""

    def show(
        self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]
    ) -> list[Mapping[str, Any]]:
        """Nothing: copies of what the features show."""
        return []

    def erase(self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]) -> int:
        """Delete them."""
        keys = [key for each in contact.all_ids for key in runtime.files.keys(exports_of(workspace_id, each))]
        runtime.files.delete(keys)
        names = {*contact.all_ids, *addresses}
        return len(keys) + runtime.dead_letters.remove(lambda body: any(name in body for name in names))


ERASURE: PersonalData = _Rest()
