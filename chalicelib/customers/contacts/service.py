"""Making, reading and changing contacts, and giving them points."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from chalicelib.customers import owners
from chalicelib.customers.claims import service as claims
from chalicelib.customers.claims.domain import Claim
from chalicelib.customers.companies import service as companies
from chalicelib.customers.contacts import store
from chalicelib.customers.contacts.addresses import (
    email_addresses,
    national_digits,
    normalise_email,
    phone_numbers,
    postal_addresses,
    region_of,
)
from chalicelib.customers.contacts.domain import (
    BIN,
    KYC_STATES,
    LIFECYCLE_STAGES,
    SATISFACTION,
    Contact,
    GradeOf,
    Kyc,
    PostalAddress,
    ScoreChange,
    ScoreEntry,
    Touch,
    clean_interests,
    clean_tags,
    shard_of,
)
from chalicelib.customers.contacts.records import ContactRecord, ScoreRecord, contact_key
from chalicelib.customers.fields import service as custom_fields
from chalicelib.foundation.clock import Clock, from_text
from chalicelib.foundation.errors import ConflictError, FieldError, InvalidError, NotFoundError, UnavailableError
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.table import Create, Key, Operation, Record, Replace, Restore, Table
from chalicelib.foundation.table.table import TransactionConflictError
from chalicelib.workspaces.settings import service as settings
from chalicelib.workspaces.settings.domain import Workspace, check_time_zone

_ATTEMPTS = 8
_ENTRIES = 50
_MERGES = 20  # how often a survivor may have been merged again before following it ends


@dataclass(frozen=True, slots=True)
class ContactsPage:
    """Some contacts, and where the next page starts (None after the last)."""

    items: list[Contact]
    next: str | None


def get_contact(
    *,
    table: Table,
    workspace_id: str,
    contact_id: str,
    consistent: bool = False,
    follow: bool = False,
    gone: bool = False,
) -> Contact:
    """The contact; `NotFoundError` when there is none.

    One in the bin is none, and neither is one that was merged into another: its `NotFoundError` tells the survivor's id as
    ``merged_into``. With ``follow`` the survivor is given instead; with ``gone`` the contact itself, as it is kept.
    """
    found = store.read(table, workspace_id, contact_id, consistent=consistent, gone=True) if is_id(contact_id) else None
    if found is not None and found.merged_into and not gone:
        survivor = _survivors(table, workspace_id, [found], consistent=consistent).get(found.id)
        if survivor is not None and follow:
            return survivor
        members = {"merged_into": survivor.id} if survivor is not None else {}
        raise NotFoundError("This contact was merged into another.", members=members)
    if found is None or (found.gone and not gone):
        raise NotFoundError("There is no such contact.")
    return found


def get_contacts(
    *,
    table: Table,
    workspace_id: str,
    contact_ids: Iterable[str],
    consistent: bool = False,
    follow: bool = False,
    gone: bool = False,
) -> dict[str, Contact]:
    """Those of the contacts that exist, by the ids asked for; the rest as in `get_contact`."""
    wanted = {contact_id for contact_id in contact_ids if is_id(contact_id)}
    found = store.read_many(table, workspace_id, wanted, consistent=consistent, gone=gone or follow)
    if not follow:
        return found
    merged = [contact for contact in found.values() if contact.merged_into]
    present = {contact_id: contact for contact_id, contact in found.items() if not contact.gone}
    return present | (_survivors(table, workspace_id, merged, consistent=consistent) if merged else {})


def _survivors(table: Table, workspace_id: str, merged: Iterable[Contact], *, consistent: bool) -> dict[str, Contact]:
    """Who is left of these contacts that were merged away, by their ids. A survivor may have been merged again later."""
    asked = {contact.id: contact.merged_into for contact in merged}
    found: dict[str, Contact] = {}
    for _ in range(_MERGES):
        if not asked:
            break
        read = store.read_many(table, workspace_id, set(asked.values()), consistent=consistent, gone=True)
        survivors = {contact_id: read[into] for contact_id, into in asked.items() if into in read}
        found |= {contact_id: survivor for contact_id, survivor in survivors.items() if not survivor.gone}
        asked = {contact_id: survivor.merged_into for contact_id, survivor in survivors.items() if survivor.merged_into}
    return found


def kept_since(*, table: Table, workspace_id: str, held: Iterable[tuple[str, str, datetime]]) -> set[str]:
    """Which contacts have kept an e-mail address without a break: of each (contact's id, address, moment to look back to) the ids
    that have. An address belongs to one contact at a time, so of all that ever had it one at most has kept it.
    """
    asked = [(contact_id, Claim("email", address), moment) for contact_id, address, moment in held]
    found = claims.held_since(table=table, workspace_id=workspace_id, claims={claim for _, claim, _ in asked})
    kept = set()
    for contact_id, claim, moment in asked:
        holder_id, since = found.get(claim, ("", moment))
        if holder_id == contact_id and since <= moment:
            kept.add(contact_id)
    return kept


def find_by_email(*, table: Table, workspace_id: str, email: str) -> str | None:
    """The id of the contact that has this address (in any spelling), or None; also for what is no address."""
    try:
        claim = Claim("email", normalise_email(email))
    except InvalidError:
        return None
    return claims.holders(table=table, workspace_id=workspace_id, claims=[claim]).get(claim)


def find_by_emails(*, table: Table, workspace_id: str, emails: Iterable[str]) -> dict[str, str]:
    """The ids of the contacts that have these normalised addresses: address → id."""
    wanted = [Claim("email", email) for email in emails]
    held = claims.holders(table=table, workspace_id=workspace_id, claims=wanted)
    return {claim.value: holder for claim, holder in held.items()}


def page_of_contacts(*, table: Table, workspace_id: str, start: str | None, limit: int) -> ContactsPage:
    """Some of all contacts, for work over all of them; ``start`` is a former page's ``next``. A page may be short, or even
    empty, and not be the last.
    """
    shard, _, after = (start or "0:").partition(":")
    number = int(shard)
    page = store.shard_page(table, workspace_id, shard=number, after=after, limit=limit)
    items = [store.to_domain(record) for record in page.items]
    if page.next is not None and items:
        return ContactsPage(items, f"{number}:{items[-1].id}")
    workspace = settings.get_workspace(table=table, workspace_id=workspace_id)
    more = number + 1 < workspace.shards_of("contacts")
    return ContactsPage(items, f"{number + 1}:" if more else None)


def create_contact(
    *,
    table: Table,
    clock: Clock,
    workspace: Workspace,
    contact_id: str,
    values: Mapping[str, Any],
    touch: Touch | None = None,
    changed_by: str = "",
    required: bool = True,
) -> Contact:
    """Make a contact. ``values`` are the fields of `Contact` that people fill in: names, ``emails`` ``[{address, label, primary}]``
    and ``phones`` ``[{number, label, primary}]`` in any spelling, ``company_id``, ``tags``, ``custom`` values by the keys of their
    fields, … `InvalidError` names what is wrong, ``taken`` addresses and, unless not ``required``, custom fields that have to be
    filled in too; making the same id again gives the contact that is there.
    """
    now = clock.now()
    contact = Contact(
        workspace_id=workspace.id,
        id=contact_id,
        created_at=now,
        updated_at=now,
        shard=shard_of(contact_id, workspace.new_shards_of("contacts")),
        first_touch=touch,
        last_touch=touch,
        changed_by=changed_by,
        **_cleaned(table, workspace, values, country=str(values.get("country") or ""), required=required),
    )
    if not contact.display_name:
        raise InvalidError("A contact has a name, an e-mail address or a phone number.", field="emails", code="missing")
    try:
        _write(table, None, contact)
    except ConflictError as conflict:
        if isinstance(conflict.current, Contact):
            return conflict.current
        raise
    return contact


def change_contact(
    *,
    table: Table,
    clock: Clock,
    workspace: Workspace,
    contact_id: str,
    version: int,
    changes: Mapping[str, Any],
    changed_by: str = "",
) -> Contact:
    """Change what people fill in of the contact as it was read at ``version``; `ConflictError` with the present `Contact` when
    people's part of it has changed since. What scoring, captures and consents have written meanwhile is no conflict
    (docs/decisions/0007-edits-and-scores.md). A change that changes nothing writes nothing.
    """

    def change(present: Contact) -> Contact:
        country = str(changes.get("country") or present.country)
        cleaned = _cleaned(table, workspace, changes, country=country, present=present)
        if replace(present, **cleaned) == present:
            return present
        changed = present.edited(at=clock.now(), by=changed_by, **cleaned)
        if not changed.display_name:
            message = "A contact has a name, an e-mail address or a phone number."
            raise InvalidError(message, field="emails", code="missing")
        return changed

    return _edit(table, workspace.id, contact_id, version, change)


def delete_contact(
    *, table: Table, clock: Clock, workspace_id: str, contact_id: str, version: int | None = None, deleted_by: str
) -> None:
    """Put a contact into the bin, from where it can be restored for 30 days: it gives up its addresses and numbers and is found
    by nothing any more. `NotFoundError` when it is there already; `ConflictError` when it has changed since ``version``.
    """
    _edit(
        table,
        workspace_id,
        contact_id,
        version,
        lambda present: present.edited(at=(now := clock.now()), by=deleted_by, deleted_at=now, deleted_by=deleted_by),
    )


def restore_contact(*, table: Table, clock: Clock, workspace: Workspace, contact_id: str, restored_by: str) -> Contact:
    """Take a contact out of the bin, with its addresses and numbers. `InvalidError` names those that others have by now,
    ``taken``; `NotFoundError` when it is not in the bin, or its time is over. One that is not deleted is given as it is.
    """
    present = get_contact(table=table, workspace_id=workspace.id, contact_id=contact_id, consistent=True, gone=True)
    if present.merged_into:
        raise NotFoundError("This contact was merged into another.", members={"merged_into": present.merged_into})
    if present.deleted_at is None:
        return present
    if present.deleted_at + BIN <= clock.now():
        raise NotFoundError("There is no such contact.")
    shard = shard_of(contact_id, workspace.new_shards_of("contacts"))
    restored = present.edited(at=clock.now(), by=restored_by, deleted_at=None, deleted_by="", shard=shard)
    _write(table, present, restored)
    return replace(restored, version=present.version + 1)


def _edit(
    table: Table, workspace_id: str, contact_id: str, version: int | None, change: Callable[[Contact], Contact]
) -> Contact:
    """Write what ``change`` makes of the contact, looking again when something else than people has written meanwhile."""
    for attempt in range(_ATTEMPTS):
        present = get_contact(table=table, workspace_id=workspace_id, contact_id=contact_id, consistent=True)
        if version is not None and not present.edited_version <= version <= present.version:
            raise ConflictError(current=present)
        changed = change(present)
        if changed is present:
            return present
        try:
            _write(table, present, changed)
        except ConflictError:
            pause(attempt)
        else:
            return replace(changed, version=present.version + 1)
    raise UnavailableError("The contact keeps being changed by others.")


def add_points(
    *,
    table: Table,
    workspace_id: str,
    contact_id: str,
    entries: Sequence[ScoreEntry],
    grade_of: GradeOf,
    extra: Sequence[Operation] = (),
) -> Contact:
    """Give the points of these entries, each once however often it comes, and keep why. Returns the contact as it is then;
    `NotFoundError` when there is none. ``extra`` is written in the same transaction, also when every entry was given before;
    `ConflictError` when one of its conditions does not hold.
    """
    waiting = list({entry.id: entry for entry in entries}.values())
    for attempt in range(_ATTEMPTS):
        contact = get_contact(table=table, workspace_id=workspace_id, contact_id=contact_id, consistent=True)
        if not waiting and not extra:
            return contact
        now, later = waiting[:_ENTRIES], waiting[_ENTRIES:]
        changed, rows = _scored(contact, now, grade_of)
        operations: list[Operation] = [store.replacement(changed), *rows] if rows else []
        ours = len(operations)
        try:
            table.transact([*operations, *extra])
        except TransactionConflictError as conflict:
            if any(position >= ours for position in conflict.failed):
                raise ConflictError from conflict
            repeated = {position - 1 for position in conflict.failed if position > 0}
            waiting = [*(entry for position, entry in enumerate(now) if position not in repeated), *later]
            if not repeated:
                pause(attempt)
        else:
            written = replace(changed, version=contact.version + 1) if rows else contact
            if not later:
                return written
            return add_points(
                table=table, workspace_id=workspace_id, contact_id=contact_id, entries=later, grade_of=grade_of
            )
    raise UnavailableError("The contact keeps being changed by others.")


def score_history(
    *, table: Table, workspace_id: str, contact_id: str, before: str = "", limit: int = 50
) -> list[tuple[str, ScoreChange]]:
    """The newest rows of the score's history, each with the position after which the next page starts."""
    return store.history(table, workspace_id, contact_id, before=before, limit=limit)


def scored_since(
    *, table: Table, workspace_id: str, contact_id: str, since: datetime, limit: int
) -> list[tuple[str, ScoreChange]]:
    """The oldest rows of the score's history at or after an instant, each with its position; as they certainly are."""
    return store.scored_since(table, workspace_id, contact_id, since=since, limit=limit)


def follow_company(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    company_id: str,
    name: str | None,
    after: str,
    limit: int,
) -> str:
    """Give contacts of a company its name, or, when that is None because it is gone, no company any more (its name stays). Some
    of them, from the one with the id ``after`` on; returns where to go on, empty after the last. No edit of the contacts: nobody
    has filled anything in.
    """
    found = store.of_company_page(table, workspace_id, company_id, after=after, limit=limit)
    for contact in found:
        if name == contact.company_name:
            continue
        changed = replace(contact, company_name=name) if name is not None else replace(contact, company_id="")
        changed = replace(changed, updated_at=clock.now())
        for attempt in range(_ATTEMPTS):
            try:
                table.write(store.replacement(changed))
                break
            except ConflictError:
                pause(attempt)
                present = store.read(table, workspace_id, contact.id, consistent=True)
                if present is None or present.company_id != company_id:
                    break
                changed = replace(
                    present,
                    company_name=present.company_name if name is None else name,
                    company_id="" if name is None else company_id,
                    updated_at=clock.now(),
                )
        else:
            raise UnavailableError("The contact keeps being changed by others.")
    return found[-1].id if len(found) == limit else ""


# For other features' transactions and projections


def create_operation(contact: Contact) -> Create:
    """The operation that makes a contact's item (its claims are made beside it)."""
    return store.create(contact)


def replace_operation(contact: Contact) -> Replace:
    """The operation that writes a contact over the version it was read at."""
    return store.replacement(contact)


def restore_operation(image: Mapping[str, Any], present: Contact) -> Restore:
    """The operation that puts a contact's raw item back as it was, over the contact as it was read now."""
    return Restore(image, ContactRecord.version == present.version)


def place(workspace_id: str, contact_id: str) -> Key:
    """Where a contact's item stands."""
    return contact_key(workspace_id, contact_id)


def contacts_of_company(
    *, table: Table, workspace_id: str, company_id: str, after: str = "", limit: int
) -> list[Contact]:
    """Contacts of one company in the order of ids, after the one with the id ``after``; for work over all of them."""
    return store.of_company_page(table, workspace_id, company_id, after=after, limit=limit)


def contact_of(record: Record) -> Contact:
    """The contact in a changed item, for projections."""
    assert isinstance(record, ContactRecord)
    return store.to_domain(record)


def contact_in(image: Mapping[str, Any]) -> Contact:
    """The contact in a raw item, as a failed transaction gives it back."""
    return store.to_domain(ContactRecord.from_image(image))


def score_change_of(record: Record) -> tuple[str, ScoreChange]:
    """The contact's id and the row of the score's history in a changed item, for projections."""
    assert isinstance(record, ScoreRecord)
    return record.contact_id, store.to_score_change(record)


def search_texts(contact: Contact) -> list[str]:
    """What a contact is found by, and its leads with it."""
    texts = [contact.first_name, contact.last_name, contact.company_name]
    texts += [email.address for email in contact.emails]
    for phone in contact.phones:
        texts += [phone.number.lstrip("+"), national_digits(phone.number)]
    return texts


def search_subtitle(contact: Contact) -> str:
    """What stands below a contact's name where it is found."""
    parts = [contact.email if contact.email != contact.display_name else "", contact.company_name]
    return " · ".join(part for part in parts if part)


def pause(attempt: int) -> None:
    """Wait a little, at random, before a conflict is tried again, so that two do not meet again."""
    import random
    import time

    time.sleep(random.uniform(0, min(0.4, 0.01 * 2**attempt)))


def _scored(contact: Contact, entries: Sequence[ScoreEntry], grade_of: GradeOf) -> tuple[Contact, list[Create]]:
    if not entries:
        return contact, []
    fit, engagement = contact.score_fit, contact.score_engagement
    rows = []
    for entry in entries:
        if entry.dimension == "fit":
            fit += entry.points
        else:
            engagement += entry.points
        rows.append(store.score_row(contact.workspace_id, contact.id, ScoreChange(entry, fit + engagement)))
    updated_at = max(contact.updated_at, *(entry.at for entry in entries))
    changed = replace(
        contact, score_fit=fit, score_engagement=engagement, grade=grade_of(fit, engagement), updated_at=updated_at
    )
    return changed, rows


def _cleaned(
    table: Table,
    workspace: Workspace,
    values: Mapping[str, Any],
    *,
    country: str,
    present: Contact | None = None,
    required: bool = True,
) -> dict[str, Any]:
    """The values as they are kept. `InvalidError` names each that is wrong."""
    cleaned: dict[str, Any] = {name: value if value is not None else "" for name, value in values.items()}
    region = region_of(country=country, time_zone=workspace.time_zone)
    if "emails" in cleaned:
        cleaned["emails"] = email_addresses(cleaned["emails"] or ())
    if "phones" in cleaned:
        cleaned["phones"] = phone_numbers(cleaned["phones"] or (), region)
    if "tags" in cleaned:
        cleaned["tags"] = clean_tags(cleaned["tags"] or ())
    if "addresses" in cleaned:
        cleaned["addresses"] = postal_addresses(cleaned["addresses"] or ())
    if "interests" in cleaned:
        cleaned["interests"] = clean_interests(cleaned["interests"] or ())
    if "kyc" in cleaned:
        cleaned["kyc"] = _kyc(cleaned["kyc"] or {})
    if "satisfaction" in cleaned:
        cleaned["satisfaction"] = _satisfaction(values["satisfaction"])
    if cleaned.get("birthday"):
        cleaned["birthday"] = _birthday(cleaned["birthday"])
    if cleaned.get("time_zone"):
        check_time_zone(cleaned["time_zone"])
    if "lifecycle_stage" in cleaned and cleaned["lifecycle_stage"] not in LIFECYCLE_STAGES:
        message = f"One of {', '.join(LIFECYCLE_STAGES)}."
        raise InvalidError(message, field="lifecycle_stage", code="unknown")
    if cleaned.get("owner_id"):
        check_owner(table, workspace.id, cleaned["owner_id"])
    if "company_id" in cleaned:
        cleaned["company_name"] = _company_name(table, workspace.id, cleaned)
    if "custom" in cleaned or (present is None and required):
        cleaned["custom"] = custom_fields.cleaned(
            table=table,
            workspace_id=workspace.id,
            kind="contact",
            given=cleaned.get("custom") or {},
            present=present.custom if present else None,
            required=required,
        )
    return cleaned | _place(present, cleaned)


def check_owner(table: Table, workspace_id: str, owner_id: str) -> None:
    """`InvalidError` names ``owner_id`` when it is no member of the workspace."""
    owners.check_owner(table, workspace_id, owner_id)


def _kyc(given: Mapping[str, Any]) -> Kyc:
    values = {name: value for name, value in given.items() if value}
    if isinstance(values.get("verified_at"), str):
        try:
            values["verified_at"] = from_text(values["verified_at"])
        except ValueError as error:
            message = "A time such as 2026-11-21T09:00:00Z."
            raise InvalidError(message, field="kyc.verified_at", code="instant") from error
    kyc = Kyc(**values)
    if kyc.status not in KYC_STATES:
        raise InvalidError(f"One of {', '.join(KYC_STATES)}.", field="kyc.status", code="unknown")
    return kyc


def _satisfaction(given: Any) -> int | None:
    if given is not None and given not in SATISFACTION:
        raise InvalidError("A number from 0 to 10.", field="satisfaction", code="out_of_range")
    return None if given is None else int(given)


def _birthday(given: date | str) -> str:
    """A date without zone, in this year or before: nobody is born in the future."""
    try:
        birthday = given if isinstance(given, date) else date.fromisoformat(given)
    except ValueError as error:
        raise InvalidError("A date such as 1990-05-31.", field="birthday", code="date") from error
    if not 1850 <= birthday.year <= 2200:
        raise InvalidError("A birthday lies in a year that somebody alive can have.", field="birthday", code="date")
    return birthday.isoformat()


def _place(present: Contact | None, cleaned: dict[str, Any]) -> dict[str, Any]:
    """The flat country and city follow the primary postal address, unless somebody said otherwise."""
    if "addresses" not in cleaned:
        return {}
    primary = next((each for each in cleaned["addresses"] if each.primary), PostalAddress())
    before = (present.address if present else None) or PostalAddress()
    found = {}
    for name in ("country", "city"):
        kept = getattr(present, name) if present else ""
        if not cleaned.get(name) and kept in ("", getattr(before, name)) and getattr(primary, name):
            found[name] = getattr(primary, name)
    return found


def _company_name(table: Table, workspace_id: str, values: Mapping[str, Any]) -> str:
    if not values["company_id"]:
        return str(values.get("company_name", ""))
    try:
        return companies.get_company(table=table, workspace_id=workspace_id, company_id=values["company_id"]).name
    except NotFoundError as error:
        raise InvalidError("There is no such company.", field="company_id", code="unknown") from error


def _write(table: Table, old: Contact | None, new: Contact) -> None:
    changes = claims.changes(
        workspace_id=new.workspace_id,
        holder_id=new.id,
        had=old.claims if old and not old.gone else set(),
        has=new.claims if not new.gone else set(),
        now=new.updated_at,
    )
    operations: list[Operation] = [store.create(new) if old is None else store.replacement(new)]
    operations += [operation for _, operation in changes]
    try:
        table.transact(operations)
    except TransactionConflictError as conflict:
        if 0 in conflict.failed:
            image = conflict.images[0]
            raise ConflictError(current=contact_in(image) if image else None) from conflict
        if not conflict.failed:
            raise
        if new.gone or any(changes[position - 1][0] not in new.claims for position in conflict.failed):
            raise  # a claim to give up that is not ours: the contact was changed meanwhile
        taken = [_taken(new, changes[position - 1][0]) for position in conflict.failed]
        raise InvalidError("Another contact has it.", fields=taken) from conflict


def _taken(contact: Contact, claim: Claim) -> FieldError:
    if claim.what == "email":
        position = [email.address for email in contact.emails].index(claim.value)
        return FieldError(f"emails.{position}.address", "Another contact has this address.", "taken")
    position = [phone.number for phone in contact.phones].index(claim.value)
    return FieldError(f"phones.{position}.number", "Another contact has this number.", "taken")
