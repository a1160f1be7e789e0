"""Conversions: a page that people come to, a deal that is won; once for each recipient, only after a person's click, in time."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest

from chalicelib.customers.timeline import service as timeline
from chalicelib.foundation.ids import derived_id, new_id
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.campaigns.domain import Goal, Money
from chalicelib.marketing.results import consumers, goals
from chalicelib.marketing.results import service as results
from chalicelib.marketing.tracking import service as tracking
from chalicelib.marketing.tracking.domain import Copy, is_same_site, token_of, with_token
from chalicelib.marketing.tracking.judging import Request
from tests.contract.marketing.campaign_world import World

HTML = '<p>Hola <a href="https://shop.example/sale?a=1#top">Uno</a> <a href="https://elsewhere.example/x">Dos</a></p>'
CHROME = Request("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "192.0.2.0/24")
PAGE = "https://shop.example/thanks"


class Aimed:
    """A campaign with a goal that was sent to three people, ten minutes ago."""

    def __init__(self, table, stream, goal):
        self.world, self.stream = World(table, people=3), stream
        campaign = campaigns.create_campaign(
            table=table, clock=self.world.clock, workspace=self.world.workspace, campaign_id=new_id(self.world.clock.now()),
            values={"name": "Una", "subject": "Hola", "segment_ids": [self.world.segment_id], "goal": goal},
            body=campaigns.BodySource("html", HTML), changed_by="member:test",
        )  # fmt: skip
        self.id = campaign.id
        self.world.send(self.id)
        self.world.drain()
        self.world.later(minutes=10)
        self.common = {"table": table, "clock": self.world.clock, "signer": self.world.runtime.signer}

    def click(self, who=0, link=0, request=CHROME):
        token = self.world.token("click", self.id, self.world.contacts[who], link)
        return tracking.clicked(**self.common, token=token, request=request)

    def token(self, who=0):
        return token_of(self.world.runtime.signer, "goal", Copy(self.world.id, self.id, self.world.contacts[who]))

    def visit(self, who=0, url=PAGE, request=CHROME, **body):
        return goals.page_visited(**self.common, body={"token": self.token(who), "url": url, **body}, request=request)

    def deal(self, kind, who=0, *, deal_id="01DEAL", amount="100.00", currency="EUR", **data):
        now = self.world.clock.now()
        entry = timeline.entry(
            workspace_id=self.world.id, contact_id=self.world.contacts[who], at=now, kind=kind,
            id=derived_id(now, kind, deal_id), data={"deal_id": deal_id, "amount": amount, "currency": currency, **data},
        )  # fmt: skip
        self.world.table.put(entry)
        self.work()

    def work(self):
        assert self.stream.project(self.world.runtime) == []
        for queue, envelope, _ in self.world.take() * 2:  # a queue may deliver twice
            if queue == "jobs":
                consumers.handle(self.world.runtime, envelope)
        assert self.stream.project(self.world.runtime) == []

    def results(self):
        self.work()
        return results.get_results(runtime=self.world.runtime, workspace_id=self.world.id, campaign_id=self.id)


def test_a_page_counts_once_for_a_person_who_clicked(table, stream):
    aimed = Aimed(table, stream, Goal("page", PAGE, 7, Money(Decimal("25.00"), "EUR")))
    assert not aimed.visit()  # nobody clicked yet
    landed = aimed.click()
    assert landed == f"https://shop.example/sale?a=1&cl={aimed.token()}#top"
    aimed.world.later(minutes=5)
    assert not aimed.visit(url="https://shop.example/sale")
    assert not aimed.visit(url="https://shop.example.evil.example/thanks")
    assert not aimed.visit(request=Request("HeadlessChrome/140"))
    assert not aimed.visit(who=1)
    assert aimed.visit(url=f"{PAGE}/42?order=1", amount="9999")
    assert not aimed.visit()
    aimed.click(2)
    aimed.world.later(days=8)
    assert not aimed.visit(who=2)  # too late
    found = aimed.results()
    assert (found.totals["converted"], found.figures.revenue(), found.total) == (1, [("EUR", Decimal(25))], Decimal(25))
    assert found.rates["conversion"] == pytest.approx(1 / 3, abs=1e-5)


def test_a_page_may_say_what_it_is_worth_where_the_goal_does_not(table, stream):
    aimed = Aimed(table, stream, Goal("page", PAGE, 7))
    for who, worth in enumerate([{"amount": "12.5", "currency": "usd"}, {"amount": "NaN"}, {"amount": "-3"}]):
        aimed.click(who)
        aimed.world.later(minutes=1)
        assert aimed.visit(who, **worth)
    found = aimed.results()
    assert (found.totals["converted"], found.figures.revenue()) == (3, [("USD", Decimal("12.5"))])
    assert found.total is None  # there is no rate for it


def test_a_link_to_somebody_else_carries_no_token(table, stream):
    aimed = Aimed(table, stream, Goal("page", PAGE, 7))
    assert aimed.click(link=1) == "https://elsewhere.example/x"


@pytest.mark.parametrize("token", ["", "x", "A" * 600, None, 3])
def test_a_token_that_is_not_ours_is_nothing(table, stream, token):
    aimed = Aimed(table, stream, Goal("page", PAGE, 7))
    aimed.click()
    assert not aimed.visit(token=token)
    click = aimed.world.token("click", aimed.id, aimed.world.contacts[0])
    assert not aimed.visit(token=click)


def test_a_deal_that_is_won_in_time_counts_with_its_amount(table, stream):
    aimed = Aimed(table, stream, Goal("deal", "", 30))
    aimed.deal("deal_won")  # before the click
    assert aimed.click() == "https://shop.example/sale?a=1#top"
    aimed.work()
    aimed.world.later(days=3)
    aimed.deal("deal_won", deal_id="02DEAL", amount="1200.50")
    aimed.deal("deal_won", deal_id="03DEAL", amount="7")  # another of the same person
    aimed.deal("deal_won", who=1, deal_id="04DEAL")  # who did not click
    found = aimed.results()
    assert (found.totals["converted"], found.figures.revenue()) == (1, [("EUR", Decimal("1200.5"))])
    aimed.world.later(minutes=1)
    aimed.deal("deal_stage_changed", deal_id="02DEAL", reopened="won")
    again = aimed.results()
    assert (again.totals["converted"], again.figures.revenue()) == (0, [])


def test_a_deal_that_comes_too_late_does_not_count(table, stream):
    aimed = Aimed(table, stream, Goal("deal", "", 30))
    aimed.click()
    aimed.work()
    aimed.world.later(days=31)
    aimed.deal("deal_won")
    assert aimed.results().totals["converted"] == 0


def test_a_deal_without_an_amount_is_worth_what_the_goal_says(table, stream):
    aimed = Aimed(table, stream, Goal("deal", "", 30, Money(Decimal("80.00"), "USD")))
    aimed.click()
    aimed.work()
    aimed.world.later(hours=1)
    aimed.deal("deal_won", amount="0", currency="EUR")
    assert aimed.results().figures.revenue() == [("USD", Decimal(80))]


@pytest.mark.parametrize(
    ("goal", "url", "meant"),
    [
        ("https://a.example/thanks", "https://a.example/thanks", True),
        ("https://a.example/thanks/", "https://a.example/thanks?x=1#y", True),
        ("https://a.example/thanks", "https://a.example/thanks/7", True),
        ("https://a.example", "https://a.example/anything", True),
        ("https://a.example/thanks", "https://a.example/thanksgiving", False),
        ("https://a.example/thanks", "https://b.example/thanks", False),
        ("https://a.example/thanks", "https://a.example@b.example/thanks", False),
        ("https://a.example/x?step=3", "https://a.example/x?step=3&y=1", True),
        ("https://a.example/x?step=3", "https://a.example/x?step=2", False),
        ("https://a.example/x", "https://[broken", False),
        ("https://a.example/x", "", False),
    ],
)
def test_which_page_is_meant(goal, url, meant):
    assert goals.is_page(goal, url) is meant


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("https://shop.example/a", "https://shop.example/b", True),
        ("https://shop.example/a", "https://www.shop.example/b", True),
        ("https://www.shop.example/a", "https://shop.example/b", True),
        ("https://shop.example/a", "https://evilshop.example/b", False),
        ("https://shop.example/a", "https://shop.example.evil.org/b", False),
        ("https://shop.example/a", "https://example/b", False),
        ("https://shop.example/a", "https://[broken", False),
    ],
)
def test_who_gets_a_token(first, second, same):
    assert is_same_site(first, second) is same


def test_a_token_leaves_the_address_as_it_is():
    assert with_token("https://a.example/x", "T") == "https://a.example/x?cl=T"
    assert with_token("https://a.example/x?y=%20#z?", "T") == "https://a.example/x?y=%20&cl=T#z?"


def test_a_click_that_was_a_machines_takes_its_conversion_along(table, stream):
    aimed = Aimed(table, stream, Goal("page", PAGE, 7, Money(Decimal("25.00"), "EUR")))
    aimed.click(0, 0)
    assert aimed.visit()
    assert aimed.results().totals["converted"] == 1
    aimed.world.later(seconds=1)
    aimed.click(0, 1)
    choices = Copy(aimed.world.id, aimed.id, aimed.world.contacts[0])
    tracking.page_visited(table=table, clock=aimed.world.clock, copy=choices, request=CHROME)
    found = aimed.results()
    assert (found.totals["clicked"], found.totals["converted"], found.figures.revenue()) == (0, 0, [])


def test_no_mutated_link_of_a_campaign_with_a_goal_leads_astray(table, stream):
    aimed = Aimed(table, stream, Goal("page", PAGE, 7))
    token, rng = aimed.world.token("click", aimed.id, aimed.world.contacts[0]), random.Random(11)
    stored = ("https://shop.example/sale?a=1&cl=", "https://elsewhere.example/x")
    astray = 0
    for _ in range(10_000):
        letters = list(token)
        for _ in range(rng.randint(1, 3)):
            letters[rng.randrange(len(letters))] = rng.choice("ABCDEFabcdef0123456789-_.~%=")
        try:
            address = tracking.clicked(**aimed.common, token="".join(letters), request=None)
        except tracking.NotFoundError:
            continue
        astray += not address.startswith(stored)
    assert astray == 0


def test_the_window_is_the_goals(table, stream):
    aimed = Aimed(table, stream, Goal("page", PAGE, 1))
    aimed.click()
    aimed.world.clock.set(aimed.world.clock.now() + timedelta(days=1))
    assert aimed.visit()
