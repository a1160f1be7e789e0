"""Contacts, their claims and their score's history in the table."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from chalicelib.customers.contacts.domain import (
    BIN,
    LIFECYCLE_STAGES,
    Consent,
    ConsentState,
    Contact,
    EmailAddress,
    Kyc,
    PhoneNumber,
    PostalAddress,
    ScoreChange,
    ScoreEntry,
    Touch,
)
from chalicelib.customers.contacts.records import (
    ContactRecord,
    ScoreRecord,
    bin_partition,
    company_contacts_partition,
    contact_key,
    contact_partition,
    contacts_partition,
    score_key,
)
from chalicelib.customers.packing import filled, packed, parts, shard_in
from chalicelib.foundation import clock
from chalicelib.foundation.table import Create, Key, Page, Replace, Table
from chalicelib.foundation.table.table import query_merged

_TOUCH_FIELDS = tuple(field.name for field in fields(Touch) if field.name != "at")


def read(
    table: Table, workspace_id: str, contact_id: str, *, consistent: bool = False, gone: bool = False
) -> Contact | None:
    """The contact, or None; with ``gone`` also one in the bin or merged into another."""
    record = table.get(ContactRecord, contact_key(workspace_id, contact_id), consistent=consistent)
    contact = None if record is None else to_domain(record)
    return None if contact is None or (contact.gone and not gone) else contact


def read_many(
    table: Table, workspace_id: str, contact_ids: Iterable[str], *, consistent: bool = False, gone: bool = False
) -> dict[str, Contact]:
    """Those of the contacts that exist, by id; with ``gone`` also those in the bin or merged into another."""
    keys = [contact_key(workspace_id, contact_id) for contact_id in contact_ids]
    found = table.get_many(ContactRecord, keys, consistent=consistent) if keys else {}
    contacts = {record.contact_id: to_domain(record) for record in found.values()}
    return {contact_id: contact for contact_id, contact in contacts.items() if gone or not contact.gone}


def recent(table: Table, workspace_id: str, *, shards: int, before: str, limit: int) -> list[Contact]:
    """The newest contacts (made before the one with the id ``before``, if given), newest first, over all shards."""

    def shard(number: int) -> Any:
        return lambda limit: table.query(
            ContactRecord,
            contacts_partition(workspace_id, number),
            index="gsi1",
            before=before,
            newest_first=True,
            limit=limit,
        )

    found = query_merged([shard(number) for number in range(shards)], limit=limit, position=lambda each: each.gsi1sk)
    return [to_domain(record) for record in found]


def in_bin(
    table: Table, workspace_id: str, *, now: datetime, start: str | None, limit: int
) -> tuple[list[Contact], str | None]:
    """The contacts in the bin that can still be restored, the last deleted first, and the position of the next page."""
    kept_since = clock.to_text(now - BIN)
    page = table.query(
        ContactRecord,
        bin_partition(workspace_id),
        index="gsi1",
        between=(kept_since, start or "~"),
        newest_first=True,
        limit=limit + 2,
    )
    records = [record for record in page.items if record.gsi1sk != start]
    following = records[limit - 1].gsi1sk if len(records) > limit else None
    return [to_domain(record) for record in records[:limit]], following


def of_company(table: Table, workspace_id: str, company_id: str, *, before: str, limit: int) -> list[Contact]:
    """The newest contacts of one company."""
    page = table.query(
        ContactRecord,
        company_contacts_partition(workspace_id, company_id),
        index="gsi2",
        before=before,
        newest_first=True,
        limit=limit,
    )
    return [to_domain(record) for record in page.items]


def of_company_page(table: Table, workspace_id: str, company_id: str, *, after: str, limit: int) -> list[Contact]:
    """Contacts of one company in the order of ids; for work over all of them."""
    pk = company_contacts_partition(workspace_id, company_id)
    page = table.query(ContactRecord, pk, index="gsi2", after=after, limit=limit)
    return [to_domain(record) for record in page.items]


def shard_page(table: Table, workspace_id: str, *, shard: int, after: str, limit: int) -> Page[ContactRecord]:
    """One page of one shard in the order of ids; for work over all contacts."""
    return table.query(ContactRecord, contacts_partition(workspace_id, shard), index="gsi1", after=after, limit=limit)


def history(
    table: Table, workspace_id: str, contact_id: str, *, before: str, limit: int
) -> list[tuple[str, ScoreChange]]:
    """The newest rows of the score's history, each with its position."""
    pk = contact_partition(workspace_id, contact_id)
    span = ("SCORE#", before or "SCORE#~")
    page = table.query(ScoreRecord, pk, between=span, newest_first=True, limit=limit + 1 if before else limit)
    return [(record.sk, to_score_change(record)) for record in page.items if record.sk != before][:limit]


