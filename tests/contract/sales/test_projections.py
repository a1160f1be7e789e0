"""What the projector derives from sales is the same however often and in whatever order changes come."""

import random
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.customers.companies import service as companies
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.timeline import service as timeline
from chalicelib.customers.timeline.domain import About
from chalicelib.foundation import projection
from chalicelib.foundation.clock import FixedClock
from chalicelib.foundation.messaging import FakeQueues
from chalicelib.foundation.runtime import Runtime
from chalicelib.sales import rollups
from chalicelib.sales.deals import consumers, events, projections, service
from chalicelib.sales.deals.domain import DealStatus
from chalicelib.sales.pipelines import service as pipelines
from chalicelib.workspaces.settings.domain import Workspace
from chalicelib.workspaces.settings.service import create_workspace
from tests.helpers import Stream, client_of


@pytest.fixture
def workspace(runtime: Runtime, clock: FixedClock) -> Workspace:
    return create_workspace(table=runtime.table, clock=clock, workspace_id=runtime.new_id(), name="Ejemplo")


@pytest.fixture
def state(dynamodb: str, table_name: str) -> Any:
    """All items of a workspace, without what says when the projector ran and in how many pieces."""

    def read(workspace_id: str) -> dict[tuple[str, str], Any]:
        pages = (
            client_of("dynamodb", dynamodb)
            .get_paginator("scan")
            .paginate(
                TableName=table_name,
                FilterExpression="workspace_id = :w AND kind <> :c",
                ExpressionAttributeValues={":w": {"S": workspace_id}, ":c": {"S": "counted"}},
            )
        )
        ours = ("updated_at", "version", "created_at")
        return {
            (item["pk"]["S"], item["sk"]["S"]): {
                name: value for name, value in item.items() if item["kind"]["S"] != "metric" or name not in ours
            }
            for page in pages
            for item in page["Items"]
        }

    return read


def live(runtime: Runtime, clock: FixedClock, workspace: Workspace) -> dict[str, str]:
    """Two deals' lives: moved, handed over, worth more, won; renamed with their contact; deleted, restored, lost."""
    here: dict[str, Any] = {"table": runtime.table, "clock": clock, "workspace_id": workspace.id}
    given: dict[str, Any] = {"table": runtime.table, "clock": clock, "workspace": workspace}
    ana = contacts.create_contact(**given, contact_id=runtime.new_id(), values={"first_name": "Ana"})
    firm = companies.create_company(**given, company_id=runtime.new_id(), values={"name": "Molinos"}, changed_by="m")
    pipeline = pipelines.list_pipelines(**given)[0]
    stages = [stage.id for stage in pipeline.stages]
    values = {"title": "Tienda", "amount": "900", "contact_id": ana.id, "expected_close": "2026-12-10"}
    one = service.create_deal(**given, deal_id=runtime.new_id(), values=values, changed_by="member:1")
    values = {"title": "Jardín", "amount": "7.5", "company_id": firm.id, "currency": "USD"}
    two = service.create_deal(**given, deal_id=runtime.new_id(), values=values, changed_by="member:1")
    for deal_id, version, stage in ((one.id, 1, 2), (two.id, 1, 1), (one.id, 2, 1)):
        clock.advance(days=1)
        service.move_deal(**here, deal_id=deal_id, stage_id=stages[stage], version=version)
    clock.advance(hours=1)
    changes = {"amount": "1000", "expected_close": "2027-01-10", "company_id": firm.id}
    service.change_deal(**here, deal_id=one.id, version=3, changes=changes)
    contacts.change_contact(**given, contact_id=ana.id, version=1, changes={"first_name": "Anabel"})
    clock.advance(days=2)
    service.close_deal(**here, deal_id=one.id, version=4, status=DealStatus.WON, reason="Plazo")
    service.delete_deal(**here, deal_id=two.id)
    clock.advance(days=1)
    service.restore_deal(**given, deal_id=two.id)
    service.close_deal(**here, deal_id=two.id, version=4, status=DealStatus.LOST, reason="Precio")
    return {"contact": ana.id, "company": firm.id, "won": one.id, "lost": two.id, "pipeline": pipeline.id}


