"""What the mail provider reports: both shapes, every order, three times."""

import itertools
import json
import random

import pytest

from chalicelib.customers.consent import service as consent
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import ConsentState
from chalicelib.foundation.errors import InvalidError, UnavailableError
from chalicelib.foundation.table import Table
from chalicelib.marketing.campaigns.domain import Baseline, CampaignState, stop_reason
from chalicelib.marketing.delivery import service
from chalicelib.marketing.delivery.domain import Kind, report_in
from chalicelib.marketing.sending.domain import State
from tests.contract.marketing.campaign_world import World
from tests.memory_dynamodb import MemoryDynamoDB


@pytest.fixture
def sent():
    world = World(Table(MemoryDynamoDB(), "t"), people=2)
    campaign_id = world.campaign()
    world.send(campaign_id)
    world.drain()
    return world, campaign_id, world.row(campaign_id, world.contacts[0])


def state_of(world):
    """The table but for what counts or times the writes themselves."""
    passing = {"version", "updated_at", "state_at"}
    items = world.runtime.table._aws.items
    # A row of the consent ledger gets an id of its own when it is written: it is compared by what it says.
    return {
        (key[0], key[1][:70].rpartition("#")[0] if "CONSENT#" in key[1] else key[1]): {
            name: value for name, value in item.items() if name not in passing and name not in ("sk", "consents")
        }
        for key, item in items.items()
    }


def events(world, row):
    at = world.clock.now()
    return [
        world.event("Send", row, at=at),
        world.event("Delivery", row, at=at),
        world.event("Bounce", row, at=at, bounceType="Transient", bounceSubType="MailboxFull", feedbackId="soft-1"),
        world.event("Bounce", row, at=at),
        world.event("Complaint", row, at=at),
    ]


@pytest.mark.parametrize("tags", [True, False])
def test_each_kind_changes_the_row(sent, tags):
    world, campaign_id, row = sent
    world.report(world.event("Delivery", row, tags=tags))
    assert world.row(campaign_id, row.contact_id).shown_state == "delivered"
    world.report(world.event("Bounce", row, tags=tags))
    assert world.row(campaign_id, row.contact_id).shown_state == "bounced"
    assert world.row(campaign_id, row.contact_id).shown_reason == "permanent/general"
    world.report(world.event("Complaint", row, tags=tags))
    assert world.row(campaign_id, row.contact_id).shown_state == "complained"
    contact = contacts.get_contact(table=world.table, workspace_id=world.id, contact_id=row.contact_id)
    assert contact.consents["marketing_email"].state is ConsentState.WITHDRAWN
    listed = consent.suppressed(
        table=world.table, signer=world.runtime.signer, workspace_id=world.id, emails=[row.email]
    )
    assert listed[row.email].reason == "bounced"


def test_a_soft_bounce_suppresses_nobody(sent):
    world, campaign_id, row = sent
    world.report(world.event("Bounce", row, bounceType="Transient", feedbackId="one"))
    world.report(world.event("Bounce", row, bounceType="Transient", feedbackId="one"))
    world.report(world.event("Bounce", row, bounceType="Transient", feedbackId="two"))
    after = world.row(campaign_id, row.contact_id)
    assert (after.soft_bounces, after.shown_state) == (2, "sent")
    found = consent.suppressed(
        table=world.table, signer=world.runtime.signer, workspace_id=world.id, emails=[row.email]
    )
    assert found == {}


def test_every_event_three_times_in_any_order_gives_one_state():
    outcomes = []
    rng = random.Random(3)
    orders = [list(order) for order in itertools.permutations(range(5))]
    for order in [range(5), *rng.sample(orders, 25)]:
        rng_ids = random.Random(1)
        world = World(Table(MemoryDynamoDB(), "t"), people=1)
        campaign_id = world.campaign()
        world.send(campaign_id)
        world.drain()
        row = world.row(campaign_id, world.contacts[0])
        bodies = [events(world, row)[position] for position in order] * 3
        if order != range(5):
            rng_ids.shuffle(bodies)
        for body in bodies:
            world.report(body)
        final = world.row(campaign_id, row.contact_id)
        outcomes.append(
            (
                final.state,
                final.delivered_at,
                final.bounced_at,
                final.complained_at,
                final.soft_bounces,
                final.bounce_kind,
            )
        )
        before = state_of(world)
        for body in bodies:
            world.report(body)
        assert state_of(world) == before
    assert len(set(outcomes)) == 1


