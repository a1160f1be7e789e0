"""Capture: one transaction that makes or finds a contact by its address, opens or touches its lead, and keeps what was agreed.

Capacity for a new person: see "Where the units of a capture go" in docs/data-model.md.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.customers.capture.domain import TOUCH_TEXT, TOUCH_URL, AlreadyCapturedError, Captured, Person
from chalicelib.customers.claims import service as claims
from chalicelib.customers.claims.domain import Claim
from chalicelib.customers.consent import service as consent
from chalicelib.customers.consent.domain import ConsentGiven
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.addresses import normalise_email, normalise_phone, region_of
from chalicelib.customers.contacts.domain import (
    TAGS_LIMIT,
    Contact,
    EmailAddress,
    PhoneNumber,
    Touch,
    clean_tags,
    shard_of,
)
from chalicelib.customers.duplicates import service as duplicates
from chalicelib.customers.leads import service as leads
from chalicelib.customers.texts import check_text
from chalicelib.foundation.clock import Clock
from chalicelib.foundation.errors import InvalidError, UnavailableError
from chalicelib.foundation.ids import new_id
from chalicelib.foundation.table import Operation, Record, Table
from chalicelib.foundation.table.table import TransactionConflictError
from chalicelib.workspaces.settings.domain import Workspace

_ATTEMPTS = 12
_LIMITS = {
    "first_name": 100,
    "last_name": 100,
    "company": 200,
    "language": 35,
    "time_zone": 64,
    "country": 2,
    "city": 100,
}
Beside = Sequence[Operation] | Callable[[Captured], Sequence[Operation]]


def capture(
    *,
    table: Table,
    clock: Clock,
    workspace: Workspace,
    values: Mapping[str, str],
    touch: Touch,
    consents: Iterable[ConsentGiven] = (),
    tags: Iterable[str] = (),
    source: str = "",
    source_ip: str = "",
    actor: str = "public",
    extra: Beside = (),
    field_prefix: str = "values.",
) -> Captured:
    """Turn what somebody posted into a contact and an open lead, at once or not at all.

    ``values`` are ``email`` or ``phone`` (in any spelling), and ``first_name``, ``last_name``, ``company``, ``language``,
    ``time_zone``, ``country``, ``city`` as far as they were given; others are left to the caller. ``touch`` says where the
    person came from; the first one stays, the last one is replaced. ``consents`` are what was ticked: each is a fresh yes with
    its proof, also after a no; ``source`` vouches for them (``form:<key>``). ``extra`` is written in the same transaction (a
    submission); a function is given the outcome to name it. ``field_prefix`` stands before field names in an `InvalidError`.

    A known contact's fields are only filled where they are empty: an anonymous post overwrites nothing. A phone number that
    another contact has is left with that one, and the two are noted as a possible duplicate. Two captures of the same person at once end as one contact and one lead.

    Raises:
        InvalidError: an address or text that cannot be, or neither e-mail nor phone.
        AlreadyCapturedError: a condition of ``extra`` did not hold; nothing was written.
        UnavailableError: others kept changing the same contact.
    """
    person = _person(values, workspace, field_prefix)
    touch, given, new_tags = _shortened(touch), tuple(consents), clean_tags(frozenset(tags))
    wanted = [Claim("email", person.email)] if person.email else []
    if person.phone:
        wanted.append(Claim("phone", person.phone))
    lost_leads: set[str] = set()
    for attempt in range(_ATTEMPTS):
        now = clock.now()
        held = claims.holders(table=table, workspace_id=workspace.id, claims=wanted, consistent=attempt > 0)
        holder = held.get(wanted[0])
        present: Contact | None = None
        if holder is not None:
            present = contacts.get_contacts(
                table=table, workspace_id=workspace.id, contact_ids=[holder], consistent=attempt > 0
            ).get(holder)
            if present is None:  # a claim younger than what this read has seen
                contacts.pause(attempt)
                continue
        free = frozenset(claim for claim in wanted if claim not in held)
        contact = _merged(present, person, touch, new_tags, free, workspace, now, actor)
        outcome = _outcome(contact, present, lost_leads, now)
        operations = _operations(workspace, contact, present, outcome, given, touch, now, source, source_ip, actor)
        operations += _finding(workspace, contact, held, person, now)
        beside = extra(outcome) if callable(extra) else extra
        try:
            table.transact([*operations, *beside], token=new_id(now))
        except TransactionConflictError as conflict:
            _check_beside(conflict, len(operations))
            if 1 in conflict.failed and not outcome.lead_created:  # it is gone, or closed
                lost_leads.add(outcome.lead_id)
            contacts.pause(attempt)
        else:
            return outcome
    raise UnavailableError("The contact keeps being changed by others.")


def _finding(
    workspace: Workspace, contact: Contact, held: Mapping[Claim, str], person: Person, now: datetime
) -> list[Operation]:
    """Somebody came with another contact's number: they may be one person."""
    holder = held.get(Claim("phone", person.phone)) if person.phone else None
    if holder is None or holder == contact.id:
        return []
    return [duplicates.phone_finding(workspace_id=workspace.id, contact_id=contact.id, holder_id=holder, now=now)]


