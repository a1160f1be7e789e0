"""The ledger and the suppression list in the table."""

from collections.abc import Iterable

from chalicelib.customers.consent.domain import LedgerEntry, Suppression, SuppressionReason
from chalicelib.customers.consent.records import LedgerRecord, SuppressionRecord, ledger_key, suppression_key
from chalicelib.customers.contacts.domain import ConsentState
from chalicelib.foundation.table import Create, Table, partition


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


def suppression_record(workspace_id: str, digest: str, suppression: Suppression, *, actor: str) -> SuppressionRecord:
    """The item of a suppression."""
    key = suppression_key(workspace_id, digest)
    return SuppressionRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=workspace_id,
        created_at=suppression.at,
        changed_by=actor or None,
        reason=suppression.reason.value,
        at=suppression.at,
        source=suppression.source or None,
    )


def to_suppression(record: SuppressionRecord) -> Suppression:
    """The suppression as the domain has it."""
    return Suppression(SuppressionReason(record.reason), record.at, record.source or "")
