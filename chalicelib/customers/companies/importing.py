"""Companies out of the rows of a file, and companies that other imports find or make by their name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.customers.claims import service as claims
from chalicelib.customers.claims.domain import Claim
from chalicelib.customers.companies import service, store
from chalicelib.customers.companies.domain import Company as Whole
from chalicelib.customers.companies.records import CompanyRecord, company_key
from chalicelib.customers.companies.sided import CompaniesByHand
from chalicelib.customers.imports.domain import Import
from chalicelib.customers.imports.values import folded
from chalicelib.customers.journals.domain import Change
from chalicelib.foundation.ids import derived_id
from chalicelib.foundation.runtime import Runtime
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
        shard = sum(map(ord, company_id[-6:])) % self._workspace.shards_of("companies")
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


class _Part(CompaniesByHand):
    permission = "companies:write"
    match_fields = ("domain", "name", "id")

    def removable(self, runtime: Runtime, changes: Sequence[Change]) -> Mapping[int, str]:
        """A company with contacts is in use."""
        return {change.row: "in_use" for change in changes if store.has_contacts(runtime.table, change.pk)}


PART = _Part()
_ = (Any, claims, Claim, service, CompanyRecord, company_key)
