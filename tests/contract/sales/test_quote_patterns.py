"""Every access pattern of quotes and of their approval costs what docs/data-model.md says."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.runtime import Runtime
from chalicelib.sales.approvals import service as approvals
from chalicelib.sales.deals import service as deals
from chalicelib.sales.quotes import service as quotes
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import create_workspace
from infra.local.priced import PricedTable
from tests.contract.patterns import check


@dataclass
class Desk:
    """A deal to make quotes for."""

    runtime: Runtime
    priced: PricedTable
    workspace: Workspace
    deal_id: str

    @property
    def acting(self) -> dict[str, Any]:
        return {
            "table": self.priced, "clock": self.runtime.clock, "workspace": self.workspace, "actor": "member:1",
        }  # fmt: skip

    def draft(self) -> Any:
        return quotes.create_quote(**self.acting, quote_id=self.runtime.new_id(), values={"deal_id": self.deal_id})

    def checked(self, name: str, work: Any) -> Any:
        self.priced.reset()
        result = work()
        check(name, self.priced)
        return result


@pytest.fixture
def desk(runtime: Runtime, clock: FixedClock) -> Desk:
    workspace = create_workspace(table=runtime.table, clock=clock, workspace_id=runtime.new_id(), name="Ejemplo")
    deal = deals.create_deal(
        table=runtime.table, clock=clock, workspace=workspace, deal_id=runtime.new_id(),
        values={"title": "Web", "amount": "1000.00"},
    )  # fmt: skip
    return Desk(runtime, PricedTable(runtime.table), workspace, deal.id)


def test_quotes(desk: Desk) -> None:
    acting, signer = desk.acting, desk.runtime.signer
    first = desk.checked("quotes.create", desk.draft)
    where = {"table": desk.priced, "workspace_id": desk.workspace.id}
    change = {**acting, "quote_id": first.id, "version": 1, "changes": {"title": "Otra"}}
    desk.checked("quotes.change", lambda: quotes.change_quote(**change))
    desk.checked("quotes.submit", lambda: quotes.submit(**acting, quote_id=first.id))
    desk.checked("quotes.issue-first", lambda: quotes.issue(**acting, signer=signer, quote_id=first.id))
    second = desk.draft()
    quotes.submit(**acting, quote_id=second.id)
    issued = desk.checked("quotes.issue", lambda: quotes.issue(**acting, signer=signer, quote_id=second.id))
    assert issued.number == "Q-2026-0002"
    revised = desk.checked(
        "quotes.revise", lambda: quotes.revise(**acting, quote_id=first.id, new_id=desk.runtime.new_id())
    )
    quotes.submit(**acting, quote_id=revised.id)
    again = desk.checked("quotes.issue-revised", lambda: quotes.issue(**acting, signer=signer, quote_id=revised.id))
    assert again.number == "Q-2026-0001-2"
    whole = desk.checked("quotes.get", lambda: quotes.get_whole(**where, quote_id=again.id))
    assert len(whole.history) == 1
    listing = {"table": desk.priced, "workspace": desk.workspace, "limit": 10}
    found, _ = desk.checked("quotes.list", lambda: quotes.list_quotes(**listing))
    assert len(found) == 3
    desk.checked("quotes.list-state", lambda: quotes.list_quotes(**listing, states=(quotes.QuoteState.ISSUED,)))
    desk.checked("quotes.of-deal", lambda: quotes.list_quotes(**listing, deal_id=desk.deal_id))
    say = {"table": desk.priced, "clock": desk.runtime.clock, "name": "Ana", "ip": "203.0.113.7"}
    answered, won = desk.checked("quotes.answer", lambda: quotes.answer(**say, quote=again, accept=True))
    assert won
    desk.checked("quotes.answer-again", lambda: quotes.answer(**say, quote=answered, accept=False))
    desk.checked("quotes.due", lambda: quotes.expire(table=desk.priced, clock=desk.runtime.clock))


def test_approval(desk: Desk) -> None:
    table = {"table": desk.priced, "workspace_id": desk.workspace.id}
    policy = {
        "enabled": True, "limits": {"EUR": Decimal(100)}, "discount_above": None, "role": "admin", "changed_by": "member:1",
    }  # fmt: skip
    desk.checked("approvals.set", lambda: approvals.set_policy(**table, clock=desk.runtime.clock, version=0, **policy))
    desk.checked("approvals.policy", lambda: approvals.get_policy(**table))
    quote = desk.draft()
    quotes.submit(**desk.acting, quote_id=quote.id)
    decision = {"approve": True, "comment": "", "actor": "member:2", "role": "admin"}
    decided = desk.checked(
        "quotes.decide", lambda: quotes.decide(**table, clock=desk.runtime.clock, quote_id=quote.id, **decision)
    )
    assert decided.state is quotes.QuoteState.APPROVED
