"""Quotes over HTTP: the whole way from a draft to the customer's answer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from chalicelib import wiring
from chalicelib.foundation.mail import MailDeferredError
from tests.api.conftest import Api, make_world

LINES = [
    {"name": "Web nueva", "quantity": "1", "unit_price": "1000", "discount_percent": "10", "tax_percent": "21"},
    {"name": "Textos", "quantity": "3", "unit_price": "33.33", "tax_percent": "21"},
]


@pytest.fixture
def world(runtime) -> Any:
    return make_world(runtime, "Acme & <b>Hijos</b>")


@pytest.fixture
def contact(client, world) -> Any:
    values = {"first_name": "Ana", "last_name": "García", "emails": [{"address": "ana@example.com"}], "language": "es"}
    return client.post("/contacts", values, **world.owner).json


@pytest.fixture
def deal(client, world, contact) -> Any:
    body = {"title": "Web de Ejemplo", "currency": "EUR", "contact_id": contact["id"], "lines": LINES}
    return client.post("/deals", body, **world.sales).json


def draft(client, world, deal, **more) -> Any:
    reply = client.post("/quotes", {"deal_id": deal["id"], **more}, **world.sales)
    assert reply.status == 201, reply.text
    return reply.json


def step(client, world, quote, name, body=None, *, who="sales", status=200) -> Any:
    reply = client.post(f"/quotes/{quote['id']}/{name}", body or {}, **world.as_role(who))
    assert reply.status == status, reply.text
    return reply.json


def issued(client, world, deal, **more) -> Any:
    quote = draft(client, world, deal, **more)
    step(client, world, quote, "submit")
    return step(client, world, quote, "issue")


def work(runtime, stream) -> None:
    """Everything that follows: projections, then the queues they fill."""
    assert stream.project(runtime) == []
    done = 0
    for queue, envelope, _ in runtime.queues.published:
        for place in wiring.CONSUMERS[queue].split():
            if "quotes" in place or "timeline" in place:
                wiring._load(place)(runtime, envelope)
                done += 1
    assert stream.project(runtime) == []


def page_of(quote) -> str:
    return urlsplit(quote["accept_url"]).path


def post(client, quote, **fields) -> Any:
    content = urlencode(fields)
    return client.request(
        "POST", page_of(quote), content, base="", headers={"Content-Type": "application/x-www-form-urlencoded"}
    )


def test_a_draft_takes_what_the_deal_says(client, world, deal, contact):
    quote = draft(client, world, deal)
    assert quote["state"] == "draft"
    assert quote["number"] is None
    assert quote["accept_url"] is None
    assert (quote["title"], quote["currency"], quote["language"]) == ("Web de Ejemplo", "EUR", "es")
    assert quote["contact_name"] == "Ana García"
    assert quote["totals"] == {"subtotal": "1099.99", "discount": "100.00", "tax": "210.00", "total": "1209.99"}
    assert [line["name"] for line in quote["lines"]] == ["Web nueva", "Textos"]
    assert quote["valid_until"] == "2026-12-21"
    assert client.get(f"/deals/{deal['id']}", **world.sales)["amount"] == "1209.99"


def test_a_deal_without_lines_is_quoted_at_its_amount(client, world):
    deal = client.post("/deals", {"title": "Auditoría", "amount": "500", "currency": "USD"}, **world.sales).json
    quote = draft(client, world, deal)
    assert [(line["name"], line["total"]) for line in quote["lines"]] == [("Auditoría", "500.00")]
    empty = client.post("/deals", {"title": "Nada"}, **world.sales).json
    quote = draft(client, world, empty)
    reply = client.post(f"/quotes/{quote['id']}/submit", {}, **world.sales)
    assert (reply.status, reply["errors"][0]["field"]) == (422, "lines")


def test_a_draft_is_changed_and_deleted_and_nothing_else_is(client, world, deal):
    quote = draft(client, world, deal)
    path = f"/quotes/{quote['id']}"
    changed = client.patch(
        path, {"version": 1, "title": "Otra", "terms": "Al contado.\nSin prórroga.", "lines": LINES[:1]}, **world.sales
    )
    assert (changed["title"], changed["totals"]["total"], changed["version"]) == ("Otra", "1089.00", 2)
    stale = client.patch(path, {"version": 1, "title": "Tarde"}, **world.sales)
    assert (stale.status, stale["current"]["title"]) == (409, "Otra")
    for wrong, field in (
        ({"valid_until": "2026-11-20"}, "valid_until"),
        ({"valid_until": "2036-11-20"}, "valid_until"),
        ({"contact_id": "01JD0000000000000000000001"}, "contact_id"),
        ({"company_id": "01JD0000000000000000000001"}, "company_id"),
        ({"owner_id": "nobody"}, "owner_id"),
        ({"lines": [{"quantity": "1"}]}, "lines.0.name"),
        ({"title": "a\u0000b"}, "title"),
        ({"state": "accepted"}, "state"),
        ({"number": "Q-2026-9999"}, "number"),
    ):
        reply = client.patch(path, {"version": 2, **wrong}, **world.sales)
        assert (reply.status, reply["errors"][0]["field"]) == (422, field), wrong
    step(client, world, quote, "submit")
    assert client.patch(path, {"version": 3, "title": "Tarde"}, **world.sales).status == 409
    assert client.delete(path, **world.sales).status == 409
    other = draft(client, world, deal)
    assert client.delete(f"/quotes/{other['id']}", query={"version": 7}, **world.sales).status == 409
    assert client.delete(f"/quotes/{other['id']}", query={"version": 1}, **world.sales).status == 204
    assert client.get(f"/quotes/{other['id']}", **world.sales).status == 404


def test_only_the_next_step_can_be_taken(client, world, deal):
    quote = draft(client, world, deal)
    for name, who in (("issue", "sales"), ("approve", "owner"), ("reject", "owner"), ("revise", "sales")):
        assert step(client, world, quote, name, who=who, status=409)["current"]["state"] == "draft"
    step(client, world, quote, "submit")
    for name, who in (("submit", "sales"), ("approve", "owner"), ("reject", "owner")):
        assert step(client, world, quote, name, who=who, status=409)["current"]["state"] == "approved"
    step(client, world, quote, "issue", {"version": 1}, status=409)
    assert step(client, world, quote, "issue", {"version": 2})["state"] == "issued"
    assert step(client, world, quote, "issue", status=409)["current"]["state"] == "issued"


def test_numbers_have_no_gap_whoever_issues_at_once(client, world, deal, runtime):
    quotes = [draft(client, world, deal) for _ in range(24)]
    for quote in quotes:
        step(client, world, quote, "submit")
    # one that cannot go out takes no number
    broken = draft(client, world, deal, valid_until="2026-11-21")
    step(client, world, broken, "submit")
    runtime.clock.set(datetime(2026, 11, 22, 12, tzinfo=UTC))
    assert client.post(f"/quotes/{broken['id']}/issue", {}, **world.sales).status == 422

    def issue(quote: Any) -> str:
        return str(Api(runtime).post(f"/quotes/{quote['id']}/issue", {}, **world.sales)["number"])

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(issue, quotes))
    assert sorted(numbers) == [f"Q-2026-{count:04d}" for count in range(1, 25)]


def test_each_year_of_the_workspace_begins_at_one(client, world, deal, runtime):
    assert issued(client, world, deal)["number"] == "Q-2026-0001"
    runtime.clock.set(datetime(2027, 1, 1, 4, 59, tzinfo=UTC))  # still the old year in Bogotá
    assert issued(client, world, deal)["number"] == "Q-2026-0002"
    runtime.clock.set(datetime(2027, 1, 1, 5, 0, tzinfo=UTC))
    assert issued(client, world, deal)["number"] == "Q-2027-0001"


def test_what_is_above_the_policy_waits_for_a_member_of_its_role(client, world, deal, runtime, stream):
    policy = {"enabled": True, "limits": [{"above_amount": "1000", "currency": "EUR"}], "discount_above_percent": "5"}
    assert client.put("/approval-policy", {**policy, "role": "admin", "version": 0}, **world.sales).status == 403
    saved = client.put("/approval-policy", {**policy, "role": "admin", "version": 0}, **world.admin)
    assert (saved.status, saved["version"]) == (200, 1)
    assert client.put("/approval-policy", {**policy, "version": 0}, **world.admin).status == 409
    assert client.get("/approval-policy", **world.viewer)["limits"] == [{"above_amount": "1000.00", "currency": "EUR"}]

    quote = draft(client, world, deal)
    waiting = step(client, world, quote, "submit")
    assert waiting["state"] == "pending_approval"
    assert waiting["approval"]["needed"] == [
        {"reason": "amount", "limit": "1000.00 EUR"},
        {"reason": "discount", "limit": "5"},
    ]
    assert waiting["approval"]["may_decide"] is False
    step(client, world, quote, "issue", status=409)
    step(client, world, quote, "approve", who="sales", status=403)
    assert client.post(f"/quotes/{quote['id']}/approve", {}, **world.key).status == 403  # a key has no role
    assert client.get(f"/quotes/{quote['id']}", **world.admin)["approval"]["may_decide"] is True
    work(runtime, stream)
    assert sorted(recipient.split(".")[0] for _, recipient, _, _ in runtime.mailer.sent) == ["admin", "owner"]
    approved = step(client, world, quote, "approve", {"comment": "Vale, por esta vez."}, who="admin")
    assert approved["state"] == "approved"
    history = [(row["action"], row["comment"], row["actor"]) for row in approved["approval"]["history"]]
    assert history == [
        ("submitted", "", f"member:{world.users['sales']}"),
        ("approved", "Vale, por esta vez.", f"member:{world.users['admin']}"),
    ]
    assert step(client, world, quote, "issue")["number"] == "Q-2026-0001"


def test_nobody_approves_their_own_but_an_owner(client, world, deal):
    body = {"enabled": True, "limits": [], "discount_above_percent": "0", "role": "admin", "version": 0}
    client.put("/approval-policy", body, **world.owner)
    quote = draft(client, world, deal)
    step(client, world, quote, "submit", who="admin")
    step(client, world, quote, "approve", who="admin", status=403)
    assert step(client, world, quote, "reject", {"comment": "Demasiado descuento"}, who="owner")["state"] == "rejected"
    again = step(client, world, quote, "revise", status=201)
    assert (again["state"], again["revises"], again["number"]) == ("draft", quote["id"], None)
    gone = client.get(f"/quotes/{quote['id']}", **world.sales)
    assert (gone["state"], gone["superseded_by"]) == ("superseded", again["id"])
    client.put("/approval-policy", {**body, "role": "owner", "version": 1}, **world.owner)
    step(client, world, again, "submit", who="owner")
    step(client, world, again, "approve", who="admin", status=403)
    assert step(client, world, again, "approve", who="owner")["state"] == "approved"


def test_another_currency_is_no_way_round_a_limit(client, world, contact):
    body = {"enabled": True, "limits": [{"above_amount": "1000", "currency": "EUR"}], "version": 0}
    client.put("/approval-policy", body, **world.owner)
    deal = client.post("/deals", {"title": "x", "amount": "1", "currency": "GBP"}, **world.sales).json
    quote = step(client, world, draft(client, world, deal), "submit")
    assert quote["approval"]["needed"] == [{"reason": "currency", "limit": "GBP"}]
    cheap = client.post("/deals", {"title": "x", "amount": "1000", "currency": "EUR"}, **world.sales).json
    assert step(client, world, draft(client, world, cheap), "submit")["state"] == "approved"


def test_an_issued_quote_is_put_on_paper_and_mailed_once(client, world, deal, runtime, stream):
    quote = draft(client, world, deal)
    step(client, world, quote, "submit")
    issued_ = step(client, world, quote, "issue", {"send": True, "message": "Como quedamos."})
    assert issued_["pdf_url"] is None
    assert issued_["delivery"] == {"to": "ana@example.com", "state": "waiting"}
    runtime.mailer.fail = [MailDeferredError("later")]
    with pytest.raises(MailDeferredError):
        work(runtime, stream)
    work(runtime, stream)
    work(runtime, stream)
    [(source, recipient, mime, _)] = runtime.mailer.sent
    assert (source, recipient) == ("hola@acme.example", "ana@example.com")
    text = mime.decode()
    assert "Q-2026-0001.pdf" in text
    shown = client.get(f"/quotes/{quote['id']}", **world.sales)
    assert shown["delivery"]["state"] == "sent"
    [key] = [key for key in runtime.files.kept if "/quotes/" in key]
    assert key == f"{world.id}/quotes/{quote['id']}/Q-2026-0001.pdf"
    assert runtime.files.kept[key].startswith(b"%PDF-1.7")
    assert key in shown["pdf_url"]


@pytest.mark.parametrize("reason", ["bounced", "complained", "erased"])
def test_a_suppressed_address_is_not_mailed(client, world, deal, runtime, reason):
    from chalicelib.customers.consent.domain import SuppressionReason
    from chalicelib.customers.consent.service import suppress

    suppress(
        table=runtime.table, clock=runtime.clock, signer=runtime.signer, workspace_id=world.id, email="ana@example.com",
        reason=SuppressionReason(reason),
    )  # fmt: skip
    quote = draft(client, world, deal)
    step(client, world, quote, "submit")
    refused = step(client, world, quote, "issue", {"send": True}, status=422)
    assert refused["errors"][0]["code"] == "suppressed"
    other = {"send": True, "email": "Compras@Example.com"}
    assert step(client, world, quote, "issue", other)["delivery"]["to"] == "compras@example.com"


def test_the_customer_accepts_once(client, world, deal, contact, runtime, stream):
    quote = issued(client, world, deal)
    work(runtime, stream)
    before = client.get(f"/quotes/{quote['id']}", **world.sales).json
    page = client.get(page_of(quote), base="")
    assert page.status == 200
    assert "Acme &amp; &lt;b&gt;Hijos&lt;/b&gt;" in page.text
    assert "<b>" not in page.text
    assert "1.209,99\u00a0€" in page.text
    assert "script" not in page.headers["content-security-policy"]
    assert client.get(page_of(quote), base="", query={"lang": "en", "utm_source": "x"}).text.count("€1,209.99") >= 1
    assert client.get(f"/quotes/{quote['id']}", **world.sales).json == before, "looking changes nothing"

    for missing, field in (({"name": "Ana García"}, "confirm"), ({"confirm": "yes", "name": " "}, "name")):
        reply = post(client, quote, action="accept", **missing)
        assert reply.status == 422
        assert f'aria-describedby="{field}-error"' in reply.text
    assert client.get(f"/quotes/{quote['id']}", **world.sales)["state"] == "issued"
    runtime.clock.advance(minutes=5)
    accepted = post(client, quote, action="accept", name="  Ana   García ", confirm="yes")
    assert (accepted.status, accepted.headers["location"]) == (303, f"{page_of(quote)}?lang=es")
    runtime.clock.advance(minutes=5)
    assert post(client, quote, action="accept", name="Otra Persona", confirm="yes").status == 303
    assert post(client, quote, action="decline", name="Otra Persona").status == 303
    shown = client.get(f"/quotes/{quote['id']}", **world.sales).json
    assert shown["state"] == "accepted"
    assert shown["accepted"]["name"] == "Ana García"
    assert shown["accepted"]["at"] == "2026-11-21T12:05:00.000Z"
    assert shown["accepted"]["ip"] == "127.0.0.1"
    page = client.get(page_of(quote), base="")
    assert "Presupuesto aceptado" in page.text
    assert "<form" not in page.text
    work(runtime, stream)
    for path in (f"/contacts/{contact['id']}", f"/deals/{deal['id']}"):
        kinds = [item["kind"] for item in client.get(f"{path}/timeline", **world.viewer)["items"]]
        assert kinds.count("quote_accepted") == 1
        assert kinds.count("quote_issued") == 1
    assert [recipient.split(".")[0] for _, recipient, _, _ in runtime.mailer.sent] == ["sales"]
    work(runtime, stream)
    [task] = client.get("/tasks", query={"about_kind": "deal", "about_id": deal["id"]}, **world.sales)["items"]
    assert task["title"] == "Seguir con el presupuesto aceptado Q-2026-0001"
    assert task["assignee_id"] == world.users["sales"]
    for name in ("revise", "submit", "issue"):
        step(client, world, quote, name, status=409)


def test_accept_and_decline_at_once_have_one_outcome(client, world, deal, runtime):
    quote = issued(client, world, deal)

    def say(number: int) -> int:
        fields = {"action": "accept", "confirm": "yes"} if number % 2 else {"action": "decline"}
        return int(post(Api(runtime), quote, name=f"Persona {number}", **fields).status)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(say, range(16))) == {303}
    shown = client.get(f"/quotes/{quote['id']}", **world.sales).json
    assert shown["state"] in ("accepted", "declined")
    assert shown["version"] == quote["version"] + 1, "answered once"


def test_the_customer_declines_with_a_reason(client, world, deal, runtime, stream):
    quote = issued(client, world, deal)
    assert post(client, quote, action="decline", name="Ana García", reason="Muy caro <script>").status == 303
    shown = client.get(f"/quotes/{quote['id']}", **world.sales).json
    assert (shown["state"], shown["declined"]["reason"], shown["accepted"]) == ("declined", "Muy caro <script>", None)
    assert "Presupuesto rechazado" in client.get(page_of(quote), base="").text
    work(runtime, stream)
    [(_, _, mime, _)] = runtime.mailer.sent
    assert b"<script>" not in mime.split(b"text/html")[1]


def test_an_expired_quote_says_so_and_takes_no_answer(client, world, deal, runtime):
    quote = issued(client, world, deal)
    runtime.clock.set(datetime(2026, 12, 22, 4, 59, 59, tzinfo=UTC))  # the last second of its last day in Bogotá
    assert "<form" in client.get(page_of(quote), base="").text
    runtime.clock.advance(seconds=1)
    page = client.get(page_of(quote), base="")
    assert "ha caducado" in page.text
    assert "<form" not in page.text
    post(client, quote, action="accept", name="Ana García", confirm="yes")
    assert client.get(f"/quotes/{quote['id']}", **world.sales)["state"] == "expired"
    from chalicelib.sales.quotes.consumers import tick

    tick(runtime)
    tick(runtime)
    listed = client.get("/quotes", query={"state": "expired"}, **world.sales)["items"]
    assert [(each["id"], each["version"]) for each in listed] == [(quote["id"], quote["version"] + 1)]


def test_a_new_version_supersedes_the_old_when_it_goes_out(client, world, deal, runtime):
    first = issued(client, world, deal)
    second = step(client, world, first, "revise", status=201)
    assert (second["state"], second["revision"], second["number"]) == ("draft", 2, None)
    assert "<form" in client.get(page_of(first), base="").text, "open until the new one is out"
    step(client, world, second, "submit")
    second = step(client, world, second, "issue")
    assert second["number"] == "Q-2026-0001-2"
    page = client.get(page_of(first), base="", query={"lang": "en"})
    assert "There is a newer version" in page.text
    assert "<form" not in page.text
    post(client, first, action="accept", name="Ana García", confirm="yes")
    old = client.get(f"/quotes/{first['id']}", **world.sales)
    assert (old["state"], old["superseded_by"]) == ("superseded", second["id"])
    assert issued(client, world, deal)["number"] == "Q-2026-0002"
    third = step(client, world, second, "revise", status=201)
    post(client, second, action="accept", name="Ana García", confirm="yes")
    step(client, world, third, "submit")
    assert step(client, world, third, "issue", status=409)["current"]["state"] == "accepted"


def test_links_that_are_none_of_ours_lead_nowhere(client, world, deal, runtime):
    quote = issued(client, world, deal)
    token = page_of(quote).rpartition("/")[2]
    for bad in ("x", token[:-2], token[:-1] + ("A" if token[-1] != "A" else "B"), "a" * 5000):
        reply = client.get(f"/q/{bad}", base="")
        assert reply.status == 404, bad
        assert quote["id"] not in reply.text
        assert client.get(f"/q/{bad}/pdf", base="").status == 404
        assert post(client, {"accept_url": f"https://x/q/{bad}"}, action="accept").status == 404
    waiting = draft(client, world, deal)
    from chalicelib.sales.quotes.tokens import make_token

    assert client.get(f"/q/{make_token(runtime.signer, world.id, waiting['id'])}", base="").status == 404


def test_the_pdf_is_behind_the_link_when_it_is_there(client, world, deal, runtime, stream):
    quote = issued(client, world, deal)
    path = f"{page_of(quote)}/pdf"
    assert client.get(path, base="").headers["location"] == page_of(quote)
    work(runtime, stream)
    assert client.get(path, base="").headers["location"].startswith("https://files.example/")
    assert path in client.get(page_of(quote), base="").text


def test_lists_by_state_and_deal_page_by_page(client, world, deal, contact):
    quotes = []
    for _ in range(5):
        client.runtime.clock.advance(seconds=1)
        quotes.append(draft(client, world, deal))
    step(client, world, quotes[0], "submit")
    seen, cursor = [], None
    while True:
        query = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = client.get("/quotes", query=query, **world.viewer)
        seen += [each["id"] for each in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [each["id"] for each in reversed(quotes)]
    of_deal = client.get("/quotes", query={"deal_id": deal["id"], "state": "approved,issued"}, **world.viewer)
    assert [each["id"] for each in of_deal["items"]] == [quotes[0]["id"]]
    assert client.get("/quotes", query={"state": "nonsense"}, **world.viewer).status == 422


def test_a_repeated_order_makes_one_quote(client, world, deal):
    body = {"deal_id": deal["id"]}
    first = client.post("/quotes", body, idempotency_key="a", **world.sales)
    assert client.post("/quotes", body, idempotency_key="a", **world.sales).json == first.json
    assert client.post("/quotes", {"deal_id": "01JD0000000000000000000001"}, **world.sales).status == 422


def test_members_are_told_of_the_decision_in_their_language(client, world, deal, runtime, stream):
    body = {"enabled": True, "limits": [], "discount_above_percent": "0", "role": "admin", "version": 0}
    client.put("/approval-policy", body, **world.owner)
    quote = draft(client, world, deal)
    step(client, world, quote, "submit")
    step(client, world, quote, "reject", {"comment": "Sin descuento"}, who="owner")
    work(runtime, stream)
    told = [(recipient.split(".")[0], mime) for _, recipient, mime, _ in runtime.mailer.sent]
    assert [name for name, _ in told] == ["sales"], "what waited for approval was decided before anybody could be told"
    assert b"Sin descuento" in told[0][1]
