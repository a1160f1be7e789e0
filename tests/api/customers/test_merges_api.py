"""Merging two contacts over HTTP, and parting them again."""

from typing import Any

import pytest

from chalicelib.foundation.messaging import FakeQueues
from chalicelib.wiring import CONSUMERS, _load
from tests.helpers import Stream

ANA = {
    "first_name": "Ana",
    "emails": [{"address": "ana@example.com", "label": "trabajo"}],
    "phones": [{"number": "+34600111222"}],
    "tags": ["vip"],
    "interests": ["Surf"],
    "city": "Cádiz",
    "lifecycle_stage": "retention",
}
OTHER = {
    "first_name": "Anita",
    "last_name": "García",
    "emails": [{"address": "ana@example.net"}],
    "tags": ["prensa"],
    "interests": ["surf", "Vela"],
    "city": "Sevilla",
    "birthday": "1990-02-28",
    "addresses": [{"street": "Calle 1", "city": "Sevilla", "country": "ES"}],
    "kyc": {"status": "verified", "document_type": "DNI", "document_number": "1Z"},
    "satisfaction": 9,
}


class Two:
    """Two contacts of one workspace."""

    def __init__(self, client: Any, workspace: Any, stream: Stream):
        self.client, self.workspace, self.stream = client, workspace, stream
        self.who = workspace.owner
        self.first, self.other = (str(self.post("/contacts", each, 201)["id"]) for each in (ANA, OTHER))

    def post(self, path: str, body: Any = None, expect: int = 200) -> Any:
        reply = self.client.post(path, body, **self.who)
        assert reply.status == expect, f"{path}: {reply.status} {reply.text}"
        return reply.json

    def get(self, contact_id: str) -> str:
        reply = self.client.get(f"/contacts/{contact_id}", **self.who)
        assert reply.status == 200, reply.text
        return str(reply.text)

    def merge(self, **choices: str) -> Any:
        self.client.runtime.clock.advance(minutes=1)
        return self.post(f"/contacts/{self.first}/merge", {"other_id": self.other, "choices": choices}, 201)

    def settle(self) -> None:
        """The projector and the queues do their work."""
        runtime = self.client.runtime
        for _ in range(4):
            assert self.stream.project(runtime) == []
            queues, runtime.queues.published = list(runtime.queues.published), []
            assert isinstance(runtime.queues, FakeQueues)
            for queue, envelope, _ in queues:
                for place in CONSUMERS.get(queue, "").split():
                    _load(place)(runtime, envelope)


@pytest.fixture
def two(client, workspace, stream) -> Two:
    return Two(client, workspace, stream)


def test_merge_and_undo_restore_both_byte_for_byte(two):
    two.settle()
    before = [two.get(each) for each in (two.first, two.other)]
    done = two.merge(city="other")
    two.settle()
    survivor = two.client.get(f"/contacts/{two.first}", **two.who).json
    assert survivor["merged_ids"] == [two.other]
    gone = two.client.get(f"/contacts/{two.other}", **two.who)
    assert (gone.status, gone["merged_into"]) == (404, two.first)
    parted = two.post(f"/merges/{done['merge_id']}/undo")
    assert [each["id"] for each in parted["contacts"]] == [two.first, two.other]
    assert [two.get(each) for each in (two.first, two.other)] == before
    two.settle()
    assert [two.get(each) for each in (two.first, two.other)] == before
    assert two.post(f"/merges/{done['merge_id']}/undo") == parted
    assert [two.get(each) for each in (two.first, two.other)] == before


def test_what_the_survivor_gets(two):
    contact = two.merge(city="other", first_name="other")["contact"]
    assert [each["address"] for each in contact["emails"]] == ["ana@example.com", "ana@example.net"]
    assert [each["primary"] for each in contact["emails"]] == [True, False]
    assert (contact["first_name"], contact["last_name"], contact["city"]) == ("Anita", "García", "Sevilla")
    assert (contact["tags"], contact["interests"]) == (["prensa", "vip"], ["Surf", "Vela"])
    assert (contact["birthday"], contact["satisfaction"], contact["lifecycle_stage"]) == ("1990-02-28", 9, "retention")
    assert (contact["kyc"]["status"], contact["addresses"][0]["street"]) == ("verified", "Calle 1")
    taken = two.client.post("/contacts", {"emails": [{"address": "ana@example.net"}]}, **two.who)
    assert taken.status == 422


def test_the_preview_is_what_comes(two):
    asked = {"other_id": two.other, "choices": {"city": "other"}}
    preview = two.post(f"/contacts/{two.first}/merge/preview", asked)
    chosen = {each["field"]: (each["this"], each["other"], each["chosen"]) for each in preview["differences"]}
    assert chosen["city"] == ("Cádiz", "Sevilla", "other")
    assert chosen["first_name"] == ("Ana", "Anita", "this")
    assert chosen["birthday"] == (None, "1990-02-28", "other")
    assert chosen["kyc"][1]["document_number"] == "1Z"
    assert "emails" not in chosen
    assert "language" not in chosen
    done = two.merge(city="other")["contact"]
    differ = {name for name, value in done.items() if preview["survivor"][name] != value}
    assert differ <= {"version", "updated_at"}


