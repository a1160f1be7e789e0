"""The ledger and the suppression list in the table."""

from collections.abc import Iterable
from datetime import datetime

from chalicelib.customers.consent.domain import (
    LedgerEntry,
    Purpose,
    Purposes,
    Suppressed,
    Suppression,
    SuppressionReason,
)
from chalicelib.customers.consent.records import (
    LedgerRecord,
    PurposesRecord,
    SuppressionRecord,
    ledger_key,
    purposes_key,
    suppression_key,
    suppressions_partition,
)
from chalicelib.customers.contacts.domain import ConsentState
from chalicelib.foundation import clock
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.table import Create, Replace, Table, partition


def ledger(
    table: Table, workspace_id: str, contact_id: str, *, before: str, limit: int
) -> list[tuple[str, LedgerEntry]]:
    """A contact's rows of the ledger, by purpose and newest first, each with its position."""
    page = table.query(
        LedgerRecord,
        partition(workspace_id, "C", contact_id),
        between=("CONSENT#", before or "CONSENT#~"),
        newest_first=True,
        limit=limit + 1 if before else limit,
    )
    return [(record.sk, to_entry(record)) for record in page.items if record.sk != before][:limit]


def create(entry: LedgerEntry) -> Create:
    """A new row of the ledger."""
    key = ledger_key(entry.workspace_id, entry.contact_id, entry.purpose, entry.at, entry.id)
    return Create(
        LedgerRecord(
            pk=key.pk,
            sk=key.sk,
            workspace_id=entry.workspace_id,
            created_at=entry.at,
            changed_by=entry.actor or None,
            purpose=entry.purpose,
            state=entry.state.value,
            at=entry.at,
            source=entry.source or None,
            text=entry.text or None,
            text_version=entry.text_version or None,
            source_ip=entry.source_ip or None,
            channel=entry.channel or None,
        )
    )


def to_entry(record: LedgerRecord) -> LedgerEntry:
    """The row as the domain has it."""
    return LedgerEntry(
        id=record.ledger_id,
        workspace_id=record.workspace_id,
        contact_id=record.contact_id,
        purpose=record.purpose,
        state=ConsentState(record.state),
        at=record.at,
        source=record.source or "",
        text=record.text or "",
        text_version=record.text_version or "",
        source_ip=record.source_ip or "",
        actor=record.changed_by or "",
        channel=record.channel or "",
    )


def suppressions(
    table: Table, workspace_id: str, digests: Iterable[str], *, consistent: bool
) -> dict[str, Suppression]:
    """Which of these digests are suppressed: digest → suppression."""
    by_key = {suppression_key(workspace_id, digest): digest for digest in digests}
    found = table.get_many(SuppressionRecord, by_key, consistent=consistent) if by_key else {}
    return {by_key[key]: to_suppression(record) for key, record in found.items()}


def suppress(table: Table, workspace_id: str, digest: str, suppression: Suppression, *, actor: str) -> bool:
    """Write a suppression where there is none, or one that the person could take back and this one cannot be; False where the one
    that is there stays.
    """
    condition = SuppressionRecord.reason.does_not_exist()
    if suppression.reason is not SuppressionReason.UNSUBSCRIBED:
        condition = condition | (SuppressionRecord.reason == SuppressionReason.UNSUBSCRIBED.value)
    try:
        table.put(suppression_record(workspace_id, digest, suppression, actor=actor), condition=condition)
    except ConflictError:
        return False
    return True


def read_suppression(table: Table, workspace_id: str, digest: str) -> Suppressed | None:
    """The row of one digest, or None."""
    record = table.get(SuppressionRecord, suppression_key(workspace_id, digest), consistent=True)
    return None if record is None else _listed(record)


def recent_suppressions(table: Table, workspace_id: str, *, before: str, limit: int) -> list[Suppressed]:
    """The suppression list, the last first."""
    page = table.query(
        SuppressionRecord,
        suppressions_partition(workspace_id),
        index="gsi1",
        before=before,
        newest_first=True,
        limit=limit,
    )
    return [_listed(record) for record in page.items]


def read_purposes(table: Table, workspace_id: str) -> Purposes | None:
    """The workspace's own purposes, or None while it has none."""
    record = table.get(PurposesRecord, purposes_key(workspace_id), consistent=True)
    return None if record is None else purposes_of(record)


def write_purposes(table: Table, workspace_id: str, purposes: Purposes, now: datetime, *, by: str) -> None:
    """Write purposes over the version they were read at; `ConflictError` when that has moved on."""
    key = purposes_key(workspace_id)
    record = PurposesRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=workspace_id,
        version=purposes.version or 1,
        created_at=now,
        updated_at=now,
        changed_by=by or None,
        purposes=[[each.id, dict(each.name), list(each.channels)] for each in purposes.items],
    )
    table.write(Replace(record) if purposes.version else Create(record))


def purposes_of(record: PurposesRecord) -> Purposes:
    """The purposes in an item."""
    found = tuple(Purpose(id_, name, tuple(channels)) for id_, name, channels in record.purposes)
    return Purposes(found, int(record.version))


def suppression_record(workspace_id: str, digest: str, suppression: Suppression, *, actor: str) -> SuppressionRecord:
    """The item of a suppression."""
    key = suppression_key(workspace_id, digest)
    return SuppressionRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=workspace_id,
        created_at=suppression.at,
        changed_by=actor or None,
        gsi1pk=suppressions_partition(workspace_id),
        gsi1sk=f"{clock.to_text(suppression.at)}#{digest}",
        reason=suppression.reason.value,
        at=suppression.at,
        source=suppression.source or None,
    )


def _listed(record: SuppressionRecord) -> Suppressed:
    return Suppressed(
        record.pk.rpartition("#")[2], to_suppression(record), record.changed_by or "", record.gsi1sk or ""
    )


def to_suppression(record: SuppressionRecord) -> Suppression:
    """The suppression as the domain has it."""
    return Suppression(SuppressionReason(record.reason), record.at, record.source or "")
