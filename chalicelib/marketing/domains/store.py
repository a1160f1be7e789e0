"""Domains and the seed list in the table."""

from dataclasses import replace as changed
from datetime import date, datetime

from chalicelib.foundation.clock import from_text, to_text
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.table import Table, partition
from chalicelib.marketing.domains.domain import DnsRecord, RecordState, SelfTest, SendingDomain
from chalicelib.marketing.domains.records import DOMAIN_PREFIX, DomainRecord, SeedsRecord, domain_key, seeds_key


def all_domains(table: Table, workspace_id: str) -> list[SendingDomain]:
    """The workspace's domains, the oldest first."""
    found = table.query_all(DomainRecord, partition(workspace_id), begins_with=DOMAIN_PREFIX, consistent=True)
    return [to_domain(record) for record in found]


def read(table: Table, workspace_id: str, domain_id: str) -> SendingDomain | None:
    """One of them."""
    record = table.get(DomainRecord, domain_key(workspace_id, domain_id), consistent=True)
    return None if record is None else to_domain(record)


def create(table: Table, domain: SendingDomain) -> None:
    """A new one; `ConflictError` when it is there."""
    table.create(to_record(domain))


def replace(table: Table, domain: SendingDomain) -> SendingDomain:
    """Write it over the version it was read at; `ConflictError` with the present one when that has moved on."""
    try:
        table.replace(to_record(domain))
    except ConflictError as conflict:
        raise ConflictError(current=read(table, domain.workspace_id, domain.id)) from conflict
    return changed(domain, version=domain.version + 1)


def delete(table: Table, domain: SendingDomain) -> None:
    """Forget it."""
    table.delete(domain_key(domain.workspace_id, domain.id))


def seeds(table: Table, workspace_id: str) -> tuple[str, ...]:
    """The seed list."""
    record = table.get(SeedsRecord, seeds_key(workspace_id), consistent=True)
    return () if record is None else tuple(record.emails)


def put_seeds(table: Table, workspace_id: str, emails: tuple[str, ...], now: datetime, *, by: str) -> None:
    """Set it."""
    key = seeds_key(workspace_id)
    table.put(
        SeedsRecord(
            pk=key.pk,
            sk=key.sk,
            workspace_id=workspace_id,
            created_at=now,
            updated_at=now,
            changed_by=by or None,
            emails=list(emails),
        )
    )


def to_record(domain: SendingDomain) -> DomainRecord:
    """The item of a domain."""
    key = domain_key(domain.workspace_id, domain.id)
    test = domain.self_test
    return DomainRecord(
        pk=key.pk,
        sk=key.sk,
        workspace_id=domain.workspace_id,
        version=domain.version,
        created_at=domain.created_at,
        updated_at=domain.updated_at,
        changed_by=domain.changed_by or None,
        domain=domain.domain,
        verified=int(domain.verified),
        records=[
            [each.purpose, each.type, each.name, each.value, each.state.value, list(each.found)]
            for each in domain.records
        ],
        checked_at=domain.checked_at,
        warm_up_started_on=domain.warm_up_started_on.isoformat() if domain.warm_up_started_on else None,
        messages_from=domain.messages_from or None,
        self_test=[to_text(test.started_at), [list(each) for each in test.messages]] if test else None,
    )


def to_domain(record: DomainRecord) -> SendingDomain:
    """The domain in an item."""
    test = record.self_test
    return SendingDomain(
        workspace_id=record.workspace_id,
        id=record.sk.removeprefix(DOMAIN_PREFIX),
        domain=record.domain,
        verified=bool(record.verified),
        records=tuple(
            DnsRecord(purpose, type_, name, value, RecordState(state), tuple(found))
            for purpose, type_, name, value, state, found in record.records
        ),
        created_at=record.created_at,
        updated_at=record.updated_at or record.created_at,
        checked_at=record.checked_at,
        warm_up_started_on=date.fromisoformat(record.warm_up_started_on) if record.warm_up_started_on else None,
        messages_from=record.messages_from or "",
        self_test=SelfTest(from_text(test[0]), tuple((kind, id_) for kind, id_ in test[1])) if test else None,
        changed_by=record.changed_by or "",
        version=int(record.version),
    )
