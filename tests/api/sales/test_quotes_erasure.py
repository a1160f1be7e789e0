"""A person is erased: what they were quoted stays for the books, without a word of theirs."""

import json
from typing import Any

from chalicelib import wiring
from chalicelib.customers.contacts import service as contacts
from tests.api.sales.test_quotes_api import draft, page_of, post, step, work
from tests.helpers import client_of

WORD = "canariounico"


def test_quotes_stay_for_the_books_without_the_person(client, workspace, runtime, stream, dynamodb, table_name):
    person = {"first_name": WORD, "emails": [{"address": f"{WORD}@example.com"}]}
    contact = client.post("/contacts", person, **workspace.owner).json
    company = client.post("/companies", {"name": "Ejemplo SL"}, **workspace.owner).json
    deal = client.post(
        "/deals", {"title": f"Web {WORD}", "contact_id": contact["id"], "company_id": company["id"]}, **workspace.owner
    ).json
    policy = {"enabled": True, "limits": [], "discount_above_percent": "0", "role": "admin", "version": 0}
    client.put("/approval-policy", policy, **workspace.owner)
    line = {"name": f"Para {WORD}", "unit_price": "100", "discount_percent": "5", "tax_percent": "21"}

    def offer() -> Any:
        quote = draft(client, workspace, deal, lines=[line], terms=f"Con {WORD}", currency="EUR")
        step(client, workspace, quote, "submit")
        step(client, workspace, quote, "approve", {"comment": f"Es {WORD}"}, who="owner")
        return step(client, workspace, quote, "issue", {"send": True, "message": f"Hola {WORD}"})

    accepted, waiting = offer(), offer()
    work(runtime, stream)
    post(client, accepted, action="accept", name=WORD, confirm="yes")
    never_out = draft(client, workspace, deal)
    other = client.post("/deals", {"title": "Ajena", "amount": "5"}, **workspace.owner).json
    kept = draft(client, workspace, other)
    step(client, workspace, kept, "submit")
    kept = step(client, workspace, kept, "issue")
    work(runtime, stream)
    assert sum(WORD.encode() in content or "quotes" in key for key, content in runtime.files.kept.items()) == 3

    whom = contacts.get_contact(table=runtime.table, workspace_id=workspace.id, contact_id=contact["id"])
    for _ in range(2):
        for feature in wiring.parts("erase").values():
            feature.erase(runtime, workspace.id, whom, frozenset({f"{WORD}@example.com"}))
        assert stream.project(runtime) == []

    found = []
    for page in client_of("dynamodb", dynamodb).get_paginator("scan").paginate(TableName=table_name):
        found += [
            f"{item['pk']} {item['sk']}" for item in page["Items"] if WORD in json.dumps(item, default=str).lower()
        ]
    assert found == []
    assert [key for key in runtime.files.kept if kept["id"] not in key] == []
    shown = client.get(f"/quotes/{accepted['id']}", **workspace.owner).json
    assert (shown["number"], shown["state"], shown["totals"]["total"]) == ("Q-2026-0001", "accepted", "114.95")
    assert (shown["title"], shown["accepted"]["name"], shown["accepted"]["ip"], shown["pdf_url"]) == (
        "—",
        "—",
        "",
        None,
    )
    assert [(row["action"], row["comment"]) for row in shown["approval"]["history"]] == [
        ("submitted", ""),
        ("approved", ""),
    ]
    assert client.get(f"/quotes/{waiting['id']}", **workspace.owner)["state"] == "expired"
    assert "<form" not in client.get(page_of(waiting), base="").text
    assert client.get(f"/quotes/{never_out['id']}", **workspace.owner).status == 404
    assert client.get(f"/quotes/{kept['id']}", **workspace.owner)["title"] == "Ajena"
    work(runtime, stream)
    assert [key for key in runtime.files.kept if kept["id"] not in key] == [], (
        "a late order puts nothing on paper again"
    )
