"""Confirmations in the table."""

from datetime import datetime

from chalicelib.customers.consent.domain import ConsentGiven
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.table import Create, Table
from chalicelib.marketing.confirmations.domain import KEPT, ONCE, Confirmation
from chalicelib.marketing.confirmations.records import (
    AskedRecord,
    ConfirmationRecord,
    asked_key,
    confirmation_key,
    of_contact,
    of_form,
)

_R = ConfirmationRecord


def creation(confirmation: Confirmation) -> Create:
    """What writes a new one, for a transaction."""
    key = confirmation_key(confirmation.workspace_id, confirmation.id)
    return Create(
        ConfirmationRecord(
            pk=key.pk,
            sk=key.sk,
            workspace_id=confirmation.workspace_id,
            created_at=confirmation.created_at,
            expires_at=int((confirmation.created_at + KEPT).timestamp()),
            gsi1pk=of_form(confirmation.workspace_id, confirmation.form_key),
            gsi1sk=confirmation.id,
            gsi2pk=of_contact(confirmation.workspace_id, confirmation.contact_id),
            gsi2sk=confirmation.id,
            form_key=confirmation.form_key,
            contact_id=confirmation.contact_id,
            email=confirmation.email,
            given=[[each.purpose, each.text, each.text_version] for each in confirmation.given],
            language=confirmation.language,
            source_ip=confirmation.source_ip or None,
        )
    )


def read(table: Table, workspace_id: str, confirmation_id: str) -> Confirmation | None:
    """One of them."""
    record = table.get(_R, confirmation_key(workspace_id, confirmation_id), consistent=True)
    return None if record is None else to_domain(record)


def recent(table: Table, workspace_id: str, form_key: str, *, before: str, limit: int) -> list[Confirmation]:
    """A form's newest ones."""
    page = table.query(_R, of_form(workspace_id, form_key), index="gsi1", before=before, newest_first=True, limit=limit)
    return [to_domain(record) for record in page.items]


def of_person(table: Table, workspace_id: str, contact_id: str) -> list[Confirmation]:
    """A contact's."""
    found = table.query_all(_R, of_contact(workspace_id, contact_id), index="gsi2")
    return [to_domain(record) for record in found]


def take_turn(table: Table, workspace_id: str, digest: str, confirmation_id: str, now: datetime) -> datetime | None:
    """Since when the address may be asked for this confirmation: now, or when it took its turn (the order came again); None when
    it was asked for another lately.
    """
    key = asked_key(workspace_id, digest)
    record = AskedRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=workspace_id,
        created_at=now,
        expires_at=int((now + 2 * ONCE).timestamp()),
        at=now,
        confirmation_id=confirmation_id,
    )
    try:
        table.put(record, condition=AskedRecord.at.does_not_exist() | (AskedRecord.at <= now - ONCE))
    except ConflictError:
        present = table.get(AskedRecord, key, consistent=True)
        ours = present is not None and present.confirmation_id == confirmation_id
        return present.at if present is not None and ours else None
    return now


def asked_at(table: Table, workspace_id: str, digest: str) -> datetime | None:
    """When the address was asked last."""
    record = table.get(AskedRecord, asked_key(workspace_id, digest), consistent=True)
    return None if record is None else record.at


def mailed(table: Table, confirmation: Confirmation, now: datetime, *, reason: str = "") -> None:
    """The mail was ordered, or why it was not."""
    said = [_R.reason.set(reason)] if reason else [_R.mailed_at.set(now), _R.reason.remove()]
    key = confirmation_key(confirmation.workspace_id, confirmation.id)
    try:
        table.update(
            _R, key, [*said, _R.updated_at.set(now)], condition=_R.confirmed_at.does_not_exist() & _R.email.exists()
        )
    except ConflictError:
        return


def confirmed(table: Table, confirmation: Confirmation, now: datetime) -> None:
    """It was given; the first time stays."""
    key = confirmation_key(confirmation.workspace_id, confirmation.id)
    try:
        table.update(
            _R,
            key,
            [_R.confirmed_at.set(now), _R.updated_at.set(now)],
            condition=_R.confirmed_at.does_not_exist() & _R.email.exists(),
        )
    except ConflictError:
        return


def to_domain(record: ConfirmationRecord) -> Confirmation:
    """The confirmation in an item."""
    return Confirmation(
        workspace_id=record.workspace_id,
        id=record.own_id,
        form_key=record.form_key,
        contact_id=record.contact_id,
        email=record.email,
        given=tuple(ConsentGiven(purpose, text, version) for purpose, text, version in record.given),
        language=record.language,
        source_ip=record.source_ip or "",
        created_at=record.created_at,
        mailed_at=record.mailed_at,
        confirmed_at=record.confirmed_at,
        reason=record.reason or "",
    )
