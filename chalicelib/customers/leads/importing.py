"""Leads out of the rows of a file: each on the contact that has the address or number, or on a new one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.customers.claims import service as claims
from chalicelib.customers.claims.domain import Claim
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.addresses import normalise_email, normalise_phone, region_of
from chalicelib.customers.contacts.domain import Contact, EmailAddress, PhoneNumber, Touch, shard_of
from chalicelib.customers.contacts.importing import FIELDS as OF_CONTACTS
from chalicelib.customers.contacts.importing import hanging
from chalicelib.customers.contacts.sided import ContactsByHand
from chalicelib.customers.fields import service as custom_fields
from chalicelib.customers.imports import values as cells
from chalicelib.customers.imports.cells import (
    Cells,
    custom_import_fields,
    member_names,
    rejected,
    repeated,
    split_name,
)
from chalicelib.customers.imports.domain import Import, ImportField, Planned, Row, Session
from chalicelib.customers.journals.domain import Change
from chalicelib.customers.leads import store
from chalicelib.customers.leads.bulk import LeadsByHand
from chalicelib.customers.leads.domain import Lead
from chalicelib.customers.leads.records import LeadRecord, lead_key
from chalicelib.customers.leads.service.creating import new_lead
from chalicelib.customers.texts import NAME, SHORT
from chalicelib.foundation.errors import FieldError, InvalidError
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Create, Operation
from chalicelib.workspaces.settings.domain import Workspace

SOURCE = "import"
_TAKEN = ("email", "phone", "first_name", "last_name", "full_name", "company", "job_title", "city", "country")

FIELDS: tuple[ImportField, ...] = (
    *(each for each in OF_CONTACTS if each.key in _TAKEN),
    ImportField("source", ("Origen", "Source"), "text", ("lead source", "fuente", "procedencia", "original source")),
    ImportField("owner", ("Responsable", "Owner"), "member", ("lead owner", "propietario", "asignado a", "comercial")),
)
_OF_LEAD = frozenset({"lead_created", "lead_assigned", "lead_status_changed", "lead_overdue"})


class _NewContacts(ContactsByHand):
    """The contacts that were made for leads. That a lead was theirs is no edit, for it was the import's."""

    ours = ContactsByHand.ours | {"open_lead_id"}

    def removable(self, runtime: Runtime, changes: Sequence[Change]) -> Mapping[int, str]:
        """One with something else than that lead is kept."""
        table = runtime.table
        return {change.row: "in_use" for change in changes if hanging(table, change.pk, silent=_OF_LEAD, leads=False)}


class _Part(LeadsByHand):
    permission = "leads:write"
    match_fields = ("email", "phone")
    first_kind = "contact"
    first = _NewContacts()
    ours_when_made = frozenset({"owner_id", "gsi2pk", "gsi2sk", "duepk", "duesk"})
    """An assignment rule gives a new lead its owner."""

    def fields(self, runtime: Runtime, workspace: Workspace) -> Sequence[ImportField]:
        """The person's, the lead's own, and the workspace's."""
        return [*FIELDS, *custom_import_fields(runtime, workspace, "lead")]

    def session(self, runtime: Runtime, workspace: Workspace, importing: Import, now: datetime) -> Session:
        """Plans rows."""
        return LeadRows(runtime, workspace, importing, now)

    def removable(self, runtime: Runtime, changes: Sequence[Change]) -> Mapping[int, str]:  # noqa: ARG002
        """A lead that somebody has worked on has changed; nothing else keeps it."""
        return {}


PART = _Part()


