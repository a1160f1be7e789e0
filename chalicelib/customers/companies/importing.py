"""Companies out of the rows of a file, and companies that other imports find or make by their name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.customers.claims import service as claims
from chalicelib.customers.claims.domain import Claim
from chalicelib.customers.companies import service, store
from chalicelib.customers.companies.domain import Company as Whole
from chalicelib.customers.companies.domain import normalise_domain
from chalicelib.customers.companies.records import CompanyRecord, company_key
from chalicelib.customers.companies.sided import CompaniesByHand
from chalicelib.customers.contacts.addresses import normalise_email
from chalicelib.customers.contacts.domain import shard_of
from chalicelib.customers.fields import service as custom_fields
from chalicelib.customers.imports import values as cells
from chalicelib.customers.imports.cells import (
    Cells,
    custom_import_fields,
    member_names,
    rejected,
    repeated,
    to_tags,
)
from chalicelib.customers.imports.domain import Import, ImportField, Planned, Row, Session
from chalicelib.customers.imports.values import folded
from chalicelib.customers.journals.domain import Change, Item
from chalicelib.customers.texts import LONG, NAME, SHORT
from chalicelib.foundation.errors import FieldError, InvalidError
from chalicelib.foundation.ids import derived_id, is_id
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Record, Table
from chalicelib.workspaces.settings.domain import Workspace


@dataclass(frozen=True, slots=True)
class Company:
    """A company for a row: found, or to be made with ``change`` before the row is written."""

    id: str
    name: str
    change: Change | None = None


class Companies:
    """The companies of one import, by name: accents, case and spaces make no other company. Each is made once, for its id follows
    from the import and the name.
    """

    def __init__(self, runtime: Runtime, workspace: Workspace, importing: Import, now: datetime):
        self._runtime, self._workspace, self._importing, self._now = runtime, workspace, importing, now
        self._known: dict[str, Company] = {}

    def look_up(self, names: Iterable[str]) -> None:
        """Find the companies that have these names already."""
        listing = self._runtime.parts("list").get("company")
        for name in dict.fromkeys(names):
            key = folded(name)
            if key in self._known or listing is None:
                continue
            conditions = listing.conditions(
                self._runtime, self._workspace.id, [{"field": "name", "op": "is", "value": name[:200]}]
            )
            found, _ = listing.page(self._runtime, self._workspace, conditions, "created", None, 1)
            if found:
                self._known[key] = Company(found[0].id, found[0].name)

    def get(self, name: str, row: int) -> Company | None:
        """The company of a row; None without a name. `look_up` has been asked for it."""
        key = folded(name)
        if not key:
            return None
        known = self._known.get(key)
        if known is not None:
            return replace(known, change=None) if known.change is not None and known.change.row != -row else known
        started = self._importing.started_at or self._now
        company_id = derived_id(started, self._importing.id, "company", key)
        shard = shard_of(company_id, self._workspace.new_shards_of("companies"))
        company = Whole(
            workspace_id=self._workspace.id,
            id=company_id,
            name=name,
            created_at=self._now,
            updated_at=self._now,
            shard=shard,
            changed_by=self._importing.reference,
        )
        record = store.to_record(company)
        image = record.image()
        put = {
            "Put": {
                "TableName": self._runtime.table.name,
                "Item": image,
                "ConditionExpression": "attribute_not_exists(pk)",
            }
        }
        self._known[key] = made = Company(company_id, name, Change(-row, record.pk, record.sk, None, image, (put,)))
        return made


FIELDS: tuple[ImportField, ...] = (
    ImportField("name", ("Nombre", "Name"), "name", (
        "company", "company name", "empresa", "nombre de la empresa", "razon social", "account name", "organization",
        "organisation", "organizacion", "cuenta", "nombre comercial",
    )),
    ImportField("domain", ("Dominio", "Domain"), "domain", (
        "company domain name", "dominio de la empresa", "domain name", "nombre de dominio", "email domain",
    )),
    ImportField("website", ("Sitio web", "Website"), "url", ("web", "website url", "url", "pagina web", "sitio", "homepage")),
    ImportField("industry", ("Sector", "Industry"), "text", ("industria", "actividad", "ramo", "giro")),
    ImportField("size", ("Número de empleados", "Number of employees"), "number", (
        "employees", "empleados", "plantilla", "size", "headcount", "no of employees", "tamano",
    )),
    ImportField("email", ("Correo electrónico", "E-mail"), "email", ("email", "correo", "mail", "correo de la empresa")),
    ImportField("phone", ("Teléfono", "Phone"), "phone", ("phone number", "telefono de la empresa", "tel", "company phone")),
    ImportField("street", ("Calle", "Street"), "text", (
        "street address", "address", "direccion", "domicilio", "billing street", "address line 1",
    )),
    ImportField("city", ("Ciudad", "City"), "text", ("poblacion", "localidad", "municipio", "town", "billing city")),
    ImportField("region", ("Provincia", "Region"), "text", ("state", "province", "estado", "state region", "billing state")),
    ImportField("postal_code", ("Código postal", "Postal code"), "text", ("cp", "zip", "zip code", "billing code", "billing zip")),
    ImportField("country", ("País", "Country"), "country", ("country region", "billing country", "pais region")),
    ImportField("owner", ("Responsable", "Owner"), "member", ("company owner", "account owner", "propietario", "comercial")),
    ImportField("tags", ("Etiquetas", "Tags"), "list", ("labels", "tag", "categorias", "etiqueta")),
    ImportField("description", ("Descripción", "Description"), "text", ("about", "notas", "acerca de", "about us", "observaciones")),
    ImportField("id", ("Identificador de Clientela", "Clientela id"), "id", ("clientela id",)),
)  # fmt: skip

_SEVERAL = "?"
_KEPT = ("industry", "city", "country", "website", "description", "size", "tags")


class _Part(CompaniesByHand):
    permission = "companies:write"
    match_fields = ("domain", "name", "id")
    first_kind = ""

    def fields(self, runtime: Runtime, workspace: Workspace) -> Sequence[ImportField]:
        """The company's own, and the workspace's."""
        return [*FIELDS, *custom_import_fields(runtime, workspace, "company")]

    def session(self, runtime: Runtime, workspace: Workspace, importing: Import, now: datetime) -> Session:
        """Plans rows."""
        return CompanyRows(runtime, workspace, importing, now)

    def removable(self, runtime: Runtime, changes: Sequence[Change]) -> Mapping[int, str]:
        """A company with contacts is kept."""
        return {change.row: "in_use" for change in changes if _has_contacts(runtime.table, change.pk)}


PART = _Part()


def _has_contacts(table: Table, pk: str) -> bool:
    """Whether anybody stands in the list of a company's contacts."""
    return bool(table.query(Record, f"{pk}#CONTACTS", index="gsi2", limit=1).items)


