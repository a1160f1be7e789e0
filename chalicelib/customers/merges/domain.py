"""What becomes of two contacts that are one person, and how it is taken back.

One of the two survives. Nothing is copied: what hangs on the other stays where it is and is read together with the survivor's
(``contact.all_ids``). The survivor gets what it did not have, what was chosen, and the union of everything that can stand side
by side; of two answers to one purpose the stricter stays.

Taking it back puts both items back byte for byte when nothing has been changed since; otherwise what was changed since stays
changed, field by field. The score is not something that people change: what it did since is undone with the rest.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal, Protocol, TypeVar

from chalicelib.customers.contacts.domain import (
    ADDRESSES_LIMIT,
    INTERESTS_LIMIT,
    LIFECYCLE_STAGES,
    TAGS_LIMIT,
    Consent,
    ConsentState,
    Contact,
    EmailAddress,
    Kyc,
    PhoneNumber,
    Touch,
    one_primary_address,
    one_primary_email,
    one_primary_phone,
)
from chalicelib.foundation.errors import FieldError, InvalidError
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Key

MERGED_LIMIT = 20
"""Contacts that can have been merged into one: each is read with it."""
UNDO = timedelta(days=30)
CUSTOM = "custom."
CONTACT = "contact"

Side = Literal["this", "other"]
Element = TypeVar("Element")

CHOICES = (
    "first_name",
    "last_name",
    "title",
    "job_title",
    "company_id",
    "language",
    "time_zone",
    "country",
    "city",
    "lifecycle_stage",
    "owner_id",
    "birthday",
    "satisfaction",
    "kyc",
)
"""Fields of which only one value can stay; ``company_id`` goes with the company's name, ``custom.<id>`` are the workspace's own."""
_LIMITS = {
    "emails": ADDRESSES_LIMIT,
    "phones": ADDRESSES_LIMIT,
    "addresses": ADDRESSES_LIMIT,
    "tags": TAGS_LIMIT,
    "interests": INTERESTS_LIMIT,
}


class Follower(Protocol):
    """What a feature does when two contacts become one and are parted again; registered in ``wiring.PARTS["merge"]``. Only for
    what cannot be read under all of a person's ids.
    """

    def places(self, workspace_id: str, contact_id: str) -> Sequence[Key]:
        """Where rows stand that are a part of the contact's own state: the survivor keeps its own, the other's go, and taking the
        merge back brings those of both back as they were.
        """
        ...

    def merged(self, runtime: Runtime, workspace_id: str, survivor_id: str, other_id: str) -> list[str]:
        """Afterwards, from a queue: move what names the other. Gives back what was moved, for `undone`; harmless when repeated."""
        ...

    def undone(
        self, runtime: Runtime, workspace_id: str, survivor_id: str, other_id: str, moved: Sequence[str]
    ) -> None:
        """Move it back."""
        ...


class MergeState(StrEnum):
    """Whether it has been taken back."""

    DONE = "done"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Merge:
    """A merge: who went into whom, when, by whom; ``until`` it can be taken back. ``what`` they are: contacts or companies."""

    workspace_id: str
    id: str
    survivor_id: str
    other_id: str
    at: datetime
    actor: str
    state: MergeState
    until: datetime
    undone_at: datetime | None = None
    undone_by: str = ""
    version: int = 1
    what: str = CONTACT


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of which only one value can stay, and in which two contacts differ."""

    field: str
    this: Any
    other: Any
    chosen: Side


def check_choices(choices: Mapping[str, str], *, custom: Collection[str]) -> None:
    """`InvalidError` names each choice of a field that has none; ``custom`` are the ids of the workspace's own fields."""
    allowed = {*CHOICES, *(CUSTOM + each for each in custom)}
    wrong = [
        FieldError(f"choices.{name}", "There is nothing to choose here.", "unknown")
        for name in choices
        if name not in allowed
    ]
    if wrong:
        raise InvalidError("Some choices cannot be made.", fields=wrong[:20])


def merged(this: Contact, other: Contact, choices: Mapping[str, Side], *, at: datetime, by: str) -> Contact:
    """The survivor as it is to be written over ``this``. `InvalidError` names what there would be too much of."""
    chosen = {name: other if _side(this, other, name, choices) == "other" else this for name in CHOICES}
    values: dict[str, Any] = {name: getattr(holder, name) for name, holder in chosen.items()}
    values["company_name"] = chosen["company_id"].company_name
    values["custom"] = _custom(this, other, choices)
    values |= _united(this, other)
    for name, limit in _LIMITS.items():
        if len(values[name]) > limit:
            message = f"Both together would have {len(values[name])} {name}, of {limit} at most."
            raise InvalidError(message, field="other_id", code=f"too_many_{name}")
    ids = tuple(dict.fromkeys((*this.merged_ids, other.id, *other.merged_ids)))
    if len(ids) > MERGED_LIMIT:
        message = f"At most {MERGED_LIMIT} contacts can have been merged into one."
        raise InvalidError(message, field="other_id", code="too_many_merged")
    first, last = _touches(this, other)
    return this.edited(
        at=at,
        by=by,
        **values,
        merged_ids=ids,
        consents=strictest(this.consents, other.consents),
        first_touch=first,
        last_touch=last,
        open_lead_id=min(filter(None, (this.open_lead_id, other.open_lead_id)), default=""),
    )