def deliver(runtime: Runtime, records: list[dict[str, Any]]) -> None:
    rejected: list[str] = []
    projection.project(
        {"Records": records},
        projections=projections.PROJECTIONS,
        table=runtime.table,
        queues=runtime.queues,
        clock=runtime.clock,
        reject=rejected.append,
    )
    assert rejected == []


def test_repeated_and_shuffled(
    runtime: Runtime, clock: FixedClock, workspace: Workspace, stream: Stream, state: Any
) -> None:
    live(runtime, clock, workspace)
    records = list(stream.records())
    deliver(runtime, records)
    wanted = state(workspace.id)
    for seed in range(4):
        chance = random.Random(seed)
        shuffled = [*records, *chance.sample(records, len(records) // 2)]
        chance.shuffle(shuffled)
        while shuffled:
            size = chance.randrange(1, 12)
            deliver(runtime, shuffled[:size])
            shuffled = shuffled[size:]
        assert state(workspace.id) == wanted


def test_in_any_order_from_the_beginning(
    runtime: Runtime, clock: FixedClock, workspace: Workspace, stream: Stream, state: Any
) -> None:
    ids = live(runtime, clock, workspace)
    records = list(stream.records())
    random.Random(7).shuffle(records)
    for place in range(0, len(records), 5):
        deliver(runtime, records[place : place + 5])
    month = "2026-11"
    here = (runtime.table, workspace.id)
    assert list(rollups.sums(*here, rollups.board_metric(ids["pipeline"]))) == []  # one is won, one is lost
    forecast = list(rollups.sums(*here, rollups.forecast_metric(ids["pipeline"])))
    assert [(each.day, each.parts, rollups.amount(each.value)) for each in forecast] == [
        (month, ("-", "*", "EUR"), Decimal(1000))
    ]
    cycle = {(each.day, *each.parts): each.value for each in rollups.sums(*here, rollups.cycle_metric(ids["pipeline"]))}
    assert cycle[month, "*", "on"] == 1
    assert sum(value for (_, stage, what), value in cycle.items() if what == "in" and stage != "*") == 5
    words = {sk.split("#")[0] for (pk, sk), item in state(workspace.id).items() if "#FIND#" in pk and ids["won"] in sk}
    assert words == {"tienda", "anabel", "molinos"}


def test_timelines(runtime: Runtime, clock: FixedClock, workspace: Workspace, stream: Stream) -> None:
    ids = live(runtime, clock, workspace)
    deliver(runtime, list(stream.records()))
    given: dict[str, Any] = {"table": runtime.table, "workspace_id": workspace.id, "things": runtime.parts("things")}

    def kinds(about: About) -> list[str]:
        return [activity.kind for activity in reversed(timeline.timeline(**given, about=about).items)]

    way = ["deal_created", "deal_stage_changed", "deal_stage_changed", "deal_won"]
    assert kinds(About("deal", ids["won"])) == kinds(About("contact", ids["contact"])) == way
    company = kinds(About("company", ids["company"]))
    assert sorted(company) == ["deal_created", "deal_created", "deal_lost", "deal_stage_changed", "deal_won"]


def test_what_hung_on_an_expired_deal_goes(
    runtime: Runtime, clock: FixedClock, workspace: Workspace, stream: Stream, state: Any
) -> None:
    ids = live(runtime, clock, workspace)
    deliver(runtime, list(stream.records()))
    service.delete_deal(table=runtime.table, clock=clock, workspace_id=workspace.id, deal_id=ids["won"])
    from chalicelib.sales.deals.records import deal_key

    runtime.table.delete(deal_key(workspace.id, ids["won"]))  # as DynamoDB does when its time is over
    deliver(runtime, list(stream.records()))
    queues = runtime.queues
    assert isinstance(queues, FakeQueues)
    orders = [each for each in queues.on(events.QUEUE) if each.type == events.DEAL_GONE]
    assert [each.data["deal_id"] for each in orders] == [ids["won"]]
    for order in [*orders, *orders]:
        consumers.handle(runtime, order)
    left = [key for key in state(workspace.id) if ids["won"] in key[0]]
    assert left == []
    assert [key for key in state(workspace.id) if ids["lost"] in key[0]]