class CompanyRows:
    """One import's session with companies, found by a domain, a name or an id."""

    def __init__(self, runtime: Runtime, workspace: Workspace, importing: Import, now: datetime):
        self._runtime, self._table, self._workspace = runtime, runtime.table, workspace
        self._importing, self._now = importing, now
        self._mode, self._match = importing.mode, importing.match_field
        self._ids = cells.RowIds(int((importing.started_at or now).timestamp() * 1000), importing.id)
        self._members: dict[str, str] | None = None
        catalogue = custom_fields.get_catalogue(table=self._table, workspace_id=workspace.id)
        self._custom = {f"custom.{field.key}": field for field in catalogue.of("company")}
        self._by_name: dict[str, str] = {}
        self._claims = claims.Images(table=self._table, workspace_id=workspace.id, now=now)
        machine = importing.format == "xlsx"
        own: dict[str, cells.Cleaner] = {
            **{name: cells.line(NAME, name) for name in ("industry", "city", "region")},
            "name": cells.line(SHORT, "name"),
            "street": cells.line(SHORT, "street"),
            "postal_code": cells.line(20, "postal_code"),
            "domain": normalise_domain,
            "website": _website,
            "size": lambda cell: _size(cell, workspace, machine=machine),
            "email": normalise_email,
            "phone": str,
            "country": cells.to_country,
            "owner": self._owner,
            "tags": to_tags,
            "description": cells.lines(LONG, "description"),
            "id": str,
        }
        own |= {key: cells.custom_cleaner(field, workspace, machine=machine) for key, field in self._custom.items()}
        self._cells = Cells(importing, own)

    def _owner(self, cell: str) -> str:
        if self._members is None:
            self._members = member_names(self._table, self._workspace.id)
        found = self._members.get(folded(cell), "")
        if not found:
            raise InvalidError("There is no such member.", field="owner", code="unknown")
        return found

    def plan(self, rows: Sequence[Row], seen: Mapping[int, int]) -> list[Planned]:
        """See `Session.plan`."""
        drafts: list[tuple[int, dict[str, Any], list[FieldError]]] = []
        for row in rows:
            if row.broken:
                drafts.append((row.number, {}, [FieldError("", "", row.broken)]))
            else:
                drafts.append((row.number, *self._cells.read(row)))
        good = [values for _, values, errors in drafts if not errors]
        asked = {Claim("domain", values["domain"]) for values in good if values.get("domain")}
        holders = claims.holders(table=self._table, workspace_id=self._workspace.id, claims=asked, consistent=True)
        if self._match == "name":
            self._find_names(values["name"] for values in good if "name" in values)
        present = self._present([self._matched(values, holders) for values in good])
        mine: dict[int, int] = {}
        planned = []
        for number, values, errors in drafts:
            if errors:
                planned.append(Planned(number, "rejected", errors=errors))
                continue
            try:
                plan = self._row(number, values, holders, present, seen, mine)
            except InvalidError as error:
                plan = Planned(number, "rejected", errors=error.fields)
            for each in plan.claims:
                mine.setdefault(each, number)
            planned.append(plan)
        return planned

    def _find_names(self, names: Iterable[str]) -> None:
        listing = self._runtime.parts("list").get("company")
        for name in dict.fromkeys(names):
            key = folded(name)
            if key in self._by_name or listing is None:
                continue
            conditions = listing.conditions(
                self._runtime, self._workspace.id, [{"field": "name", "op": "is", "value": name}]
            )
            found, _ = listing.page(self._runtime, self._workspace, conditions, "created", None, 2)
            self._by_name[key] = "" if not found else found[0].id if len(found) == 1 else _SEVERAL

    def _present(self, ids: Sequence[str]) -> dict[str, CompanyRecord]:
        keys = [company_key(self._workspace.id, each) for each in dict.fromkeys(ids) if is_id(each)]
        found = self._table.get_many(CompanyRecord, keys, consistent=True) if keys else {}
        return {record.company_id: record for record in found.values()}

    def _matched(self, values: Mapping[str, Any], holders: Mapping[Claim, str]) -> str:
        match self._match:
            case "id":
                return str(values.get("id", "")) if self._mode != "create" else ""
            case "name":
                return self._by_name.get(folded(values.get("name", "")), "")
            case _:
                return holders.get(Claim("domain", values.get("domain", "")), "")

    def _row(
        self,
        number: int,
        values: dict[str, Any],
        holders: Mapping[Claim, str],
        present: Mapping[str, CompanyRecord],
        seen: Mapping[int, int],
        mine: Mapping[int, int],
    ) -> Planned:
        marks = []
        if values.get("domain"):
            marks.append(("domain", cells.digest(values["domain"])))
        if self._match == "name" and "name" in values:
            marks.append(("name", cells.digest(f"name={folded(values['name'])}")))
        matched = self._matched(values, holders)
        if matched == _SEVERAL:
            return rejected(number, self._match, "ambiguous")
        if matched and not self._ids.is_ours(matched):
            marks.append((self._match, cells.digest(matched)))
        for what, each in marks:
            first = mine.get(each) or seen.get(each)
            if first is not None and first != number:
                return repeated(number, what, first, matched)
        digests = [each for _, each in marks]
        if matched and self._ids.is_ours(matched) and self._ids.row_of(matched) == number:
            return Planned(number, "created", matched, claims=digests)
        if matched and self._ids.is_ours(matched):
            return repeated(number, self._match, self._ids.row_of(matched), matched)
        if matched and self._mode == "create":
            return Planned(number, "duplicate", matched, (FieldError(self._match, "It exists already.", "exists"),))
        if not matched:
            return self._new(number, values, holders, digests)
        record = present.get(matched)
        if record is None or record.deleted_at or record.merged_into:
            return rejected(number, self._match, "not_found")
        return self._change(number, values, record, holders, digests)

    def _new(self, number: int, values: dict[str, Any], holders: Mapping[Claim, str], digests: list[int]) -> Planned:
        if self._mode == "update":
            return rejected(number, self._match, "not_found" if self._match in values else "missing")
        if not values.get("name"):
            return rejected(number, "name", "missing")
        domain = values.get("domain", "")
        if domain and (holder := holders.get(Claim("domain", domain))):
            return rejected(number, "domain", "taken", holder)
        company_id = self._ids.of(number)
        company = Whole(
            workspace_id=self._workspace.id,
            id=company_id,
            created_at=self._now,
            updated_at=self._now,
            shard=shard_of(company_id, self._workspace.new_shards_of("companies")),
            changed_by=self._importing.reference,
            **service._cleaned(self._table, self._workspace, self._given(values, None), None),
        )
        image = store.to_record(company).image()
        put = {"Put": {"TableName": self._table.name, "Item": image, "ConditionExpression": "attribute_not_exists(pk)"}}
        items: list[Item] = [put, *(self._claims.make(claim, company_id) for claim in sorted(company.claims))]
        change = Change(number, image["pk"]["S"], image["sk"]["S"], None, image, items)
        return Planned(number, "created", company_id, (), change, digests)

    def _change(
        self,
        number: int,
        values: dict[str, Any],
        record: CompanyRecord,
        holders: Mapping[Claim, str],
        digests: list[int],
    ) -> Planned:
        present = store.to_domain(record)
        given = self._given(values, present)
        cleaned = service._cleaned(self._table, self._workspace, given, present)
        if replace(present, **cleaned) == present:
            return Planned(number, "unchanged", present.id, (), None, digests)
        changed = replace(present, updated_at=self._now, changed_by=self._importing.reference, **cleaned)
        new_claims = sorted(changed.claims - present.claims)
        if any(holders.get(claim, present.id) != present.id for claim in new_claims):
            return rejected(number, "domain", "taken", present.id)
        before, after = record.image(), store.to_record(changed).image()
        after["version"] = {"N": str(present.version + 1)}
        put = {
            "Put": {
                "TableName": self._table.name,
                "Item": after,
                "ConditionExpression": "version = :version",
                "ExpressionAttributeValues": {":version": before["version"]},
            }
        }
        items: list[Item] = [put, *(self._claims.make(claim, present.id) for claim in new_claims)]
        change = Change(number, record.pk, record.sk, before, after, items)
        return Planned(number, "updated", present.id, (), change, digests)

    def _given(self, values: Mapping[str, Any], present: Whole | None) -> dict[str, Any]:
        """The row's values as the API would be given them: domains, addresses, numbers and tags are added to those there are."""
        given = {name: values[name] for name in _KEPT if name in values}
        if "name" in values:
            given["name"] = values["name"]
        if "owner" in values:
            given["owner_id"] = values["owner"]
        if values.get("domain"):
            given["domains"] = list(dict.fromkeys([*(present.domains if present else ()), values["domain"]]))
        if "tags" in given and present is not None:
            given["tags"] = present.tags | given["tags"]
        if "email" in values:
            had = (
                [{"address": e.address, "label": e.label, "primary": e.primary} for e in present.emails]
                if present
                else []
            )
            known = {each["address"] for each in had}
            given["emails"] = had if values["email"] in known else [*had, {"address": values["email"]}]
        if "phone" in values:
            had = (
                [{"number": p.number, "label": p.label, "primary": p.primary} for p in present.phones]
                if present
                else []
            )
            given["phones"] = [*had, {"number": values["phone"]}]
        place = {name: values[name] for name in ("street", "region", "postal_code") if name in values}
        if place:
            place |= {name: values[name] for name in ("city", "country") if name in values}
            given["addresses"] = (
                [place]
                if present is None or not present.addresses
                else [{**_address(each), **(place if each.primary else {})} for each in present.addresses]
            )
        custom = {key[7:]: values[key] for key in values if key in self._custom}
        if custom:
            given["custom"] = custom
        return given


def _address(address: Any) -> dict[str, Any]:
    names = ("label", "street", "city", "region", "postal_code", "country", "primary")
    return {name: getattr(address, name) for name in names}


def _website(cell: str) -> str:
    text = cell if "://" in cell else f"https://{cell}"
    if not text.lower().startswith(("http://", "https://")) or any(each.isspace() for each in text):
        raise InvalidError("This is not a web address.", field="website", code="url")
    return str(cells.line(2000, "website")(text))


def _size(cell: str, workspace: Workspace, *, machine: bool) -> int:
    text = cells.to_number_text(cell, field="size", comma=workspace.language == "es", machine=machine)
    number = float(text)
    if not number.is_integer() or not 0 <= number <= 10_000_000:
        raise InvalidError("A whole number of people.", field="size", code="out_of_range")
    return int(number)