def _outcome(contact: Contact, present: Contact | None, lost_leads: set[str], now: datetime) -> Captured:
    """A contact's open lead is touched, unless it turned out not to exist."""
    open_lead = contact.open_lead_id if contact.open_lead_id not in lost_leads else ""
    return Captured(contact.id, open_lead or new_id(now), present is None, not open_lead)


def _operations(
    workspace: Workspace,
    contact: Contact,
    present: Contact | None,
    outcome: Captured,
    given: Sequence[ConsentGiven],
    touch: Touch,
    now: datetime,
    source: str,
    source_ip: str,
    actor: str,
) -> list[Operation]:
    """Contact first, lead second: `capture` looks at their positions."""
    entries = consent.grants(
        workspace_id=workspace.id,
        contact_id=contact.id,
        given=given,
        at=now,
        source=source,
        source_ip=source_ip,
        actor=actor,
    )
    contact, ledger = consent.entered(replace(contact, open_lead_id=outcome.lead_id), entries)
    write_contact: Operation = (
        contacts.create_operation(contact) if present is None else contacts.replace_operation(contact)
    )
    if outcome.lead_created:
        lead = leads.new_lead(workspace=workspace, lead_id=outcome.lead_id, contact_id=contact.id, touch=touch, now=now)
        write_lead: Operation = leads.create_operation(lead)
    else:
        write_lead = leads.touch_operation(workspace_id=workspace.id, lead_id=outcome.lead_id, now=now)
    claimed = claims.changes(
        workspace_id=workspace.id,
        holder_id=contact.id,
        had=present.claims if present else set(),
        has=contact.claims,
        now=now,
    )
    return [write_contact, write_lead, *(operation for _, operation in claimed), *ledger]


def _merged(
    present: Contact | None,
    person: Person,
    touch: Touch,
    tags: frozenset[str],
    free: frozenset[Claim],
    workspace: Workspace,
    now: datetime,
    actor: str,
) -> Contact:
    holder_known = present is not None
    if present is None:
        contact_id = new_id(now)
        present = Contact(
            workspace_id=workspace.id,
            id=contact_id,
            created_at=now,
            updated_at=now,
            shard=shard_of(contact_id, workspace.new_shards_of("contacts")),
            first_touch=touch,
        )
    emails, phones = present.emails, present.phones
    if not emails and person.email and Claim("email", person.email) in free:
        emails = (EmailAddress(person.email, primary=True),)
    if not phones and person.phone and Claim("phone", person.phone) in free:
        phones = (PhoneNumber(person.phone, primary=True),)
    named = bool(present.first_name or present.last_name)  # half of one name and half of another would be nobody's
    filled = replace(
        present,
        emails=emails,
        phones=phones,
        first_name=present.first_name if named else person.first_name,
        last_name=present.last_name if named else person.last_name,
        company_name=present.company_name or person.company_name,
        language=present.language or person.language,
        time_zone=present.time_zone or person.time_zone,
        country=present.country or person.country,
        city=present.city or person.city,
        tags=present.tags | tags if len(present.tags | tags) <= TAGS_LIMIT else present.tags,
    )
    known = holder_known and filled != present
    return replace(
        filled,
        first_touch=present.first_touch or touch,
        last_touch=touch,
        updated_at=now,
        changed_by=actor,
        edited_version=present.version + 1 if known else present.edited_version,
    )


def _person(values: Mapping[str, str], workspace: Workspace, prefix: str) -> Person:
    texts = {}
    for name, limit in _LIMITS.items():
        text = (values.get(name) or "").strip()
        texts[name] = check_text(text, field=prefix + name, limit=limit)
    email, phone = (values.get("email") or "").strip(), (values.get("phone") or "").strip()
    if email:
        email = normalise_email(email, field=prefix + "email")
    if phone:
        region = region_of(country=texts["country"], time_zone=workspace.time_zone)
        phone = normalise_phone(phone, region=region, field=prefix + "phone")
    if not email and not phone:
        raise InvalidError("An e-mail address or a phone number is needed.", field=prefix + "email", code="missing")
    return Person(
        email=email,
        phone=phone,
        first_name=texts["first_name"],
        last_name=texts["last_name"],
        company_name=texts["company"],
        language=texts["language"],
        time_zone=texts["time_zone"],
        country=texts["country"].upper(),
        city=texts["city"],
    )


def _shortened(touch: Touch) -> Touch:
    return Touch(
        at=touch.at,
        source=touch.source[:TOUCH_TEXT],
        medium=touch.medium[:TOUCH_TEXT],
        campaign=touch.campaign[:TOUCH_TEXT],
        term=touch.term[:TOUCH_TEXT],
        content=touch.content[:TOUCH_TEXT],
        referrer=touch.referrer[:TOUCH_URL],
        landing_page=touch.landing_page[:TOUCH_URL],
        form_id=touch.form_id,
    )


def _check_beside(conflict: TransactionConflictError, ours: int) -> None:
    for position in conflict.failed:
        if position >= ours:
            image = conflict.images[position]
            current = Record.from_image(image) if image else None
            raise AlreadyCapturedError("This was captured before.", current=current) from conflict
