"""Whether a person or a machine came: each rule by itself, sprees, and what follows for the recipient."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.marketing.sending.domain import Visits
from chalicelib.marketing.tracking.agents import CLIENTS, DEVICES, agent_of
from chalicelib.marketing.tracking.judging import Hit, Request, judged, visits_of
from chalicelib.marketing.tracking.networks import scanner, shortened
from tests.helpers import NOON

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
IPHONE_MAIL = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
)
LATER = NOON + timedelta(minutes=10)


def one(request, what="click", at=LATER, sent_at=NOON, links=3):
    (hit,) = judged([Hit(at, what, request)], sent_at=sent_at, links=links)
    return hit.label, hit.why


@pytest.mark.parametrize(
    ("request_", "what", "expected"),
    [
        (Request(CHROME), "click", ("person", "")),
        (Request(CHROME), "open", ("person", "")),
        (Request(GMAIL), "open", ("proxy", "proxy")),
        (Request(GMAIL), "click", ("machine", "proxy")),
        (Request(""), "open", ("machine", "no_agent")),
        (Request("Mozilla/5.0"), "open", ("machine", "mail_privacy")),
        (Request("curl/8.5"), "click", ("machine", "agent")),
        (Request("BarracudaScanner/1.0"), "click", ("machine", "agent")),
        (Request("Mozilla/4.0 (compatible; ms-office; MSOffice 16)"), "click", ("machine", "agent")),
        (Request("Microsoft Office/16.0 (Microsoft Outlook 16.0.17928; Pro)"), "open", ("person", "")),
        (Request(CHROME, head=True), "click", ("machine", "head")),
        (Request(CHROME, ahead=True), "open", ("machine", "prefetch")),
        (Request(CHROME, "209.222.82.0/24"), "click", ("machine", "network:barracuda")),
        (Request(CHROME, "40.94.101.0/24"), "open", ("machine", "network:microsoft")),
        (Request(CHROME, "203.0.113.0/24"), "click", ("person", "")),
        (Request(CHROME, "2001:db8:1::/48"), "click", ("person", "")),
    ],
)
def test_what_a_request_says_of_itself(request_, what, expected):
    assert one(request_, what) == expected


def test_haste():
    assert one(Request(CHROME), at=NOON + timedelta(seconds=4)) == ("machine", "haste")
    assert one(Request(CHROME), at=NOON + timedelta(seconds=5)) == ("person", "")
    assert one(Request(CHROME), sent_at=None) == ("machine", "haste")


def clicks(*links, every=1.0, at=LATER, agent=CHROME):
    return [Hit(at + timedelta(seconds=every * n), "click", Request(agent), link) for n, link in enumerate(links)]


def labels(hits, links):
    return [hit.label for hit in judged(hits, sent_at=NOON, links=links)]


def test_a_spree_over_all_links_was_a_machine_from_its_first_click_on():
    assert labels(clicks(0, 1, 2, 3), 9) == ["machine"] * 4
    assert labels(clicks(0, 1, 2), 9) == ["person"] * 3
    assert labels(clicks(0, 1, 2, 3, every=4), 9) == ["person"] * 4


def test_the_same_link_again_and_again_is_a_person():
    assert labels(clicks(0, 0, 0, 0, 0), 9) == ["person"] * 5


def test_what_came_before_and_after_a_spree_stays():
    early, late = clicks(0), clicks(1, at=LATER + timedelta(hours=1))
    spree = clicks(0, 1, 2, 3, at=LATER + timedelta(minutes=5))
    assert labels([*early, *spree, *late], 9) == ["person", *["machine"] * 4, "person"]


def test_all_there_is_to_visit_is_a_spree_even_when_it_is_little():
    choices = Hit(LATER + timedelta(seconds=1), "choices", Request(CHROME))
    assert labels([*clicks(0), choices], 1) == ["machine", "machine"]
    assert labels(clicks(0), 1) == ["person"]


def test_the_open_just_before_a_spree_was_its_beginning():
    opened = Hit(LATER - timedelta(seconds=2), "open", Request(CHROME))
    through_a_curtain = Hit(LATER - timedelta(seconds=2), "open", Request(GMAIL))
    assert labels([opened, *clicks(0, 1, 2, 3)], 9)[0] == "machine"
    assert labels([through_a_curtain, *clicks(0, 1, 2, 3)], 9)[0] == "proxy"


_HITS = st.lists(
    st.builds(
        Hit,
        st.integers(0, 600).map(lambda seconds: NOON + timedelta(seconds=seconds)),
        st.sampled_from(["open", "click", "choices"]),
        st.builds(
            Request,
            st.sampled_from([CHROME, GMAIL, IPHONE_MAIL, "", "curl/8"]),
            st.just(""),
            st.booleans(),
            st.booleans(),
        ),
        st.integers(0, 5),
    ),
    max_size=20,
)


@given(_HITS, st.integers(1, 6))
def test_judging_again_changes_nothing_and_so_does_the_order(hits, links):
    unique = list({(hit.at, hit.place): hit for hit in hits}.values())
    once = judged(unique, sent_at=NOON, links=links)
    assert judged(once, sent_at=NOON, links=links) == once
    again = judged(reversed(once), sent_at=NOON, links=links)
    assert sorted(again, key=repr) == sorted(once, key=repr)
    known = visits_of(once, Visits())
    assert visits_of(once, known) == known
    assert (known.clicked_at is not None) == any(hit.what == "click" and hit.label != "machine" for hit in once)


def test_what_is_known_of_hits_that_are_kept_no_longer_stays():
    known = Visits(opened_at=NOON, clicked_at=LATER, links=frozenset({"0", "4"}), client="gmail", device="phone")
    hits = judged(clicks(0, agent="curl/8"), sent_at=NOON, links=9)
    after = visits_of(hits, known)
    assert (after.opened_at, after.clicked_at) == (NOON, None)  # its own hit is kept, and was a machine's
    assert (after.machine_clicked_at, after.links) == (LATER, frozenset({"4"}))


@pytest.mark.parametrize(
    ("agent", "client", "device"),
    [
        (GMAIL, "gmail", "unknown"),
        ("YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html", "yahoo", "unknown"),
        (IPHONE_MAIL, "apple_mail", "phone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)", "apple_mail", "desktop"),
        ("Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148", "apple_mail", "tablet"),
        ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17928; Pro)", "outlook", "desktop"),
        ("Outlook-iOS/711.2620504.prod.iphone (4.2420.1)", "outlook_mobile", "phone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.3.0", "thunderbird", "desktop"),
        (CHROME, "webmail", "desktop"),
        ("Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "webmail", "phone"),
        ("Mozilla/5.0 (Linux; Android 14; SM-X710) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "webmail", "tablet"),
        ("", "unknown", "unknown"),
        ("Ω" * 10_000, "unknown", "unknown"),
    ],
)  # fmt: skip
def test_what_reads_the_mail(agent, client, device):
    found = agent_of(agent)
    assert (found.client, found.device) == (client, device)
    assert client in CLIENTS
    assert device in DEVICES


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("", ""),
        ("no address", ""),
        ("192.0.2.1, 10.0.0.1", ""),
    ],
)
def test_how_much_of_an_address_is_kept(address, network):
    assert shortened(address) == network


@pytest.mark.parametrize(
    ("network", "whose"),
    [("209.222.80.0/24", "barracuda"), ("209.222.88.0/24", ""), ("148.163.159.0/24", "proofpoint"), ("", "")],
)
def test_known_networks(network, whose):
    assert scanner(network) == whose
