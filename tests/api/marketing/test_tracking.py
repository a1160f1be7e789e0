"""Tracking and results through the API: scanners change nothing, people are counted, hits say why."""

import pytest

from chalicelib.foundation.ids import new_id
from chalicelib.marketing.tracking import service as tracking
from tests.api.marketing.test_campaigns import BROWSER, campaign_id, contact_id, facts_of, links_in, send, visit

__all__ = ["campaign_id", "contact_id"]

CHROME = BROWSER["User-Agent"]
SCANNERS = [
    {"User-Agent": "BarracudaCentral/1.0"},
    {"User-Agent": "Mozilla/5.0 (compatible; Proofpoint URL Defense)"},
    {"User-Agent": "Mimecast-Web-Scanner/2.3"},
    {"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Symantec.cloud link checker"},
    {"User-Agent": "Mozilla/4.0 (compatible; ms-office; MSOffice 16)"},
    {"User-Agent": "SkypeUriPreview Preview/0.5"},
    {"User-Agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"},
    {"User-Agent": "python-requests/2.32"},
    {"User-Agent": "curl/8.9.1"},
    {"User-Agent": "Go-http-client/2.0"},
    {"User-Agent": ""},
    {"User-Agent": "Mozilla/5.0"},
    {"User-Agent": CHROME, "Purpose": "prefetch"},
    {"User-Agent": CHROME, "Sec-Purpose": "prefetch;prerender"},
    {"User-Agent": CHROME, "X-Moz": "prefetch"},
    {"User-Agent": CHROME, "X-Purpose": "preview"},
    {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/140.0"},
    {"User-Agent": CHROME},  # one that says nothing of itself, and is told by its spree
]


def hits(client, workspace, campaign, contact):
    reply = client.get(f"/campaigns/{campaign}/recipients/{contact}/hits", **workspace.key)
    assert reply.status == 200, reply.text
    return reply["items"]


@pytest.mark.parametrize("scanner", SCANNERS, ids=lambda headers: " ".join(headers.values())[:40])
def test_a_scanner_that_gets_every_link_unsubscribes_nobody_and_gives_no_score(
    client, workspace, contact_id, campaign_id, scanner, stream
):
    send(client, workspace, campaign_id)
    client.runtime.clock.advance(minutes=10)
    stream.skip()
    client.runtime.queues.published.clear()
    found = links_in(client)
    for path in [*found["/t/c/"], *found["/u/"], *found["/t/c/"]]:
        assert visit(client, path, scanner).status in (200, 302)
        client.runtime.clock.advance(seconds=0.3)
    headers = {**scanner, "Accept": "image/*"}
    assert client._client.http.request("GET", found["/t/o/"][0], headers=headers, body=b"").status_code == 200
    client.runtime.clock.advance(minutes=2)
    tracking.settle(table=client.runtime.table, clock=client.runtime.clock)
    stream.project(client.runtime)
    clicks = [fact for fact in facts_of(client, campaign_id) if fact[0] != "email.opened"]
    assert clicks == []
    contact = client.get(f"/contacts/{contact_id}", **workspace.key)
    assert [each["state"] for each in contact["consents"]] == ["granted"]
    assert contact["suppressed"] is None
    totals = client.get(f"/campaigns/{campaign_id}/results", **workspace.key)["totals"]
    assert (totals["clicked"], totals["unsubscribed"], totals["clicks"]) == (0, 0, 0)
    assert totals["machine_clicks"] == 4
    assert {hit["label"] for hit in hits(client, workspace, campaign_id, contact_id) if hit["what"] != "open"} == {
        "machine"
    }


def test_what_a_person_does_is_told_with_its_reason(client, workspace, contact_id, campaign_id, stream):
    send(client, workspace, campaign_id)
    client.runtime.clock.advance(minutes=10)
    path = links_in(client)["/t/c/"][1]
    visit(client, path, method="HEAD")
    client.runtime.clock.advance(seconds=30)
    visit(client, path)
    stream.project(client.runtime)
    told = hits(client, workspace, campaign_id, contact_id)
    assert [(hit["what"], hit["link"], hit["url"], hit["label"], hit["why"]) for hit in told] == [
        ("click", 1, "https://blog.example/b", "machine", "head"),
        ("click", 1, "https://blog.example/b", "person", ""),
    ]
    assert (told[1]["client"], told[1]["device"], told[1]["network"]) == ("webmail", "desktop", "127.0.0.0/24")
    results = client.get(f"/campaigns/{campaign_id}/results", **workspace.key)
    assert [(link["number"], link["people"], link["share"]) for link in results["links"]] == [(0, 0, 0.0), (1, 1, 1.0)]
    assert (results["rates"]["click"], results["rates"]["open"], results["rates"]["click_to_open"]) == (1.0, 0.0, None)
    assert results["devices"] == [{"name": "desktop", "people": 1}]
    conversions = results["conversions"]
    assert (conversions["goal"], conversions["people"], conversions["revenue"]) == (None, 0, [])
    assert conversions["total"]["amount"] == "0.00"


def test_judging_anew_is_a_job(client, workspace, contact_id, campaign_id):
    refused = client.post(f"/campaigns/{campaign_id}/reclassify", **workspace.key)
    assert refused.status == 409
    send(client, workspace, campaign_id)
    job = client.post(f"/campaigns/{campaign_id}/reclassify", **workspace.key)
    assert (job.status, job["kind"], job["state"]) == (202, "reclassify", "queued")
    assert client.get(f"/jobs/{job['id']}", **workspace.key)["total"] == 10
    assert client.post(f"/campaigns/{campaign_id}/reclassify", **workspace.viewer).status == 403


@pytest.mark.parametrize(
    "body", ["", "[]", "no json", '{"token": 3}', '{"token": "x", "url": "https://a.example"}', "x" * 9000]
)
def test_what_a_page_says_is_answered_alike(client, body):
    for media in ("text/plain;charset=UTF-8", "application/json"):
        reply = client.request("POST", "/t/g", body, base="", headers={"Content-Type": media})
        assert (reply.status, reply.text, reply.headers["access-control-allow-origin"]) == (204, "", "*")


def test_whose_hits_there_are_none_of(client, workspace, other_workspace, contact_id, campaign_id):
    send(client, workspace, campaign_id)
    stranger = new_id(client.runtime.clock.now())
    assert client.get(f"/campaigns/{campaign_id}/recipients/{stranger}/hits", **workspace.key).status == 404
    assert client.get(f"/campaigns/{campaign_id}/recipients/{contact_id}/hits", **other_workspace.key).status == 404
    assert client.get(f"/campaigns/{campaign_id}/results", **other_workspace.key).status == 404
