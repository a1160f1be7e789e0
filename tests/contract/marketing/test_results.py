"""A campaign's results as the stream counts them, and what judging hits anew makes of them; on DynamoDB Local."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.timeline import service as timeline
from chalicelib.foundation.clock import to_text
from chalicelib.foundation.errors import ConflictError
from chalicelib.foundation.ids import new_id
from chalicelib.marketing.results import service as results
from chalicelib.marketing.scoring import consumers as scoring
from chalicelib.marketing.tracking import agents, consumers, reclassifying, service
from chalicelib.marketing.tracking.judging import Request
from chalicelib.workspaces.jobs import service as jobs
from tests.contract.marketing.campaign_world import World

LINKS = "".join(f'<a href="https://shop.example/{n}">x</a>' for n in (0, 1, 0, 2, 3, 4))
CHROME = Request("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "192.0.2.0/24")
IPHONE = Request(
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148", "192.0.2.0/24"
)
NEWCOMER = Request("Mozilla/5.0 (Windows NT 10.0) NewFangled/1.0 Chrome/140.0", "192.0.2.0/24")


@pytest.fixture
def sent(table, stream):
    world = World(table, people=4)
    campaign_id = world.campaign(html=f"<p>Hola</p>{LINKS}")
    world.send(campaign_id)
    world.drain()
    world.later(minutes=10)
    found = Sent(world, campaign_id, stream)
    found.project()
    return found


class Sent(SimpleNamespace):
    def __init__(self, world, campaign_id, stream):
        super().__init__(world=world, id=campaign_id, stream=stream)
        self.common = {"table": world.table, "clock": world.clock, "signer": world.runtime.signer}

    def click(self, who, link, request=CHROME):
        self.world.later(seconds=15)
        token = self.world.token("click", self.id, self.world.contacts[who], link)
        service.clicked(**self.common, token=token, request=request)

    def open(self, who, request=IPHONE):
        self.world.later(seconds=15)
        service.opened(
            **self.common, token=self.world.token("open", self.id, self.world.contacts[who]), request=request
        )

    def project(self):
        assert self.stream.project(self.world.runtime) == []

    def settle(self):
        self.world.later(minutes=1)
        service.settle(table=self.world.table, clock=self.world.clock)
        self.project()
        for queue, envelope, _ in self.world.take():
            if queue == "scoring":
                scoring.handle(self.world.runtime, envelope)
        self.project()

    def results(self):
        self.project()
        return results.get_results(runtime=self.world.runtime, workspace_id=self.world.id, campaign_id=self.id)

    def reclassify(self):
        job_id = new_id(self.world.clock.now())
        self.world.take()
        reclassifying.ask(
            runtime=self.world.runtime,
            workspace_id=self.world.id,
            campaign_id=self.id,
            job_id=job_id,
            created_by="member:t",
        )
        for queue, envelope, _ in self.world.take() * 2:  # a queue may deliver twice
            if queue == "jobs":
                consumers.handle(self.world.runtime, envelope)
        return jobs.get_job(table=self.world.table, clock=self.world.clock, workspace_id=self.world.id, job_id=job_id)

    def timeline(self, who):
        page = timeline.timeline(
            table=self.world.table, workspace_id=self.world.id, contact_id=self.world.contacts[who], limit=50
        )
        return {entry.kind for entry in page.items}

    def engagement(self, who):
        found = contacts.get_contact(
            table=self.world.table, workspace_id=self.world.id, contact_id=self.world.contacts[who], consistent=True
        )
        return found.score_engagement


def test_each_figure_is_counted_once(sent):
    sent.open(0)
    sent.open(0)
    sent.open(1, CHROME)
    sent.click(0, 0)
    sent.click(0, 0)
    sent.click(0, 2)
    sent.click(1, 2)
    sent.click(2, 3, Request("curl/8"))
    sent.world.report(sent.world.event("Bounce", sent.world.row(sent.id, sent.world.contacts[3])))
    found = sent.results()
    assert {name: found.totals[name] for name in ("sent", "reached", "bounced", "opened", "clicked", "opens", "clicks")} == {
        "sent": 4, "reached": 3, "bounced": 1, "opened": 2, "clicked": 2, "opens": 3, "clicks": 4,
    }  # fmt: skip
    assert (found.totals["machine_clicks"], found.totals["machine_opens"]) == (1, 0)
    assert found.rates["open"] == found.rates["click"] == pytest.approx(2 / 3, abs=1e-5)
    assert found.rates["click_to_open"] == 1.0
    links = {link.number: (link.people, link.clicks, link.machine_clicks, link.positions) for link in found.links}
    assert links == {
        0: (1, 2, 0, (1, 3)),
        1: (0, 0, 0, (2,)),
        2: (2, 2, 0, (4,)),
        3: (0, 0, 1, (5,)),
        4: (0, 0, 0, (6,)),
    }
    assert sum(link.share or 0 for link in found.links) == pytest.approx(1)
    assert found.figures.named("client") == [("apple_mail", 1), ("webmail", 1)]
    assert found.figures.named("device") == [("desktop", 2)]  # what followed a link says more than what opened
    assert found.figures.named("bounce") == [("hard", 1)]
    (hour,) = found.figures.moments()
    assert (hour.hours, to_text(hour.at)) == (1, "2026-11-21T12:00:00.000Z")
    assert dict(hour.counts) == {"opened": 2, "clicked": 2, "machine_clicks": 1}


def test_a_change_that_comes_again_counts_once(sent, stream):
    sent.open(0)
    sent.click(0, 1)
    sent.project()
    once = sent.results()
    stream._iterators.clear()  # everything once more, from the beginning
    sent.project()
    assert sent.results().figures == once.figures


def test_days_follow_hours_and_what_comes_too_late_is_only_counted(sent):
    sent.open(0)
    sent.world.later(days=5)
    sent.open(1)
    sent.world.later(days=90)
    sent.open(2)
    found = sent.results()
    assert [(moment.hours, to_text(moment.at)) for moment in found.figures.moments()] == [
        (1, "2026-11-21T12:00:00.000Z"),
        (24, "2026-11-25T23:00:00.000Z"),  # midnight in Madrid
    ]
    assert found.totals["opened"] == 3


def test_hits_judged_anew_take_back_what_a_machine_did(sent, monkeypatch):
    for who in (0, 1):
        sent.open(who, NEWCOMER if who == 0 else IPHONE)
        sent.click(who, 1, NEWCOMER if who == 0 else CHROME)
    sent.settle()
    assert (sent.engagement(0), sent.engagement(1)) == (10, 10)
    assert {"email_opened", "email_clicked"} <= sent.timeline(0)
    before = sent.results()
    assert (before.totals["opened"], before.totals["clicked"]) == (2, 2)

    assert sent.reclassify().result == {"people": 2, "hits": 4, "changed": 0}
    assert sent.results().figures == before.figures

    monkeypatch.setattr(agents, "MACHINES", (*agents.MACHINES, "newfangled"))
    agents.agent_of.cache_clear()
    job = sent.reclassify()
    assert (job.state, job.done, job.total, job.result["changed"]) == ("done", 10, 10, 2)
    sent.settle()
    after = sent.results()
    assert (after.totals["opened"], after.totals["clicked"], after.totals["clicks"]) == (1, 1, 1)
    assert (after.totals["machine_opens"], after.totals["machine_clicks"]) == (1, 1)
    assert {link.number: link.people for link in after.links}[1] == 1
    assert (sent.engagement(0), sent.engagement(1)) == (0, 10)
    assert not {"email_opened", "email_clicked"} & sent.timeline(0)
    assert {"email_opened", "email_clicked"} <= sent.timeline(1)

    assert sent.reclassify().result["changed"] == 0
    sent.settle()
    assert (sent.results().figures, sent.engagement(0)) == (after.figures, 0)

    monkeypatch.undo()  # the rule was wrong: they were people
    agents.agent_of.cache_clear()
    assert sent.reclassify().result["changed"] == 2
    sent.settle()
    again = sent.results()
    assert (again.totals["opened"], again.totals["clicked"], sent.engagement(0)) == (2, 2, 10)
    assert {"email_opened", "email_clicked"} <= sent.timeline(0)


def test_many_hits_in_one_shard_are_judged_page_by_page(sent, monkeypatch):
    for who in range(4):
        for link in range(3):
            sent.click(who, link)
    monkeypatch.setattr(reclassifying, "_PAGE", 4)
    assert sent.reclassify().result == {"people": 4, "hits": 12, "changed": 0}


def test_an_erased_row_keeps_its_counts(sent):
    from chalicelib.marketing.sending.erasure import ERASURE

    sent.open(0)
    sent.click(0, 1)
    before = sent.results().figures
    contact = contacts.get_contact(
        table=sent.world.table, workspace_id=sent.world.id, contact_id=sent.world.contacts[0], consistent=True
    )
    ERASURE.erase(sent.world.runtime, sent.world.id, contact, frozenset({contact.email}))
    assert sent.results().figures == before


def test_a_draft_has_nothing_to_judge(table):
    world = World(table, people=0)
    with pytest.raises(ConflictError):
        reclassifying.ask(
            runtime=world.runtime, workspace_id=world.id, campaign_id=world.campaign(), job_id=new_id(world.clock.now()),
            created_by="member:t",
        )  # fmt: skip


def test_an_old_row_whose_hits_are_gone_stays(sent):
    sent.open(0)
    sent.world.later(days=200)
    sent.click(0, 1)
    row = sent.world.row(sent.id, sent.world.contacts[0])
    assert row.clicked_at - row.opened_at > timedelta(days=199)
    assert sent.reclassify().result["changed"] == 0
    after = sent.world.row(sent.id, sent.world.contacts[0])
    assert replace(after, version=0) == replace(row, version=0)
