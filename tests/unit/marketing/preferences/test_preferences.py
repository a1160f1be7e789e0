"""What somebody chooses on the page, what the ledger keeps of it, and who gets which campaign then."""

import dataclasses

import pytest

from chalicelib.customers.consent import service as consent
from chalicelib.customers.contacts import service as contacts
from chalicelib.customers.contacts.domain import Consent, ConsentState
from chalicelib.customers.merges.domain import strictest
from chalicelib.foundation.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.foundation.table import Table
from chalicelib.marketing.preferences import centre, service
from chalicelib.marketing.preferences.domain import PAUSE, Topic, Topics, frequency_of, paused_until
from chalicelib.marketing.preferences.service import Wish
from chalicelib.marketing.sending import checks
from chalicelib.marketing.tracking.domain import Copy, token_of
from tests.contract.marketing.campaign_world import World
from tests.helpers import NOON
from tests.memory_dynamodb import MemoryDynamoDB

NEWS = Topic("news", {"es": "Novedades", "en": "News"}, {"es": "Lo que cambia", "en": "What changes"})
OFFERS = Topic("offers", {"es": "Ofertas", "en": "Offers"}, {"es": "", "en": ""}, default=False)


@pytest.fixture
def world():
    return World(Table(MemoryDynamoDB(), "t"), people=2)


def topics(world, *items, version=0):
    return service.put_topics(
        table=world.table,
        clock=world.clock,
        workspace_id=world.id,
        topics=Topics(items, version),
        changed_by="member:a",
    )


def token(world, campaign_id="", person=0):
    return token_of(world.runtime.signer, "unsubscribe", Copy(world.id, campaign_id, world.contacts[person]))


def choose(world, wish, *, campaign_id="", person=0):
    return centre.choose(
        runtime=world.runtime, token=token(world, campaign_id, person), wish=wish, shown_in="es", source_ip="192.0.2.1"
    )


def contact(world, person=0):
    return contacts.get_contact(
        table=world.table, workspace_id=world.id, contact_id=world.contacts[person], consistent=True
    )


def ledger(world, person=0):
    rows = consent.ledger(table=world.table, workspace_id=world.id, contact_id=world.contacts[person])
    return {entry.purpose: entry for _, entry in reversed(rows)}


def sent_to(world, campaign_id):
    """Send it and say, for each person, the state or the reason."""
    world.send(campaign_id)
    world.drain()
    return [world.row(campaign_id, each).reason or world.row(campaign_id, each).state.value for each in world.contacts]


class TestChoosing:
    def test_each_answer_is_a_row_of_the_ledger_with_the_words_that_were_shown(self, world):
        topics(world, NEWS, OFFERS)
        wish = Wish(
            language="en", topics={"news": False, "offers": True}, frequency="monthly", pause_days=30,
            purposes={"marketing_email": False},
        )  # fmt: skip
        found = choose(world, wish)
        rows = ledger(world)
        said = {purpose: (entry.state.value, entry.text) for purpose, entry in rows.items()}
        assert said["mail.topic.news"] == ("withdrawn", "Novedades: Lo que cambia")
        assert said["mail.topic.offers"] == ("granted", "Ofertas")
        assert said["mail.frequency.weekly"] == ("withdrawn", "Como mucho, uno al mes")
        assert said["mail.pause"] == ("withdrawn", "No recibir correos durante 30 días")
        assert said["marketing_email"] == ("withdrawn", "Correos comerciales y novedades")
        assert {(entry.source, entry.source_ip) for purpose, entry in rows.items()} == {
            ("link:preferences", "192.0.2.1")
        }
        assert contact(world).language == "en"
        assert found.frequency == "monthly"
        assert found.paused_until == world.clock.now().replace(day=21, month=12)

    def test_the_same_answers_again_write_nothing(self, world):
        topics(world, NEWS)
        wish = Wish(topics={"news": True}, frequency="all", pause_days=0, purposes={"marketing_email": True})
        before = contact(world)
        choose(world, wish)
        assert contact(world) == before

    def test_how_often_goes_both_ways(self, world):
        for wanted in ("weekly", "monthly", "weekly", "all", "monthly", "all"):
            assert choose(world, Wish(frequency=wanted)).frequency == wanted
            assert frequency_of(contact(world)) == wanted

    def test_what_was_never_asked_is_not_answered(self, world):
        choose(world, Wish(purposes={"made_up": True}, topics={"made_up": False}))
        assert set(contact(world).consents) == {"marketing_email"}

    def test_a_list_left_is_not_the_global_opt_out(self, world):
        centre.unsubscribe(runtime=world.runtime, token=token(world), source_ip="", shown_in="es")
        assert not consent.suppressed(
            table=world.table, signer=world.runtime.signer, workspace_id=world.id, emails=["p0@example.com"]
        )
        gone = centre.unsubscribe(
            runtime=world.runtime, token=token(world), source_ip="", shown_in="es", everything=True
        )
        assert gone.everything_off
        back = choose(world, Wish(purposes={"marketing_email": True}))
        assert not back.everything_off
        assert back.purposes["marketing_email"]

    def test_a_bounced_address_is_not_brought_back(self, world):
        consent.suppress(
            table=world.table, clock=world.clock, signer=world.runtime.signer, workspace_id=world.id,
            email="p0@example.com", reason="bounced",
        )  # fmt: skip
        choose(world, Wish(purposes={"marketing_email": True}))
        assert consent.suppressed(
            table=world.table, signer=world.runtime.signer, workspace_id=world.id, emails=["p0@example.com"]
        )

    def test_looking_changes_nothing(self, world):
        before = dict(world.table._aws.items) if hasattr(world.table, "_aws") else None
        was = contact(world)
        centre.choices(runtime=world.runtime, token=token(world))
        assert contact(world) == was
        if before is not None:
            assert dict(world.table._aws.items) == before

    def test_a_foreign_token_is_no_page(self, world):
        with pytest.raises(NotFoundError):
            centre.choices(runtime=world.runtime, token="x" * 90)
        other = token_of(world.runtime.signer, "click", Copy(world.id, "", world.contacts[0]))
        with pytest.raises(NotFoundError):
            centre.choices(runtime=world.runtime, token=other)


