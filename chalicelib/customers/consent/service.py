"""Granting and withdrawing consent, and keeping the addresses that must not be mailed."""

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.customers.consent import store
from chalicelib.customers.consent.domain import (
    DEFAULT_PURPOSES,
    TEXT_LENGTH,
    Answer,
    ConsentGiven,
    LedgerEntry,
    Purposes,
    Suppressed,
    Suppression,
    SuppressionReason,
)
from chalicelib.customers.consent.records import LedgerRecord, SuppressionRecord, suppression_key
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.addresses import normalise_email
from chalicelib.customers.contacts.domain import Consent, ConsentState, Contact
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import ConflictError, FieldError, InvalidError, UnavailableError
from chalicelib.foundation.ids import made_at, new_id
from chalicelib.foundation.signing import Signer
from chalicelib.foundation.table import Create, Delete, Operation, Table
from chalicelib.foundation.table import Record as Item
from chalicelib.foundation.table.table import TransactionConflictError
from chalicelib.workspaces.audit import service as audit

_ATTEMPTS = 8
_SUPPRESSION = "suppression"


def entered(contact: Contact, entries: Sequence[LedgerEntry]) -> tuple[Contact, list[Create]]:
    """The contact with the consents of these entries, and the operations that write them into the ledger; for the
    transaction that writes the contact.
    """
    consents = dict(contact.consents)
    for entry in entries:
        consents[entry.purpose] = Consent(entry.state, entry.at, entry.source, entry.text_version, entry.id)
    return replace(contact, consents=consents), [store.create(entry) for entry in entries]


def grants(
    *,
    workspace_id: str,
    contact_id: str,
    given: Iterable[ConsentGiven],
    at: datetime,
    source: str,
    source_ip: str = "",
    actor: str = "",
) -> list[LedgerEntry]:
    """The ledger's entries for what somebody has just said yes to: one a purpose, the last if one is named twice."""
    by_purpose = {each.purpose: each for each in given}
    return [
        LedgerEntry(
            id=new_id(at),
            workspace_id=workspace_id,
            contact_id=contact_id,
            purpose=each.purpose,
            state=ConsentState.GRANTED,
            at=at,
            source=source,
            text=each.text,
            text_version=each.text_version,
            source_ip=source_ip,
            actor=actor,
        )
        for each in by_purpose.values()
    ]


def grant(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    contact_id: str,
    purpose: str,
    source: str,
    text: str = "",
    text_version: str = "",
    source_ip: str = "",
    actor: str = "",
    ledger_id: str = "",
) -> Contact:
    """Record a yes: the contact's present answer and the ledger's row in one transaction. ``ledger_id`` makes a repeated
    call count once. `NotFoundError` without such a contact.
    """
    entry = LedgerEntry(
        ledger_id or new_id(clock.now()),
        workspace_id,
        contact_id,
        purpose,
        ConsentState.GRANTED,
        clock.now(),
        source,
        text,
        text_version,
        source_ip,
        actor,
    )
    return _enter(table, entry)


def withdraw(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    contact_id: str,
    purpose: str,
    source: str,
    text: str = "",
    source_ip: str = "",
    actor: str = "",
    ledger_id: str = "",
) -> Contact:
    """Record a no, also where there never was a yes; otherwise as `grant`. A contact that has withdrawn already is left as it
    is: the ledger keeps the first no.
    """
    contact = contacts.get_contact(table=table, workspace_id=workspace_id, contact_id=contact_id, consistent=True)
    consent = contact.consents.get(purpose)
    if consent is not None and consent.state is ConsentState.WITHDRAWN:
        return contact
    entry = LedgerEntry(
        ledger_id or new_id(clock.now()),
        workspace_id,
        contact_id,
        purpose,
        ConsentState.WITHDRAWN,
        clock.now(),
        source,
        text,
        "",
        source_ip,
        actor,
    )
    return _enter(table, entry)


