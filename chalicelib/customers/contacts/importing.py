"""Contacts out of the rows of a file, by the same rules as the API's.

New contacts are written as raw items: a million of them go through here. That they are the items `store.to_record` makes, and that
every value is cleaned as the API cleans it, is held by property tests.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from json import JSONEncoder
from typing import Any

from chalicelib.customers.claims import service as claims
from chalicelib.customers.claims.domain import Claim
from chalicelib.customers.companies.importing import Companies, Company
from chalicelib.customers.contacts import store
from chalicelib.customers.contacts.addresses import normalise_email, normalise_phone, region_of
from chalicelib.customers.contacts.domain import (
    LIFECYCLE_STAGES,
    Contact,
    EmailAddress,
    PhoneNumber,
    PostalAddress,
    clean_interests,
    clean_tags,
    one_primary_email,
    one_primary_phone,
    shard_of,
)
from chalicelib.customers.contacts.records import (
    ContactRecord,
    company_contacts_partition,
    contact_key,
    contact_partition,
    contacts_partition,
)
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
    to_interests,
    to_tags,
)
from chalicelib.customers.imports.domain import Import, ImportField, Planned, Row, Session
from chalicelib.customers.journals.domain import Change, Item
from chalicelib.customers.texts import NAME, SHORT
from chalicelib.foundation.clock import to_text
from chalicelib.foundation.errors import FieldError, InvalidError
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Record, Table
from chalicelib.foundation.table.record import kind_of
from chalicelib.workspaces.settings.domain import Workspace, check_time_zone

_KIND = kind_of(ContactRecord)
_TITLE = 40

FIELDS: tuple[ImportField, ...] = (
    ImportField("email", ("Correo electrónico", "E-mail"), "email", (
        "email", "mail", "correo", "email address", "e mail address", "correo e", "direccion de correo",
        "direccion de correo electronico", "email 1", "e mail 1", "primary email", "correo principal", "work email",
        "correo electronico 1", "mail address", "emailaddress",
    )),
    ImportField("first_name", ("Nombre", "First name"), "text", (
        "firstname", "given name", "forename", "nombres", "nombre de pila", "primer nombre", "first",
    )),
    ImportField("last_name", ("Apellidos", "Last name"), "text", (
        "lastname", "surname", "family name", "apellido", "primer apellido", "last",
    )),
    ImportField("full_name", ("Nombre completo", "Full name"), "text", (
        "name", "nombre y apellidos", "contact name", "contacto", "display name", "nombre del contacto", "contact",
    )),
    ImportField("phone", ("Teléfono", "Phone"), "phone", (
        "telefono", "tel", "phone number", "numero de telefono", "telephone", "work phone", "business phone",
        "telefono 1", "phone 1", "telefono principal", "telf", "tlf", "primary phone",
    )),
    ImportField("company", ("Empresa", "Company"), "text", (
        "company name", "organization", "organisation", "compania", "nombre de la empresa", "account", "account name",
        "organizacion", "employer", "razon social", "associated company", "cliente",
    )),
    ImportField("job_title", ("Cargo", "Job title"), "text", ("puesto", "position", "role", "cargo o puesto", "jobtitle")),
    ImportField("title", ("Tratamiento", "Title"), "text", ("salutation", "prefix", "saludo", "titulo", "name prefix")),
    ImportField("street", ("Calle", "Street"), "text", (
        "street address", "address", "direccion", "domicilio", "mailing street", "address line 1", "calle y numero",
        "direccion postal",
    )),
    ImportField("city", ("Ciudad", "City"), "text", ("poblacion", "localidad", "municipio", "town", "mailing city")),
    ImportField("region", ("Provincia", "Region"), "text", (
        "state", "province", "estado", "comunidad", "county", "departamento", "state region", "mailing state",
    )),
    ImportField("postal_code", ("Código postal", "Postal code"), "text", (
        "cp", "zip", "zip code", "postcode", "zip postal code", "codigo postal", "mailing zip",
    )),
    ImportField("country", ("País", "Country"), "country", ("country region", "country code", "mailing country", "pais region")),
    ImportField("tags", ("Etiquetas", "Tags"), "list", ("labels", "etiqueta", "tag", "categories", "categorias", "label")),
    ImportField("interests", ("Intereses", "Interests"), "list", ("interes", "interest", "aficiones", "hobbies")),
    ImportField("language", ("Idioma", "Language"), "language", ("lengua", "preferred language", "lang", "idioma preferido")),
    ImportField("time_zone", ("Zona horaria", "Time zone"), "text", ("timezone", "huso horario")),
    ImportField("birthday", ("Fecha de nacimiento", "Birthday"), "date", (
        "birthdate", "date of birth", "cumpleanos", "nacimiento", "dob", "fecha nacimiento",
    )),
    ImportField("lifecycle_stage", ("Etapa del ciclo de vida", "Lifecycle stage"), "choice", (
        "lifecyclestage", "etapa", "ciclo de vida", "fase",
    )),
    ImportField("owner", ("Responsable", "Owner"), "member", (
        "contact owner", "propietario", "propietario del contacto", "owner name", "owner email", "asignado a", "assigned to",
        "comercial",
    )),
    ImportField("satisfaction", ("Satisfacción (0–10)", "Satisfaction (0–10)"), "number", ("satisfaccion", "satisfaction", "csat", "nps")),
    ImportField("email_2", ("Segundo correo", "Second e-mail"), "email", (
        "secondary email", "email 2", "e mail 2", "correo 2", "other email", "correo secundario", "alternate email",
    )),
    ImportField("email_3", ("Tercer correo", "Third e-mail"), "email", ("email 3", "e mail 3", "correo 3")),
    ImportField("phone_2", ("Segundo teléfono", "Second phone"), "phone", (
        "mobile", "mobile phone", "movil", "celular", "telefono movil", "phone 2", "telefono 2", "cell phone",
        "mobile phone number", "cell",
    )),
    ImportField("phone_3", ("Tercer teléfono", "Third phone"), "phone", ("home phone", "phone 3", "telefono 3", "telefono fijo")),
    ImportField("id", ("Identificador de Clientela", "Clientela id"), "id", ("clientela id", "contact id clientela")),
)  # fmt: skip

_STAGES = {
    **{stage: stage for stage in LIFECYCLE_STAGES},
    "concienciacion": "awareness", "adquisicion": "acquisition", "retencion": "retention",
    "cumplimiento": "fulfilment", "fidelizacion": "loyalty", "fulfillment": "fulfilment",
    "subscriber": "awareness", "suscriptor": "awareness", "lead": "acquisition", "marketing qualified lead": "acquisition",
    "sales qualified lead": "acquisition", "opportunity": "acquisition", "oportunidad": "acquisition",
    "customer": "retention", "cliente": "retention", "evangelist": "loyalty", "evangelizador": "loyalty",
}  # fmt: skip
"""HubSpot's stages, too: an import from there is to find its people where they stood."""

