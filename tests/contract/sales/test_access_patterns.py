"""Every access pattern of sales costs what docs/data-model.md says, and does what it is for."""

from decimal import Decimal
from typing import Any

import pytest

from chalicelib.customers.companies import service as companies
from chalicelib.customers.contacts import service as contacts
from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.runtime import Runtime
from chalicelib.sales.cycle.service import get_cycle
from chalicelib.sales.deals import board, finding, listing
from chalicelib.sales.deals import service as deals
from chalicelib.sales.deals.domain import Deal, DealStatus
from chalicelib.sales.deals.finding import Wanted
from chalicelib.sales.forecast.service import get_forecast
from chalicelib.sales.pipelines import service as pipelines
from chalicelib.sales.products import service as products
from chalicelib.sales.rates import service as rates
from chalicelib.sales.rates.domain import Rate
from chalicelib.workspaces.members import service as members
from chalicelib.workspaces.members.domain import Role
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import create_workspace, get_workspace
from infra.local.priced import PricedTable
from tests.contract.patterns import check
from tests.helpers import Stream


class World:
    """One workspace, one priced table."""

    def __init__(self, runtime: Runtime, workspace: Workspace):
        self.runtime = runtime
        self.priced = self.table = PricedTable(runtime.table)
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


def test_a_drag_next_to_another_card(world: World) -> None:
    stage = world.pipeline.stages[0].id
    cards = [world.deal() for _ in range(4)]
    move = {**world.here, "stage_id": stage, "version": 1}
    moved = world.checked("deals.drag", lambda: deals.move_deal(**move, deal_id=cards[0].id, before_id=cards[2].id))
    columns = board.board(table=world.priced, workspace=world.workspace, pipeline=world.pipeline)
    assert [deal.id for deal in columns[0].deals] == [cards[3].id, moved.id, cards[2].id, cards[1].id]


def test_the_rest_of_a_deals_life(world: World) -> None:
    made = world.deal()
    path = {**world.here, "deal_id": made.id}
    changed = world.checked("deals.change", lambda: deals.change_deal(**path, version=1, changes={"title": "Otra"}))
    won = world.checked("deals.close", lambda: deals.close_deal(**path, version=2, status=DealStatus.WON))
    assert (changed.title, won.status) == ("Otra", DealStatus.WON)
    ids = {"table": world.priced, "workspace_id": world.workspace.id, "deal_id": made.id}
    rows = world.checked("deals.history", lambda: deals.history_of(**ids))
    assert [row.what for _, row in rows] == ["created", "won"]
    world.checked("deals.delete", lambda: deals.delete_deal(**path))
    restore = {"table": world.priced, "clock": world.clock, "workspace": world.workspace, "deal_id": made.id}
    assert deals.restore_deal(**restore).status is DealStatus.WON


def test_boards_and_reports_cost_the_same_however_many_deals(world: World, stream: Stream) -> None:
    def look() -> tuple[float, ...]:
        given = {"table": world.priced, "workspace": world.workspace}
        columns = world.checked("deals.board", lambda: board.board(**given, pipeline=world.pipeline, limit=2))
        asked = {"first": "2026-11", "last": "2027-04", "today": world.clock.now().date()}
        forecast = world.checked("forecast.six-months", lambda: get_forecast(**given, **asked))
        cycle = world.checked(
            "sales-cycle.year",
            lambda: get_cycle(table=world.priced, pipeline=world.pipeline, first="2025-12", last="2026-11"),
        )
        return columns[0].count, float(forecast.totals.weighted), cycle.stages[world.pipeline.stages[0].id].entered

    def make(count: int) -> None:
        for number in range(count):
            close = f"{2026 + number % 2}-{12 if number % 2 == 0 else 2:02}-10"
            world.deal(amount="10", expected_close=close)
        stream.project(world.runtime)

    make(10)
    assert look() == (10, 10.0, 10)
    make(90)
    assert look() == (100, 100.0, 100)


def test_products_and_rates(world: World) -> None:
    values = {"name": "Hora", "code": "H-1", "unit_price": Decimal(95)}
    given = {"table": world.priced, "clock": world.clock, "workspace": world.workspace}
    made = world.checked(
        "products.create",
        lambda: products.create_product(**given, product_id=world.runtime.new_id(), values=values),
    )
    listed = world.checked(
        "products.list", lambda: products.list_products(table=world.priced, workspace_id=world.workspace.id, limit=10)
    )
    assert listed == ([made], None)
    line = {"product_id": made.id, "quantity": "2"}
    deal = world.checked("deals.create-lines", lambda: world.deal(amount=None, lines=[line]))
    assert deal.amount == 190
    rate = Rate("USD", Decimal("0.9"), world.clock.now().date())
    world.checked("rates.put", lambda: rates.put_rates(**given, base="", rates=[rate], version=0))


def test_lists(world: World, stream: Stream) -> None:
    for number in range(5):
        world.deal(amount=str(number))
    stream.project(world.runtime)
    given: dict[str, Any] = {"runtime": world, "workspace": world.workspace, "query": {}, "limit": 5}
    found, _ = world.checked("deals.list-sorted", lambda: listing.list_deals(**given, sort="-amount"))
    assert [deal.amount for deal in found] == [4, 3, 2, 1, 0]
