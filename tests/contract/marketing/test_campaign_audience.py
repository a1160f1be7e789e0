"""Who a campaign goes to, who is left out and why; what it is said to cost."""

from dataclasses import replace
from decimal import Decimal

import pytest

from chalicelib.customers.consent import service as consent
from chalicelib.customers.consent.domain import SuppressionReason
from chalicelib.foundation.errors import InvalidError
from chalicelib.marketing.campaigns.domain import CampaignState, cost
from chalicelib.marketing.prices import service as prices
from chalicelib.marketing.prices.domain import Prices
from chalicelib.marketing.segments import service as segments
from chalicelib.marketing.segments.domain import Problem
from chalicelib.marketing.sending import estimates
from chalicelib.marketing.sending import service as sending
from chalicelib.marketing.sending.domain import FrequencyCap, State
from tests.contract.marketing.campaign_world import World


def estimate(world, campaign_id):
    return estimates.estimate(runtime=world.runtime, workspace_id=world.id, campaign_id=campaign_id)


def steps(found):
    return {step.name: step.count for step in found.steps}


def test_who_is_in_an_excluded_segment_does_not_get_it_and_the_ledger_says_why(table):
    world = World(table, people=4)
    customers = world.segment(*world.contacts[:2])
    campaign_id = world.campaign(exclude_segment_ids=[customers])
    world.send(campaign_id)
    world.drain()
    rows = {row.contact_id: row for row in world.rows(campaign_id)}
    assert [rows[contact_id].reason for contact_id in world.contacts[:2]] == [f"excluded_segment:{customers}"] * 2
    assert [rows[contact_id].state for contact_id in world.contacts] == [State.SUPPRESSED] * 2 + [State.SENT] * 2
    assert rows[world.contacts[0]].email == ""
    assert sorted(sent[1] for sent in world.mailer.sent) == ["p2@example.com", "p3@example.com"]
    assert (world.get(campaign_id).audience, world.get(campaign_id).state) == (4, CampaignState.FINISHED)


def test_who_leaves_the_excluded_segment_before_planning_gets_it(table):
    world = World(table, people=2)
    customers = world.segment(*world.contacts)
    campaign_id = world.campaign(exclude_segment_ids=[customers])
    segments.remove_contacts(
        table=table, clock=world.clock, workspace_id=world.id, segment_id=customers, contact_ids=world.contacts[:1]
    )
    world.send(campaign_id)
    world.drain()
    assert [sent[1] for sent in world.mailer.sent] == ["p0@example.com"]


def test_nobody_gets_it_while_an_excluded_segment_is_gone(table):
    world = World(table, people=2)
    customers = world.segment(world.contacts[0])
    campaign_id = world.campaign(exclude_segment_ids=[customers])
    world.send(campaign_id)
    segments.delete_segment(table=table, clock=world.clock, workspace_id=world.id, segment_id=customers)
    world.drain()
    campaign = world.get(campaign_id)
    assert (campaign.state, campaign.stop_reason) == (CampaignState.PAUSED, "excluded_missing")
    assert world.mailer.sent == []
    with pytest.raises(InvalidError) as caught:
        estimate(world, campaign_id)
    assert caught.value.fields[0].field == "exclude_segment_ids"


def test_a_draft_whose_excluded_segment_is_gone_is_not_sent(table):
    world = World(table, people=1)
    customers = world.segment()
    campaign_id = world.campaign(exclude_segment_ids=[customers])
    segments.delete_segment(table=table, clock=world.clock, workspace_id=world.id, segment_id=customers)
    with pytest.raises(InvalidError) as caught:
        world.send(campaign_id)
    assert caught.value.fields[0].field == "exclude_segment_ids.0"


def test_an_estimate_says_what_then_happens(table):
    world = World(table, people=7)
    excluded = world.segment(world.contacts[0])
    sending.change_cap(table=table, clock=world.clock, workspace_id=world.id, cap=FrequencyCap(1, 7), changed_by="t")
    before = world.campaign(segment_ids=[world.segment(world.contacts[1])])
    world.send(before)
    world.drain()
    consent.withdraw(
        table=table, clock=world.clock, workspace_id=world.id, contact_id=world.contacts[2], purpose="marketing_email",
        source="t",
    )  # fmt: skip
    consent.suppress(
        table=table, clock=world.clock, signer=world.runtime.signer, workspace_id=world.id, email="p3@example.com",
        reason=SuppressionReason.MANUAL,
    )  # fmt: skip
    campaign_id = world.campaign(
        exclude_segment_ids=[excluded], segment_ids=[world.segment_id, world.segment(*world.contacts[4:])]
    )
    found = estimate(world, campaign_id)
    assert (found.audience, found.sendable, found.exact) == (7, 3, True)
    assert found.excluded == {"excluded_segment": 1, "frequency_cap": 1, "consent_withdrawn": 1, "suppressed": 1}
    assert steps(found) == {
        "segments": 7, "excluded_segment": 6, "no_address": 6, "consent": 5, "preferences": 5, "suppressed": 4,
        "duplicate_address": 4, "frequency_cap": 3, "sendable": 3,
    }  # fmt: skip
    world.send(campaign_id)
    world.drain()
    rows = world.rows(campaign_id)
    assert len(rows) == found.audience
    assert sum(row.state is State.SENT for row in rows) == found.sendable


def test_beyond_the_sample_it_is_reckoned(table, monkeypatch):
    monkeypatch.setattr(estimates, "SAMPLE_LIMIT", 4)
    monkeypatch.setattr(estimates, "_PAGE", 4)
    world = World(table, people=8, consented=False)
    found = estimate(world, world.campaign())
    assert (found.audience, found.sendable, found.exact) == (8, 0, False)
    assert found.excluded == {"consent_missing": 8}


def test_the_cost_is_units_times_the_workspaces_prices(table):
    world = World(table, people=2)
    campaign_id = world.campaign()
    public = estimate(world, campaign_id)
    assert public.cost.currency == "USD"
    mine = replace(Prices(world.id), mail=Decimal("0.5"), currency="EUR", changed_by="member:test")
    prices.put_prices(table=table, clock=world.clock, prices=mine)
    found = estimate(world, campaign_id)
    parts = {part.name: (part.units, part.amount) for part in found.cost.breakdown}
    assert parts["mail"] == (2, 1)
    assert found.cost.currency == "EUR"
    assert found.cost.amount == sum(part.amount for part in found.cost.breakdown)
    assert {name: part for name, part in parts.items() if name != "mail"} == {
        part.name: (part.units, part.amount) for part in public.cost.breakdown if part.name != "mail"
    }


def test_a_million_costs_a_million_times_one():
    table = Prices("w")
    assert cost(1_000_000, 30_000, table).amount > 99
    assert all(part.amount > 0 for part in cost(1_000_000, 30_000, table).breakdown)
    assert cost(0, 30_000, table).amount == 0


def test_nobody_gets_it_while_an_excluded_segment_is_broken(table, monkeypatch):
    world = World(table, people=2)
    customers = world.segment(world.contacts[0])
    campaign_id = world.campaign(exclude_segment_ids=[customers])
    read = segments.get_segments

    def broken(**asked):
        problem = Problem("conditions.all.0.field", "gone", "There is no such field.")
        return {
            id_: replace(each, problems=(problem,)) if id_ == customers else each for id_, each in read(**asked).items()
        }

    world.send(campaign_id)
    monkeypatch.setattr(segments, "get_segments", broken)
    world.drain()
    campaign = world.get(campaign_id)
    assert (campaign.state, campaign.stop_reason) == (CampaignState.PAUSED, "excluded_missing")
    assert world.mailer.sent == []