def test_what_cannot_be_merged(two, other_workspace):
    foreign = two.client.post("/contacts", {"first_name": "Eva"}, **other_workspace.owner)["id"]
    for other, choices, field, code in (
        (two.first, {}, "other_id", "same"),
        (foreign, {}, "other_id", "unknown"),
        ("nobody", {}, "other_id", "unknown"),
        (two.other, {"workspace_id": "this"}, "choices.workspace_id", "unknown"),
        (two.other, {"emails": "other"}, "choices.emails", "unknown"),
        (two.other, {"custom.nothing": "other"}, "choices.custom.nothing", "unknown"),
    ):
        for path in ("merge", "merge/preview"):
            body = {"other_id": other, "choices": choices}
            refused = two.client.post(f"/contacts/{two.first}/{path}", body, **two.who)
            assert refused.status == 422, refused.text
            assert [(each["field"], each["code"]) for each in refused["errors"]] == [(field, code)]


def test_edits_since_are_kept_field_by_field(two):
    done = two.merge()
    change = {"version": done["contact"]["version"], "job_title": "Jefa", "tags": ["vip", "prensa", "nueva"]}
    assert two.client.patch(f"/contacts/{two.first}", change, **two.who).status == 200
    first, other = two.post(f"/merges/{done['merge_id']}/undo")["contacts"]
    assert (first["job_title"], first["city"], first["last_name"], first["birthday"]) == ("Jefa", "Cádiz", None, None)
    assert (first["tags"], other["tags"]) == (["nueva", "vip"], ["prensa"])
    assert [each["address"] for each in first["emails"]] == ["ana@example.com"]
    assert [each["address"] for each in other["emails"]] == ["ana@example.net"]
    assert first["version"] > done["contact"]["version"]
    assert first["merged_ids"] == []


def test_a_merge_can_be_taken_back_for_thirty_days(two):
    done = two.merge()
    listed = two.client.get("/merges", **two.who)["items"]
    assert [(each["id"], each["survivor_id"], each["other_id"], each["state"]) for each in listed] == [
        (done["merge_id"], two.first, two.other, "done")
    ]
    assert listed[0]["actor"] == f"member:{two.workspace.users['owner']}"
    two.client.runtime.clock.advance(days=30)
    late = two.client.post(f"/merges/{done['merge_id']}/undo", **two.who)
    assert late.status == 422
    assert late["errors"][0]["code"] == "too_late"


def test_the_later_merge_is_undone_first(two):
    first = two.merge()
    third = str(two.post("/contacts", {"first_name": "Eva"}, 201)["id"])
    later = two.post(f"/contacts/{third}/merge", {"other_id": two.first}, 201)
    assert later["contact"]["merged_ids"] == [two.first, two.other]
    gone = two.client.get(f"/contacts/{two.other}", **two.who)
    assert gone["merged_into"] == third
    assert two.client.post(f"/merges/{first['merge_id']}/undo", **two.who).status == 409
    two.post(f"/merges/{later['merge_id']}/undo")
    two.post(f"/merges/{first['merge_id']}/undo")
    assert two.client.get(f"/contacts/{two.other}", **two.who).status == 200


def test_the_stricter_answer_stays(two):
    said = {"purpose": "marketing_email", "proof": "por teléfono"}
    two.post(f"/contacts/{two.first}/consents", {**said, "state": "granted"}, 201)
    two.client.runtime.clock.advance(minutes=1)
    two.post(f"/contacts/{two.other}/consents", {**said, "state": "withdrawn"}, 201)
    two.client.runtime.clock.advance(minutes=1)
    two.post(f"/contacts/{two.first}/consents", {**said, "purpose": "calls", "state": "granted"}, 201)
    done = two.merge()
    answers = {each["purpose"]: each["state"] for each in done["contact"]["consents"]}
    assert answers == {"marketing_email": "withdrawn", "calls": "granted"}
    two.post(f"/contacts/{two.first}/consents", {**said, "purpose": "calls", "state": "withdrawn"}, 201)
    first, other = two.post(f"/merges/{done['merge_id']}/undo")["contacts"]
    assert {each["purpose"]: each["state"] for each in first["consents"]} == {
        "marketing_email": "granted",
        "calls": "withdrawn",
    }
    assert {each["purpose"]: each["state"] for each in other["consents"]} == {
        "marketing_email": "withdrawn",
        "calls": "withdrawn",
    }


def test_a_repeated_merge_is_one(two):
    body = {"other_id": two.other}
    first = two.client.post(f"/contacts/{two.first}/merge", body, **two.who, idempotency_key="once")
    again = two.client.post(f"/contacts/{two.first}/merge", body, **two.who, idempotency_key="once")
    assert (first.status, again.text) == (201, first.text)
    assert len(two.client.get("/merges", **two.who)["items"]) == 1


