"""Keeping profiles: what people were sent, opened and clicked, sent in, and bought follows the rows that tell of it.

A profile mirrors its sources as they are now, not as a change said they were: the profile is read first, then the sources, and it is
written over the version that was read. So changes may come twice, late, or at once from several parts of the stream.
"""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from chalicelib.customers.contacts import service as contacts
from chalicelib.foundation.errors import ConflictError, UnavailableError
from chalicelib.foundation.projection import Derivation
from chalicelib.foundation.table import Key, Record, Table
from chalicelib.marketing.segments import store
from chalicelib.marketing.segments.profile import EMPTY, Profile
from chalicelib.marketing.segments.records import ProfileRecord, profile_key

_ATTEMPTS = 8

Mirrored = Callable[[Profile, str, Record | None], Profile]
"""(profile, contact's id, a source as it is now or None) → the profile with what the source tells of this contact."""


@dataclass(frozen=True, slots=True)
class Source:
    """A row that tells something about a contact, and how it shows in the contact's profile."""

    workspace_id: str
    contact_id: str
    key: Key
    shows: Mirrored


def mirror(into: Derivation, source: Source) -> None:
    """Bring the contact's profile to what this source says now."""
    into.together(_Mirroring(into.now), source)


@dataclass(frozen=True, slots=True)
class _Mirroring:
    """The work of one batch: every profile that its changes tell something about is written once."""

    now: datetime

    def __call__(self, table: Table, sources: list[Source]) -> None:
        by_contact: dict[tuple[str, str], list[Source]] = {}
        for source in sources:
            by_contact.setdefault((source.workspace_id, source.contact_id), []).append(source)
        for attempt in range(_ATTEMPTS):
            by_contact = self._written(table, by_contact)
            if not by_contact:
                return
            time.sleep(random.uniform(0, 0.02 * 2**attempt))
        raise UnavailableError("The profiles keep being changed by others.")

    def _written(
        self, table: Table, by_contact: Mapping[tuple[str, str], list[Source]]
    ) -> dict[tuple[str, str], list[Source]]:
        """Write these profiles; those that others have written meanwhile are left over."""
        places = {owner: profile_key(*owner) for owner in by_contact}
        profiles = table.get_many(ProfileRecord, places.values(), consistent=True)
        rows = table.get_many(Record, [each.key for own in by_contact.values() for each in own], consistent=True)
        new = {contacts.place(*owner): owner for owner in by_contact if places[owner] not in profiles}
        there = {new[key] for key in table.get_many(Record, new, consistent=True)} if new else set()
        left = {}
        for owner, own in by_contact.items():
            record = profiles.get(places[owner])
            if record is None and owner not in there:
                continue  # of somebody who is no more
            before = after = store.to_profile(record) if record is not None else EMPTY
            for source in own:
                after = source.shows(after, source.contact_id, rows.get(source.key))
            if after == before:
                continue
            try:
                table.write(store.profile_operation(*owner, after, self.now))
            except ConflictError:
                left[owner] = own
        return left
