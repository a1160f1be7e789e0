"""What segments keep of a person, shown and erased."""

from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.customers.contacts.domain import Contact
from chalicelib.customers.privacy.domain import PersonalData
from chalicelib.foundation.errors import NotFoundError
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Table
from chalicelib.marketing.segments import memberships, store
from chalicelib.marketing.segments.domain import Segment

_PAGE = 100


class _Segments:
    """A membership is a row with the contact's id; a contact is looked for in every segment. What segments are decided by stands beside
    the contact.
    """

    def show(
        self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]
    ) -> list[Mapping[str, Any]]:
        """The segments the person is in, and what is remembered of what the person did, by campaign, form and deal."""
        inside = [{"segment": segment.name} for segment, _ in _memberships(runtime.table, workspace_id, contact)]
        return [*inside, *store.deeds_of(runtime.table, workspace_id, contact.all_ids)]

    def erase(self, runtime: Runtime, workspace_id: str, contact: Contact, addresses: frozenset[str]) -> int:
        """Leave them all, and forget what the person did."""
        count = store.forget(runtime.table, workspace_id, contact.all_ids)
        for segment, contact_id in _memberships(runtime.table, workspace_id, contact):
            try:
                count += memberships.remove_members(runtime.table, segment, [contact_id], runtime.clock.now())
            except NotFoundError:
                continue  # deleted this moment: its rows are cleared away
        return count


def _memberships(table: Table, workspace_id: str, contact: Contact) -> Iterator[tuple[Segment, str]]:
    before = ""
    while True:
        page = store.recent(table, workspace_id, before=before, limit=_PAGE)
        for segment in page:
            yield from ((segment, each) for each in contact.all_ids if memberships.is_member(table, segment, each))
        if len(page) < _PAGE:
            return
        before = page[-1].id


ERASURE: PersonalData = _Segments()