def answer(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    contact_id: str,
    answers: Sequence[Answer],
    source: str,
    source_ip: str = "",
    actor: str = "",
) -> Contact:
    """Record several answers at once, all or none of them: one row of the ledger each. `NotFoundError` without such a contact."""
    now = clock.now()
    entries = [
        LedgerEntry(
            new_id(now),
            workspace_id,
            contact_id,
            each.purpose,
            ConsentState.GRANTED if each.granted else ConsentState.WITHDRAWN,
            now,
            source,
            each.text[:TEXT_LENGTH],
            each.text_version,
            source_ip,
            actor,
        )
        for each in answers
    ]
    return _enter(table, *entries)


def record(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    contact_id: str,
    ledger_id: str,
    purpose: str,
    granted: bool,
    proof: str,
    actor: str,
    channel: str = "",
    source: str = "member",
) -> LedgerEntry:
    """Write down what a member was told, yes or no, also when it was so before: each has its own proof. A yes or no to one
    ``channel`` of a purpose is kept as an answer of its own (``calls:whatsapp``), and the purpose's stays as it was.
    """
    said = LedgerEntry(
        id=ledger_id,
        workspace_id=workspace_id,
        contact_id=contact_id,
        purpose=f"{purpose}:{channel}" if channel else purpose,
        channel=channel,
        state=ConsentState.GRANTED if granted else ConsentState.WITHDRAWN,
        at=made_at(ledger_id),
        source=source or "member",
        text=proof,
        actor=actor,
    )
    _enter(table, said, now=clock.now())
    return said


def ledger(
    *, table: Table, workspace_id: str, contact_id: str, before: str = "", limit: int = 50
) -> list[tuple[str, LedgerEntry]]:
    """A contact's rows of the ledger, purpose by purpose and newest first, each with its position."""
    return store.ledger(table, workspace_id, contact_id, before=before, limit=limit)


def ledger_of_all(
    *, table: Table, workspace_id: str, contact_ids: Sequence[str], before: str = "", limit: int = 50
) -> list[tuple[str, LedgerEntry]]:
    """The same over all ids of a person, as one ledger."""
    rows = [
        row
        for contact_id in contact_ids
        for row in store.ledger(table, workspace_id, contact_id, before=before, limit=limit)
    ]
    return sorted(rows, key=lambda row: row[0], reverse=True)[:limit]


def suppress(
    *,
    table: Table,
    clock: Clock,
    signer: Signer,
    workspace_id: str,
    email: str,
    reason: SuppressionReason,
    source: str = "",
    actor: str = "",
) -> Suppression:
    """Never mail this address again, in this workspace. The first reason is kept, unless it was that the person unsubscribed, which
    they can take back: any other takes its place. ``source`` says what led to it (``campaign:<id>``); the address itself is not stored.
    """
    suppression = Suppression(SuppressionReason(reason), clock.now(), source)
    digest = _digest(signer, email)
    if store.suppress(table, workspace_id, digest, suppression, actor=actor):
        return suppression
    return store.suppressions(table, workspace_id, [digest], consistent=True).get(digest, suppression)


def suppress_listed(
    *,
    table: Table,
    clock: Clock,
    signer: Signer,
    workspace_id: str,
    address: str,
    digest: str,
    reason: SuppressionReason,
    source: str,
    actor: str,
) -> None:
    """Suppress what a line of a file says: an address, or the digest of one. Which reason is kept is as in `suppress`; `InvalidError`
    for what is no address.
    """
    suppression = Suppression(reason, clock.now(), source)
    store.suppress(table, workspace_id, digest or _digest(signer, address), suppression, actor=actor)


def suppress_erased(*, table: Table, clock: Clock, signer: Signer, workspace_id: str, email: str) -> bool:
    """Never mail this address again because its owner was erased, whatever the reason was before; whether that was new."""
    digest = _digest(signer, email)
    present = store.suppressions(table, workspace_id, [digest], consistent=True).get(digest)
    if present is not None and present.reason is SuppressionReason.ERASED:
        return False
    suppression = Suppression(SuppressionReason.ERASED, clock.now())
    table.put(store.suppression_record(workspace_id, digest, suppression, actor=""))
    return True


def unsuppress(*, table: Table, clock: Clock, signer: Signer, workspace_id: str, email: str, actor: str) -> None:
    """Allow mail to this address again; nothing happens when it was allowed. The audit says who did it."""
    digest = _digest(signer, email)
    present = store.suppressions(table, workspace_id, [digest], consistent=True).get(digest)
    if present is None:
        return
    note = audit.deletion(
        workspace_id=workspace_id,
        at=clock.now(),
        actor=actor,
        action="suppression.deleted",
        subject_id=digest,
        before={"reason": present.reason.value},
    )
    table.transact([Delete(suppression_key(workspace_id, digest)), note])