def scored_since(
    table: Table, workspace_id: str, contact_id: str, *, since: datetime, limit: int
) -> list[tuple[str, ScoreChange]]:
    """The oldest rows of the score's history at or after an instant, each with its position."""
    span = (f"SCORE#{clock.to_text(since)}", "SCORE#~")
    pk = contact_partition(workspace_id, contact_id)
    page = table.query(ScoreRecord, pk, between=span, limit=limit, consistent=True)
    return [(record.sk, to_score_change(record)) for record in page.items]


# Operations for transactions


def create(contact: Contact) -> Create:
    """The contact's item, new."""
    return Create(to_record(contact))


def replacement(contact: Contact) -> Replace:
    """The contact's item over the version it was read at."""
    return Replace(to_record(contact))


def score_row(workspace_id: str, contact_id: str, change: ScoreChange) -> Create:
    """A row of the score's history, new."""
    entry = change.entry
    key = score_key(workspace_id, contact_id, entry.at, entry.id)
    return Create(
        ScoreRecord(
            pk=key.pk,
            sk=key.sk,
            workspace_id=workspace_id,
            created_at=entry.at,
            at=entry.at,
            points=entry.points,
            total=change.total,
            reason=entry.reason,
            rule_id=entry.rule_id,
            dimension=entry.dimension,
        )
    )


# Record ↔ domain


def to_record(contact: Contact) -> ContactRecord:
    """The item of a contact."""
    key = contact_key(contact.workspace_id, contact.id)
    first, last = contact.first_touch, contact.last_touch
    values: dict[str, Any] = {
        "pk": key.pk,
        "sk": key.sk,
        "workspace_id": contact.workspace_id,
        "version": contact.version,
        "created_at": contact.created_at,
        **_standing(contact),
    }
    if contact.updated_at != contact.created_at:
        values["updated_at"] = contact.updated_at
    if contact.edited_version != 1:
        values["edited_version"] = contact.edited_version
    for name in _TEXTS:
        value = getattr(contact, name)
        if value:
            values[name] = value
    if contact.lifecycle_stage != LIFECYCLE_STAGES[0]:
        values["lifecycle_stage"] = contact.lifecycle_stage
    if contact.emails:
        values["emails"] = [packed(email.address, email) for email in contact.emails]
    if contact.phones:
        values["phones"] = [packed(phone.number, phone) for phone in contact.phones]
    if contact.tags:
        values["tags"] = contact.tags
    if contact.grade or contact.score_fit or contact.score_engagement:
        values["score_fit"], values["score_engagement"] = contact.score_fit, contact.score_engagement
    if first is not None:
        values["first_touch"] = touch_to_json(first)
    if last is not None and last != first:
        values["last_touch"] = touch_to_json(last)
    if contact.consents:
        values["consents"] = {purpose: _consent(consent) for purpose, consent in contact.consents.items()}
    return ContactRecord(**values, **_details(contact))


def _standing(contact: Contact) -> dict[str, Any]:
    """The indexes in which the contact stands, and when it goes."""
    if contact.deleted_at is not None:
        return {
            "gsi1pk": bin_partition(contact.workspace_id),
            "gsi1sk": f"{clock.to_text(contact.deleted_at)}#{contact.id}",
            "deleted_at": contact.deleted_at,
            "expires_at": int((contact.deleted_at + BIN).timestamp()),
        }
    if contact.merged_into:
        return {}
    listed = {"gsi1pk": contacts_partition(contact.workspace_id, contact.shard), "gsi1sk": contact.id}
    if contact.company_id:
        listed["gsi2pk"] = company_contacts_partition(contact.workspace_id, contact.company_id)
        listed["gsi2sk"] = contact.id
    return listed


def _details(contact: Contact) -> dict[str, Any]:
    """What few contacts have."""
    values: dict[str, Any] = {}
    if contact.addresses:
        values["addresses"] = [filled(each) for each in contact.addresses]
    if contact.kyc != _NO_KYC:
        values["kyc"] = filled(replace(contact.kyc, verified_at=None))
        if contact.kyc.verified_at is not None:
            values["kyc"]["verified_at"] = clock.to_text(contact.kyc.verified_at)
    if contact.satisfaction is not None:
        values["satisfaction"] = contact.satisfaction
    if contact.interests:
        values["interests"] = list(contact.interests)
    if contact.custom:
        values["custom"] = dict(contact.custom)
    if contact.merged_ids:
        values["merged_ids"] = list(contact.merged_ids)
    return values


