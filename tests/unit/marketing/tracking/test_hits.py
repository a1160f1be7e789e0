"""The log of hits and what follows from it for the row, on a table in memory."""

from datetime import timedelta

import pytest

from chalicelib.customers.retention import service as retention
from chalicelib.foundation.table import Table
from chalicelib.marketing.tracking import expiring, hits, service, store
from chalicelib.marketing.tracking.judging import HITS_LIMIT, Request
from chalicelib.marketing.tracking.records import HitRecord
from tests.contract.marketing.campaign_world import World
from tests.memory_dynamodb import MemoryDynamoDB

LINKS = "".join(f'<a href="https://shop.example/{n}">x</a>' for n in range(6))
CHROME = Request("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "192.0.2.0/24")


class Sent:
    """A campaign that was sent to one person, ten minutes ago."""

    def __init__(self, aws=None):
        self.world = World(Table(aws or MemoryDynamoDB(), "t"), people=1)
        self.id = self.world.campaign(html=f"<p>Hola</p>{LINKS}")
        self.world.send(self.id)
        self.world.drain()
        self.contact_id = self.world.contacts[0]
        self.world.later(minutes=10)
        self.common = {"table": self.world.table, "clock": self.world.clock, "signer": self.world.runtime.signer}

    @property
    def row(self):
        return self.world.row(self.id, self.contact_id)

    @property
    def log(self):
        return store.of_recipient(self.world.table, self.row, self.world.clock.now())

    def click(self, link=0, request=CHROME):
        return service.clicked(
            **self.common, token=self.world.token("click", self.id, self.contact_id, link), request=request
        )

    def open(self, request=CHROME):
        service.opened(**self.common, token=self.world.token("open", self.id, self.contact_id), request=request)

    def settle(self):
        self.world.later(minutes=1)
        return service.settle(table=self.world.table, clock=self.world.clock)


def test_every_hit_is_kept_with_what_it_was_judged_and_why():
    sent = Sent()
    sent.open()
    sent.world.later(seconds=30)
    sent.click(3)
    sent.world.later(seconds=30)
    sent.click(4, Request("curl/8", "198.51.100.0/24"))
    assert [(hit.what, hit.link, hit.label, hit.why) for hit in sent.log] == [
        ("open", 0, "person", ""),
        ("click", 3, "person", ""),
        ("click", 4, "machine", "agent"),
    ]
    row = sent.row
    assert (row.links, row.client, row.device) == ({"3"}, "webmail", "desktop")
    assert row.machine_clicked_at == sent.world.clock.now()
    assert sent.log[0].request.network == "192.0.2.0/24"


def test_no_more_of_one_recipient_than_the_limit_is_kept():
    sent = Sent()
    for _ in range(HITS_LIMIT + 15):
        sent.world.later(seconds=11)
        assert sent.click(1) == "https://shop.example/1"
    assert len(sent.log) == HITS_LIMIT
    assert sent.log[0].at == sent.row.clicked_at


def test_a_spree_takes_back_what_looked_like_a_person_before_it_counts():
    sent = Sent()
    sent.open()
    for link in range(3):
        sent.world.later(seconds=1)
        sent.click(link)
    assert sent.row.clicked_at is not None
    sent.world.later(seconds=1)
    sent.click(3)
    row = sent.row
    assert (row.clicked_at, row.opened_at, row.links) == (None, None, frozenset())
    assert {(hit.label, hit.why) for hit in sent.log} == {("machine", "spree")}
    assert sent.settle() == 0


def test_clicks_at_the_same_moment_see_each_other():
    """Each writes its hit, then another comes before its row is written: the last to write knows of both."""
    aws = MemoryDynamoDB()
    sent = Sent(aws)
    waiting = [1, 2, 3]

    def between(operation, request):
        if operation == "UpdateItem" and "clicked_at" in request["UpdateExpression"] and waiting:
            sent.click(waiting.pop())

    aws.before = between
    sent.click(0)
    aws.before = lambda operation, request: None
    assert [hit.label for hit in sent.log] == ["machine"] * 4
    assert (sent.row.clicked_at, sent.row.links) == (None, frozenset())


def test_what_is_settled_is_noted_once():
    sent = Sent()
    sent.click(0)
    assert sent.row.click_scored_at is None
    assert sent.settle() == 1
    scored = sent.row.click_scored_at
    sent.click(1)
    assert sent.settle() == 0
    assert (sent.row.click_scored_at, sent.row.links) == (scored, {"0", "1"})


def test_a_row_without_its_address_keeps_nothing_more():
    sent = Sent()
    items = sent.world.table._aws.items
    key = next(key for key in items if key[1] == f"R#{sent.contact_id}")
    del items[key]["email"]
    sent.click(0)
    assert sent.log == []


@pytest.mark.parametrize(("days", "kept"), [(None, 180), (30, 30), (400, 180)])
def test_how_long_a_hit_is_kept(days, kept):
    world = World(Table(MemoryDynamoDB(), "t"), people=0)
    if days:
        retention.put_rules(
            table=world.table, clock=world.clock, workspace_id=world.id, days=[("hits", days)], version=0
        )
    assert hits.kept_for(world.table, world.id) == timedelta(days=kept)


def test_retention_deletes_old_hits_of_every_shard_and_leaves_the_others():
    sent = Sent()
    sent.open()
    sent.world.later(days=20)
    sent.click(0)
    before = sent.world.clock.now() - timedelta(days=10)
    start, deleted = None, 0
    for _ in range(50):
        done = expiring.EXPIRING.expire(sent.world.runtime, sent.world.id, before=before, start=start, limit=5)
        deleted, start = deleted + done.count, done.next
        if start is None:
            break
    assert (deleted, [hit.what for hit in sent.log], start) == (1, ["click"], None)
    assert sent.row.opened_at is not None


def test_an_item_of_the_log_is_small():
    sent = Sent()
    sent.click(0, Request("x" * 2000, "192.0.2.0/24"))
    ((_, item),) = [each for each in sent.world.table._aws.items.items() if each[1]["kind"] == {"S": "hit"}]
    assert len(str(item)) < 1000
    assert HitRecord.from_image(item).campaign_id == sent.id
