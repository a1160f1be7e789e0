"""What every feature that keeps personal data has to offer, so that one person's can be shown and erased whole.

A feature writes one object in its ``erasure.py`` and registers it in ``wiring.PARTS["erase"]``::

    class _Deals:
        def show(self, runtime, workspace_id, contact, addresses): ...
        def erase(self, runtime, workspace_id, contact, addresses): ...

    ERASURE: PersonalData = _Deals()

What is kept by the contact's id is found under each of ``contact.all_ids``: a person that was merged has several.
"""

from collections.abc import Mapping, Sequence
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


class Holding(Protocol):
    """What a `PersonalData` may say besides: that a person is needed, so that retention does not forget it by itself. Somebody who
    asks to be erased is erased all the same.
    """

    def holds(self, runtime: Runtime, contact: Contact) -> bool:
        """Whether something is still going on with the person."""
        ...


LAPS = 3
"""How often every feature is asked: the first and the second time while the contact's item and the links from it are there, so that
what the projector was still writing is found; in between and at the end it has time to catch up.
"""
PAUSE = 8
"""Seconds between two rounds."""
SWEPT = 900
"""Seconds until one last look, by ids alone."""
LAST = "contacts"
"""The feature that everything else is found from: erased from the second lap on, after all others."""


def exports_of(workspace_id: str, contact_id: str) -> str:
    """Where the files of a person's exports begin; S3 deletes them after a week."""
    return f"tmp/{workspace_id}/privacy/{contact_id}/"


def features_of(lap: int, features: Sequence[str]) -> list[str]:
    """The features that are asked in a lap, in order."""
    others = [name for name in features if name != LAST]
    return others if lap == 0 else [*others, LAST]
