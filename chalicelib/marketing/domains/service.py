"""Sending domains: entering them, looking them up, and what others ask of them; and the seed list.

This module imports neither campaigns nor messages, since both ask it; the self-test is in ``testing``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from chalicelib.customers.contacts.addresses import normalise_email
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import FieldError, InvalidError, NotFoundError
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.sending_identities import NoAnswerError, Resolver
from chalicelib.foundation.table import Table
from chalicelib.marketing.domains import store
from chalicelib.marketing.domains.domain import (
    DOMAINS_LIMIT,
    SEEDS_LIMIT,
    DnsRecord,
    RecordState,
    SendingDomain,
    clean_domain,
    judged,
    mail_from_of,
    records_of,
)


def list_domains(*, table: Table, workspace_id: str) -> list[SendingDomain]:
    """The workspace's domains, the oldest first."""
    return store.all_domains(table, workspace_id)


def get_domain(*, table: Table, workspace_id: str, domain_id: str) -> SendingDomain:
    """One of them; `NotFoundError` when there is none."""
    found = store.read(table, workspace_id, domain_id) if is_id(domain_id) else None
    if found is None:
        raise NotFoundError("There is no such domain.")
    return found


def add_domain(*, runtime: Runtime, workspace_id: str, domain_id: str, domain: str, added_by: str) -> SendingDomain:
    """Enter a domain, and have the provider begin to verify it. `InvalidError` names ``domain`` when it is none, is there already,
    or is one too many.
    """
    name, now = clean_domain(domain), runtime.clock.now()
    present = list_domains(table=runtime.table, workspace_id=workspace_id)
    same = next((each for each in present if each.id == domain_id), None)
    if same is not None:
        return same
    if any(each.domain == name for each in present):
        raise InvalidError("This domain is entered already.", field="domain", code="taken")
    if len(present) >= DOMAINS_LIMIT:
        raise InvalidError(f"At most {DOMAINS_LIMIT} domains.", field="domain", code="too_many")
    identity = runtime.sending_identities.add(name, mail_from=mail_from_of(name))
    made = SendingDomain(
        workspace_id=workspace_id,
        id=domain_id,
        domain=name,
        verified=identity.verified,
        records=records_of(name, identity.dkim_tokens, runtime.settings.region),
        created_at=now,
        updated_at=now,
        changed_by=added_by,
    )
    store.create(runtime.table, made)
    return made


def check_domain(*, runtime: Runtime, workspace_id: str, domain_id: str) -> SendingDomain:
    """Ask the provider and DNS how it is now. Who is not answered knows no more than before."""
    domain = get_domain(table=runtime.table, workspace_id=workspace_id, domain_id=domain_id)
    identity = runtime.sending_identities.add(domain.domain, mail_from=mail_from_of(domain.domain))
    wanted = records_of(domain.domain, identity.dkim_tokens, runtime.settings.region)
    now = runtime.clock.now()
    checked = replace(
        domain,
        verified=identity.verified,
        records=tuple(_asked(runtime.resolver, each) for each in wanted),
        checked_at=now,
        updated_at=now,
    )
    return store.replace(runtime.table, checked)


def change_domain(
    *,
    table: Table,
    clock: Clock,
    workspace_id: str,
    domain_id: str,
    version: int,
    changes: Mapping[str, Any],
    changed_by: str,
) -> SendingDomain:
    """Change when its warm-up began, or whom single mails come from, as it was read at ``version``."""
    present = get_domain(table=table, workspace_id=workspace_id, domain_id=domain_id)
    local = changes.get("messages_from")
    if local:
        try:
            normalise_email(f"{local}@{present.domain}")
        except InvalidError as error:
            raise InvalidError("This cannot stand before the @.", field="messages_from", code="email") from error
    changed = replace(present, version=version, updated_at=clock.now(), changed_by=changed_by, **changes)
    return store.replace(table, changed)


def delete_domain(*, table: Table, workspace_id: str, domain_id: str) -> None:
    """Forget a domain. The provider goes on knowing it: another workspace may send from it."""
    store.delete(table, get_domain(table=table, workspace_id=workspace_id, domain_id=domain_id))


def self_tested(*, table: Table, domain: SendingDomain) -> SendingDomain:
    """Keep which messages a self-test sent."""
    return store.replace(table, domain)


def unverified(*, table: Table, workspace_id: str, email: str) -> str:
    """The domain of this address when it was entered here and may not be sent from yet; else empty."""
    found = _of(table, workspace_id, email)
    return found.domain if found is not None and not found.verified else ""


def warm_up_of(*, table: Table, workspace_id: str, email: str) -> date | None:
    """From which day on the warming up of this address's domain counts; None when from the first message on."""
    found = _of(table, workspace_id, email)
    return found.warm_up_started_on if found is not None else None


def messages_sender(*, table: Table, workspace_id: str) -> str:
    """The address that single mails come from, where a verified domain names one; else empty."""
    for each in store.all_domains(table, workspace_id):
        if each.verified and each.messages_from:
            return f"{each.messages_from}@{each.domain}"
    return ""


def get_seeds(*, table: Table, workspace_id: str) -> tuple[str, ...]:
    """The addresses that get a copy of every campaign."""
    return store.seeds(table, workspace_id)


def put_seeds(
    *, table: Table, clock: Clock, workspace_id: str, emails: Sequence[str], changed_by: str
) -> tuple[str, ...]:
    """Set them; `InvalidError` names those that are no addresses."""
    if len(emails) > SEEDS_LIMIT:
        raise InvalidError(f"At most {SEEDS_LIMIT} addresses.", field="emails", code="too_many")
    cleaned, wrong = [], []
    for position, email in enumerate(emails):
        try:
            cleaned.append(normalise_email(email))
        except InvalidError:
            wrong.append(FieldError(f"emails.{position}", "This is no e-mail address.", "email"))
    if wrong:
        raise InvalidError("Some are no addresses.", fields=wrong)
    kept = tuple(dict.fromkeys(cleaned))
    store.put_seeds(table, workspace_id, kept, clock.now(), by=changed_by)
    return kept


def _of(table: Table, workspace_id: str, email: str) -> SendingDomain | None:
    """The domain entered for an address: its own, or the one it is a subdomain of."""
    name = email.rpartition("@")[2].lower()
    fitting = [
        each
        for each in store.all_domains(table, workspace_id)
        if name == each.domain or name.endswith("." + each.domain)
    ]
    return max(fitting, key=lambda each: len(each.domain), default=None)


def _asked(resolver: Resolver, record: DnsRecord) -> DnsRecord:
    try:
        found = tuple(resolver.ask(record.name, record.type))
    except NoAnswerError:
        return replace(record, state=RecordState.UNKNOWN)
    return replace(record, state=judged(record, found), found=tuple(each[:300] for each in found[:5]))