def test_an_event_that_overtakes_the_mark_proves_it(sent):
    world, campaign_id, row = sent
    campaign = world.get(campaign_id)
    items = world.runtime.table._aws.items
    from chalicelib.marketing.sending.records import recipient_key

    key = recipient_key(world.id, campaign_id, row.contact_id, campaign.shards)
    items[key]["state"] = {"S": "claimed"}
    world.report(world.event("Delivery", row))
    assert world.row(campaign_id, row.contact_id).state is State.SENT


def test_a_rejected_message_has_failed_whatever_the_order(sent):
    world, campaign_id, row = sent
    for body in (
        world.event("Reject", row, reason="Bad content"),
        world.event("Send", row),
        world.event("Reject", row),
    ):
        world.report(body)
    after = world.row(campaign_id, row.contact_id)
    assert (after.state, after.reason) == (State.FAILED, "rejected: Bad content")


def test_a_fresh_report_of_an_unknown_message_comes_again_and_an_old_one_is_let_go(sent):
    world, _, row = sent
    body = world.event("Delivery", row, tags=False).replace(row.message_id, "nobody-knows-it")
    report = report_in(body)
    waits = []
    common = {"table": world.table, "clock": world.clock, "signer": world.runtime.signer, "report": report}
    with pytest.raises(UnavailableError):
        service.apply(**common, sleep=waits.append)
    assert 10 * sum(waits) < 15  # ten of them in one batch, whose function has 20 seconds
    world.later(minutes=10)
    assert service.apply(**common, sleep=waits.append) is False


@pytest.mark.parametrize(
    ("kind", "subtype", "diagnostic", "expected"),
    [
        ("Permanent", "General", "smtp; 550 5.1.1 user unknown", "hard"),
        ("Permanent", "NoEmail", "", "hard"),
        ("Permanent", "Suppressed", "", "hard"),
        ("Permanent", "General", "smtp; 554 5.7.1 blocked using zen.spamhaus.org", "block"),
        ("Transient", "MailboxFull", "", "mailbox_full"),
        ("Transient", "General", "smtp; 452 4.2.2 The email account is over quota", "mailbox_full"),
        ("Transient", "MessageTooLarge", "", "content"),
        ("Transient", "ContentRejected", "", "content"),
        ("Transient", "General", "smtp; 421 try again", "soft"),
        ("Undetermined", "Undetermined", "", "unknown"),
        ("Undetermined", "Undetermined", "smtp; 550 5.7.26 unauthenticated mail, DMARC", "block"),
    ],
)
def test_the_class_of_a_bounce(sent, kind, subtype, diagnostic, expected):
    world, campaign_id, row = sent
    recipients = [{"emailAddress": row.email, "diagnosticCode": diagnostic}]
    body = world.event("Bounce", row, bounceType=kind, bounceSubType=subtype, bouncedRecipients=recipients)
    report = report_in(body)
    assert report.bounce == expected
    world.report(body)
    after = world.row(campaign_id, row.contact_id)
    assert (after.bounce_class, after.soft_bounces) == ((expected, 0) if kind == "Permanent" else ("", 1))


def listed(world, row):
    found = consent.suppressed(
        table=world.table, signer=world.runtime.signer, workspace_id=world.id, emails=[row.email]
    )
    return row.email in found


def soft_bounces(world, row, campaigns_count, feedback="soft"):
    """So many campaigns in a row whose message came back softly, each told three times."""
    for number in range(campaigns_count):
        campaign_id = world.campaign()
        world.send(campaign_id)
        world.drain()
        world.later(hours=1)
        mail = world.row(campaign_id, row.contact_id)
        for _ in range(3):
            world.report(world.event("Bounce", mail, bounceType="Transient", feedbackId=f"{feedback}{number}"))


def test_the_fifth_soft_bounce_in_a_row_suppresses_the_address(sent):
    world, _, row = sent
    soft_bounces(world, row, 4)
    assert not listed(world, row)
    soft_bounces(world, row, 1, "last")
    assert listed(world, row)


def test_soft_bounces_of_long_ago_are_forgotten(sent):
    world, _, row = sent
    soft_bounces(world, row, 4)
    world.later(days=100)
    soft_bounces(world, row, 1, "late")
    assert not listed(world, row)


def test_a_message_that_arrived_begins_the_count_anew(sent):
    from chalicelib.customers.timeline import service as timeline

    world, _, row = sent
    soft_bounces(world, row, 4)
    world.later(hours=1)
    arrived = timeline.entry(
        workspace_id=world.id,
        contact_id=row.contact_id,
        at=world.clock.now(),
        kind="email_delivered",
        id="x" * 26,
        data={},
    )
    world.table.put(arrived)
    soft_bounces(world, row, 1, "after")
    assert not listed(world, row)
    soft_bounces(world, row, 4, "more")
    assert listed(world, row)


