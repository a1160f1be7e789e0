"""Sending domains: what DNS says of their records, who may send from them, their self-test; and the seed list."""

import email
from datetime import date
from email.policy import default

import pytest

from chalicelib.foundation.errors import ConflictError, InvalidError
from chalicelib.foundation.ids import new_id
from chalicelib.foundation.table import Table
from chalicelib.marketing.domains import service, testing
from chalicelib.marketing.domains.domain import DnsRecord, RecordState, clean_domain, judged
from chalicelib.marketing.messages import consumers
from chalicelib.marketing.messages import service as messages
from chalicelib.marketing.messages.events import SEEDS
from chalicelib.marketing.messages.seeding import HEADER, seed
from chalicelib.marketing.messages.writing import Text
from tests.contract.marketing.campaign_world import World
from tests.memory_dynamodb import MemoryDynamoDB


@pytest.fixture
def world():
    return World(Table(MemoryDynamoDB(), "t"), people=1)


def add(world, domain="ceiba.example"):
    return service.add_domain(
        runtime=world.runtime, workspace_id=world.id, domain_id=new_id(world.clock.now()), domain=domain, added_by="m"
    )


def check(world, domain):
    return service.check_domain(runtime=world.runtime, workspace_id=world.id, domain_id=domain.id)


def states(domain):
    return {each.purpose: each.state.value for each in domain.records}


class TestRecords:
    def test_what_has_to_be_entered(self, world):
        made = add(world, " Ceiba.Example. ")
        assert (made.domain, made.state) == ("ceiba.example", "pending")
        assert [(each.purpose, each.type, each.name) for each in made.records] == [
            ("dkim", "CNAME", "one._domainkey.ceiba.example"),
            ("dkim", "CNAME", "two._domainkey.ceiba.example"),
            ("dkim", "CNAME", "three._domainkey.ceiba.example"),
            ("mail_from", "MX", "bounce.ceiba.example"),
            ("spf", "TXT", "bounce.ceiba.example"),
            ("dmarc", "TXT", "_dmarc.ceiba.example"),
        ]
        assert {each.state for each in made.records} == {RecordState.UNKNOWN}

    def test_a_check_says_what_is_there_and_what_is_not(self, world):
        made = add(world)
        resolver = world.runtime.resolver
        for each in made.records[:3]:
            resolver.records[each.name, "CNAME"] = [each.value.upper()]
        resolver.records["_dmarc.ceiba.example", "TXT"] = ["v=DMARC1; p=reject; rua=mailto:x@ceiba.example"]
        resolver.records["bounce.ceiba.example", "TXT"] = ["v=spf1 include:other.example -all"]
        world.runtime.sending_identities.verify("ceiba.example")
        found = check(world, made)
        assert found.state == "verified"
        assert states(found) == {"dkim": "ok", "mail_from": "missing", "spf": "different", "dmarc": "ok"}
        assert found.checked_at == world.clock.now()
        resolver.silent = True
        assert set(states(check(world, made)).values()) == {"unknown"}

    @pytest.mark.parametrize(
        ("found", "state"),
        [
            ([], "missing"),
            (["google-site-verification=x"], "missing"),
            (["v=spf1 include:amazonses.com ~all"], "ok"),
            (["V=SPF1 include:_spf.x.example include:AmazonSES.com -all"], "ok"),
            (["v=spf1 include:amazonses.com ~all", "v=spf1 -all"], "different"),
        ],
    )
    def test_spf(self, found, state):
        record = DnsRecord("spf", "TXT", "bounce.x.example", "v=spf1 include:amazonses.com ~all")
        assert judged(record, found) == state

    @pytest.mark.parametrize(
        "text", ["", "localhost", "a b.example", "-x.example", "x.example/y", "1.2.3.4", "x@y.example"]
    )
    def test_what_is_no_domain(self, text):
        with pytest.raises(InvalidError) as error:
            clean_domain(text)
        assert error.value.fields[0].field == "domain"

    def test_once_each_and_not_too_many(self, world):
        add(world)
        with pytest.raises(InvalidError) as error:
            add(world, "CEIBA.example")
        assert error.value.fields[0].code == "taken"
        for number in range(19):
            add(world, f"x{number}.example")
        with pytest.raises(InvalidError) as error:
            add(world, "y.example")
        assert error.value.fields[0].code == "too_many"


