"""Deals out of the rows of a file."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from chalicelib.customers.claims import service as claims
from chalicelib.customers.claims.domain import Claim
from chalicelib.customers.companies.importing import Companies
from chalicelib.customers.contacts.addresses import normalise_email
from chalicelib.customers.fields import service as custom_fields
from chalicelib.customers.imports import values as cells
from chalicelib.customers.imports.cells import Cells, custom_import_fields, member_names, rejected, repeated
from chalicelib.customers.imports.domain import Import, ImportField, Planned, Row, Session
from chalicelib.customers.journals.domain import Change
from chalicelib.customers.texts import LONG, SHORT
from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.errors import FieldError, InvalidError
from chalicelib.foundation.ids import is_id
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.table import Create
from chalicelib.sales.deals import service, store
from chalicelib.sales.deals.bulk import DealsByHand
from chalicelib.sales.deals.records import DealRecord, deal_key
from chalicelib.sales.pipelines import service as pipelines
from chalicelib.sales.pipelines.domain import Pipeline
from chalicelib.workspaces.settings.domain import Workspace

FIELDS: tuple[ImportField, ...] = (
    ImportField("title", ("Título", "Title"), "title", (
        "deal name", "nombre", "name", "opportunity name", "oportunidad", "deal", "nombre de la oportunidad", "negocio",
    )),
    ImportField("amount", ("Importe", "Amount"), "number", ("valor", "value", "monto", "precio", "price", "importe total")),
    ImportField("currency", ("Moneda", "Currency"), "text", ("deal currency", "divisa", "currency code")),
    ImportField("pipeline", ("Canalización", "Pipeline"), "text", ("embudo", "pipeline name", "flujo")),
    ImportField("stage", ("Etapa", "Stage"), "text", ("deal stage", "fase", "sales stage", "etapa del negocio")),
    ImportField("email", ("Correo electrónico del contacto", "Contact's e-mail"), "email", (
        "email", "correo", "correo electronico", "contact email", "e mail", "associated contact email",
    )),
    ImportField("company", ("Empresa", "Company"), "text", ("company name", "account name", "associated company", "cuenta")),
    ImportField("owner", ("Responsable", "Owner"), "member", ("deal owner", "opportunity owner", "propietario", "comercial")),
    ImportField("expected_close", ("Cierre previsto", "Expected close"), "date", (
        "close date", "closing date", "fecha de cierre", "cierre", "expected close date",
    )),
    ImportField("description", ("Descripción", "Description"), "text", ("notes", "notas", "detalle")),
    ImportField("id", ("Identificador de Clientela", "Clientela id"), "id", ("clientela id",)),
)  # fmt: skip
_SEVERAL = "?"


class _Part(DealsByHand):
    permission = "deals:write"
    match_fields = ("title", "id")
    first_kind = "company"

    def fields(self, runtime: Runtime, workspace: Workspace) -> Sequence[ImportField]:
        """The deal's own, and the workspace's."""
        return [*FIELDS, *custom_import_fields(runtime, workspace, "deal")]

    def session(self, runtime: Runtime, workspace: Workspace, importing: Import, now: datetime) -> Session:
        """Plans rows."""
        return DealRows(runtime, workspace, importing, now)

    def removable(self, runtime: Runtime, changes: Sequence[Change]) -> Mapping[int, str]:  # noqa: ARG002
        """A deal that somebody has worked on has changed; nothing else keeps it."""
        return {}


PART = _Part()


class DealRows:
    """One import's session with deals, found by their title or id."""

    def __init__(self, runtime: Runtime, workspace: Workspace, importing: Import, now: datetime):
        self._runtime, self._table, self._workspace = runtime, runtime.table, workspace
        self._importing, self._now = importing, now
        self._mode, self._match = importing.mode, importing.match_field
        self._ids = cells.RowIds(int((importing.started_at or now).timestamp() * 1000), importing.id)
        self._companies = Companies(runtime, workspace, importing, now)
        self._members: dict[str, str] | None = None
        self._by_title: dict[str, str] = {}
        self._pipelines: list[Pipeline] | None = None
        catalogue = custom_fields.get_catalogue(table=self._table, workspace_id=workspace.id)
        self._custom = {f"custom.{field.key}": field for field in catalogue.of("deal")}
        machine, comma = importing.format == "xlsx", workspace.language == "es"
        days_first = cells.day_first(workspace)
        own: dict[str, cells.Cleaner] = {
            "title": cells.line(SHORT, "title"),
            "amount": lambda cell: cells.to_money(cell, field="amount", currency="", comma=comma, machine=machine),
            "currency": _currency,
            "pipeline": cells.folded,
            "stage": cells.folded,
            "email": normalise_email,
            "company": cells.line(SHORT, "company"),
            "owner": self._owner,
            "expected_close": lambda cell: cells.to_date(cell, field="expected_close", days_first=days_first),
            "description": cells.lines(LONG, "description"),
            "id": str,
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

    def plan(self, rows: Sequence[Row], seen: Mapping[int, int]) -> list[Planned]:
        """See `Session.plan`."""
        drafts: list[tuple[int, dict[str, Any], list[FieldError]]] = []
        for row in rows:
            if row.broken:
                drafts.append((row.number, {}, [FieldError("", "", row.broken)]))
            else:
                drafts.append((row.number, *self._cells.read(row)))
        good = [values for _, values, errors in drafts if not errors]
        asked = {Claim("email", values["email"]) for values in good if "email" in values}
        people = claims.holders(table=self._table, workspace_id=self._workspace.id, claims=asked, consistent=True)
        self._companies.look_up(values["company"] for values in good if "company" in values)
        if self._match == "title":
            self._find_titles([values["title"] for values in good if "title" in values])
        present = self._present([self._matched(values) for values in good])
        mine: dict[int, int] = {}
        planned = []
        for number, values, errors in drafts:
            if errors:
                planned.append(Planned(number, "rejected", errors=errors))
                continue
            try:
                plan = self._row(number, values, people, present, seen, mine)
            except InvalidError as error:
                plan = Planned(number, "rejected", errors=error.fields)
            for each in plan.claims:
                mine.setdefault(each, number)
            planned.append(plan)
        return planned

    def _find_titles(self, titles: Sequence[str]) -> None:
        if self._mode == "create":
            return
        listing = self._runtime.parts("list")["deal"]
        for title in dict.fromkeys(titles):
            if title in self._by_title:
                continue
            conditions = listing.conditions(
                self._runtime, self._workspace.id, [{"field": "title", "op": "is", "value": title}]
            )
            found, _ = listing.page(self._runtime, self._workspace, conditions, "created", None, 2)
            self._by_title[title] = "" if not found else found[0].id if len(found) == 1 else _SEVERAL

    def _present(self, ids: Sequence[str]) -> dict[str, DealRecord]:
        keys = [deal_key(self._workspace.id, each) for each in dict.fromkeys(ids) if is_id(each)]
        found = self._table.get_many(DealRecord, keys, consistent=True) if keys else {}
        return {record.pk.rpartition("#")[2]: record for record in found.values()}

    def _matched(self, values: Mapping[str, Any]) -> str:
        if self._mode == "create":
            return ""
        return str(values.get("id", "")) if self._match == "id" else self._by_title.get(values.get("title", ""), "")

    def _row(
        self,
        number: int,
        values: dict[str, Any],
        people: Mapping[Claim, str],
        present: Mapping[str, DealRecord],
        seen: Mapping[int, int],
        mine: Mapping[int, int],
    ) -> Planned:
        matched = self._matched(values)
        if matched == _SEVERAL:
            return rejected(number, self._match, "ambiguous")
        if matched and self._ids.is_ours(matched) and self._ids.row_of(matched) == number:
            return Planned(number, "created", matched)
        marks = [cells.digest(matched)] if matched else []
        first = next((found for each in marks if (found := mine.get(each) or seen.get(each))), None)
        if first is not None and first != number:
            return repeated(number, self._match, first, matched)
        if not matched:
            if self._mode == "update":
                return rejected(number, self._match, "not_found" if self._match in values else "missing")
            return self._new(number, values, people)
        record = present.get(matched)
        if record is None or record.deleted_at:
            return rejected(number, self._match, "not_found")
        return self._change(number, values, record, people, marks)

    def _new(self, number: int, values: dict[str, Any], people: Mapping[Claim, str]) -> Planned:
        if not values.get("title"):
            return rejected(number, "title", "missing")
        given = self._given(values, people)
        pipeline = self._pipeline(values)
        given["pipeline_id"] = pipeline.id
        given["stage_id"] = self._stage(values, pipeline)
        company = self._companies.get(values.get("company", ""), number)
        if company is not None:
            given["company_id"] = company.id
        deal, operations = service.create_operations(
            table=self._table,
            clock=FixedClock(self._now),
            workspace=self._workspace,
            deal_id=self._ids.of(number),
            values=given,
            changed_by=self._importing.reference,
            made_beside=("company_id",) if company is not None else (),
        )
        record = store.to_record(deal)
        items = [self._table.item_of(operation) for operation in operations]
        change = Change(number, record.pk, record.sk, None, record.image(), items)
        assert isinstance(operations[0], Create)
        return Planned(number, "created", deal.id, (), change, (), company.change if company else None)

    def _given(self, values: Mapping[str, Any], people: Mapping[Claim, str]) -> dict[str, Any]:
        """The row's values as the service takes them."""
        given: dict[str, Any] = {name: values[name] for name in ("title", "description") if name in values}
        if "amount" in values:
            given["amount"] = _amount(values["amount"]["amount"])
            if values["amount"]["currency"]:
                given["currency"] = _currency(values["amount"]["currency"])
        if "currency" in values:
            given["currency"] = values["currency"]
        if "owner" in values:
            given["owner_id"] = values["owner"]
        if "expected_close" in values:
            given["expected_close"] = date.fromisoformat(values["expected_close"])
        if "email" in values:
            contact_id = people.get(Claim("email", values["email"]))
            if contact_id is None:
                raise InvalidError("There is no such contact.", field="email", code="unknown")
            given["contact_id"] = contact_id
        custom = {key[7:]: values[key] for key in values if key in self._custom}
        if custom:
            given["custom"] = custom
        return given

    def _pipeline(self, values: Mapping[str, Any]) -> Pipeline:
        if self._pipelines is None:
            found = pipelines.list_pipelines(table=self._table, clock=FixedClock(self._now), workspace=self._workspace)
            self._pipelines = [each for each in found if not each.archived]
        wanted = values.get("pipeline")
        if not wanted:
            return self._pipelines[0]
        for pipeline in self._pipelines:
            if wanted in (cells.folded(pipeline.name), cells.folded(pipeline.id)):
                return pipeline
        raise InvalidError("There is no such pipeline.", field="pipeline", code="unknown")

    def _stage(self, values: Mapping[str, Any], pipeline: Pipeline) -> str:
        wanted = values.get("stage")
        if not wanted:
            return pipeline.stages[0].id
        for stage in pipeline.stages:
            if wanted in (cells.folded(stage.name), cells.folded(stage.id)):
                return stage.id
        raise InvalidError("The pipeline has no such stage.", field="stage", code="unknown")

    def _change(
        self,
        number: int,
        values: dict[str, Any],
        record: DealRecord,
        people: Mapping[Claim, str],
        digests: Sequence[int],
    ) -> Planned:
        """Title, amount, owner and the like; where a deal stands on the board is not an import's business."""
        deal = store.to_domain(record)
        given = self._given(values, people)
        custom = given.pop("custom", None)
        if deal.lines:
            given.pop("amount", None)
            given.pop("currency", None)
        changed = replace(deal, **given)
        if custom:
            kept = custom_fields.cleaned(
                table=self._table,
                workspace_id=self._workspace.id,
                kind="deal",
                given=custom,
                present=deal.custom,
            )
            changed = replace(changed, custom=kept)
        if changed == deal:
            return Planned(number, "unchanged", deal.id, (), None, digests)
        changed = replace(changed, updated_at=self._now, changed_by=self._importing.reference)
        before, after = record.image(), store.to_record(changed).image()
        after["version"] = {"N": str(deal.version + 1)}
        put = {
            "Put": {
                "TableName": self._table.name,
                "Item": after,
                "ConditionExpression": "version = :version",
                "ExpressionAttributeValues": {":version": before["version"]},
            }
        }
        return Planned(
            number, "updated", deal.id, (), Change(number, record.pk, record.sk, before, after, [put]), digests
        )


def _currency(cell: str) -> str:
    code = cell.strip().upper()
    if len(code) != 3 or not code.isascii() or not code.isalpha():
        raise InvalidError("This is not a currency.", field="currency", code="currency")
    return code


def _amount(text: str) -> Decimal:
    amount = Decimal(text)
    if not 0 <= amount < Decimal(10) ** 15 or amount != round(amount, 4):
        raise InvalidError("This is not an amount.", field="amount", code="amount")
    return amount