class TestTopics:
    def test_a_key_stands_once(self, world):
        with pytest.raises(InvalidError) as error:
            topics(world, NEWS, NEWS)
        assert [each.field for each in error.value.fields] == ["topics.1.key"]

    def test_an_old_version_loses(self, world):
        kept = topics(world, NEWS)
        assert topics(world, NEWS, OFFERS, version=kept.version).version == kept.version + 1
        with pytest.raises(ConflictError) as conflict:
            topics(world, OFFERS, version=kept.version)
        assert [each.key for each in conflict.value.current.items] == ["news", "offers"]


class TestSending:
    def test_a_pause_holds_for_its_days(self, world):
        choose(world, Wish(pause_days=30))
        assert sent_to(world, world.campaign()) == ["paused_by_person", "sent"]
        world.later(days=31)
        assert sent_to(world, world.campaign()) == ["sent", "sent"]

    def test_a_pause_can_be_ended(self, world):
        choose(world, Wish(pause_days=90))
        choose(world, Wish(pause_days=0))
        assert paused_until(contact(world), world.clock.now()) is None
        assert sent_to(world, world.campaign()) == ["sent", "sent"]

    def test_weekly_counts_from_the_mail_with_the_link(self, world):
        first = world.campaign()
        assert sent_to(world, first) == ["sent", "sent"]
        choose(world, Wish(frequency="weekly"), campaign_id=first)
        assert sent_to(world, world.campaign()) == ["frequency_chosen", "sent"]
        world.later(days=8)
        assert sent_to(world, world.campaign()) == ["sent", "sent"]
        assert sent_to(world, world.campaign()) == ["frequency_chosen", "sent"]

    @pytest.mark.parametrize(
        ("topic", "said", "reason"),
        [
            (NEWS, {}, ""),
            (NEWS, {"news": False}, "topic_declined"),
            (OFFERS, {}, "topic_declined"),
            (OFFERS, {"offers": True}, ""),
        ],
    )
    def test_a_topic_is_wanted_or_not(self, world, topic, said, reason):
        kept = topics(world, NEWS, OFFERS)
        choose(world, Wish(topics=said))
        now = world.clock.now()
        assert checks.preference_refusal(contact(world), topic.key, kept, now) == reason
        assert checks.preference_refusal(contact(world), "", kept, now) == ""
        assert checks.preference_refusal(contact(world), "gone", kept, now) == ""
        no = "topic_declined" if said.get(topic.key) is False else ""  # and holds when the topic is there no more
        assert checks.preference_refusal(contact(world), topic.key, Topics(), now) == no


def test_a_merge_keeps_the_longer_pause_and_every_no():
    def no(version, *, minutes=0):
        return Consent(ConsentState.WITHDRAWN, NOON.replace(minute=minutes), "link", version, "x")

    longer, later = no("until:2027-02-01T00:00:00Z"), no("until:2026-12-01T00:00:00Z", minutes=5)
    assert strictest({PAUSE: longer}, {PAUSE: later})[PAUSE] == longer
    assert strictest({PAUSE: later}, {PAUSE: longer})[PAUSE] == longer
    ended = dataclasses.replace(later, state=ConsentState.GRANTED, text_version="")
    assert strictest({PAUSE: ended}, {PAUSE: longer})[PAUSE] == longer
