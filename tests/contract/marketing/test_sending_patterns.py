"""The access patterns of campaigns, their ledger, tracking and delivery, against docs/data-model.md."""

import pytest

from chalicelib import wiring
from chalicelib.foundation import projection
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.campaigns.domain import costs
from chalicelib.marketing.preferences import centre
from chalicelib.marketing.preferences.service import Wish
from chalicelib.marketing.results import service as results
from chalicelib.marketing.sending import audience, consumers, estimates, ledger, planner, store, why
from chalicelib.marketing.sending import service as sending
from chalicelib.marketing.sending.records import ledger_partition
from chalicelib.marketing.tracking import service as tracking
from chalicelib.marketing.tracking.judging import Request
from infra.local.priced import PricedTable
from tests.contract.marketing.campaign_world import World
from tests.contract.patterns import check

PERSON = Request(
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "192.0.2.0/24"
)


@pytest.fixture(scope="module")
def priced(table):
    return PricedTable(table)


def test_campaigns(priced):
    world = World(priced, people=1)
    priced.reset()
    campaign_id = world.campaign()
    check("campaigns.create", priced)
    priced.reset()
    world.get(campaign_id)
    check("campaigns.get", priced)
    priced.reset()
    campaigns.get_body(table=priced, workspace_id=world.id, campaign_id=campaign_id)
    check("campaigns.body", priced)
    priced.reset()
    campaigns.counts(table=priced, workspace_id=world.id, campaign_id=campaign_id)
    check("campaigns.counts", priced)
    for _ in range(9):
        world.campaign()
    priced.reset()
    found, _ = campaigns.list_campaigns(table=priced, workspace_id=world.id, limit=10, start=None)
    assert len(found) == 10
    check("campaigns.list", priced)
    priced.reset()
    campaigns.due(table=priced, clock=world.clock)
    check("campaigns.due", priced)
    priced.reset()
    world.send(campaign_id)
    check("campaigns.start", priced)


def test_the_ledger(priced):
    world = World(priced, people=ledger.PLANNED_AT_ONCE)
    campaign_id = world.campaign()
    world.send(campaign_id)
    ((queue, envelope, _),) = world.take()
    priced.reset()
    planner._page(priced, world.clock, world.get(campaign_id))
    check("ledger.plan", priced)
    world.deliver(queue, envelope)
    campaign = world.get(campaign_id)
    contact_id = world.contacts[0]
    row = sending.get_recipient(table=priced, campaign=campaign, contact_id=contact_id)
    priced.reset()
    assert ledger.claim(priced, row, world.clock.now(), "consent", "holder")
    check("ledger.claim", priced)
    priced.reset()
    assert ledger.sent(priced, row, 1, world.clock.now(), "message-priced-1")
    check("ledger.sent", priced)
    priced.reset()
    assert not ledger.claim(priced, row, world.clock.now(), "consent", "holder")
    check("ledger.claim-lost", priced)
    priced.reset()
    sending.recipients(table=priced, workspace_id=world.id, campaign_id=campaign_id, email="p0@example.com")
    check("recipients.by-email", priced)
    shards = [sending.get_recipient(table=priced, campaign=campaign, contact_id=each).shard for each in world.contacts]
    start = [str(max(shards, key=shards.count)), ""]  # ids are random: a shard that is sure to have three rows
    priced.reset()
    page = sending.recipients(table=priced, workspace_id=world.id, campaign_id=campaign_id, start=start, limit=3)
    assert len(page.items) == 3
    check("recipients.page", priced)
    shard = ledger_partition(world.id, campaign_id, row.shard)
    priced.reset()
    ledger.page(priced, shard, after="", limit=1)
    check("ledger.page", priced)
    known = world.row(campaign_id, contact_id)
    bodies = {
        "delivery.delivered": world.event("Delivery", known),
        "delivery.again-untagged": world.event("Delivery", known, tags=False),
        "delivery.bounced": world.event("Bounce", known),
    }
    for name, body in bodies.items():
        priced.reset()
        world.report(body)
        check(name, priced)
    world.later(minutes=2)
    tokens = {purpose: world.token(purpose, campaign_id, contact_id) for purpose in ("open", "click", "unsubscribe")}
    common = {"table": priced, "clock": world.clock, "signer": world.runtime.signer}
    tracking.clicked(**common, token=tokens["click"], request=None)  # the campaign is remembered
    priced.reset()
    tracking.opened(**common, token=tokens["open"], request=PERSON)
    check("tracking.open", priced)
    priced.reset()
    tracking.clicked(**common, token=tokens["click"], request=PERSON)
    check("tracking.click", priced)
    world.later(minutes=1)
    priced.reset()
    consumers_row = world.row(campaign_id, contact_id)
    assert consumers_row.clicked_at
    priced.reset()
    assert tracking.settle(table=priced, clock=world.clock) == 1
    check("tracking.settle", priced)
    priced.reset()
    world.runtime.__dict__["table"] = priced
    centre.choices(runtime=world.runtime, token=tokens["unsubscribe"])
    check("preferences.page", priced)
    priced.reset()
    centre.unsubscribe(runtime=world.runtime, token=tokens["unsubscribe"], source_ip="192.0.2.1", shown_in="es")
    check("preferences.unsubscribe", priced)
    priced.reset()
    wish = Wish(frequency="weekly", pause_days=30, purposes={"marketing_email": True})
    centre.choose(runtime=world.runtime, token=tokens["unsubscribe"], wish=wish, shown_in="es", source_ip="192.0.2.1")
    check("preferences.choose", priced)
    priced.reset()
    results.get_results(runtime=world.runtime, workspace_id=world.id, campaign_id=campaign_id)
    check("results.get", priced)
    assert consumers.letter_of(world.runtime, campaign)


