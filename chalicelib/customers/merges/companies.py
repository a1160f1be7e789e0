"""Merging two companies, and taking it back. As with contacts nothing that hangs on them is copied; only their contacts name the
survivor instead, one after the other from a queue, and are noted so that they can go back.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.customers.claims import service as claims
from chalicelib.customers.companies import service as companies
from chalicelib.customers.companies.domain import DOMAINS_LIMIT, Company
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import (
    ADDRESSES_LIMIT,
    TAGS_LIMIT,
    Contact,
    one_primary_address,
    one_primary_email,
    one_primary_phone,
)
from chalicelib.customers.merges import domain, store
from chalicelib.customers.merges.domain import CUSTOM, MERGED_LIMIT, UNDO, Difference, Merge, MergeState, Side
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, FieldError, InvalidError, NotFoundError, UnavailableError
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Operation, Table
from chalicelib.foundation.table.table import TransactionConflictError

COMPANY = "company"
CHOICES = ("name", "website", "industry", "size", "city", "country", "owner_id", "parent_id", "description")
_LIMITS = {
    "domains": DOMAINS_LIMIT,
    "emails": ADDRESSES_LIMIT,
    "phones": ADDRESSES_LIMIT,
    "addresses": ADDRESSES_LIMIT,
    "tags": TAGS_LIMIT,
}
_ATTEMPTS = 8
_PAGE = 100
_SECONDS = 25.0


@dataclass(frozen=True, slots=True)
class CompanyPreview:
    """What a merge would make."""

    survivor: Company
    differences: list[Difference]


@dataclass(frozen=True, slots=True)
class _Item:
    company: Company
    image: store.RawItem


def merged(this: Company, other: Company, choices: Mapping[str, Side], *, at: datetime, by: str) -> Company:
    """The survivor as it is to be written over ``this``. `InvalidError` names what there would be too much of."""
    values: dict[str, Any] = {name: getattr(_holder(this, other, name, choices), name) for name in CHOICES}
    if values["parent_id"] in (this.id, other.id):
        values["parent_id"] = ""
    custom = {}
    for key in {**this.custom, **other.custom}:
        holder = other if _custom_side(this, key, choices) == "other" else this
        if key in holder.custom:
            custom[key] = holder.custom[key]
    lists: dict[str, Any] = {
        "domains": tuple(dict.fromkeys((*this.domains, *other.domains))),
        "emails": domain.beside(this.emails, other.emails, lambda each: each.address),
        "phones": domain.beside(this.phones, other.phones, lambda each: each.number),
        "addresses": domain.beside(
            this.addresses, other.addresses, lambda each: replace(each, primary=False, label="")
        ),
        "tags": this.tags | other.tags,
    }
    for name, limit in _LIMITS.items():
        if len(lists[name]) > limit:
            message = f"Both together would have {len(lists[name])} {name}, of {limit} at most."
            raise InvalidError(message, field="other_id", code=f"too_many_{name}")
    ids = tuple(dict.fromkeys((*this.merged_ids, other.id, *other.merged_ids)))
    if len(ids) > MERGED_LIMIT:
        message = f"At most {MERGED_LIMIT} companies can have been merged into one."
        raise InvalidError(message, field="other_id", code="too_many_merged")
    lists["emails"] = one_primary_email(lists["emails"])
    lists["phones"] = one_primary_phone(lists["phones"])
    lists["addresses"] = one_primary_address(lists["addresses"])
    return replace(this, **values, **lists, custom=custom, merged_ids=ids, updated_at=at, changed_by=by)


def differences(this: Company, other: Company, choices: Mapping[str, Side]) -> list[Difference]:
    """The fields in which they differ and one side has to be chosen, and which it is."""
    found = [
        Difference(name, getattr(this, name), getattr(other, name), _side(this, other, name, choices))
        for name in CHOICES
        if getattr(this, name) != getattr(other, name)
    ]
    return found + [
        Difference(CUSTOM + key, this.custom.get(key), other.custom.get(key), _custom_side(this, key, choices))
        for key in sorted({*this.custom, *other.custom})
        if this.custom.get(key) != other.custom.get(key)
    ]


def parted(this: Company, other: Company, after: Company, now: Company) -> tuple[Company, Company, bool]:
    """Two companies out of one, as `merges.domain.parted`; whether nobody has changed anything since."""
    back = replace(
        this,
        **{name: domain.kept(this, after, now, name) for name in CHOICES},
        domains=domain.elements(this.domains, after.domains, now.domains, lambda each: each),
        emails=one_primary_email(domain.elements(this.emails, after.emails, now.emails, lambda each: each.address)),
        phones=one_primary_phone(domain.elements(this.phones, after.phones, now.phones, lambda each: each.number)),
        addresses=domain.elements(this.addresses, after.addresses, now.addresses, lambda each: each),
        tags=frozenset(domain.elements(sorted(this.tags), sorted(after.tags), sorted(now.tags), lambda each: each)),
        custom=domain.mapping(this.custom, after.custom, now.custom),
        merged_ids=domain.elements(this.merged_ids, after.merged_ids, now.merged_ids, lambda each: each),
    )
    theirs = replace(other, domains=tuple(each for each in other.domains if each in now.domains))
    return back, theirs, _compared(after) == _compared(now)


def preview(
    *, table: Table, clock: Clock, workspace_id: str, company_id: str, other_id: str, choices: Mapping[str, Side]
) -> CompanyPreview:
    """What merging ``other_id`` into ``company_id`` would make, with the same errors as `merge`; nothing is written."""
    this, other = _both(table, workspace_id, company_id, other_id, choices)
    survivor = merged(this.company, other.company, choices, at=clock.now(), by="")
    return CompanyPreview(survivor, differences(this.company, other.company, choices))


def merge(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    company_id: str,
    other_id: str,
    choices: Mapping[str, Side],
    merge_id: str,
    actor: str = "",
) -> tuple[Merge, Company]:
    """Merge ``other_id`` into ``company_id``, which survives; made again with the same id it is the merge that is there."""
    for attempt in range(_ATTEMPTS):
        known = store.read(table, workspace_id, merge_id)
        if known is not None:
            return known, companies.get_company(
                table=table, workspace_id=workspace_id, company_id=known.survivor_id, consistent=True, follow=True
            )
        this, other = _both(table, workspace_id, company_id, other_id, choices)
        now = clock.now()
        made = Merge(
            workspace_id, merge_id, company_id, other_id, now, actor, MergeState.DONE, now + UNDO, what=COMPANY
        )
        survivor = merged(this.company, other.company, choices, at=now, by=actor)
        gone = replace(other.company, merged_into=survivor.id, updated_at=now, changed_by=actor)
        write = companies.replace_operation(survivor)
        after = dict(write.record.image(), version={"N": str(this.company.version + 1)})
        operations: list[Operation] = [
            write,
            companies.replace_operation(gone),
            *claims.hand_over(
                workspace_id=workspace_id, claims=other.company.claims, holder_id=other_id, to_id=company_id, now=now
            ),
            *store.create(made, store.Images(this.image, other.image, after, {})),
        ]
        try:
            table.transact(operations)
        except TransactionConflictError:
            contacts.pause(attempt)
        else:
            return made, replace(survivor, version=this.company.version + 1)
    raise UnavailableError("The companies keep being changed by others.")


def undo(*, table: Table, clock: Clock, made: Merge, actor: str = "") -> tuple[Company, Company]:
    """Part them again: as before when nothing was changed since, else field by field. Their contacts go back from a queue."""
    workspace_id = made.workspace_id
    for attempt in range(_ATTEMPTS):
        fresh = store.read(table, workspace_id, made.id)
        if fresh is None:
            raise NotFoundError("There is no such merge.")
        if fresh.state is MergeState.UNDONE:
            return _now(table, made)
        images, now = store.read_images(table, workspace_id, made.id), clock.now()
        if images is None or now >= made.until:
            raise InvalidError("A merge can be taken back for 30 days.", field="merge_id", code="too_late")
        survivor, other = _present(table, made)
        before, before_other = _company(images.this), _company(images.other)
        back, theirs, as_before = parted(before, before_other, _company(images.after), survivor.company)
        operations: list[Operation] = [
            _put_back(survivor.company, images.this, back, now, actor, as_before=as_before),
            _put_back(other.company, images.other, theirs, now, actor, as_before=theirs == before_other),
        ]
        given = survivor.company.claims & theirs.claims - back.claims
        operations += claims.hand_over(
            workspace_id=workspace_id, claims=given, holder_id=made.survivor_id, to_id=made.other_id, now=now
        )
        operations += store.undone(made, now, by=actor, forgotten=[])
        try:
            table.transact(operations)
        except TransactionConflictError:
            contacts.pause(attempt)
        else:
            return _now(table, made)
    raise UnavailableError("The companies keep being changed by others.")


def follow(runtime: Runtime, made: Merge) -> bool:
    """Let the contacts follow a merge, or go back after it was undone; whether all have. Harmless when repeated."""
    began = time.monotonic()
    while time.monotonic() - began < _SECONDS:
        now = store.read(runtime.table, made.workspace_id, made.id)
        if now is None:
            return True
        left = _forward(runtime, now) if now.state is MergeState.DONE else _backward(runtime, now)
        if not left:
            return True
    return False


def _forward(runtime: Runtime, made: Merge) -> bool:
    """Some of the other's contacts get the survivor; whether there may be more."""
    table = runtime.table
    survivor = companies.get_company(
        table=table, workspace_id=made.workspace_id, company_id=made.survivor_id, gone=True, consistent=True
    )
    page = contacts.contacts_of_company(
        table=table, workspace_id=made.workspace_id, company_id=made.other_id, limit=_PAGE
    )
    moved = 0
    for contact in page:
        store.note_contact(table, made, contact.id, runtime.clock.now())  # before it moves: what is noted can go back
        moved += _give(runtime, contact.id, made, made.other_id, survivor)
    return moved > 0 and len(page) == _PAGE


