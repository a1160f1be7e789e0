"""A person is erased: a canary stands in everything that can be said of a person, and afterwards nowhere.

Every store is looked at as a whole: all items of the table with their indexes, all files, what waits on queues, the projector's
dead letters, and every line that was logged.
"""

import itertools
import json
import logging
from typing import Any

import pytest

from chalicelib.foundation.files import FakeFiles
from chalicelib.marketing.tracking.domain import Copy, token_of
from chalicelib.wiring import CONSUMERS, RAW_QUEUES, _load
from tests.helpers import Stream, client_of

CANARY = "canariounico"
OTHERS = "vecino"
"""What must still be there."""


class Life:
    """A workspace in which everything has happened with one person."""

    def __init__(self, client: Any, world: Any, stream: Stream, dynamo: Any, table_name: str):
        self.client, self.world, self.stream = client, world, stream
        self.dynamo, self.table_name = dynamo, table_name
        self.who = world.owner
        self.runtime = client.runtime
        self.keys = itertools.count()

    def call(
        self, method: str, path: str, body: Any = None, *, expect: tuple[int, ...] = (200, 201, 202, 204), **more: Any
    ) -> Any:
        self.runtime.clock.advance(seconds=2)
        key = {"idempotency_key": f"key {next(self.keys)}"} if method == "POST" else {}
        reply = self.client.request(method, path, body, **self.who, **key, **more)
        assert reply.status in expect, f"{method} {path}: {reply.status} {reply.text}"
        return reply.json

    def post(self, path: str, body: Any = None) -> Any:
        return self.call("POST", path, body if body is not None else {})

    def settle(self, *, rounds: int = 12) -> None:
        """The projector and the queues, until there is nothing left to do."""
        for _ in range(rounds):
            assert self.stream.project(self.runtime) == []
            waiting, self.runtime.queues.published = list(self.runtime.queues.published), []
            if not waiting:
                return
            for queue, envelope, delay in waiting:
                self.runtime.clock.advance(seconds=max(1, delay))
                if queue in RAW_QUEUES:
                    continue
                for place in CONSUMERS.get(queue, "").split():
                    _load(place)(self.runtime, envelope)
        pytest.fail("the queues never come to rest")

    def hits(self, word: str) -> list[str]:
        """Where a word stands."""
        found = []
        for page in self.dynamo.get_paginator("scan").paginate(TableName=self.table_name):
            for item in page["Items"]:
                if word in json.dumps(item, default=str, ensure_ascii=False).lower():
                    found.append(f"{item['pk']['S']} / {item['sk']['S']}")
        files = self.runtime.files
        assert isinstance(files, FakeFiles)
        found += [
            f"file {key}" for key, content in files.kept.items() if word.encode() in content.lower() or word in key
        ]
        found += [
            f"queue {queue}" for queue, each, _ in self.runtime.queues.published if word in each.to_json().lower()
        ]
        return found + [f"dead letter {body[:40]}" for body in self.runtime.dead_letters.bodies if word in body.lower()]


@pytest.fixture
def life(client, workspace, stream, dynamodb, table_name) -> Life:
    return Life(client, workspace, stream, client_of("dynamodb", dynamodb), table_name)


def person(word: str) -> dict[str, Any]:
    return {
        "first_name": word,
        "last_name": f"{word} Dos",
        "title": word,
        "job_title": word,
        "company_name": f"{word} SL",
        "emails": [{"address": f"{word}@example.com", "label": word}],
        "phones": [{"number": f"+3460000{1000 + len(word)}", "label": word}],
        "addresses": [
            {"label": word, "street": word, "city": word, "region": word, "postal_code": "1", "country": "ES"}
        ],
        "city": word,
        "tags": [word],
        "interests": [word],
        "kyc": {"status": "verified", "document_type": word, "document_number": word, "note": word},
    }


