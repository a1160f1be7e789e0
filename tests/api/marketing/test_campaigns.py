"""Campaigns, tracking and the page of choices through the API."""

import random
import re
from urllib.parse import urlsplit

import pytest

from chalicelib.customers.consent import service as consent
from chalicelib.foundation.ids import new_id
from chalicelib.foundation.projection import MetricRecord, metric_key
from chalicelib.marketing.sending import consumers
from chalicelib.marketing.tracking import service as tracking
from chalicelib.workspaces.settings import service as settings
from tests.api.conftest import Api, World

HTML = """<p>Hello {{ contact.first_name | default("there") }}</p><p><a href="https://shop.example/a?x=1&amp;y=2">Shop</a>
<a href="https://blog.example/b">Blog</a></p>"""
BROWSER = {"User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def contact_id(client: Api, workspace: World) -> str:
    reply = client.post(
        "/contacts", {"first_name": "Ana", "emails": [{"address": "ana@client.example"}]}, **workspace.key
    )
    assert reply.status == 201, reply.text
    grant(client, workspace, reply["id"])
    return str(reply["id"])


def grant(client, workspace, contact_id):
    consent.grant(
        table=client.runtime.table, clock=client.runtime.clock, workspace_id=workspace.id, contact_id=contact_id,
        purpose="marketing_email", source="test",
    )  # fmt: skip


@pytest.fixture
def campaign_id(client: Api, workspace: World, contact_id: str) -> str:
    return make(client, workspace, contact_id)


def make(client, workspace, contact_id, **changes):
    segment = client.post("/segments", {"name": "One", "kind": "static", "contact_ids": [contact_id]}, **workspace.key)
    assert segment.status == 201, segment.text
    body = {
        "name": "Spring", "subject": "Hello {{ contact.first_name }}", "from": {"name": "Acme", "email": "hola@acme.example"},
        "body": {"format": "html", "source": HTML}, "segment_ids": [segment["id"]],
    } | changes  # fmt: skip
    reply = client.post("/campaigns", body, **workspace.key)
    assert reply.status == 201, reply.text
    return reply["id"]


def drain(client):
    queues = client.runtime.queues
    for _ in range(50):
        waiting, queues.published[:] = list(queues.published), []
        for queue, envelope, delay in waiting:
            if delay:
                client.runtime.clock.advance(seconds=delay)
            if queue == "campaign-plan":
                consumers.plan(client.runtime, envelope)
            elif queue == "campaign-send":
                consumers.walk(client.runtime, envelope)


def send(client, workspace, campaign_id):
    reply = client.post(f"/campaigns/{campaign_id}/send", {}, **workspace.key)
    assert reply.status == 202, reply.text
    drain(client)


def links_in(client) -> dict[str, list[str]]:
    import email
    from email.policy import default

    html = email.message_from_bytes(client.runtime.mailer.sent[-1][2], policy=default).get_body(("html",)).get_content()
    paths = [urlsplit(found).path for found in re.findall(r'https://crm\.example(?:/[^"#\s]*)', html)]
    return {
        kind: [path for path in dict.fromkeys(paths) if path.startswith(kind)] for kind in ("/t/c/", "/t/o/", "/u/")
    }


def visit(client, path, agent=BROWSER, method="GET"):
    return client.request(method, path, base="", headers={**agent, "Accept": "text/html"})


def facts_of(client, campaign_id):
    facts = [fact for fact in client.runtime.queues.on("scoring") if fact.data.get("campaign_id") == campaign_id]
    return [(fact.type, fact.data["machine"]) for fact in facts]


class TestCampaigns:
    def test_from_draft_to_finished(self, client, workspace, contact_id, campaign_id):
        draft = client.get(f"/campaigns/{campaign_id}", **workspace.key)
        assert draft["state"] == "draft"
        assert draft["from"] == {"name": "Acme", "email": "hola@acme.example"}
        assert [notice["code"] for notice in draft["warnings"]] == ["opt_out_added", "fallback_missing"]
        assert client.post(f"/campaigns/{campaign_id}/estimate", **workspace.key)["sendable"] == 1
        preview = client.post(f"/campaigns/{campaign_id}/preview", {"contact_id": contact_id}, **workspace.key)
        assert preview["subject"] == "Hello Ana"
        assert "https://shop.example/a?x=1" in preview["html"]
        send(client, workspace, campaign_id)
        done = client.get(f"/campaigns/{campaign_id}", **workspace.key)
        assert (done["state"], done["audience"]) == ("finished", 1)
        rows = client.get(
            f"/campaigns/{campaign_id}/recipients", query={"email": "Ana@client.example"}, **workspace.key
        )
        assert [(row["contact_id"], row["state"]) for row in rows["items"]] == [(contact_id, "sent")]
        assert client.get("/campaigns", **workspace.key)["items"][0]["id"] == campaign_id

    def test_a_test_send_goes_to_one_address(self, client, workspace, campaign_id):
        reply = client.post(f"/campaigns/{campaign_id}/test", {"to": "me@acme.example"}, **workspace.key)
        assert reply.status == 202, reply.text
        assert client.runtime.mailer.sent[0][1] == "me@acme.example"

    def test_changes_carry_their_version(self, client, workspace, campaign_id):
        changed = client.patch(f"/campaigns/{campaign_id}", {"name": "Summer", "version": 1}, **workspace.key)
        assert (changed["name"], changed["version"]) == ("Summer", 2)
        stale = client.patch(f"/campaigns/{campaign_id}", {"name": "Autumn", "version": 1}, **workspace.key)
        assert stale.status == 409
        assert stale["current"]["name"] == "Summer"

    def test_clones_and_deletions(self, client, workspace, campaign_id):
        clone = client.post(f"/campaigns/{campaign_id}/clone", **workspace.key)
        assert clone.status == 201
        assert clone["state"] == "draft"
        assert client.delete(f"/campaigns/{clone['id']}", **workspace.key).status == 204
        assert client.get(f"/campaigns/{clone['id']}", **workspace.key).status == 404

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"subject": "{{ contact.password }}"}, "subject"),
            ({"body": {"format": "html", "source": "{% for x in range(9) %}{% endfor %}"}}, "body.source"),
            ({"body": {"format": "mjml", "source": "<mjml><broken"}}, "body.source"),
            ({"body": {"format": "html", "source": " "}}, "body.source"),
            ({"segment_ids": ["01ARZ3NDEKTSV4RRFFQ69G5FAV"]}, "segment_ids.0"),
            ({"from": {"name": "A", "email": "a@b@c"}}, "from.email"),
            ({"surprise": 1}, "surprise"),
        ],
    )
    def test_what_is_wrong_is_named(self, client, workspace, contact_id, change, field):
        body = {"name": "x", "subject": "x", "body": {"format": "html", "source": "<p>x</p>"}} | change
        reply = client.post("/campaigns", body, **workspace.key)
        assert reply.status == 422, reply.text
        assert field in [error["field"] for error in reply["errors"]]

    def test_without_a_postal_address_sending_is_refused_with_the_reason(self, client, workspace, campaign_id):
        settings.change_workspace(
            table=client.runtime.table, clock=client.runtime.clock, workspace_id=workspace.id, version=1,
            changes={"postal_address": ""}, changed_by="t",
        )  # fmt: skip
        reply = client.post(f"/campaigns/{campaign_id}/send", {}, **workspace.key)
        assert reply.status == 422
        assert reply["errors"][0]["code"] == "postal_address_missing"

    def test_sales_may_look_and_not_send(self, client, workspace, campaign_id):
        assert client.post(f"/campaigns/{campaign_id}/send", {}, **workspace.viewer).status == 403

    def test_illegal_moves_are_conflicts(self, client, workspace, campaign_id):
        for move in ("pause", "resume", "cancel"):
            assert client.post(f"/campaigns/{campaign_id}/{move}", **workspace.key).status == 409

    def test_a_move_answers_with_the_counts(self, client, workspace, campaign_id):
        client.post(f"/campaigns/{campaign_id}/send", {}, **workspace.key)
        key = metric_key(workspace.id, f"campaign.{campaign_id}", "all", "pending")
        now = client.runtime.clock.now()
        client.runtime.table.create(
            MetricRecord(
                pk=key.pk, sk=key.sk, workspace_id=workspace.id, version=1, created_at=now, updated_at=now, value=7,
                day="all", dimension="pending",
            )
        )  # fmt: skip
        for move in ("pause", "resume", "cancel"):
            moved = client.post(f"/campaigns/{campaign_id}/{move}", **workspace.key)
            assert (moved.status, moved["counts"]["pending"]) == (200, 7)

    def test_mjml(self, client, workspace, contact_id):
        source = (
            "<mjml><mj-body><mj-section><mj-column><mj-text>Hi {{ contact.first_name }}</mj-text>"
            '<mj-button href="https://shop.example">Go</mj-button></mj-column></mj-section></mj-body></mjml>'
        )
        campaign_id = make(client, workspace, contact_id, body={"format": "mjml", "source": source})
        html = client.post(f"/campaigns/{campaign_id}/preview", {}, **workspace.key)["html"]
        assert "<table" in html
        assert "https://shop.example" in html


