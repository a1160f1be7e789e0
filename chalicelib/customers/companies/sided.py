"""How companies are written by hand: in bulk, by imports, and by their undo."""

from collections.abc import Sequence
from datetime import datetime

from chalicelib.customers.claims import service as claims
from chalicelib.customers.companies import service, store
from chalicelib.customers.companies.records import CompanyRecord
from chalicelib.foundation.table import Operation, Record


class CompaniesByHand:
    """A company's claims go with its domains."""

    record: type[Record] = CompanyRecord
    ours: frozenset[str] = frozenset()

    def beside(self, workspace_id: str, old: Record | None, new: Record | None, now: datetime) -> Sequence[Operation]:
        """Claims made and given up."""
        holder = new or old
        assert isinstance(holder, CompanyRecord)
        had, has = (
            service.claims_of(store.to_domain(each)) if isinstance(each, CompanyRecord) else set()
            for each in (old, new)
        )
        changes = claims.changes(workspace_id=workspace_id, holder_id=holder.company_id, had=had, has=has, now=now)
        return [operation for _, operation in changes]