@pytest.mark.parametrize("name", ["bounce", "bounce+label", "suppressionlist"])
def test_the_simulators_addresses_are_addresses_like_others(sent, name):
    """https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html"""
    world, campaign_id, row = sent
    address = f"{name}@simulator.amazonses.com"
    body = world.event("Bounce", row, bouncedRecipients=[{"emailAddress": address}])
    world.report(body)
    world.report(body)
    assert world.row(campaign_id, row.contact_id).shown_state == "bounced"
    found = consent.suppressed(table=world.table, signer=world.runtime.signer, workspace_id=world.id, emails=[address])
    assert list(found) == [address]


def test_a_delay_is_noted_and_ends_nothing(sent):
    world, campaign_id, row = sent
    detail = {"delayType": "MailboxFull", "delayedRecipients": [{"emailAddress": row.email}]}
    body = json.dumps(
        {**json.loads(world.event("Delivery", row)), "eventType": "DeliveryDelay",
         "deliveryDelay": {"timestamp": "2026-11-21T12:30:00.000Z", **detail}}
    )  # fmt: skip
    for _ in range(3):
        world.report(body)
    after = world.row(campaign_id, row.contact_id)
    assert (after.shown_state, after.delayed_at.isoformat()) == ("sent", "2026-11-21T12:30:00+00:00")
    world.report(world.event("Delivery", row))
    assert world.row(campaign_id, row.contact_id).shown_state == "delivered"


@pytest.mark.parametrize(
    "body", ["", "no json", "[]", '"x"', '{"eventType": "Delivery"}', '{"eventType": "Bounce", "mail": 3}']
)
def test_what_is_no_event_is_said_to_be_none(body):
    with pytest.raises(InvalidError):
        report_in(body)


@pytest.mark.parametrize(
    "body", ['{"eventType": "Open", "mail": {}}', '{"Type": "SubscriptionConfirmation", "Message": "x"}', "{}"]
)
def test_what_does_not_concern_us_is_left(body):
    assert report_in(body) is None


def test_sns_may_wrap_it(sent):
    world, _, row = sent
    body = json.dumps({"Type": "Notification", "Message": world.event("Delivery", row)})
    report = report_in(body)
    assert report is not None
    assert report.kind is Kind.DELIVERED


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ({"sent": 99, "bounced": 50}, ""),
        ({"sent": 100, "bounced": 3}, ""),
        ({"sent": 100, "bounced": 4}, "bounces"),
        ({"sent": 1250, "complained": 1}, "complaints"),
        ({"sent": 1251, "complained": 1}, ""),
        ({"sent": 5000, "complained": 3}, ""),
        ({"sent": 5000, "complained": 4}, "complaints"),
    ],
)
def test_when_a_campaign_pauses_itself(counts, reason):
    assert stop_reason(counts, Baseline()) == reason


def test_a_resumed_campaign_is_judged_by_what_comes_after():
    assert stop_reason({"sent": 250, "bounced": 20}, Baseline(sent=200, bounced=20)) == ""
    assert stop_reason({"sent": 300, "bounced": 24}, Baseline(sent=200, bounced=20)) == "bounces"


def test_too_many_bounces_pause_a_campaign_that_is_under_way(sent):
    world, _, _ = sent
    from chalicelib.foundation.projection import MetricRecord, metric_key
    from chalicelib.marketing.campaigns import service as campaigns

    campaign_id = world.campaign()
    world.send(campaign_id)
    for queue, envelope, _ in world.take():
        world.deliver(queue, envelope)
    for name, value in (("sent", 200), ("bounced", 9)):
        key = metric_key(world.id, f"campaign.{campaign_id}", "all", name)
        world.table.put(
            MetricRecord(
                pk=key.pk, sk=key.sk, workspace_id=world.id, created_at=world.clock.now(), value=value, day="all",
                dimension=name,
            )
        )  # fmt: skip
    world.drain()
    campaign = world.get(campaign_id)
    assert (campaign.state, campaign.stop_reason) == (CampaignState.PAUSED, "bounces")
    assert all(row.state is State.PENDING for row in world.rows(campaign_id))
    world.resume(campaign_id)
    world.drain()
    assert world.get(campaign_id).state is CampaignState.FINISHED
    assert campaigns.judge(table=world.table, clock=world.clock, workspace_id=world.id, campaign_id=campaign_id) is None