class TestTracking:
    def test_opens_and_clicks_of_a_person(self, client, workspace, contact_id, campaign_id):
        send(client, workspace, campaign_id)
        client.runtime.clock.advance(minutes=3)
        links = links_in(client)
        picture = client._client.http.request(
            "GET", links["/t/o/"][0], headers={**BROWSER, "Accept": "image/*"}, body=b""
        )
        assert picture.status_code == 200
        assert "image/gif" in picture.headers.values()
        assert picture.body.startswith(b"GIF89a")
        reply = visit(client, links["/t/c/"][0])
        assert (reply.status, reply.headers["location"]) == (302, "https://shop.example/a?x=1&y=2")
        row = client.get(f"/campaigns/{campaign_id}/recipients", **workspace.key)["items"][0]
        assert row["opened_at"]
        assert row["clicked_at"]
        client.runtime.clock.advance(minutes=1)
        assert tracking.settle(table=client.runtime.table, clock=client.runtime.clock) >= 1

    @pytest.mark.parametrize("agent", [BROWSER, {"User-Agent": "BarracudaScanner/1.0"}, {"User-Agent": ""}])
    @pytest.mark.parametrize("after", [1, 600])
    def test_a_scanner_that_follows_every_link_changes_nothing(
        self, client, workspace, contact_id, campaign_id, agent, after, stream
    ):
        send(client, workspace, campaign_id)
        client.runtime.clock.advance(seconds=after)
        stream.skip()
        client.runtime.queues.published.clear()
        links = links_in(client)
        for path in [*links["/t/c/"], *links["/u/"]]:
            visit(client, path, agent, "HEAD") if path.startswith("/t/c/") else None
            assert visit(client, path, agent).status in (200, 302)
            client.runtime.clock.advance(seconds=0.4)
        client.runtime.clock.advance(minutes=2)
        tracking.settle(table=client.runtime.table, clock=client.runtime.clock)
        stream.project(client.runtime)
        assert facts_of(client, campaign_id) == []
        row = client.get(f"/campaigns/{campaign_id}/recipients", **workspace.key)["items"][0]
        assert (row["clicked_at"], row["unsubscribed_at"]) == (None, None)
        assert row["machine_clicked_at"]
        contact = client.get(f"/contacts/{contact_id}", **workspace.key)
        assert [each["state"] for each in contact["consents"]] == ["granted"]

    def test_a_persons_click_scores_once(self, client, workspace, contact_id, campaign_id, stream):
        send(client, workspace, campaign_id)
        client.runtime.clock.advance(minutes=5)
        for _ in range(3):
            visit(client, links_in(client)["/t/c/"][0])
        client.runtime.clock.advance(minutes=1)
        tracking.settle(table=client.runtime.table, clock=client.runtime.clock)
        stream.project(client.runtime)
        assert facts_of(client, campaign_id) == [("email.clicked", False)]

    def test_no_mutated_link_leads_anywhere_else(self, client, workspace, contact_id, campaign_id):
        send(client, workspace, campaign_id)
        stored = {"https://shop.example/a?x=1&y=2", "https://blog.example/b"}
        token = links_in(client)["/t/c/"][0].removeprefix("/t/c/")
        rng = random.Random(7)
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=.%~"
        runtime = client.runtime
        astray = accepted = 0
        for _ in range(10_000):
            characters = list(token)
            for _ in range(rng.randint(1, 3)):
                match rng.randrange(4):
                    case 0:
                        characters[rng.randrange(len(characters))] = rng.choice(alphabet)
                    case 1:
                        del characters[rng.randrange(len(characters))]
                    case 2:
                        characters.insert(rng.randrange(len(characters)), rng.choice(alphabet))
                    case 3:
                        characters += rng.sample(alphabet, 4)
            mutated = "".join(characters)
            try:
                address = tracking.clicked(
                    table=runtime.table,
                    clock=runtime.clock,
                    signer=runtime.signer,
                    token=mutated,
                    request=None,
                )
            except tracking.NotFoundError:
                continue
            accepted += 1
            astray += address not in stored
        assert astray == 0
        assert accepted <= 200  # only changes that base64 does not see