def differences(this: Contact, other: Contact, choices: Mapping[str, Side]) -> list[Difference]:
    """The fields in which they differ and one side has to be chosen, and which it is. Lists are united: nothing to choose."""
    found = []
    for name in CHOICES:
        ours, theirs = _shown(this, name), _shown(other, name)
        if ours != theirs:
            found.append(Difference(name, ours, theirs, _side(this, other, name, choices)))
    for key in sorted({*this.custom, *other.custom}):
        if this.custom.get(key) != other.custom.get(key):
            side = _custom_side(this, key, choices)
            found.append(Difference(CUSTOM + key, this.custom.get(key), other.custom.get(key), side))
    return found


def strictest(ours: Mapping[str, Consent], theirs: Mapping[str, Consent]) -> dict[str, Consent]:
    """The stricter of two answers to each purpose: a no beats a yes; of two yeses or noes the later is the proof."""
    found = dict(ours)
    for purpose, consent in theirs.items():
        present = found.get(purpose)
        if present is None or _strictness(consent) > _strictness(present):
            found[purpose] = consent
    return found


def _strictness(consent: Consent) -> tuple[bool, str, datetime]:
    """Of two noes that hold until a moment (a pause of mail) the longer is the stricter."""
    until = consent.text_version if consent.text_version.startswith("until:") else ""
    return consent.state is ConsentState.WITHDRAWN, until, consent.at


# Taking it back


@dataclass(frozen=True, slots=True)
class Parted:
    """The two contacts again. ``as_before`` says that nobody has changed anything since, so both items go back as they were."""

    survivor: Contact
    other: Contact
    as_before: bool


def parted(this: Contact, other: Contact, after: Contact, now: Contact) -> Parted:
    """Two contacts out of one: ``this`` and ``other`` before the merge, ``after`` it, and the survivor as it is ``now``.

    What is the same as after the merge goes back; what was changed since stays. Of lists each element counts by itself. An
    address of the other's that was taken away since does not come back (somebody else may have it by now), and a no that was
    said since holds for both.
    """
    back = replace(
        this,
        company_id=kept(this, after, now, "company_id"),
        company_name=kept(this, after, now, "company_name"),
        **{name: kept(this, after, now, name) for name in _ALONE},
        emails=_emails(this, after, now),
        phones=_phones(this, after, now),
        addresses=elements(this.addresses, after.addresses, now.addresses, lambda each: each),
        tags=frozenset(elements(sorted(this.tags), sorted(after.tags), sorted(now.tags), lambda each: each)),
        interests=elements(this.interests, after.interests, now.interests, str.lower),
        custom=mapping(this.custom, after.custom, now.custom),
        consents=mapping(this.consents, after.consents, now.consents),
        merged_ids=elements(this.merged_ids, after.merged_ids, now.merged_ids, lambda each: each),
    )
    theirs = replace(
        other,
        emails=_still(other.emails, now.emails, lambda each: each.address),
        phones=_still(other.phones, now.phones, lambda each: each.number),
        consents=strictest(other.consents, _withdrawn_since(after, now)),
    )
    if after.open_lead_id != now.open_lead_id and other.open_lead_id == after.open_lead_id:
        theirs = replace(theirs, open_lead_id="")  # it was closed meanwhile
    return Parted(back, theirs, _compared(after) == _compared(now))


_ALONE = (
    *(name for name in CHOICES if name != "company_id"),
    "first_touch",
    "last_touch",
    "open_lead_id",
)


def _compared(contact: Contact) -> Contact:
    """The contact without what is not changed by people."""
    return replace(
        contact,
        version=0,
        edited_version=0,
        updated_at=contact.created_at,
        changed_by="",
        score_fit=0,
        score_engagement=0,
        grade="",
    )


def kept(this: Any, after: Any, now: Any, name: str) -> Any:
    """A field that was not changed since the merge goes back; one that was stays."""
    changed = getattr(now, name) != getattr(after, name)
    return getattr(now if changed else this, name)


