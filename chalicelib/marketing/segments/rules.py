"""A workspace's dynamic segments made ready to decide with, and what is read to decide about a contact."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from chalicelib.customers.companies import service as companies
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Contact
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.table import Key, Record, Table
from chalicelib.marketing.segments import store
from chalicelib.marketing.segments.domain import SHARDS
from chalicelib.marketing.segments.language.compile import Compiled, Subject, compile_all
from chalicelib.marketing.segments.language.nodes import Condition
from chalicelib.marketing.segments.language.parse import parse
from chalicelib.marketing.segments.language.vocabulary import bound
from chalicelib.marketing.segments.profile import EMPTY, Profile
from chalicelib.marketing.segments.records import (
    MemberRecord,
    ProfileRecord,
    SegmentRecord,
    member_key,
    profile_key,
    segment_key,
)
from chalicelib.workspaces.settings import service as settings

_KEPT = 200
_compiled: "WeakKeyDictionary[Table, dict[str, Rules]]" = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Rules:
    """The compiled segments of a catalogue's version; version 0 is a workspace that has never had one. ``by_rows`` are those of which
    rows may tell that no belonging knows of.
    """

    version: int
    zone: str
    compiled: Compiled
    conditions: Mapping[str, Condition | None] = field(default_factory=dict)
    by_rows: Sequence[str] = ()


def rules_of(table: Table, workspace_id: str, catalogue: Any = None) -> Rules:
    """The workspace's dynamic segments as they certainly are (by ``catalogue``, its item, if it has just been read), compiled once a
    version. A segment whose conditions cannot be read, or that builds on such a one, holds for nobody.
    """
    catalogue = catalogue or store.catalogue(table, workspace_id)
    version = int(catalogue.version) if catalogue else 0
    zone = settings.get_workspace(table=table, workspace_id=workspace_id).zone
    kept = _compiled.setdefault(table, {})
    present = kept.get(workspace_id)
    if present is None or (present.version, present.zone) != (version, zone.key):
        segments = catalogue.segments if catalogue else {}
        conditions = _conditions(table, workspace_id, segments)
        compiled = compile_all(conditions, zone)
        present = Rules(version, zone.key, compiled, conditions, store.kept_by_rows(segments))
        if len(kept) > _KEPT:
            kept.clear()
        kept[workspace_id] = present
    return present


def _conditions(table: Table, workspace_id: str, segments: Mapping[str, Any]) -> dict[str, Condition | None]:
    keys = {segment_key(workspace_id, each): each for each in sorted(segments)}
    records = table.get_many(SegmentRecord, keys, consistent=True) if keys else {}
    read: dict[str, Condition | None] = {}
    for key, segment_id in keys.items():
        record = records.get(key)
        read[segment_id] = _condition(table, record) if record else None
    broken = {segment_id for segment_id, condition in read.items() if condition is None}
    return {each: None if broken & {each, *store.reached(segments, each)} else read[each] for each in read}


def _condition(table: Table, record: SegmentRecord) -> Condition | None:
    if record.broken or record.conditions is None:
        return None
    try:
        return parse(store.conditions_of(table, record), bound(record.bound))
    except InvalidError:
        return None


def contact_keys(workspace_id: str, contact_ids: Iterable[str]) -> dict[str, Key]:
    """Where the contacts stand, by id."""
    return {each: contacts.place(workspace_id, each) for each in contact_ids}


@dataclass(frozen=True, slots=True)
class Known:
    """What was read of a contact: itself (None when there is none) with what its segments ask for, and the versions of the items
    that a decision depends on.
    """

    subject: Subject | None
    profile_versions: Mapping[Key, int | None]

    @property
    def contact(self) -> Contact | None:
        """The contact, in whatever state."""
        return self.subject.contact if self.subject else None


def know(
    table: Table,
    workspace_id: str,
    compiled: Compiled,
    contact_ids: Iterable[str],
    *,
    given: Mapping[str, Contact] | None = None,
    consistent: bool = True,
) -> dict[str, Known]:
    """What the compiled conditions need of these contacts. Those ``given`` are not read again."""
    ids = list(dict.fromkeys(contact_ids))
    people: dict[str, Contact] = dict(given or {})
    missing = {key: each for each, key in contact_keys(workspace_id, (i for i in ids if i not in people)).items()}
    if missing:
        found = table.get_many(Record, missing, consistent=consistent)
        people |= {missing[key]: contacts.contact_of(record) for key, record in found.items()}
    here = {each: people[each] for each in ids if each in people}
    needs = compiled.needs
    profiles: dict[Key, Profile] = {}
    if "profile" in needs and here:
        keys = [profile_key(workspace_id, own) for contact in here.values() for own in contact.all_ids]
        records = table.get_many(ProfileRecord, keys, consistent=consistent)
        profiles = {key: store.to_profile(record) for key, record in records.items()}
    firms = {}
    if "company" in needs:
        wanted = {companies.place(workspace_id, each.company_id) for each in here.values() if each.company_id}
        if wanted:
            found = table.get_many(Record, wanted, consistent=consistent)
            made = [companies.company_of(record) for record in found.values()]
            firms = {company.id: company for company in made if not company.gone}
    inside: dict[str, set[str]] = {}
    if compiled.statics and here:
        rows = {
            member_key(workspace_id, segment_id, each, SHARDS): (each, segment_id)
            for each in here
            for segment_id in compiled.statics
        }
        for key in table.get_many(MemberRecord, rows, consistent=consistent):
            inside.setdefault(rows[key][0], set()).add(rows[key][1])
    known = {}
    for each in ids:
        contact = here.get(each)
        if contact is None:
            known[each] = Known(None, {})
            continue
        own_keys = [profile_key(workspace_id, own) for own in contact.all_ids] if "profile" in needs else []
        profile = Profile.union([profiles[key] for key in own_keys if key in profiles]) if own_keys else EMPTY
        subject = Subject(contact, profile, firms.get(contact.company_id), frozenset(inside.get(each, ())))
        known[each] = Known(subject, {key: profiles[key].version if key in profiles else None for key in own_keys})
    return known