def _backward(runtime: Runtime, made: Merge) -> bool:
    """Some of those that were moved go back; whether there may be more."""
    table = runtime.table
    other = companies.get_company(
        table=table, workspace_id=made.workspace_id, company_id=made.other_id, gone=True, consistent=True
    )
    noted = store.noted_contacts(table, made, limit=_PAGE)
    for contact_id in noted:
        _give(runtime, contact_id, made, made.survivor_id, other)
    store.forget_contacts(table, made, noted)
    return len(noted) == _PAGE


def _give(runtime: Runtime, contact_id: str, made: Merge, from_id: str, to: Company) -> bool:
    """Give a contact another company, if it still has this one."""
    table, where = runtime.table, made.workspace_id
    for attempt in range(_ATTEMPTS):
        found = contacts.get_contacts(table=table, workspace_id=where, contact_ids=[contact_id], consistent=True)
        present: Contact | None = found.get(contact_id)
        if present is None or present.company_id != from_id:
            return False
        changed = replace(present, company_id=to.id, company_name=to.name, updated_at=runtime.clock.now())
        try:
            table.write(contacts.replace_operation(changed))
        except ConflictError:
            contacts.pause(attempt)
        else:
            return True
    raise UnavailableError("The contact keeps being changed by others.")


def _both(
    table: Table, workspace_id: str, company_id: str, other_id: str, choices: Mapping[str, Side]
) -> tuple[_Item, _Item]:
    companies.get_company(table=table, workspace_id=workspace_id, company_id=company_id)
    this, other = _item(table, workspace_id, company_id), _item(table, workspace_id, other_id)
    if this is None or this.company.gone:
        raise NotFoundError("There is no such company.")
    if company_id == other_id:
        raise InvalidError("A company is not merged into itself.", field="other_id", code="same")
    if other is None or other.company.gone:
        raise InvalidError("There is no such company.", field="other_id", code="unknown")
    allowed = {*CHOICES, *(CUSTOM + each for each in {**this.company.custom, **other.company.custom})}
    wrong = [FieldError(f"choices.{name}", "There is nothing to choose here.", "unknown") for name in choices]
    wrong = [each for each in wrong if each.field.removeprefix("choices.") not in allowed]
    if wrong:
        raise InvalidError("Some choices cannot be made.", fields=wrong[:20])
    return this, other