def to_domain(record: ContactRecord) -> Contact:
    """The contact in an item."""
    values: Mapping[str, Any] = record.attribute_values
    get = values.get
    created_at, first, last = values["created_at"], get("first_touch"), get("last_touch")
    first_touch = None if first is None else touch_from_json(first)
    return Contact(
        workspace_id=values["workspace_id"],
        id=record.contact_id,
        created_at=created_at,
        updated_at=get("updated_at") or created_at,
        version=int(values["version"]),
        shard=shard_in(get("gsi1pk")),
        first_name=get("first_name") or "",
        last_name=get("last_name") or "",
        emails=tuple([EmailAddress(*parts(each)) for each in get("emails") or ()]),
        phones=tuple([PhoneNumber(*parts(each)) for each in get("phones") or ()]),
        company_id=get("company_id") or "",
        company_name=get("company_name") or "",
        language=get("language") or "",
        time_zone=get("time_zone") or "",
        country=get("country") or "",
        city=get("city") or "",
        tags=frozenset(get("tags") or ()),
        lifecycle_stage=get("lifecycle_stage") or LIFECYCLE_STAGES[0],
        owner_id=get("owner_id") or "",
        score_fit=int(get("score_fit") or 0),
        score_engagement=int(get("score_engagement") or 0),
        grade=get("grade") or "",
        first_touch=first_touch,
        last_touch=first_touch if last is None else touch_from_json(last),
        consents={
            purpose: Consent(
                state=ConsentState(raw["state"]),
                at=clock.from_text(raw["at"]),
                source=raw.get("source", ""),
                text_version=raw.get("text_version", ""),
                ledger_id=raw["ledger_id"],
            )
            for purpose, raw in (get("consents") or {}).items()
        },
        open_lead_id=get("open_lead_id") or "",
        changed_by=get("changed_by") or "",
        title=get("title") or "",
        job_title=get("job_title") or "",
        addresses=tuple([PostalAddress(**each) for each in get("addresses") or ()]),
        birthday=get("birthday") or "",
        interests=tuple(get("interests") or ()),
        kyc=_kyc(get("kyc")),
        satisfaction=None if get("satisfaction") is None else int(values["satisfaction"]),
        custom=get("custom") or {},
        edited_version=int(get("edited_version") or 1),
        deleted_at=get("deleted_at"),
        deleted_by=get("deleted_by") or "",
        merged_into=get("merged_into") or "",
        merged_ids=tuple(get("merged_ids") or ()),
    )


def to_score_change(record: ScoreRecord) -> ScoreChange:
    """A row of the history as the domain has it."""
    entry = ScoreEntry(
        id=record.sk.rpartition("#")[2],
        at=record.at,
        points=int(record.points),
        reason=record.reason,
        rule_id=record.rule_id,
        dimension="fit" if record.dimension == "fit" else "engagement",
    )
    return ScoreChange(entry, int(record.total))


def touch_to_json(touch: Touch) -> dict[str, str]:
    """A touch as it is stored, without what is empty."""
    raw = {name: value for name in _TOUCH_FIELDS if (value := getattr(touch, name))}
    raw["at"] = clock.to_text(touch.at)
    return raw


def touch_from_json(raw: Mapping[str, str]) -> Touch:
    """The touch stored so."""
    get = raw.get
    return Touch(
        at=clock.from_text(raw["at"]),
        source=get("source", ""),
        medium=get("medium", ""),
        campaign=get("campaign", ""),
        term=get("term", ""),
        content=get("content", ""),
        referrer=get("referrer", ""),
        landing_page=get("landing_page", ""),
        form_id=get("form_id", ""),
    )


_TEXTS = (
    "first_name",
    "last_name",
    "company_id",
    "company_name",
    "language",
    "time_zone",
    "country",
    "city",
    "owner_id",
    "grade",
    "open_lead_id",
    "changed_by",
    "title",
    "job_title",
    "birthday",
    "deleted_by",
    "merged_into",
)
_NO_KYC = Kyc()


def _kyc(raw: Mapping[str, Any] | None) -> Kyc:
    if not raw:
        return _NO_KYC
    verified_at = raw.get("verified_at")
    return Kyc(**{**raw, "verified_at": clock.from_text(verified_at) if verified_at else None})


def _consent(consent: Consent) -> dict[str, str]:
    return {
        "state": consent.state.value,
        "at": clock.to_text(consent.at),
        "source": consent.source,
        "text_version": consent.text_version,
        "ledger_id": consent.ledger_id,
    }


def key_of(workspace_id: str, contact_id: str) -> Key:
    """Where a contact stands, for other features' transactions."""
    return contact_key(workspace_id, contact_id)
