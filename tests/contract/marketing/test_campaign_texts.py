"""Campaigns in several languages, and tests of their subjects and bodies, from draft to the last recipient."""

import email
from collections import Counter
from email.policy import default

import pytest

from chalicelib.customers.contacts import service as contacts
from chalicelib.foundation.errors import ConflictError, InvalidError
from chalicelib.marketing.campaigns import service as campaigns
from chalicelib.marketing.campaigns.domain import (
    REST,
    AbState,
    AbTest,
    BodySource,
    CampaignState,
    Variant,
    Wording,
    variant_for,
    winner_of,
)
from chalicelib.marketing.campaigns.domain.options import VariantResult
from chalicelib.marketing.sending import service as sending
from chalicelib.marketing.sending.domain import State
from chalicelib.marketing.tracking import service as tracking
from chalicelib.marketing.tracking.judging import Request
from chalicelib.workspaces.audit import service as audit
from tests.contract.marketing.campaign_world import World

PERSON = Request(
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "192.0.2.0/24"
)
ENGLISH = BodySource("html", '<p>Hi</p><p><a href="https://shop.example/en">One</a> <a href="https://shop.example/one?a=1&b=2">x</a></p>')  # fmt: skip
TEST = AbTest("subject", 50, (Variant(Wording("Variante B")), Variant(Wording("Variante C"))), "clicks", 60)


def speaks(world, contact_id, language):
    contact = contacts.get_contact(table=world.table, workspace_id=world.id, contact_id=contact_id)
    contacts.change_contact(
        table=world.table, clock=world.clock, workspace=world.workspace, contact_id=contact_id, version=contact.version,
        changes={"language": language},
    )  # fmt: skip


def copies(world):
    """The messages that were sent in this workspace; the tick serves all of them."""
    return [sent for sent in world.mailer.sent if sent[3]["workspace"] == world.id]


def messages(world):
    """Address → subject and HTML of everything that was sent."""
    found = {}
    for _, recipient, mime, _ in copies(world):
        message = email.message_from_bytes(mime, policy=default)
        found[recipient] = (str(message["Subject"]), message.get_body(("html",)).get_content())
    return found


def pick(world, campaign_id, variant):
    return campaigns.pick_winner(
        table=world.table, clock=world.clock, queues=world.queues, workspace_id=world.id, campaign_id=campaign_id,
        variant=variant, changed_by="member:test",
    )  # fmt: skip


class TestLanguages:
    def campaign(self, world):
        return world.campaign(
            subject="Hola", translations={"en": Wording("Hello", "", "html")}, others={"en": ENGLISH}, language="es"
        )

    def test_the_contacts_language_chooses(self, table):
        world = World(table, people=4)
        for contact_id, language in zip(world.contacts, ("en", "en-GB", "fr", ""), strict=True):
            speaks(world, contact_id, language)
        campaign_id = self.campaign(world)
        world.send(campaign_id)
        world.drain()
        got = {address[:2]: subject for address, (subject, _) in messages(world).items()}
        assert got == {"p0": "Hello", "p1": "Hello", "p2": "Hola", "p3": "Hola"}
        languages = {row.contact_id: row.language for row in world.rows(campaign_id)}
        assert [languages[contact_id] for contact_id in world.contacts] == ["en", "en", "es", "es"]

    def test_links_lead_where_the_text_says_whatever_its_language(self, table):
        world = World(table, people=2)
        speaks(world, world.contacts[0], "en")
        campaign_id = self.campaign(world)
        world.send(campaign_id)
        world.drain()
        common = {"table": table, "clock": world.clock, "signer": world.runtime.signer, "request": None}
        places = [
            tracking.clicked(**common, token=world.token("click", campaign_id, world.contacts[0], link))
            for link in (0, 1)
        ]
        assert places == ["https://shop.example/one?a=1&b=2", "https://shop.example/en"]
        english = messages(world)["p0@example.com"][1]
        assert english.count("https://crm.example/t/c/") == 2
        assert "shop.example" not in english

    def test_a_preview_in_a_language(self, table):
        world = World(table, people=1)
        campaign_id = self.campaign(world)
        common = {"runtime": world.runtime, "workspace_id": world.id, "campaign_id": campaign_id}
        assert sending.preview(**common).subject == "Hola"
        assert sending.preview(**common, language="en").subject == "Hello"
        with pytest.raises(InvalidError) as caught:
            sending.preview(**common, language="fr")
        assert caught.value.fields[0].field == "language"
        sending.send_test(**common, to="me@ceiba.example", language="en")
        assert messages(world)["me@ceiba.example"][0] == "Hello"