def test_a_recipient_costs_what_the_estimate_says(priced, stream):
    """From plan to mark less than six units; all that follows comes to what `costs` reckons with."""
    world = World(priced, people=120)
    world.runtime.__dict__["table"] = priced
    campaign_id = world.campaign()
    stream.skip()
    world.send(campaign_id)
    priced.reset()
    world.drain()
    assert len(world.mailer.sent) == world.people
    ledger_writes = priced.writes / world.people
    assert ledger_writes < 6
    assert ledger_writes == pytest.approx(float(costs.LEDGER_WRITES), abs=0.2)
    derive(world, stream)
    for row in world.rows(campaign_id):
        world.report(world.event("Delivery", row))
    derive(world, stream)
    assert priced.writes / world.people - ledger_writes == pytest.approx(float(costs.DERIVED_WRITES), abs=0.4)
    assert priced.reads / world.people == pytest.approx(float(costs.READS_PER_RECIPIENT), abs=0.4)


def derive(world, stream):
    """The projections, on batches as big as the stream's event source gives."""
    while records := list(stream.records()):
        for at in range(0, len(records), 100):
            projection.project(
                {"Records": records[at : at + 100]}, projections=wiring.projections(), table=world.table, queues=world.queues,
                clock=world.clock, reject=pytest.fail,
            )  # fmt: skip


def test_what_one_is_told_of_a_campaign(priced):
    world = World(priced, people=40)  # in each of the segment's parts there is somebody
    excluded = [world.segment(world.contacts[0]), world.segment(world.contacts[1])]
    campaign_id = world.campaign(exclude_segment_ids=excluded)
    world.runtime.__dict__["table"] = priced
    priced.reset()
    found = estimates.estimate(runtime=world.runtime, workspace_id=world.id, campaign_id=campaign_id)
    assert (found.audience, found.sendable) == (40, 38)
    check("campaigns.estimate", priced)
    campaign = world.get(campaign_id)
    priced.reset()
    assert len(audience.excluded(priced, campaign, world.contacts[:10])) == 2
    check("campaigns.excluded", priced)
    for name, moment in (("draft", "campaigns.why-before"), ("sent", "campaigns.why")):
        if name == "sent":
            world.send(campaign_id)
            world.drain()
        priced.reset()
        why.why(runtime=world.runtime, workspace_id=world.id, campaign_id=campaign_id, contact_id=world.contacts[5])
        check(moment, priced)


def test_leave_to_send(priced):
    world = World(priced, people=1)
    campaign = world.get(world.campaign())
    now, day = world.clock.now(), world.clock.now().date()
    assert store.take_of_hour(priced, campaign, 10_000, 40, now) == (40, now)
    priced.reset()
    assert store.take_of_hour(priced, campaign, 10_000, 40, now) == (40, now)
    check("pace.hour", priced)
    assert store.take_of_day(priced, world.id, "shop.example", day, 40, now) == 40
    priced.reset()
    assert store.take_of_day(priced, world.id, "shop.example", day, 40, now) == 40
    check("pace.day", priced)
