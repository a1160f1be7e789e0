"""Deals as things that activities, files and tasks hang on; see `chalicelib.customers.things`."""

from collections.abc import Collection

from chalicelib.customers.things import Things
from chalicelib.foundation.table import Table
from chalicelib.sales.deals import service as deals


class _Deals:
    read, write = "deals:read", "deals:write"

    def titles(self, table: Table, workspace_id: str, ids: Collection[str]) -> dict[str, str]:
        found = deals.get_deals(table=table, workspace_id=workspace_id, deal_ids=ids, consistent=True)
        return {deal_id: deal.title for deal_id, deal in found.items()}

    def all_ids(self, table: Table, workspace_id: str, thing_id: str) -> tuple[str, ...]:
        return (deals.get_deal(table=table, workspace_id=workspace_id, deal_id=thing_id).id,)


DEALS: Things = _Deals()