class TestSending:
    def test_nothing_leaves_from_a_domain_that_is_not_verified(self, world):
        made = add(world)
        campaign_id = world.campaign()
        with pytest.raises(InvalidError) as error:
            world.send(campaign_id)
        assert [(each.field, each.code) for each in error.value.fields] == [("from.email", "domain_unverified")]
        with pytest.raises(InvalidError) as error:
            order(world)
        assert error.value.fields[0].code == "domain_unverified"
        world.runtime.sending_identities.verify("ceiba.example")
        check(world, made)
        order(world)
        world.send(campaign_id)

    def test_a_subdomain_goes_with_its_domain(self, world):
        add(world)
        made = add(world, "news.ceiba.example")
        world.runtime.sending_identities.verify("news.ceiba.example")
        check(world, made)
        asked = {"table": world.table, "workspace_id": world.id}
        assert service.unverified(**asked, email="a@x.news.ceiba.example") == ""
        assert service.unverified(**asked, email="a@tx.ceiba.example") == "ceiba.example"
        assert service.unverified(**asked, email="a@notceiba.example") == ""

    def test_warm_up_and_the_sender_of_single_mails(self, world):
        made = add(world, "tx.ceiba.example")
        world.runtime.sending_identities.verify("tx.ceiba.example")
        made = check(world, made)
        changes = {"warm_up_started_on": date(2026, 11, 20), "messages_from": "avisos"}
        common = {
            "table": world.table,
            "clock": world.clock,
            "workspace_id": world.id,
            "domain_id": made.id,
            "changed_by": "m",
        }
        service.change_domain(**common, version=made.version, changes=changes)
        assert service.warm_up_of(table=world.table, workspace_id=world.id, email="a@tx.ceiba.example") == date(
            2026, 11, 20
        )
        assert service.warm_up_of(table=world.table, workspace_id=world.id, email="a@ceiba.example") is None
        order(world)
        assert world.runtime.files.get(next(iter(world.runtime.files.keys("tmp/")))).startswith(
            b"avisos@tx.ceiba.example\n"
        )
        with pytest.raises(ConflictError):
            service.change_domain(**common, version=made.version, changes={"warm_up_started_on": None})
        with pytest.raises(InvalidError):
            service.change_domain(**common, version=made.version + 1, changes={"messages_from": "a b"})


def order(world):
    return messages.order(
        runtime=world.runtime, workspace_id=world.id, message_id=new_id(world.clock.now()), to="p0@example.com",
        text=Text("Hola", "text", "Hola"),
    )  # fmt: skip


def test_a_self_test_asks_the_simulator_for_each_fate(world):
    made = add(world)
    with pytest.raises(InvalidError):
        testing.start(runtime=world.runtime, workspace_id=world.id, domain_id=made.id, by="m")
    world.runtime.sending_identities.verify("ceiba.example")
    check(world, made)
    for _ in range(2):  # an address that bounced the first time does not stand in the way
        world.later(minutes=1)
        tested = testing.start(runtime=world.runtime, workspace_id=world.id, domain_id=made.id, by="m")
        for _, envelope, _ in world.take():
            consumers.handle(world.runtime, envelope)
        found = testing.results(runtime=world.runtime, domain=tested)
        assert [(each.kind, each.state, each.expected) for each in found] == [
            ("success", "sent", "delivered"), ("bounce", "sent", "bounced"), ("complaint", "sent", "complained"),
        ]  # fmt: skip
        assert all(each.to.endswith("@simulator.amazonses.com") for each in found)
    assert len(world.runtime.transactional_mailer.sent) == 6


class TestSeeds:
    def test_each_gets_one_marked_copy_and_is_in_no_audience(self, world):
        service.put_seeds(
            table=world.table, clock=world.clock, workspace_id=world.id, emails=["A@ours.example", "a@ours.example", "b@ours.example"],
            changed_by="m",
        )  # fmt: skip
        campaign_id = world.campaign()
        world.send(campaign_id)
        world.drain()
        before = len(world.mailer.sent)
        for _ in range(2):  # the fact may come twice
            seed(world.runtime, workspace_id=world.id, campaign_id=campaign_id)
            for queue, envelope, _ in world.take():
                assert (queue, envelope.type) != ("messages", SEEDS)
                consumers.handle(world.runtime, envelope)
        copies = world.mailer.sent[before:]
        assert sorted(recipient for _, recipient, _, _ in copies) == ["a@ours.example", "b@ours.example"]
        parsed = email.message_from_bytes(copies[0][2], policy=default)
        assert parsed[HEADER] == campaign_id
        assert parsed["Subject"].startswith("Hola")
        assert world.get(campaign_id).audience == 1

    def test_what_is_no_address_is_named(self, world):
        with pytest.raises(InvalidError) as error:
            service.put_seeds(
                table=world.table, clock=world.clock, workspace_id=world.id, emails=["a@b.example", "x"], changed_by=""
            )
        assert [each.field for each in error.value.fields] == ["emails.1"]
