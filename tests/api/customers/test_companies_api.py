"""Companies over HTTP: every field, their names in contacts, the bin, lists."""

import pytest

from chalicelib.customers.companies.consumers import handle
from chalicelib.customers.contacts import service as contacts

FULL = {
    "name": "Ejemplo SL", "domains": ["https://www.Ejemplo.es", "ejemplo.com", "EJEMPLO.es"], "website": "https://ejemplo.es/x",
    "industry": "Moda", "size": 0, "emails": [{"address": "Hola@Ejemplo.es"}], "phones": [{"number": "+34 600 111 222"}],
    "addresses": [{"street": "Calle 1", "city": "Vigo", "country": "ES"}], "tags": ["Cliente"], "description": "Una\ndos",
}  # fmt: skip


def drain(runtime, stream) -> None:
    """Project what has happened, and carry out the orders until there are none."""
    done = 0
    while True:
        assert stream.project(runtime) == []
        orders = runtime.queues.on("jobs")[done:]
        if not orders:
            return
        done += len(orders)
        for order in orders:
            handle(runtime, order)


def test_every_field_of_a_company(client, workspace):
    owner = workspace.users["sales"]
    made = client.post("/companies", {**FULL, "owner_id": owner}, **workspace.sales)
    assert made.status == 201, made.text
    assert (made["domain"], made["domains"]) == ("ejemplo.es", ["ejemplo.es", "ejemplo.com"])
    assert (made["size"], made["owner_id"], made["city"], made["country"]) == (0, owner, "Vigo", "ES")
    assert made["emails"][0] == {"address": "hola@ejemplo.es", "label": "", "primary": True}
    path = f"/companies/{made['id']}"
    assert client.get(path, **workspace.viewer).json == made.json
    taken = client.post("/companies", {"name": "x", "domains": ["otra.es", "ejemplo.com"]}, **workspace.sales)
    assert taken["errors"] == [{"field": "domains.1", "message": "Another company has this domain.", "code": "taken"}]
    moved = client.patch(path, {"version": 1, "domain": "nuevo.es", "size": None}, **workspace.sales)
    assert (moved["domains"], moved["size"]) == (["nuevo.es", "ejemplo.com"], None)
    same = client.patch(path, {"version": 2, "name": None, "industry": "Moda"}, **workspace.sales)
    assert (same["name"], same["version"]) == ("Ejemplo SL", 2)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "a\x00"}, "name"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"domains": ["ok.es", "no domain"]}, "domains.1"),
        ({"size": -1}, "size"),
        ({"owner_id": "nobody"}, "owner_id"),
        ({"parent_id": "01HZZZZZZZZZZZZZZZZZZZZZZZ"}, "parent_id"),
        ({"emails": [{"address": "x"}]}, "emails.0.address"),
    ],
)
def test_what_a_company_cannot_have_is_named(client, workspace, wrong, field):
    reply = client.post("/companies", {"name": "x", **wrong}, **workspace.sales)
    assert (reply.status, reply["errors"][0]["field"]) == (422, field)


def test_no_company_stands_above_itself(client, workspace):
    ids = []
    for parent in (None, 0, 1):
        body = {"name": "x", "parent_id": None if parent is None else ids[parent]}
        ids.append(client.post("/companies", body, **workspace.sales)["id"])
    for parent in ids:
        reply = client.patch(f"/companies/{ids[0]}", {"version": 1, "parent_id": parent}, **workspace.sales)
        assert (reply.status, reply["errors"][0]["code"]) == (422, "cycle")


def test_a_new_name_reaches_the_contacts(client, workspace, runtime, stream):
    company = client.post("/companies", {"name": "Vieja"}, **workspace.sales)
    people = [
        client.post("/contacts", {"first_name": f"n{number}", "company_id": company["id"]}, **workspace.sales)
        for number in range(3)
    ]
    path = f"/companies/{company['id']}"
    client.patch(path, {"version": 1, "name": "Nueva"}, **workspace.sales)
    drain(runtime, stream)
    for person in people:
        shown = client.get(f"/contacts/{person['id']}", **workspace.viewer)
        assert (shown["company_name"], shown["version"]) == ("Nueva", 2)
        # it is no edit: who read the contact before may still change it
        assert client.patch(f"/contacts/{person['id']}", {"version": 1, "city": "x"}, **workspace.sales).status == 200
    hits = client.get("/search", query={"q": "nueva"}, **workspace.viewer)["items"]
    assert sorted(hit["kind"] for hit in hits) == ["company", "contact", "contact", "contact"]
    assert client.get("/search", query={"q": "vieja"}, **workspace.viewer)["items"] == []