class LeadRows:
    """One import's session with leads."""

    def __init__(self, runtime: Runtime, workspace: Workspace, importing: Import, now: datetime):
        self._table, self._workspace, self._importing, self._now = runtime.table, workspace, importing, now
        self._mode, self._match = importing.mode, importing.match_field
        started = int((importing.started_at or now).timestamp() * 1000)
        self._ids = cells.RowIds(started, importing.id)
        self._contact_ids = cells.RowIds(started, f"{importing.id} contact")
        self._members: dict[str, str] | None = None
        catalogue = custom_fields.get_catalogue(table=self._table, workspace_id=workspace.id)
        self._custom = {f"custom.{field.key}": field for field in catalogue.of("lead")}
        machine = importing.format == "xlsx"
        names = ("first_name", "last_name", "city", "job_title", "source")
        own: dict[str, cells.Cleaner] = {
            **{name: cells.line(NAME, name) for name in names},
            "full_name": cells.line(NAME, "full_name"),
            "company": cells.line(SHORT, "company"),
            "email": normalise_email,
            "phone": str,
            "country": cells.to_country,
            "owner": self._owner,
        }
        own |= {key: cells.custom_cleaner(field, workspace, machine=machine) for key, field in self._custom.items()}
        self._cells = Cells(importing, own)

    def _owner(self, cell: str) -> str:
        if self._members is None:
            self._members = member_names(self._table, self._workspace.id)
        found = self._members.get(cells.folded(cell), "")
        if not found:
            raise InvalidError("There is no such member.", field="owner", code="unknown")
        return found

    def _values(self, row: Row) -> tuple[dict[str, Any], list[FieldError]]:
        values, errors = self._cells.read(row)
        if "full_name" in values:
            first, last = split_name(values.pop("full_name"))
            values.setdefault("first_name", first)
            values.setdefault("last_name", last)
        if "phone" in values:
            region = values.get("country") or region_of(time_zone=self._workspace.time_zone)
            try:
                values["phone"] = normalise_phone(values["phone"], region=region)
            except InvalidError as error:
                errors.append(FieldError("phone", str(error), error.fields[0].code))
        custom = {key[7:]: values.pop(key) for key in list(values) if key in self._custom}
        if not errors:
            try:
                values["custom"] = custom_fields.cleaned(
                    table=self._table, workspace_id=self._workspace.id, kind="lead", given=custom
                )
            except InvalidError as error:
                errors = list(error.fields)
        return values, errors

    def plan(self, rows: Sequence[Row], seen: Mapping[int, int]) -> list[Planned]:
        """See `Session.plan`."""
        drafts: list[tuple[int, dict[str, Any], list[FieldError], list[Claim]]] = []
        for row in rows:
            if row.broken:
                drafts.append((row.number, {}, [FieldError("", "", row.broken)], []))
                continue
            values, errors = self._values(row)
            own = [Claim("email", values["email"])] if values.get("email") else []
            own += [Claim("phone", values["phone"])] if values.get("phone") else []
            drafts.append((row.number, values, errors, [] if errors else own))
        asked = {claim for *_, own in drafts for claim in own}
        holders = claims.holders(table=self._table, workspace_id=self._workspace.id, claims=asked, consistent=True)
        people = contacts.get_contacts(
            table=self._table, workspace_id=self._workspace.id, contact_ids=set(holders.values()), consistent=True
        )
        leads = self._leads({person.open_lead_id for person in people.values()} - {""})
        mine: dict[int, int] = {}
        planned = []
        for number, values, errors, own in drafts:
            if errors:
                planned.append(Planned(number, "rejected", errors=errors))
                continue
            plan = self._row(number, values, own, holders, people, leads, seen, mine)
            for each in plan.claims:
                mine.setdefault(each, number)
            planned.append(plan)
        return planned

    def _leads(self, ids: set[str]) -> dict[str, LeadRecord]:
        keys = [lead_key(self._workspace.id, each) for each in ids]
        found = self._table.get_many(LeadRecord, keys, consistent=True) if keys else {}
        return {record.lead_id: record for record in found.values()}

    def _row(
        self,
        number: int,
        values: dict[str, Any],
        own: Sequence[Claim],
        holders: Mapping[Claim, str],
        people: Mapping[str, Contact],
        leads: Mapping[str, LeadRecord],
        seen: Mapping[int, int],
        mine: Mapping[int, int],
    ) -> Planned:
        marks: list[tuple[str, int]] = [(claim.what, cells.digest(claim.value)) for claim in own]
        ordered = sorted(own, key=lambda claim: claim.what != self._match)
        holder = next((holders[claim] for claim in ordered if claim in holders), "")
        if holder and not self._contact_ids.is_ours(holder):
            marks.append((self._match, cells.digest(holder)))
        for what, each in marks:
            first = mine.get(each) or seen.get(each)
            if first is not None and first != number:
                return repeated(number, what, first)
        digests = [each for _, each in marks]
        person = people.get(holder)
        if holder and person is None:
            return rejected(number, self._match, "conflict")
        standing = leads.get(person.open_lead_id) if person is not None else None
        if standing is not None and store.to_domain(standing).open:
            return self._standing(number, values, standing, digests)
        if self._mode == "update":
            return rejected(number, self._match, "not_found")
        return self._new(number, values, own, person, digests)

    def _standing(self, number: int, values: Mapping[str, Any], record: LeadRecord, digests: list[int]) -> Planned:
        """The contact has an open lead."""
        lead = store.to_domain(record)
        if self._ids.is_ours(lead.id) and self._ids.row_of(lead.id) == number:
            return Planned(number, "created", lead.id, claims=digests)
        if self._mode == "create":
            return Planned(number, "duplicate", lead.id, (FieldError(self._match, "It exists already.", "exists"),))
        changed = replace(lead, custom={**lead.custom, **values["custom"]})
        if values.get("owner"):
            changed = replace(changed, owner_id=values["owner"])
        if changed == lead:
            return Planned(number, "unchanged", lead.id, claims=digests)
        changed = replace(changed, updated_at=self._now, changed_by=self._importing.reference)
        before, after = record.image(), store.to_record(changed).image()
        after["version"] = {"N": str(lead.version + 1)}
        put = {
            "Put": {
                "TableName": self._table.name,
                "Item": after,
                "ConditionExpression": "version = :version",
                "ExpressionAttributeValues": {":version": before["version"]},
            }
        }
        load = [self._table.item_of(each) for each in store.load_changes(lead, changed, self._now)]
        change = Change(number, record.pk, record.sk, before, after, [put, *load])
        return Planned(number, "updated", lead.id, (), change, digests)

    def _new(
        self,
        number: int,
        values: Mapping[str, Any],
        own: Sequence[Claim],
        person: Contact | None,
        digests: list[int],
    ) -> Planned:
        first = None
        by = self._importing.reference
        if person is None:
            if not own and not values.get("first_name") and not values.get("last_name"):
                return rejected(number, "email", "missing")
            person = self._contact(number, values)
            first = self._made_first(number, person)
        touch = Touch(at=self._now, source=values.get("source") or SOURCE)
        lead: Lead = new_lead(
            workspace=self._workspace,
            lead_id=self._ids.of(number),
            contact_id=person.id,
            touch=touch,
            now=self._now,
        )
        lead = replace(lead, owner_id=values.get("owner", ""), custom=values["custom"], touches=0, changed_by=by)
        record = store.to_record(lead)
        bound = contacts.replace_operation(replace(person, open_lead_id=lead.id, updated_at=self._now))
        operations: list[Operation] = [Create(record), bound, *store.load_changes(None, lead, self._now)]
        items = [self._table.item_of(operation) for operation in operations]
        change = Change(number, record.pk, record.sk, None, record.image(), items)
        return Planned(number, "created", lead.id, (), change, digests, first)

    def _contact(self, number: int, values: Mapping[str, Any]) -> Contact:
        contact_id = self._contact_ids.of(number)
        email, phone = values.get("email"), values.get("phone")
        return Contact(
            workspace_id=self._workspace.id,
            id=contact_id,
            created_at=self._now,
            updated_at=self._now,
            shard=shard_of(contact_id, self._workspace.new_shards_of("contacts")),
            first_name=values.get("first_name", ""),
            last_name=values.get("last_name", ""),
            emails=(EmailAddress(email, primary=True),) if email else (),
            phones=(PhoneNumber(phone, primary=True),) if phone else (),
            company_name=values.get("company", ""),
            job_title=values.get("job_title", ""),
            city=values.get("city", ""),
            country=values.get("country", ""),
            changed_by=self._importing.reference,
        )

    def _made_first(self, number: int, person: Contact) -> Change:
        create = contacts.create_operation(person)
        made = claims.changes(
            workspace_id=person.workspace_id, holder_id=person.id, had=set(), has=person.claims, now=self._now
        )
        items = [self._table.item_of(each) for each in (create, *(operation for _, operation in made))]
        record = create.record
        return Change(-number, record.pk, record.sk, None, record.image(), items)