def elements(
    before: Iterable[Element], after: Iterable[Element], now: Iterable[Element], key: Callable[[Element], Hashable]
) -> tuple[Element, ...]:
    """Those of before that were not taken away since, as they are now if they were changed since, and those that came since."""
    was = {key(each): each for each in after}
    stands = {key(each): each for each in now}
    kept = {key(each): each for each in before if key(each) in stands or key(each) not in was}
    for name, element in stands.items():
        if name not in was or (name in kept and element != was[name]):
            kept[name] = element
    return tuple(kept.values())


def _emails(this: Contact, after: Contact, now: Contact) -> tuple[EmailAddress, ...]:
    return one_primary_email(elements(this.emails, after.emails, now.emails, lambda each: each.address))


def _phones(this: Contact, after: Contact, now: Contact) -> tuple[PhoneNumber, ...]:
    return one_primary_phone(elements(this.phones, after.phones, now.phones, lambda each: each.number))


def _still(
    theirs: Sequence[Element], now: Sequence[Element], key: Callable[[Element], Hashable]
) -> tuple[Element, ...]:
    stands = {key(each) for each in now}
    return tuple(each for each in theirs if key(each) in stands)


def mapping(before: Mapping[str, Any], after: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """The same as `elements` for values by name."""
    kept = {name: value for name, value in before.items() if name in now or name not in after}
    changed = {name: value for name, value in now.items() if name not in after or value != after[name]}
    return kept | changed


def _withdrawn_since(after: Contact, now: Contact) -> dict[str, Consent]:
    return {
        purpose: consent
        for purpose, consent in now.consents.items()
        if consent.state is ConsentState.WITHDRAWN and after.consents.get(purpose) != consent
    }


# The survivor's values


def _empty(contact: Contact, name: str) -> bool:
    value = getattr(contact, name)
    if name == "lifecycle_stage":
        return bool(value == LIFECYCLE_STAGES[0])
    if name == "company_id":
        return not contact.company_id and not contact.company_name
    return value in ("", None) or value == Kyc()


def _side(this: Contact, other: Contact, name: str, choices: Mapping[str, Side]) -> Side:
    default: Side = "other" if _empty(this, name) and not _empty(other, name) else "this"
    return choices.get(name, default)


def _shown(contact: Contact, name: str) -> Any:
    if name == "company_id":
        return contact.company_name
    return getattr(contact, name)


def _custom_side(this: Contact, key: str, choices: Mapping[str, Side]) -> Side:
    default: Side = "this" if key in this.custom else "other"
    return choices.get(CUSTOM + key, default)


def _custom(this: Contact, other: Contact, choices: Mapping[str, Side]) -> dict[str, Any]:
    found = {}
    for key in {**this.custom, **other.custom}:
        holder = other if _custom_side(this, key, choices) == "other" else this
        if key in holder.custom:
            found[key] = holder.custom[key]
    return found


def beside(mine: Sequence[Any], theirs: Sequence[Any], key: Callable[[Any], Hashable]) -> list[Any]:
    """One's own, and those of theirs that are not among them; theirs keep their primary only when there are none of one's own."""
    known = {key(each) for each in mine}
    added = [replace(each, primary=each.primary and not mine) for each in theirs if key(each) not in known]
    return [*mine, *added]


def _united(this: Contact, other: Contact) -> dict[str, Any]:
    """Everything that can stand side by side, the survivor's first; its primary stays, or the other's becomes it."""

    def bare(address: Any) -> Any:
        return replace(address, primary=False, label="")

    emails = beside(this.emails, other.emails, lambda each: each.address)
    phones = beside(this.phones, other.phones, lambda each: each.number)
    addresses = beside(this.addresses, other.addresses, bare)
    interests = {each.lower(): each for each in (*other.interests, *this.interests)}
    ordered = dict.fromkeys(each.lower() for each in (*this.interests, *other.interests))
    few = len(emails) <= ADDRESSES_LIMIT and len(phones) <= ADDRESSES_LIMIT and len(addresses) <= ADDRESSES_LIMIT
    return {
        "emails": one_primary_email(emails) if few else tuple(emails),
        "phones": one_primary_phone(phones) if few else tuple(phones),
        "addresses": one_primary_address(addresses) if few else tuple(addresses),
        "tags": this.tags | other.tags,
        "interests": tuple(interests[each] for each in ordered),
    }


def _touches(this: Contact, other: Contact) -> tuple[Touch | None, Touch | None]:
    firsts = [each for each in (this.first_touch, other.first_touch) if each is not None]
    lasts = [each for each in (this.last_touch, other.last_touch) if each is not None]
    return (
        min(firsts, key=lambda each: each.at, default=None),
        max(lasts, key=lambda each: each.at, default=None),
    )