def live(life: Life, word: str) -> str:
    """Everything that can be said of a person, by every way in that there is."""
    contact_id = str(life.post("/contacts", person(word))["id"])
    field_id = life.post("/fields", {"kind": "contact", "name": f"Mote {len(word)}", "type": "text"})
    life.call(
        "PATCH", f"/contacts/{contact_id}", {"version": 1, "custom": {field_id["key"]: word}, "tags": [word, "b"]}
    )
    twin = life.post("/contacts", {**person(word), "emails": [{"address": f"{word}.2@example.net"}], "phones": []})
    life.post("/contacts", {"first_name": word, "last_name": f"{word} Dos", "company_name": f"{word} SL"})
    life.settle()
    life.post(f"/contacts/{contact_id}/notes", {"text": f"Nota sobre {word}"})
    life.post(
        f"/contacts/{contact_id}/consents",
        {"purpose": "marketing_email", "state": "granted", "proof": f"{word} dijo sí"},
    )
    life.post(f"/contacts/{contact_id}/merge", {"other_id": twin["id"]})
    segment = life.post("/segments", {"name": "Lista", "kind": "static", "contact_ids": [contact_id]})
    life.post(
        "/segments",
        {"name": "Todos", "kind": "dynamic", "conditions": {"all": [{"field": "contact.email", "op": "present"}]}},
    )
    company = life.post("/companies", {"name": f"Empresa {len(word)}"})
    deal = life.post(
        "/deals", {"title": f"Venta a {word}", "amount": "10.00", "contact_id": contact_id, "company_id": company["id"]}
    )
    life.post("/quotes", {"deal_id": deal["id"], "title": f"Presupuesto de {word}", "terms": f"Para {word}"})
    life.post("/tasks", {"title": f"Llamar a {word}", "note": word, "contact_id": contact_id})
    life.post(
        f"/contacts/{contact_id}/activities", {"kind": "call", "text": f"Con {word}", "company_id": company["id"]}
    )
    file(life, contact_id, word)
    lead = life.post("/leads", {"contact_id": contact_id})
    life.call(
        "PATCH",
        f"/leads/{lead['id']}",
        {"version": 1, "status": "disqualified", "disqualify_reason": f"{word} no quiere"},
    )
    form(life, word)
    life.settle()
    bring_in_and_out(life, contact_id, word)
    campaign(life, segment["id"], contact_id, word)
    life.settle()
    messages(life, word)
    return contact_id


def messages(life: Life, word: str) -> None:
    """A single mail that was sent, and one that waits."""
    text = {"format": "html", "source": "<p>{{ data.name }}, {{ contact.last_name }}</p>"}
    body = {"to": f"{word}@example.com", "subject": "Para {{ data.name }}", "body": text, "data": {"name": word}}
    life.post("/messages", body)
    life.settle()
    life.post("/messages", body)


def file(life: Life, contact_id: str, word: str) -> None:
    about = {"kind": "contact", "id": contact_id}
    content = f"Carta de {word}".encode()
    begun = life.post(
        "/files", {"file_name": f"{word}.txt", "content_type": "text/plain", "size": len(content), "about": about}
    )
    life.runtime.files.receive(begun["upload"]["fields"]["key"], content)
    life.post(f"/files/{begun['id']}/complete")


def bring_in_and_out(life: Life, contact_id: str, word: str) -> None:
    """An import that changes the person, a bulk change with its journal, exports in plain text and packed."""
    begun = life.post("/imports", {"file_name": "feria.csv", "kind": "contact", "mode": "both", "match_field": "email"})
    content = (
        f"email,first_name,city\n{word}@example.com,{word},{word} de Arriba\nother.{len(word)}@example.org,Otra,Lugo\n"
    )
    life.runtime.files.receive(begun["upload"]["fields"]["key"], content.encode())
    life.call("GET", f"/imports/{begun['id']}/preview")
    life.post(f"/imports/{begun['id']}/start")
    life.settle()
    assert life.call("GET", f"/imports/{begun['id']}")["state"] == "done"
    life.post("/bulk", {"kind": "contact", "ids": [contact_id], "action": {"name": "tag", "tags": ["masivo"]}})
    for format_ in ("csv", "json"):
        life.post("/exports", {"kind": "contact", "format": format_})
    life.settle()


CONSENT = {"id": "news", "text": {"es": "Quiero recibir novedades"}}


