"""Every access pattern of sales costs what docs/data-model.md says, and does what it is for."""

from typing import Any

import pytest

from chalicelib.customers.companies import service as companies
from chalicelib.customers.contacts import service as contacts
from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.runtime import Runtime
from chalicelib.sales.deals import finding
from chalicelib.sales.deals import service as deals
from chalicelib.sales.deals.domain import Deal
from chalicelib.sales.deals.finding import Wanted
from chalicelib.sales.pipelines import service as pipelines
from chalicelib.workspaces.members import service as members
from chalicelib.workspaces.members.domain import Role
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import create_workspace, get_workspace
from infra.local.priced import PricedTable
from tests.contract.patterns import check


class World:
    """One workspace, one priced table."""

    def __init__(self, runtime: Runtime, workspace: Workspace):
        self.runtime = runtime
        self.priced = PricedTable(runtime.table)
        self.workspace = workspace
        self.clock = runtime.clock
        self.given = {"table": self.priced, "clock": runtime.clock, "workspace": workspace}
        self.here = {"table": self.priced, "clock": runtime.clock, "workspace_id": workspace.id}
        self.pipeline = pipelines.list_pipelines(**self.given)[0]
        get_workspace(table=self.priced, workspace_id=workspace.id)  # believed for a minute from now on

    def checked(self, name: str, work: Any) -> Any:
        self.priced.reset()
        result = work()
        check(name, self.priced)
        return result

    def deal(self, **values: Any) -> Deal:
        given = {"title": "Web nueva", "amount": "1200.50", "pipeline_id": self.pipeline.id} | values
        self.clock.advance(seconds=1)
        return deals.create_deal(**self.given, deal_id=self.runtime.new_id(), values=given)


@pytest.fixture
def world(runtime: Runtime, clock: FixedClock) -> World:
    workspace = create_workspace(table=runtime.table, clock=clock, workspace_id=runtime.new_id(), name="Ejemplo")
    return World(runtime, workspace)


def test_pipelines(world: World) -> None:
    world.checked("pipelines.list", lambda: pipelines.list_pipelines(**world.given))


def test_deals(world: World) -> None:
    made = world.checked("deals.create", world.deal)
    ids = {"table": world.priced, "workspace_id": world.workspace.id, "deal_id": made.id}
    world.checked("deals.get", lambda: deals.get_deal(**ids))
    asked = {"wanted": Wanted(pipeline_id=world.pipeline.id), "position": None, "limit": 10}
    page = world.checked("deals.list", lambda: finding.find_deals(**world.given, **asked))
    assert page.items == [made]
    moved = world.checked(
        "deals.move",
        lambda: deals.move_deal(**world.here, deal_id=made.id, stage_id=world.pipeline.stages[1].id, version=1),
    )
    assert moved.version == 2
    assert deals.get_deal(**ids) == moved


def test_a_deal_with_all_it_belongs_to(world: World) -> None:
    members.add_member(
        table=world.runtime.table, clock=world.clock, workspace_id=world.workspace.id, user_id="u1",
        email="u1@example.com", name="Eva", role=Role.SALES,
    )  # fmt: skip
    company = companies.create_company(
        **world.given, company_id=world.runtime.new_id(), values={"name": "Ejemplo SL"}, changed_by=""
    )
    values = {"first_name": "Ana", "emails": [{"address": "ana@example.com"}]}
    contact = contacts.create_contact(**world.given, contact_id=world.runtime.new_id(), values=values)
    values = {"contact_id": contact.id, "company_id": company.id, "owner_id": "u1"}
    made = world.checked("deals.create-owned", lambda: world.deal(**values))
    assert (made.contact_id, made.company_id, made.owner_id) == (contact.id, company.id, "u1")