class TestTests:
    @pytest.fixture
    def world(self, table):
        return World(table, people=40)

    def begin(self, world, stream, **more):
        campaign_id = world.campaign(subject="Propio", **{"ab_test": TEST, **more})
        world.send(campaign_id)
        world.drain(move=False)
        stream.project(world.runtime)
        world.later(minutes=1)
        world.tick()
        return campaign_id

    def test_only_the_share_gets_it_before_the_winner_is_known(self, world, stream):
        campaign_id = self.begin(world, stream)
        rows = {row.contact_id: row for row in world.rows(campaign_id)}
        for contact_id, row in rows.items():
            assert row.variant == variant_for(TEST, campaign_id, contact_id)
            assert row.state is (State.PENDING if row.variant == REST else State.SENT)
        subjects = {0: "Propio", 1: "Variante B", 2: "Variante C"}
        got = messages(world)
        assert {row.email: subjects[row.variant] for row in rows.values() if row.variant != REST} == {
            address: subject for address, (subject, _) in got.items()
        }
        campaign = world.get(campaign_id, counted=True)
        assert (campaign.state, campaign.ab.state) == (CampaignState.SENDING, AbState.TESTING)
        assert (campaign.ab.decide_at - world.clock.now()).total_seconds() == 3600
        assert sum(each.sent for each in campaign.ab.results) == len(got)

    def test_the_best_goes_to_the_rest_and_ticks_may_repeat(self, world, stream):
        campaign_id = self.begin(world, stream)
        clicker = next(row for row in world.rows(campaign_id) if row.variant == 2)
        tracking.clicked(
            table=world.table, clock=world.clock, signer=world.runtime.signer,
            token=world.token("click", campaign_id, clicker.contact_id), request=PERSON,
        )  # fmt: skip
        stream.project(world.runtime)
        world.later(minutes=61)
        world.tick()
        world.tick()
        decided = world.get(campaign_id).ab
        assert (decided.state, decided.winner, decided.decided_by) == (AbState.DECIDED, 2, "rule")
        assert [each.clicked for each in decided.results] == [0, 0, 1]
        world.drain()
        rest = {row.email for row in world.rows(campaign_id) if row.variant == REST}
        assert {messages(world)[address][0] for address in rest} == {"Variante C"}
        assert len(copies(world)) == len(messages(world)) == 40
        assert world.get(campaign_id).state is CampaignState.FINISHED
        world.tick()
        assert world.get(campaign_id).ab == decided

    def test_a_person_may_decide_before(self, world, stream):
        campaign_id = self.begin(world, stream)
        stream.project(world.runtime)
        assert pick(world, campaign_id, 1).ab.decided_by == "member:test"
        pick(world, campaign_id, 1)
        stream.project(world.runtime)
        noted = audit.page_of_subject(table=world.table, workspace_id=world.id, subject_id=campaign_id, limit=1).items[
            0
        ]
        assert (noted.actor, noted.action, noted.before, noted.after) == (
            "member:test", "campaign.changed", {}, {"winner": 1},
        )  # fmt: skip
        with pytest.raises(ConflictError):
            pick(world, campaign_id, 0)
        world.drain()
        assert world.get(campaign_id).state is CampaignState.FINISHED
        assert Counter(subject for subject, _ in messages(world).values())["Variante B"] > 10

    def test_there_is_nothing_to_pick_without_a_test_and_no_fourth_of_three(self, world, stream):
        with pytest.raises(ConflictError):
            pick(world, world.campaign(), 0)
        campaign_id = self.begin(world, stream)
        with pytest.raises(InvalidError) as caught:
            pick(world, campaign_id, 3)
        assert caught.value.fields[0].field == "variant"

    def test_a_cancelled_test_sends_to_nobody_else(self, world, stream):
        campaign_id = self.begin(world, stream)
        sent = len(copies(world))
        world.cancel(campaign_id)
        world.drain()
        world.later(hours=2)
        world.tick()
        assert len(copies(world)) == sent
        assert all(row.state is State.SUPPRESSED for row in world.rows(campaign_id) if row.variant == REST)

    def test_a_paused_test_is_decided_when_it_goes_on(self, world, stream):
        campaign_id = self.begin(world, stream)
        world.pause(campaign_id)
        world.later(hours=2)
        world.tick()
        assert world.get(campaign_id).ab.winner is None
        world.resume(campaign_id)
        world.later(minutes=1)
        world.tick()
        world.drain()
        assert world.get(campaign_id).ab.winner == 0
        assert world.get(campaign_id).state is CampaignState.FINISHED

    def test_bodies_in_languages(self, world, stream):
        for contact_id in world.contacts[:20]:
            speaks(world, contact_id, "en")
        other = BodySource("html", "<p>Cuerpo B</p>")
        test = AbTest("body", 50, (Variant(Wording("", "", "html"), {"en": Wording("", "", "html")}),), "opens", 15)
        campaign_id = self.begin(
            world, stream, ab_test=test, translations={"en": Wording("Own", "", "html")},
            others={"en": ENGLISH, "v1": other, "v1.en": BodySource("html", "<p>Body B</p>")},
        )  # fmt: skip
        got = messages(world)
        for row in world.rows(campaign_id):
            if row.variant == REST:
                continue
            subject, html = got[row.email]
            assert subject == ("Own" if row.language == "en" else "Propio")
            words = {("es", 0): "Hola", ("es", 1): "Cuerpo B", ("en", 0): "Hi", ("en", 1): "Body B"}
            assert words[row.language, row.variant] in html


def test_assignment_is_even_and_stable():
    found = Counter(variant_for(TEST, "campaign", f"contact-{n}") for n in range(20_000))
    assert abs(found[REST] - 10_000) < 300
    assert all(abs(found[variant] - 3333) < 250 for variant in (0, 1, 2))
    again = Counter(variant_for(TEST, "campaign", f"contact-{n}") for n in range(20_000))
    assert again == found


@pytest.mark.parametrize(
    ("figures", "winner"),
    [
        ([(100, 10), (100, 20)], 1),
        ([(100, 20), (100, 20)], 0),
        ([(0, 0), (0, 0), (0, 0)], 0),
        ([(10, 2), (100, 15), (50, 20)], 2),
    ],
)
def test_the_winner_has_the_highest_rate_and_ties_go_to_the_first(figures, winner):
    results = [VariantResult(n, sent=sent, opened=opened) for n, (sent, opened) in enumerate(figures)]
    assert winner_of(results, "opens") == winner