def _present(table: Table, made: Merge) -> tuple[_Item, _Item]:
    survivor = _item(table, made.workspace_id, made.survivor_id)
    other = _item(table, made.workspace_id, made.other_id)
    if survivor is None or other is None or other.company.merged_into != made.survivor_id:
        raise NotFoundError("There is no such merge.")
    if survivor.company.merged_into:
        raise ConflictError("The survivor was merged into another company since: take that back first.")
    if survivor.company.gone:
        raise ConflictError("The survivor is in the bin: restore it first.")
    return survivor, other


def _put_back(
    present: Company, image: store.RawItem, company: Company, now: datetime, actor: str, *, as_before: bool
) -> Operation:
    if as_before:
        return companies.restore_operation(image, present)
    return companies.replace_operation(replace(company, version=present.version, updated_at=now, changed_by=actor))


def _now(table: Table, made: Merge) -> tuple[Company, Company]:
    here: dict[str, Any] = {"table": table, "workspace_id": made.workspace_id, "consistent": True, "gone": True}
    return (
        companies.get_company(**here, company_id=made.survivor_id),
        companies.get_company(**here, company_id=made.other_id),
    )


def _item(table: Table, workspace_id: str, company_id: str) -> _Item | None:
    image = table.image(companies.place(workspace_id, company_id)) if is_id(company_id) else None
    return None if image is None else _Item(_company(image), image)


def _company(image: store.RawItem) -> Company:
    return companies.company_in(image)


def _compared(company: Company) -> Company:
    return replace(company, version=0, updated_at=company.created_at, changed_by="")


def _side(this: Company, other: Company, name: str, choices: Mapping[str, Side]) -> Side:
    empty = ("", None)
    default: Side = "other" if getattr(this, name) in empty and getattr(other, name) not in empty else "this"
    return choices.get(name, default)


def _holder(this: Company, other: Company, name: str, choices: Mapping[str, Side]) -> Company:
    return other if _side(this, other, name, choices) == "other" else this


def _custom_side(this: Company, key: str, choices: Mapping[str, Side]) -> Side:
    default: Side = "this" if key in this.custom else "other"
    return choices.get(CUSTOM + key, default)