def form(life: Life, word: str) -> None:
    fields = [
        {"name": name, "type": kind, "required": name == "email", "label": {"en": name}}
        for name, kind in (("email", "email"), ("first_name", "text"), ("message", "textarea"))
    ]
    made = life.post(
        "/forms", {"name": f"Formulario {len(word)}", "fields": fields, "consents": [CONSENT], "double_opt_in": True}
    )
    for trap in ("", "https://trap.example"):
        token = life.client.get(f"/forms/{made['form_key']}")["token"]
        life.runtime.clock.advance(seconds=10)
        values = {"email": f"{word}@example.com", "first_name": word, "message": f"Soy {word}"}
        reply = life.client.post(
            f"/forms/{made['form_key']}/submissions",
            {
                "token": token,
                "values": values,
                "consents": ["news"],
                "website": trap,
                "page": {"url": f"https://x.example/?n={word}"},
            },
        )
        assert reply.status == 202, reply.text


def campaign(life: Life, segment_id: str, contact_id: str, word: str) -> None:
    body = {
        "format": "mjml",
        "source": "<mjml><mj-body><mj-text>Hola {{ contact.first_name }}</mj-text></mj-body></mjml>",
    }
    made = life.post(
        "/campaigns",
        {
            "name": "C",
            "subject": "Hola",
            "from": {"name": "A", "email": "a@acme.example"},
            "body": body,
            "segment_ids": [segment_id],
        },
    )
    life.post(f"/campaigns/{made['id']}/send")
    life.settle()
    life.runtime.clock.advance(minutes=10)
    picture = token_of(life.runtime.signer, "open", Copy(life.world.id, made["id"], contact_id))
    headers = {"User-Agent": f"{word} Thunderbird/1", "Accept": "image/*"}
    assert life.client._client.http.request("GET", f"/t/o/{picture}.gif", headers=headers, body=b"").status_code == 200


def test_an_erased_person_is_nowhere(life, caplog, capsys):
    caplog.set_level(logging.INFO)
    neighbour = live(life, OTHERS)
    contact_id = live(life, CANARY)
    strangers = [each for each in life.hits(CANARY) if "IDEMPOTENCY" not in each]
    assert len(strangers) > 30
    job = life.post(f"/contacts/{contact_id}/export")
    life.settle()
    assert life.call("GET", f"/jobs/{job['id']}")["state"] == "done"
    assert any(CANARY.encode() in json.dumps(key).encode() or key.endswith(".zip") for key in life.runtime.files.kept)
    life.runtime.dead_letters.bodies += [json.dumps({"NewImage": person(CANARY), "id": contact_id}), '{"of": "others"}']
    third = next(
        each
        for each in life.call("GET", "/contacts")["items"]
        if each["first_name"] == CANARY and each["id"] != contact_id
    )

    job = life.post(f"/contacts/{contact_id}/erase")
    assert life.call("GET", f"/contacts/{contact_id}", expect=(404,))
    assert life.post(f"/contacts/{contact_id}/erase")["id"] == job["id"]
    life.settle()
    done = life.call("GET", f"/jobs/{job['id']}")
    assert done["state"] == "done", done
    life.post(f"/contacts/{third['id']}/erase")
    life.settle()

    assert "\n".join(life.hits(CANARY)) == ""
    assert CANARY not in caplog.text.lower() + capsys.readouterr().out.lower()
    assert life.runtime.dead_letters.bodies == ['{"of": "others"}']
    lines = life.call("GET", f"/audit?subject_id={contact_id}")["items"]
    said = {line["action"]: line for line in lines}
    assert said["contact.erased"]["actor"] == f"member:{life.world.users['owner']}"
    assert all(line["before"] == {} and line["after"] in ({}, {"job_id": job["id"]}) for line in lines)
    # the others are untouched, and the address stays out of the mail
    assert life.call("GET", f"/contacts/{neighbour}")["first_name"] == OTHERS
    assert life.call("GET", f"/search?q={OTHERS}")["items"]
    again = life.post("/contacts", {"emails": [{"address": f"{CANARY}@example.com"}]})
    assert again["suppressed"]["reason"] == "erased"
    assert life.call("GET", f"/contacts/{contact_id}", expect=(404,))
    assert life.call("POST", f"/contacts/{contact_id}/erase", {}, expect=(404, 202))