@pytest.mark.parametrize(
    "accept", [{}, {"Accept": "image/*"}, {"Accept": "image/avif,image/webp"}, {"Accept": "text/html"}]
)
def test_the_picture_comes_whatever_is_asked_for(client, accept):
    picture = client._client.http.request("GET", "/t/o/whatever.gif", headers={**BROWSER, **accept}, body=b"")
    assert (picture.status_code, picture.body[:6]) == (200, b"GIF89a")


class TestUnsubscribing:
    def test_one_click_needs_no_cookie_and_does_not_redirect(self, client, workspace, contact_id, campaign_id):
        send(client, workspace, campaign_id)
        page = links_in(client)["/u/"][0]
        shown = visit(client, page)
        assert shown.status == 200
        assert "Acme" in shown.text
        assert "set-cookie" not in shown.headers
        reply = client.request("POST", page, "List-Unsubscribe=One-Click", base="", headers=FORM)
        assert reply.status == 200
        assert "location" not in reply.headers
        contact = client.get(f"/contacts/{contact_id}", **workspace.key)
        assert [(each["purpose"], each["state"]) for each in contact["consents"]] == [("marketing_email", "withdrawn")]
        assert contact["suppressed"] is None  # the list's opt-out is not the global one
        second = make(client, workspace, contact_id)
        send(client, workspace, second)
        row = client.get(f"/campaigns/{second}/recipients", **workspace.key)["items"][0]
        assert (row["state"], row["reason"]) == ("suppressed", "consent_withdrawn")

    def test_a_multipart_one_click_counts_too(self, client, workspace, contact_id, campaign_id):
        send(client, workspace, campaign_id)
        body = '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        assert client.request("POST", links_in(client)["/u/"][0], body, base="", headers=headers).status == 200
        contact = client.get(f"/contacts/{contact_id}", **workspace.key)
        assert contact["consents"][0]["state"] == "withdrawn"

    def test_no_mail_at_all_is_another_choice(self, client, workspace, contact_id, campaign_id):
        send(client, workspace, campaign_id)
        reply = client.request("POST", links_in(client)["/u/"][0], "action=everything", base="", headers=FORM)
        assert reply.status == 200
        contact = client.get(f"/contacts/{contact_id}", **workspace.key)
        assert contact["suppressed"]["reason"] == "unsubscribed"

    def test_preferences_take_back_a_mistake(self, client, workspace, contact_id, campaign_id):
        send(client, workspace, campaign_id)
        page = links_in(client)["/u/"][0]
        client.request("POST", page, "action=unsubscribe", base="", headers=FORM)
        saved = client.request(
            "POST", page, "action=preferences&purpose=marketing_email&purpose=made_up", base="", headers=FORM
        )
        assert saved.status == 200
        contact = client.get(f"/contacts/{contact_id}", **workspace.key)
        assert [(each["purpose"], each["state"]) for each in contact["consents"]] == [("marketing_email", "granted")]

    @pytest.mark.parametrize("language", ["es", "en"])
    def test_the_page_speaks_two_languages(self, client, language):
        reply = client.request("GET", "/u/nonsense", base="", headers={"Accept-Language": language})
        assert reply.status == 404
        assert f'lang="{language}"' in reply.text

    def test_a_preview_changes_nothing(self, client):
        assert client.request("POST", "/u/preview", "List-Unsubscribe=One-Click", base="", headers=FORM).status == 200


def test_ids_of_other_workspaces_do_not_exist(client, workspace, other_workspace, campaign_id):
    for path in ("", "/recipients", "/why?email=ana@example.com"):
        assert client.get(f"/campaigns/{campaign_id}{path}", **other_workspace.key).status == 404
    assert client.post(f"/campaigns/{campaign_id}/estimate", **other_workspace.key).status == 404
    assert client.get(f"/campaigns/{new_id(client.runtime.clock.now())}", **workspace.key).status == 404
