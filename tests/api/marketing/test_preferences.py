"""The preference centre as a page and as JSON, and the topics people choose from."""

import pytest

from chalicelib.marketing.tracking.domain import Copy, token_of
from tests.api.marketing.test_campaigns import FORM, grant

TOPICS = [
    {"key": "news", "name": {"es": "Novedades", "en": "News"}, "description": {"es": "Lo nuevo", "en": "What is new"}},
    {"key": "offers", "name": {"es": "Ofertas", "en": "Offers"}, "default": False},
]


@pytest.fixture
def contact_id(client, workspace):
    values = {"first_name": "Ana", "emails": [{"address": "anabel@client.example"}], "language": "en"}
    made = client.post("/contacts", values, **workspace.key)
    grant(client, workspace, made["id"])
    return made["id"]


@pytest.fixture
def token(client, workspace, contact_id):
    saved = client.request("PUT", "/preference-topics", {"topics": TOPICS, "version": 0}, **workspace.key)
    assert saved.status == 200, saved.text
    return token_of(client.runtime.signer, "unsubscribe", Copy(workspace.id, "", contact_id))


def test_topics_carry_their_version(client, workspace):
    body = {"topics": TOPICS, "version": 0}
    assert client.request("PUT", "/preference-topics", body, **workspace.key)["version"] == 1
    again = client.request("PUT", "/preference-topics", body, **workspace.key)
    assert (again.status, again["current"]["version"]) == (409, 1)
    assert [each["key"] for each in client.get("/preference-topics", **workspace.key)["topics"]] == ["news", "offers"]
    wrong = {"topics": [{"key": "Not a key", "name": {"es": "", "en": "x"}}], "version": 1}
    named = client.request("PUT", "/preference-topics", wrong, **workspace.key)
    assert named.status == 422
    assert {each["field"] for each in named["errors"]} == {"topics.0.key", "topics.0.name.es"}


def test_what_there_is_to_choose(client, token):
    shown = client.get(f"/preferences/{token}").json
    assert (shown["address"], shown["language"], shown["frequency"]) == ("an***@client.example", "en", "all")
    assert [(each["name"], each["wanted"]) for each in shown["topics"]] == [("News", True), ("Offers", False)]
    assert shown["subscribed"]
    assert "anabel" not in client.get(f"/preferences/{token}").text


def test_choosing_by_json(client, workspace, contact_id, token):
    wanted = {"topics": {"news": False}, "frequency": "weekly", "pause_days": 60, "language": "es"}
    chosen = client.post(f"/preferences/{token}", wanted).json
    assert (chosen["frequency"], chosen["language"]) == ("weekly", "es")
    assert chosen["paused_until"].startswith("2027-01-20")
    assert [each["wanted"] for each in chosen["topics"]] == [False, False]
    ledger = client.get(f"/contacts/{contact_id}/consents", **workspace.key)["items"]
    assert {"mail.topic.news", "mail.frequency.often", "mail.pause"} <= {each["purpose"] for each in ledger}
    off = client.post(f"/preferences/{token}", {"everything_off": True}).json
    assert (off["subscribed"], off["everything_off"]) == (False, True)
    back = client.post(f"/preferences/{token}", {"subscribed": True}).json
    assert (back["subscribed"], back["everything_off"]) == (True, False)


@pytest.mark.parametrize("body", [{"frequency": "hourly"}, {"pause_days": 7}, {"language": "fr"}, {"owner_id": "x"}])
def test_what_cannot_be_chosen_is_named(client, token, body):
    reply = client.post(f"/preferences/{token}", body)
    assert (reply.status, reply["errors"][0]["field"]) == (422, next(iter(body)))


def test_the_page_asks_all_of_it_without_a_script(client, token):
    page = client.request("GET", f"/u/{token}", base="").text
    assert "<script" not in page
    for name in ("purpose", "topic", "frequency", "pause", "language"):
        assert f'name="{name}"' in page
    assert "an***@client.example" in page
    assert "anabel@" not in page


def test_the_page_takes_all_of_it(client, workspace, contact_id, token):
    body = (
        "action=preferences&purpose=marketing_email&shown=news&shown=offers&topic=offers"
        "&frequency=monthly&pause=30&language=es"
    )
    saved = client.request("POST", f"/u/{token}", body, base="", headers=FORM)
    assert (saved.status, "location" in saved.headers, "set-cookie" in saved.headers) == (200, False, False)
    assert 'lang="es"' in saved.text
    assert "21 de diciembre de 2026" in saved.text
    shown = client.get(f"/preferences/{token}").json
    assert [each["wanted"] for each in shown["topics"]] == [False, True]
    assert shown["frequency"] == "monthly"
    again = client.request(
        "POST", f"/u/{token}", "action=preferences&purpose=marketing_email&pause=", base="", headers=FORM
    )
    assert "21 de diciembre de 2026" in again.text  # what the form does not say stays


def test_a_link_that_is_not_ours(client):
    assert client.get("/preferences/nonsense").status == 404
    assert client.post("/preferences/nonsense", {"frequency": "all"}).status == 404


def test_the_page_says_what_one_leaves(client, workspace, contact_id):
    copy = Copy(workspace.id, "", contact_id, purpose="partner_offers")
    path = f"/u/{token_of(client.runtime.signer, 'unsubscribe', copy)}"
    assert "Acme will stop sending “Partner offers” to an***@client.example." in client.get(path, base="").text
    left = client.request("POST", path, "List-Unsubscribe=One-Click", base="", headers=FORM)
    assert "Acme will send you no more “Partner offers”." in left.text
    assert client.get(f"/preferences/{path.rpartition('/')[2]}").json["subscribed"]