def unsubscribed_no_more(*, table: Table, signer: Signer, workspace_id: str, email: str) -> None:
    """The person takes back that they wanted no mail at all; whatever else the address is suppressed for stays."""
    key = suppression_key(workspace_id, _digest(signer, email))
    with contextlib.suppress(ConflictError):
        table.write(Delete(key, SuppressionRecord.reason == SuppressionReason.UNSUBSCRIBED.value))


def find_suppression(*, table: Table, signer: Signer, workspace_id: str, email: str) -> list[Suppressed]:
    """The row of the suppression list of an address, or none."""
    digest = _digest(signer, email)
    found = store.read_suppression(table, workspace_id, digest)
    return [] if found is None else [found]


def suppressed(
    *, table: Table, signer: Signer, workspace_id: str, emails: Iterable[str], consistent: bool = True
) -> dict[str, Suppression]:
    """Which of these addresses must not be mailed: the address as given → why."""
    digests = {email: _digest(signer, email) for email in emails}
    found = store.suppressions(table, workspace_id, set(digests.values()), consistent=consistent)
    return {email: found[digest] for email, digest in digests.items() if digest in found}


def ledger_operations(entries: Iterable[LedgerEntry]) -> list[Operation]:
    """The operations that write these rows of the ledger; the contact's present answers are written beside them."""
    return [store.create(entry) for entry in entries]


def list_suppressions(*, table: Table, workspace_id: str, before: str = "", limit: int = 50) -> list[Suppressed]:
    """The suppression list, the last first. It does not know the addresses: `suppressed` tells of one that somebody names."""
    return store.recent_suppressions(table, workspace_id, before=before, limit=limit)


def get_purposes(*, table: Table, workspace_id: str) -> Purposes:
    """What may be agreed to in this workspace."""
    return store.read_purposes(table, workspace_id) or DEFAULT_PURPOSES


def put_purposes(
    *, table: Table, clock: Clock, workspace_id: str, purposes: Purposes, changed_by: str = ""
) -> Purposes:
    """Replace the purposes that stood at ``purposes.version``. What was said to one that goes stays in the ledger.
    `InvalidError` names ids given twice; `ConflictError` carries the present ones.
    """
    ids = [each.id for each in purposes.items]
    twice = [
        FieldError(f"purposes.{n}.id", "There are two of it.", "twice") for n, id_ in enumerate(ids) if id_ in ids[:n]
    ]
    if twice:
        raise InvalidError("Each purpose stands once.", fields=twice)
    try:
        store.write_purposes(table, workspace_id, purposes, clock.now(), by=changed_by)
    except ConflictError as conflict:
        raise ConflictError(current=get_purposes(table=table, workspace_id=workspace_id)) from conflict
    return replace(purposes, version=purposes.version + 1)


def entry_of(record: Item) -> LedgerEntry:
    """The row of the ledger in a changed item, for projections."""
    assert isinstance(record, LedgerRecord)
    return store.to_entry(record)


def _digest(signer: Signer, email: str) -> str:
    return signer.digest(_SUPPRESSION, normalise_email(email).encode())


def _enter(table: Table, entry: LedgerEntry, *more: LedgerEntry, now: datetime | None = None) -> Contact:
    for attempt in range(_ATTEMPTS):
        contact = contacts.get_contact(
            table=table, workspace_id=entry.workspace_id, contact_id=entry.contact_id, consistent=True
        )
        present = contact.consents.get(entry.purpose)
        if present is not None and present.ledger_id == entry.id:
            return contact
        changed, rows = entered(replace(contact, updated_at=now or entry.at, changed_by=entry.actor), [entry, *more])
        operations: list[Operation] = [contacts.replace_operation(changed), *rows]
        try:
            table.transact(operations)
        except TransactionConflictError:
            contacts.pause(attempt)
        else:
            return replace(changed, version=contact.version + 1)
    raise UnavailableError("The contact keeps being changed by others.")