def test_a_name_reaches_many_contacts_page_by_page(client, workspace, runtime, stream, monkeypatch):
    monkeypatch.setattr("chalicelib.customers.companies.consumers._PAGE", 2)
    company = client.post("/companies", {"name": "Vieja"}, **workspace.sales)
    for number in range(5):
        client.post("/contacts", {"first_name": f"n{number}", "company_id": company["id"]}, **workspace.sales)
    client.patch(f"/companies/{company['id']}", {"version": 1, "name": "Nueva"}, **workspace.sales)
    drain(runtime, stream)
    found = client.get("/contacts", query={"company_id": company["id"]}, **workspace.viewer)["items"]
    assert {each["company_name"] for each in found} == {"Nueva"}
    versions = {each["id"]: each["version"] for each in found}
    for order in runtime.queues.on("jobs"):  # again: nothing is left to do
        handle(runtime, order)
    found = client.get("/contacts", query={"company_id": company["id"]}, **workspace.viewer)["items"]
    assert {each["id"]: each["version"] for each in found} == versions


def test_a_deleted_company_is_found_nowhere_and_can_be_restored(client, workspace, runtime, stream):
    made = client.post("/companies", FULL, **workspace.sales)
    person = client.post("/contacts", {"first_name": "Ana", "company_id": made["id"]}, **workspace.sales)
    path = f"/companies/{made['id']}"
    drain(runtime, stream)
    industry = '[{"field": "industry", "op": "is", "value": "moda"}]'

    def found() -> list[int]:
        lists = [{}, {"tag": "cliente"}, {"sort": "name"}, {"filter": industry}, {"q": "ejem"}]
        return [len(client.get("/companies", query=each, **workspace.key)["items"]) for each in lists]

    assert found() == [1] * 5
    assert client.delete(path, query={"version": 3}, **workspace.sales).status == 409
    assert client.delete(path, **workspace.sales).status == 204
    drain(runtime, stream)
    assert found() == [0] * 5
    assert client.get(path, **workspace.key).status == 404
    assert client.get(f"/contacts/{person['id']}", **workspace.key)["company_name"] == "Ejemplo SL"
    [binned] = client.get("/companies", query={"deleted": "true"}, **workspace.key)["items"]
    assert binned["id"] == made["id"]
    other = client.post("/companies", {"name": "Otra", "domain": "ejemplo.com"}, **workspace.sales)
    assert other.status == 201
    taken = client.post(f"{path}/restore", **workspace.sales)
    assert (taken.status, taken["errors"][0]["field"]) == (422, "domains.1")
    client.delete(f"/companies/{other['id']}", **workspace.sales)
    assert client.post(f"{path}/restore", **workspace.sales)["domains"] == ["ejemplo.es", "ejemplo.com"]
    drain(runtime, stream)
    assert found() == [1] * 5


def test_what_is_gone_for_good_is_swept(client, workspace, runtime, stream):
    company = client.post("/companies", {"name": "Ejemplo"}, **workspace.sales)
    person = client.post("/contacts", {"first_name": "Ana", "company_id": company["id"]}, **workspace.sales)
    client.delete(f"/companies/{company['id']}", **workspace.sales)
    drain(runtime, stream)
    key = {"pk": {"S": f"W#{workspace.id}#CO#{company['id']}"}, "sk": {"S": "COMPANY"}}
    note = {**key, "sk": {"S": "ACT#2026"}, "kind": {"S": "nothing"}, "workspace_id": {"S": workspace.id}}
    runtime.table.raw("PutItem", {"Item": note}, write=True)
    runtime.table.raw("DeleteItem", {"Key": key}, write=True)  # as DynamoDB does when its time is over
    drain(runtime, stream)
    left = runtime.table.raw(
        "Query",
        {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": key["pk"]}},
        write=False,
    )
    assert left["Items"] == []
    contact = contacts.get_contact(table=runtime.table, workspace_id=workspace.id, contact_id=person["id"])
    assert (contact.company_id, contact.company_name) == ("", "Ejemplo")


def test_companies_are_listed_by_size(client, workspace, runtime, stream):
    for name, size in (("a", 10), ("b", None), ("c", 9), ("d", 100)):
        client.post("/companies", {"name": name, "size": size}, **workspace.sales)
    assert stream.project(runtime) == []

    def names(**query) -> str:
        return "".join(each["name"] for each in client.get("/companies", query=query, **workspace.viewer)["items"])

    assert names(sort="size") == "bcad"
    assert names(sort="-size") == "dacb"
    assert names(filter='[{"field": "size", "op": "between", "from": 9, "to": 10}]', sort="name") == "ac"
    assert client.get("/counts", query={"kind": "company"}, **workspace.viewer).json == {"count": 4, "exact": True}
