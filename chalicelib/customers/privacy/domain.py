"""What every feature that keeps personal data has to offer, so that one person's can be shown and erased whole.

A feature writes one object in its ``erasure.py`` and registers it in ``wiring.PARTS["erase"]``::

    class _Deals:
        def show(self, runtime, workspace_id, contact, addresses): ...
        def erase(self, runtime, workspace_id, contact, addresses): ...

    ERASURE: PersonalData = _Deals()

What is kept by the contact's id is found under each of ``contact.all_ids``: a person that was merged has several.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from chalicelib.customers.contacts.domain import Contact
from chalicelib.foundation.runtime import Runtime


class PersonalData(Protocol):
    """What one feature keeps of people.

    ``contact`` is the person as last seen: the item may be gone from the table (an erasure runs again after the projector has
    caught up, and after a failure). ``addresses`` are all e-mail addresses (normalised) and phone numbers (E.164) of the person
    and of those merged into it, for what is found by address.
    """

    def show(
        self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]
    ) -> list[Mapping[str, Any]]:
        """What is kept of the person in this feature, as plain JSON for them to read; without what only serves us (derived rows)
        and without other people's data.
        """
        ...

    def erase(self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]) -> int:
        """Erase it: rows, derived rows, files with all of their versions, and what the audit (``audit.forget``) and the
        repeated answers (``idempotency.forget``) say of the ids that are this feature's own. How many things that were.

        What must stay for the numbers or for the law (a deal's amount, a quote's number) stays without name, address or free
        text. Harmless when repeated, and when it finds only a part: a run that died begins again.
        """
        ...