_PLAIN = frozenset({"first_name", "last_name", "city", "country", "title", "job_title", "language", "birthday", "emails",
                    "phones", "tags", "owner_id", "company_id", "company_name", "time_zone", "lifecycle_stage"})  # fmt: skip
"""What `image_of` writes by itself; a contact with more goes through its `Contact`."""


class _Part(ContactsByHand):
    permission = "contacts:write"
    match_fields = ("email", "phone", "id")
    first_kind = "company"

    def fields(self, runtime: Runtime, workspace: Workspace) -> Sequence[ImportField]:
        """The contact's own, and the workspace's."""
        return [*FIELDS, *custom_import_fields(runtime, workspace, "contact")]

    def session(self, runtime: Runtime, workspace: Workspace, importing: Import, now: datetime) -> Session:
        """Plans rows."""
        return ContactRows(runtime, workspace, importing, now)

    def removable(self, runtime: Runtime, changes: Sequence[Change]) -> Mapping[int, str]:
        """A contact with a lead, a note or a consent of its own is kept."""
        return {change.row: "in_use" for change in changes if hanging(runtime.table, change.pk)}


PART = _Part()


class ContactRows:
    """One import's session with contacts."""

    def __init__(self, runtime: Runtime, workspace: Workspace, importing: Import, now: datetime):
        self._table, self._workspace, self._importing, self._now = runtime.table, workspace, importing, now
        self._runtime = runtime
        self._mode, self._match = importing.mode, importing.match_field
        self._match_custom = self._match.removeprefix("custom.") if self._match.startswith("custom.") else ""
        self._by_custom: dict[str, str] = {}
        started = importing.started_at or now
        self._ids = cells.RowIds(int(started.timestamp() * 1000), importing.id)
        self._companies = Companies(runtime, workspace, importing, now)
        self._shards = workspace.new_shards_of("contacts")
        self._region = region_of(time_zone=workspace.time_zone)
        self._members: dict[str, str] | None = None
        self._machine = importing.format == "xlsx"
        catalogue = custom_fields.get_catalogue(table=self._table, workspace_id=workspace.id)
        self._custom = {f"custom.{field.key}": field for field in catalogue.of("contact")}
        self._required = any(field.required for field in self._custom.values())
        self._cells = Cells(importing, self._cleaners())
        self._blank: dict[str, Any] = {
            "sk": {"S": "CONTACT"},
            "kind": {"S": _KIND},
            "workspace_id": {"S": workspace.id},
            "version": {"N": "1"},
            "created_at": {"S": to_text(now)},
            "changed_by": {"S": importing.reference},
        }
        self._lists = [{"S": contacts_partition(workspace.id, shard)} for shard in range(self._shards)]
        self._claims = claims.Images(table=self._table, workspace_id=workspace.id, now=now)
        self._contacts = f"{contact_partition(workspace.id, 'x')[:-1]}"

    # Cells

    def _cleaners(self) -> dict[str, cells.Cleaner]:
        workspace = self._workspace
        days_first = cells.day_first(workspace)
        own: dict[str, cells.Cleaner] = {
            **dict.fromkeys(("email", "email_2", "email_3"), normalise_email),
            **dict.fromkeys(("phone", "phone_2", "phone_3", "id"), str),
            **{name: cells.line(NAME, name) for name in ("first_name", "last_name", "city", "region", "job_title")},
            "full_name": cells.line(2 * NAME, "full_name"),
            "title": cells.line(_TITLE, "title"),
            "street": cells.line(SHORT, "street"),
            "postal_code": cells.line(20, "postal_code"),
            "company": cells.line(SHORT, "company"),
            "country": cells.to_country,
            "language": cells.to_language,
            "time_zone": check_time_zone,
            "tags": to_tags,
            "interests": to_interests,
            "birthday": lambda cell: _birthday(cells.to_date(cell, field="birthday", days_first=days_first)),
            "lifecycle_stage": _stage,
            "owner": self._owner,
            "satisfaction": lambda cell: _satisfaction(cell, machine=self._machine),
        }
        for key, field in self._custom.items():
            own[key] = cells.custom_cleaner(field, workspace, machine=self._machine)
        return own

    def _owner(self, cell: str) -> str:
        if self._members is None:
            self._members = member_names(self._table, self._workspace.id)
        found = self._members.get(cells.folded(cell), "")
        if not found:
            raise InvalidError("There is no such member.", field="owner", code="unknown")
        return found

    def _values(self, row: Row) -> tuple[dict[str, Any], list[FieldError]]:
        """A row's values by the names of `Contact`, besides ``id``, ``company`` and ``place`` (street, region, postal code)."""
        found, errors = self._cells.read(row)
        values: dict[str, Any] = {}
        emails = [found.pop(name) for name in ("email", "email_2", "email_3") if name in found]
        if emails:
            values["emails"] = list(dict.fromkeys(emails))
        numbers: list[str] = []
        for name in ("phone", "phone_2", "phone_3"):
            if name in found:
                region = found.get("country") or self._region
                try:
                    numbers.append(normalise_phone(found.pop(name), region=region, field=name))
                except InvalidError as error:
                    errors.append(FieldError(name, str(error), error.fields[0].code))
        if numbers:
            values["phones"] = list(dict.fromkeys(numbers))
        if "full_name" in found:
            first, last = split_name(found.pop("full_name"))
            if "first_name" not in found and "last_name" not in found:
                found["first_name"], found["last_name"] = first, last
                errors += [
                    FieldError("full_name", "The text is too long.", "too_long")
                    for part in (first, last)
                    if len(part) > NAME
                ]
        place = {name: found.pop(name) for name in ("street", "region", "postal_code") if name in found}
        if place:
            values["place"] = place
        custom = {key[7:]: found.pop(key) for key in list(found) if key in self._custom}
        if custom:
            values["custom"] = custom
        if "owner" in found:
            values["owner_id"] = found.pop("owner")
        values |= found
        return values, errors

    # Planning

    def plan(self, rows: Sequence[Row], seen: Mapping[int, int]) -> list[Planned]:
        """See `Session.plan`."""
        drafts: list[tuple[Row, dict[str, Any], list[FieldError], list[tuple[Claim, int]]]] = []
        asked: set[Claim] = set()
        for row in rows:
            if row.broken:
                drafts.append((row, {}, [FieldError("", "", row.broken)], []))
                continue
            values, errors = self._values(row)
            own: list[tuple[Claim, int]] = []
            if not errors:
                for address in values.get("emails", ()):
                    own.append((Claim("email", address), cells.digest(address)))
                for number in values.get("phones", ()):
                    own.append((Claim("phone", number), cells.digest(number)))
                asked.update(claim for claim, _ in own)
            drafts.append((row, values, errors, own))
        holders = claims.holders(table=self._table, workspace_id=self._workspace.id, claims=asked, consistent=True)
        self._find_by_custom(drafts)
        present = self._present(drafts, holders)
        self._companies.look_up(
            values["company"] for _, values, errors, _ in drafts if "company" in values and not errors
        )
        mine: dict[int, int] = {}
        planned = []
        for row, values, errors, own in drafts:
            if errors:
                planned.append(Planned(row.number, "rejected", errors=errors))
                continue
            plan = self._row(row, values, own, holders, present, seen, mine)
            for each in plan.claims:
                mine.setdefault(each, row.number)
            planned.append(plan)
        return planned

    def _present(self, drafts: Sequence[Any], holders: Mapping[Claim, str]) -> dict[str, ContactRecord]:
        """The contacts that rows may change, by id."""
        if self._mode == "create":
            return {}
        wanted: set[str] = set()
        for _, values, errors, own in drafts:
            if errors:
                continue
            if self._match_custom or self._match == "id":
                wanted.add(self._matched(values, own, holders))
            else:
                wanted.update(holders[claim] for claim, _ in own if claim.what == self._match and claim in holders)
        keys = [contact_key(self._workspace.id, each) for each in wanted if is_id(each)]
        found = self._table.get_many(ContactRecord, keys, consistent=True) if keys else {}
        return {record.contact_id: record for record in found.values()}

    def _row(
        self,
        row: Row,
        values: dict[str, Any],
        own: list[tuple[Claim, int]],
        holders: Mapping[Claim, str],
        present: Mapping[str, ContactRecord],
        seen: Mapping[int, int],
        mine: Mapping[int, int],
    ) -> Planned:
        number = row.number
        marks: list[tuple[str, int]] = [(claim.what, each) for claim, each in own]
        if self._match_custom and (value := self._custom_value(values)):
            marks.append((self._match, cells.digest(f"{self._match}={value}")))
        digests = [each for _, each in marks]
        for what, each in marks:
            first = mine.get(each) or seen.get(each)
            if first is not None and first != number:
                return repeated(number, what, first)
        matched = self._matched(values, own, holders)
        if matched == _SEVERAL:
            return rejected(number, self._match, "ambiguous")
        if self._mode == "create" and matched:
            return self._exists(number, matched, digests)
        if not matched:
            return self._new(number, values, own, holders, digests)
        mark = cells.digest(matched)
        first = mine.get(mark) or seen.get(mark)
        if first is not None and first != number:
            return repeated(number, self._match, first, matched)
        record = present.get(matched)
        if record is None or (record.deleted_at or record.merged_into):
            return rejected(number, self._match, "not_found")
        return self._change(number, values, record, holders, [*digests, mark])

    def _matched(
        self, values: Mapping[str, Any], own: Sequence[tuple[Claim, int]], holders: Mapping[Claim, str]
    ) -> str:
        if self._match == "id":
            return str(values.get("id", "")) if self._mode != "create" else ""
        if self._match_custom:
            return self._by_custom.get(self._custom_value(values), "")
        return next((holders[claim] for claim, _ in own if claim.what == self._match and claim in holders), "")

    def _custom_value(self, values: Mapping[str, Any]) -> str:
        value = values.get("custom", {}).get(self._match_custom, "")
        return "" if value in ("", None) else str(value)

    def _find_by_custom(self, drafts: Sequence[Any]) -> None:
        """The contacts that have the values of the custom field by which rows are matched, through its index."""
        listing = self._runtime.parts("list").get("contact") if self._match_custom else None
        if listing is None:
            return
        for _, values, errors, _ in drafts:
            value = self._custom_value(values)
            if errors or not value or value in self._by_custom:
                continue
            asked = [{"field": self._match, "op": "is", "value": values["custom"][self._match_custom]}]
            conditions = listing.conditions(self._runtime, self._workspace.id, asked)
            found, _ = listing.page(self._runtime, self._workspace, conditions, "created", None, 2)
            self._by_custom[value] = "" if not found else found[0].id if len(found) == 1 else _SEVERAL

    def _exists(self, number: int, matched: str, digests: list[int]) -> Planned:
        if self._ids.is_ours(matched):
            made_by = self._ids.row_of(matched)
            if made_by == number:
                return Planned(number, "created", matched, claims=digests)
            return repeated(number, self._match, made_by, matched)
        return Planned(number, "duplicate", matched, (FieldError(self._match, "It exists already.", "exists"),))

    def _new(
        self,
        number: int,
        values: dict[str, Any],
        own: Sequence[tuple[Claim, int]],
        holders: Mapping[Claim, str],
        digests: list[int],
    ) -> Planned:
        if self._mode == "update":
            has = self._match in values or any(claim.what == self._match for claim, _ in own)
            has = has or bool(self._custom_value(values))
            return rejected(number, self._match, "not_found" if has else "missing")
        for claim, _ in own:
            holder = holders.get(claim, "")
            if holder and self._ids.is_ours(holder):
                return repeated(number, claim.what, self._ids.row_of(holder), holder)
            if holder:
                return rejected(number, claim.what, "taken", holder)
        if not own and not values.get("first_name") and not values.get("last_name"):
            return rejected(number, "email", "missing")
        company = self._companies.get(values.pop("company", ""), number)
        if company is not None:
            values["company_id"], values["company_name"] = company.id, company.name
        errors = self._settle(values, None)
        if errors:
            return Planned(number, "rejected", errors=errors)
        contact_id = self._ids.of(number)
        if values.keys() <= _PLAIN:
            image = self.image_of(contact_id, values)
        else:
            image = store.to_record(self.contact_of(contact_id, values)).image()
        table = self._table.name
        items: list[Item] = [
            {"Put": {"TableName": table, "Item": image, "ConditionExpression": "attribute_not_exists(pk)"}}
        ]
        items += [self._claims.make(claim, contact_id) for claim, _ in own]
        change = Change(number, image["pk"]["S"], "CONTACT", None, image, items)
        return Planned(number, "created", contact_id, (), change, digests, company.change if company else None)

    def _settle(self, values: dict[str, Any], present: Contact | None) -> list[FieldError]:
        """Turn what still needs looking at into values of the contact."""
        place = values.pop("place", None)
        if place is not None:
            values["addresses"] = _addresses(place, values, present)
        if "custom" in values or (self._required and present is None):
            try:
                values["custom"] = custom_fields.cleaned(
                    table=self._table,
                    workspace_id=self._workspace.id,
                    kind="contact",
                    given=values.get("custom"),
                    present=present.custom if present else None,
                )
            except InvalidError as error:
                return list(error.fields)
        values.pop("id", None)
        return []

    def contact_of(self, contact_id: str, values: Mapping[str, Any]) -> Contact:
        """The new contact of these values."""
        given = dict(values)
        emails = one_primary_email([EmailAddress(each) for each in given.pop("emails", ())])
        phones = one_primary_phone([PhoneNumber(each) for each in given.pop("phones", ())])
        return Contact(
            workspace_id=self._workspace.id,
            id=contact_id,
            created_at=self._now,
            updated_at=self._now,
            shard=shard_of(contact_id, self._shards),
            emails=emails,
            phones=phones,
            changed_by=self._importing.reference,
            **given,
        )

    def image_of(self, contact_id: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """The item of `contact_of`, written by hand."""
        image = self._blank.copy()
        image["pk"] = {"S": self._contacts + contact_id}
        image["gsi1pk"] = self._lists[shard_of(contact_id, self._shards)]
        image["gsi1sk"] = {"S": contact_id}
        for name, value in values.items():
            if name in ("emails", "phones"):
                image[name] = {"S": _packed(value)}
            elif name == "tags":
                if value:
                    image[name] = {"SS": sorted(value)}
            elif name == "lifecycle_stage":
                if value != LIFECYCLE_STAGES[0]:
                    image[name] = {"S": value}
            elif value:
                image[name] = {"S": value}
        if values.get("company_id"):
            image["gsi2pk"] = {"S": company_contacts_partition(self._workspace.id, values["company_id"])}
            image["gsi2sk"] = {"S": contact_id}
        return image

    def _change(
        self,
        number: int,
        values: dict[str, Any],
        record: ContactRecord,
        holders: Mapping[Claim, str],
        digests: list[int],
    ) -> Planned:
        present = store.to_domain(record)
        company: Company | None = None
        name = values.pop("company", "")
        if name and cells.folded(name) != cells.folded(present.company_name):
            company = self._companies.get(name, number)
            if company is not None:
                values["company_id"], values["company_name"] = company.id, company.name
        errors = self._settle(values, present)
        if errors:
            return Planned(number, "rejected", present.id, errors)
        try:
            merged = _merged(present, values)
        except InvalidError as error:
            return Planned(number, "rejected", present.id, error.fields)
        if merged == present:
            return Planned(number, "unchanged", present.id, (), None, digests)
        changed = merged.edited(at=self._now, by=self._importing.reference)
        for claim in sorted(changed.claims - present.claims):
            holder = holders.get(claim, "")
            if holder and holder != present.id:
                return rejected(number, claim.what, "taken", present.id)
        before = record.image()
        after = store.to_record(changed).image()
        after["version"] = {"N": str(present.version + 1)}
        items: list[Item] = [
            {
                "Put": {
                    "TableName": self._table.name,
                    "Item": after,
                    "ConditionExpression": "version = :version",
                    "ExpressionAttributeValues": {":version": before["version"]},
                }
            }
        ]
        items += [self._claims.make(claim, present.id) for claim in sorted(changed.claims - present.claims)]
        change = Change(number, record.pk, record.sk, before, after, items)
        return Planned(number, "updated", present.id, (), change, digests, company.change if company else None)


_SEVERAL = "?"
_SILENT = frozenset({"score_changed", "tag_added"})
_LOOKED_AT = 25


def hanging(table: Table, pk: str, *, silent: frozenset[str] = frozenset(), leads: bool = True) -> bool:
    """Whether something hangs on a contact: an activity of another kind than the product's own notes (and the ``silent`` ones), a
    consent, or a lead.
    """
    page = table.query(Record, pk, between=("ACT#", "LEAD#~"), limit=_LOOKED_AT)
    wanted = ("ACT#", "CONSENT#", "LEAD#") if leads else ("ACT#", "CONSENT#")
    found = [each for each in page.items if each.sk.startswith(wanted)]
    quiet = _SILENT | silent
    return len(page.items) >= _LOOKED_AT or any(getattr(each, "what", "") not in quiet for each in found)


_encode = JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def _packed(values: Sequence[str]) -> str:
    """Addresses or numbers as the store packs them, the first the primary."""
    if len(values) == 1 and '"' not in values[0] and "\\" not in values[0] and values[0].isprintable():
        return f'[["{values[0]}","",1]]'
    return _encode([[values[0], "", 1], *([each] for each in values[1:])])


def _merged(present: Contact, values: Mapping[str, Any]) -> Contact:
    """The contact with what the row says: addresses, numbers, tags and interests are added, other values replaced."""
    given = dict(values)
    emails = given.pop("emails", [])
    known = {each.address for each in present.emails}
    if any(each not in known for each in emails):
        added = [EmailAddress(each) for each in emails if each not in known]
        given["emails"] = one_primary_email([*present.emails, *added])
    numbers = given.pop("phones", [])
    known = {each.number for each in present.phones}
    if any(each not in known for each in numbers):
        given["phones"] = one_primary_phone(
            [*present.phones, *(PhoneNumber(each) for each in numbers if each not in known)]
        )
    if "tags" in given:
        given["tags"] = clean_tags(present.tags | given["tags"])
    if "interests" in given:
        given["interests"] = clean_interests([*present.interests, *given["interests"]])
    return replace(present, **given)


def _addresses(
    place: Mapping[str, str], values: Mapping[str, Any], present: Contact | None
) -> tuple[PostalAddress, ...]:
    said = {**place, **{name: values[name] for name in ("city", "country") if name in values}}
    had = present.addresses if present else ()
    if not had:
        return (PostalAddress(primary=True, **said),)
    return tuple(replace(each, **said) if each.primary else each for each in had)


def _birthday(day: str) -> str:
    if not "1850" <= day[:4] <= "2200":
        raise InvalidError("A birthday lies in a year that somebody alive can have.", field="birthday", code="date")
    return day


def _stage(cell: str) -> str:
    found = _STAGES.get(cells.folded(cell))
    if found is None:
        raise InvalidError("There is no such stage.", field="lifecycle_stage", code="unknown")
    return found


def _satisfaction(cell: str, *, machine: bool) -> int:
    text = cells.to_number_text(cell, field="satisfaction", comma=False, machine=machine)
    if float(text) not in range(11):
        raise InvalidError("A number from 0 to 10.", field="satisfaction", code="out_of_range")
    return int(float(text))