def test_a_duplicate_is_told_and_vanishes_with_the_merge(client, workspace, stream):
    body = {"first_name": "Ana", "last_name": "García", "company_name": "Ejemplo"}
    first = client.post("/contacts", body, **workspace.owner)
    assert stream.project(client.runtime) == []
    second = client.post("/contacts", body, **workspace.owner)
    assert second["possible_duplicates"] == [
        {
            "id": first["id"],
            "display_name": "Ana García",
            "reasons": [{"code": "same_name_and_company", "field": "company_name"}],
        }
    ]
    assert stream.project(client.runtime) == []
    [pair] = client.get("/duplicates", **workspace.owner)["items"]
    assert {each["id"] for each in pair["contacts"]} == {first["id"], second["id"]}
    [found] = client.get(f"/contacts/{first['id']}/duplicates", **workspace.owner)["items"]
    assert (found["id"], found["contact"]["id"]) == (pair["id"], second["id"])
    done = client.post(f"/contacts/{first['id']}/merge", {"other_id": second["id"]}, **workspace.owner)
    assert done.status == 201
    assert client.get("/duplicates", **workspace.owner)["items"] == []
    assert stream.project(client.runtime) == []
    client.post(f"/merges/{done['merge_id']}/undo", **workspace.owner)
    assert stream.project(client.runtime) == []
    assert [each["id"] for each in client.get("/duplicates", **workspace.owner)["items"]] == [pair["id"]]
    ignored = client.post(f"/duplicates/{pair['id']}/ignore", **workspace.owner)
    assert ignored["state"] == "ignored"
    assert client.get("/duplicates", **workspace.owner)["items"] == []
    again = client.post(f"/duplicates/{pair['id']}/reopen", **workspace.owner)
    assert again["state"] == "open"
    assert client.post(f"/duplicates/{pair['id']}/reopen", **workspace.owner)["state"] == "open"
    assert [each["id"] for each in client.get("/duplicates", **workspace.owner)["items"]] == [pair["id"]]
    assert client.get("/duplicates", query={"state": "ignored"}, **workspace.owner)["items"] == []


def test_two_companies_become_one_and_part_again(client, workspace, stream):
    who = workspace.owner
    first = client.post("/companies", {"name": "Ejemplo", "domains": ["ejemplo.es"], "city": "Cádiz"}, **who)["id"]
    body = {"name": "Ejemplo S.L.", "domains": ["ejemplo.com"], "industry": "Pan", "tags": ["vip"], "city": "Sevilla"}
    other = client.post("/companies", body, **who)["id"]
    people = [client.post("/contacts", {"first_name": f"P{n}", "company_id": other}, **who)["id"] for n in range(3)]
    before = [client.get(f"/companies/{each}", **who).text for each in (first, other)]

    def work() -> None:
        runtime = client.runtime
        for _ in range(4):
            assert stream.project(runtime) == []
            waiting, runtime.queues.published = list(runtime.queues.published), []
            for queue, envelope, _ in waiting:
                for place in CONSUMERS.get(queue, "").split():
                    _load(place)(runtime, envelope)

    asked = {"other_id": other, "choices": {"city": "other"}}
    preview = client.post(f"/companies/{first}/merge/preview", asked, **who)
    assert preview.status == 200, preview.text
    assert {each["field"]: each["chosen"] for each in preview["differences"]} == {
        "name": "this",
        "industry": "other",
        "city": "other",
    }
    done = client.post(f"/companies/{first}/merge", asked, **who)
    assert done.status == 201, done.text
    assert done["company"]["domains"] == ["ejemplo.es", "ejemplo.com"]
    assert (done["company"]["city"], done["company"]["industry"], done["company"]["tags"]) == (
        "Sevilla",
        "Pan",
        ["vip"],
    )
    gone = client.get(f"/companies/{other}", **who)
    assert (gone.status, gone["merged_into"]) == (404, first)
    work()
    moved = [client.get(f"/contacts/{each}", **who).json for each in people]
    assert {(each["company_id"], each["company_name"]) for each in moved} == {(first, "Ejemplo")}
    [listed] = client.get("/merges", **who)["items"]
    assert (listed["kind"], listed["id"]) == ("company", done["merge_id"])

    parted = client.post(f"/merges/{done['merge_id']}/undo", **who)
    assert parted.status == 200, parted.text
    assert [each["id"] for each in parted["companies"]] == [first, other]
    work()
    assert [client.get(f"/companies/{each}", **who).text for each in (first, other)] == before
    back = [client.get(f"/contacts/{each}", **who).json for each in people]
    assert {(each["company_id"], each["company_name"]) for each in back} == {(other, "Ejemplo S.L.")}
    same = client.post(f"/companies/{first}/merge", {"other_id": first}, **who)
    assert [each["code"] for each in same["errors"]] == ["same"]
