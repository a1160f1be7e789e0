"""When messages may leave: windows and local times over changes of the clocks, so many an hour, growing days of a domain."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.customers.contacts.domain import Contact
from chalicelib.foundation.table import Table
from chalicelib.marketing.campaigns.domain import Campaign, CampaignState, Delivery, Window
from chalicelib.marketing.sending import handover, pacing, store
from chalicelib.marketing.sending.domain import WARM_UP, State, day_limit, spacing
from tests.contract.marketing.campaign_world import World
from tests.helpers import NOON
from tests.memory_dynamodb import MemoryDynamoDB

MADRID = ZoneInfo("Europe/Madrid")
OFFICE = Window("09:00", "18:00", (1, 2, 3, 4, 5))


def at(text, zone=MADRID):
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def person(**values):
    return Contact("W", "C", NOON, NOON, **values)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-20T10:00", "2026-11-20T10:00"),  # a Friday, within
        ("2026-11-20T08:59", "2026-11-20T09:00"),
        ("2026-11-20T18:00", "2026-11-23T09:00"),  # the end is not included: Monday
        ("2026-11-21T12:00", "2026-11-23T09:00"),
        ("2027-03-26T19:00", "2027-03-29T09:00"),  # the clocks go forward on that Sunday
        ("2026-10-23T19:00", "2026-10-26T09:00"),  # and back on that one
    ],
)
def test_a_window_opens_by_the_clock_on_the_wall(now, opens):
    assert pacing.opens(OFFICE, MADRID, at(now)) == at(opens)


def test_a_window_in_the_hour_that_is_skipped_is_moved_on_or_left_out():
    night = Window("02:15", "02:45", (7,))
    found = pacing.opens(night, MADRID, at("2027-03-28T00:00"))
    assert found == datetime(2027, 3, 28, 1, 15, tzinfo=UTC)  # which the clock shows as 03:15
    twice = pacing.opens(night, MADRID, at("2026-10-25T00:00"))
    assert twice == datetime(2026, 10, 25, 0, 15, tzinfo=UTC)  # the first of the two


def test_a_day_has_its_window_whatever_its_length():
    for number in range(0, 24 * 370, 7):
        now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=number)
        opens = pacing.opens(OFFICE, MADRID, now)
        wall = opens.astimezone(MADRID)
        assert opens >= now
        assert "09:00" <= wall.strftime("%H:%M") < "18:00"
        assert wall.isoweekday() <= 5
        assert opens - now < timedelta(days=4)


def test_each_gets_it_by_their_own_clock():
    campaign = Campaign(
        "W", "K", "n", "s", NOON, NOON, delivery=Delivery("local_time"), scheduled_at=at("2026-12-01T09:00"), time_zone="Europe/Madrid"
    )  # fmt: skip
    asked = at("2026-12-01T00:00")
    for contact, zone in (
        (person(time_zone="America/Mexico_City", country="ES"), "America/Mexico_City"),
        (person(country="cl"), "America/Santiago"),
        (person(country="US"), "Europe/Madrid"),
        (person(time_zone="Not/AZone"), "Europe/Madrid"),
    ):
        due = pacing.due_at(campaign, contact, MADRID, asked)
        assert due == datetime(2026, 12, 1, 9, tzinfo=ZoneInfo(zone))
    assert pacing.due_at(campaign, person(), MADRID, at("2026-12-01T09:30")) is None
    evening = replace(campaign, delivery=Delivery("local_time", Window("17:00", "20:00")))
    assert pacing.due_at(evening, person(country="CL"), MADRID, asked) == datetime(
        2026, 12, 1, 17, tzinfo=ZoneInfo("America/Santiago")
    )


@pytest.mark.parametrize("per_hour", [1, 2, 10, 59, 60, 61, 100, 1000, 36_000, 1_000_000])
def test_no_hour_has_more_than_its_number(per_hour):
    table = Table(MemoryDynamoDB(), "t")
    campaign = Campaign("W", "K", "n", "s", NOON, NOON)
    now, taken = NOON, []
    while now < NOON + timedelta(hours=2, minutes=30):
        granted, again = store.take_of_hour(table, campaign, per_hour, 100_000, now)
        taken.append((now, granted))
        now = max(again, now + timedelta(milliseconds=1)) if not granted else now + timedelta(seconds=45)
    total = sum(count for _, count in taken)
    for begins, _ in taken:
        hour = sum(count for moment, count in taken if begins <= moment < begins + timedelta(hours=1))
        assert hour <= per_hour
    assert total >= 0.9 * 2 * per_hour
    between, together = spacing(per_hour)
    assert together >= between


def test_two_senders_that_ask_at_once_do_not_get_the_same_leave():
    dynamodb = MemoryDynamoDB()
    table = Table(dynamodb, "t")
    campaign = Campaign("W", "K", "n", "s", NOON, NOON)
    other = []

    def meanwhile(name, request):
        dynamodb.before = lambda name, request: None
        other.append(store.take_of_hour(table, campaign, 120, 10, NOON)[0])

    dynamodb.before = lambda name, request: meanwhile(name, request) if name == "PutItem" else None
    mine, _ = store.take_of_hour(table, campaign, 120, 10, NOON)
    assert mine + other[0] <= 2  # a minute's share
    assert other[0] > 0


def test_a_domain_warms_up_by_the_days_that_are_used():
    table = Table(MemoryDynamoDB(), "t")

    def day(number, wanted):
        return store.take_of_day(table, "W", "shop.example", date(2026, 11, 1) + timedelta(days=number), wanted, NOON)

    assert [day(0, 150), day(0, 150), day(0, 150)] == [150, 50, 0]
    assert day(1, 10) == 10  # a day that was hardly used does not count
    assert [day(2, 10_000), day(2, 1)] == [500, 0]
    assert day(1, 5) == 0  # a clock that is behind gives nothing more
    for number in range(3, 3 + len(WARM_UP) - 2):
        assert day(number, 1_000_000) == WARM_UP[number - 1]
    assert day(3 + len(WARM_UP), 1_000_000) == 1_000_000
    assert day_limit(len(WARM_UP)) is None
    assert store.take_of_day(table, "W", "new.example", date(2026, 11, 1), 1000, NOON) == 200


def test_days_before_the_domains_warm_up_do_not_count():
    table = Table(MemoryDynamoDB(), "t")
    first = date(2026, 11, 1)

    def day(number, wanted, since=None):
        today = first + timedelta(days=number)
        return store.take_of_day(table, "W", "shop.example", today, wanted, NOON, since)

    assert [day(0, 1_000), day(1, 1_000)] == [200, 500]
    later = first + timedelta(days=3)
    assert day(2, 600, later) == 600  # it is yet to come
    assert [day(3, 150, later), day(3, 150, later), day(3, 1, later)] == [150, 50, 0]
    assert day(4, 1_000, later) == 500


def test_a_campaign_asks_its_domain_since_when(monkeypatch):
    world, campaign_id = paced(1, warm_up=True)
    asked = []
    monkeypatch.setattr(pacing.domains, "warm_up_of", lambda **about: asked.append(about["email"]) or date(2026, 11, 1))
    world.send(campaign_id)
    world.drain()
    assert asked == ["hola@ceiba.example"]
    assert len(world.mailer.sent) == 1


def paced(people, **delivery):
    """A campaign that is planned and about to be sent; the clock is at noon on a Saturday."""
    world = World(Table(MemoryDynamoDB(), "t"), people=people)
    campaign_id = world.campaign()
    campaign = world.get(campaign_id)
    found = handover.campaigns.store.replace(world.table, replace(campaign, delivery=Delivery(**delivery)))
    assert found.delivery == Delivery(**delivery)
    return world, campaign_id


def run(world, *, hours, minutes=1):
    """Let time pass as the tick and the queues see it; messages sent by the end of each step."""
    sent = []
    for _ in range(int(hours * 60 / minutes)):
        waiting = world.take()
        world.queues.published += [
            (queue, envelope, max(0, delay - 60 * minutes)) for queue, envelope, delay in waiting
        ]
        world.drain(move=False)
        world.later(minutes=minutes)
        world.tick()
        sent.append(len(world.mailer.sent))
    return sent


def test_outside_of_its_window_a_campaign_waits_and_then_goes():
    world, campaign_id = paced(12, window=OFFICE)
    world.send(campaign_id)
    assert run(world, hours=4)[-1] == 0
    monday = at("2026-11-23T08:59")
    world.clock.set(monday)
    sent = run(world, hours=0.1)
    assert sent[0] == 0
    assert sent[-1] == 12
    assert world.get(campaign_id).state is CampaignState.FINISHED


def test_so_many_an_hour_whoever_asks():
    world, campaign_id = paced(30, per_hour=12)
    world.send(campaign_id)
    sent = run(world, hours=4)
    for begin in range(len(sent) - 60):
        assert sent[begin + 60] - sent[begin] <= 12
    assert sent[-1] == 30
    assert world.get(campaign_id).state is CampaignState.FINISHED


def test_a_new_domain_sends_no_more_than_its_day(monkeypatch):
    monkeypatch.setattr("chalicelib.marketing.sending.domain.WARM_UP", (5, 8, 20))
    monkeypatch.setattr(pacing, "CHUNK", 3)
    world, campaign_id = paced(12, warm_up=True)
    world.send(campaign_id)
    assert run(world, hours=10, minutes=5)[-1] == 5
    assert run(world, hours=24, minutes=10)[-1] == 12
    assert world.get(campaign_id).state is CampaignState.FINISHED


def test_a_recipient_whose_window_has_closed_is_put_off_by_their_own_clock():
    world, campaign_id = paced(2, mode="local_time", window=Window("10:00", "11:00"))
    world.send(campaign_id, at=at("2026-11-23T10:00"), time_zone="Europe/Madrid")
    world.clock.set(at("2026-11-23T10:30"))
    world.tick()
    for queue, envelope, _ in world.take():
        if queue == "campaign-plan":
            world.deliver(queue, envelope)
    world.clock.set(at("2026-11-23T12:00"))
    world.drain(move=False)
    rows = world.rows(campaign_id)
    assert [row.state for row in rows] == [State.PENDING] * 2
    assert {row.not_before for row in rows} == {at("2026-11-24T10:00")}
    world.clock.set(at("2026-11-24T10:00"))
    assert run(world, hours=0.2)[-1] == 2
