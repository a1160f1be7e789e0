"""Converting a lead over HTTP: everything linked at once, or nothing."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.customers.leads import service as leads
from chalicelib.sales.conversion import service
from chalicelib.sales.conversion.domain import CompanyChoice, ConversionOrder
from chalicelib.sales.pipelines import service as pipelines
from infra.local.priced import PricedTable
from tests.contract.patterns import check

DEAL = {"title": "Tienda nueva", "amount": "1200.50", "currency": "EUR"}


@pytest.fixture
def lead(client, workspace):
    def make(email: str = "ana@ejemplo.example", **more: Any) -> Any:
        person = {"first_name": "Ana", "last_name": "García", "email": email}
        reply = client.post("/leads", {"contact": person, **more}, **workspace.owner)
        assert reply.status == 201, reply.text
        return reply.json

    return make


@pytest.fixture
def convert(client, workspace):
    def run(lead: Any, **body: Any) -> Any:
        who = body.pop("who", workspace.sales)
        return client.post(f"/leads/{lead['id']}/convert", body, **who)

    return run


def everything(items: Any) -> set[tuple[str, str]]:
    return {(row["id"], row.get("name") or row.get("title")) for row in items}


def test_a_lead_becomes_a_customer_a_company_and_a_deal(client, workspace, lead, convert, stream, runtime):
    made = lead(owner_id=workspace.users["sales"])
    company = {"name": "Ejemplo SL"}
    done = convert(made, company=company, deal={**DEAL, "expected_close": "2026-12-24"}, version=made["version"])
    assert done.status == 200, done.text
    kept = done["lead"]
    assert (kept["status"], kept["deal_id"], kept["company_id"]) == ("converted", done["deal_id"], done["company_id"])
    assert (kept["converted_at"], kept["version"]) == (kept["updated_at"], made["version"] + 1)
    assert client.get(f"/leads/{made['id']}", **workspace.key).json == kept
    contact = client.get(f"/contacts/{done['contact_id']}", **workspace.key).json
    assert (contact["company_id"], contact["company_name"]) == (done["company_id"], "Ejemplo SL")
    assert (contact["lifecycle_stage"], contact["owner_id"]) == ("acquisition", workspace.users["sales"])
    assert contact["open_lead_id"] is None
    firm = client.get(f"/companies/{done['company_id']}", **workspace.key).json
    assert (firm["name"], firm["domain"]) == ("Ejemplo SL", "ejemplo.example")
    deal = client.get(f"/deals/{done['deal_id']}", **workspace.key).json
    assert (deal["title"], deal["amount"], deal["expected_close"]) == ("Tienda nueva", "1200.50", "2026-12-24")
    assert (deal["contact_id"], deal["company_id"]) == (done["contact_id"], done["company_id"])
    assert deal["owner_id"] == workspace.users["sales"]
    stream.project(runtime)
    timeline = client.get(f"/contacts/{done['contact_id']}/timeline", **workspace.key)["items"]
    assert {"lead_created", "lead_converted", "deal_created"} <= {row["kind"] for row in timeline}
    loads = leads.loads_of(table=runtime.table, workspace_id=workspace.id, owner_ids=[workspace.users["sales"]])
    assert list(loads.values()) == [0]


def test_converting_again_gives_what_came_of_it(client, workspace, lead, convert):
    made = lead()
    first = convert(made, company={"name": "Ejemplo SL"}, deal=DEAL)
    again = convert(made, company={"name": "Otra SA"}, deal={**DEAL, "title": "Otra"})
    assert again.json == first.json
    stale = convert(made, company={"name": "Otra SA"}, deal=DEAL, version=made["version"])
    assert stale.status == 409
    assert stale["current"]["status"] == "converted"
    assert len(client.get("/companies", **workspace.key)["items"]) == 1
    assert len(client.get("/deals", **workspace.key)["items"]) == 1
    assert client.patch(
        f"/leads/{made['id']}", {"version": first["lead"]["version"], "status": "working"}, **workspace.owner
    )["errors"][0]["code"] == "illegal_move"  # fmt: skip


def test_ten_at_once_convert_once(client, workspace, lead, runtime):
    made = lead()

    def run(number: int) -> str:
        order = ConversionOrder(CompanyChoice(name=f"Firma {number}"), {"title": f"Venta {number}"})
        return service.convert_lead(
            table=runtime.table, clock=runtime.clock, workspace=workspace.workspace, lead_id=made["id"], order=order,
            deal_id=runtime.new_id(),
        ).deal_id  # fmt: skip

    with ThreadPoolExecutor(10) as pool:
        found = set(pool.map(run, range(10)))
    assert len(found) == 1
    assert {deal["id"] for deal in client.get("/deals", **workspace.key)["items"]} == found
    assert len(client.get("/companies", **workspace.key)["items"]) == 1


def test_companies_are_linked_by_their_domain(client, workspace, lead, convert):
    firm = client.post("/companies", {"name": "Ejemplo SL", "domain": "ejemplo.example"}, **workspace.owner)["id"]
    assert convert(lead("ana@ejemplo.example"), company={"name": "Ejemplo"})["company_id"] == firm
    assert convert(lead("ben@ejemplo.example"), company={"id": firm})["company_id"] == firm
    taken = convert(lead("cai@otra.example"), company={"name": "Otra", "domain": "www.ejemplo.example"})
    assert (taken.status, taken["errors"][0]["field"], taken["errors"][0]["code"]) == (422, "company.domain", "taken")
    free = convert(lead("dan@gmail.com"), company={"name": "Dan y Cía"})
    assert client.get(f"/companies/{free['company_id']}", **workspace.key)["domain"] in (None, "")
    alone = convert(lead("eva@gmail.com"))
    assert (alone["company_id"], alone["deal_id"], alone["lead"]["status"]) == (None, None, "converted")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"company": {"id": "01JD0000000000000000000000"}}, "company.id"),
        ({"company": {}}, "company"),
        ({"company": {"id": "01JD0000000000000000000000", "name": "x"}}, "company"),
        ({"company": {"name": "x", "domain": "no domain"}}, "company.domain"),
        ({"deal": {**DEAL, "stage_id": "nowhere"}}, "deal.stage_id"),
        ({"deal": {**DEAL, "pipeline_id": "01JD0000000000000000000000"}}, "deal.pipeline_id"),
        ({"deal": {**DEAL, "owner_id": "nobody"}}, "deal.owner_id"),
        ({"deal": {**DEAL, "custom": {"x": 1}}}, "deal.custom.x"),
        ({"deal": {"title": " "}}, "deal.title"),
        ({"owner_id": "nobody"}, "owner_id"),
        ({"status": "won"}, "status"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(client, workspace, lead, convert, body, field):
    made = lead()
    reply = convert(made, **body)
    assert (reply.status, reply["errors"][0]["field"]) == (422, field), reply.text
    assert client.get(f"/leads/{made['id']}", **workspace.key).json == made
    assert client.get("/companies", **workspace.key)["items"] == client.get("/deals", **workspace.key)["items"] == []


def test_a_lead_that_was_given_up_is_not_converted(client, workspace, lead, convert):
    made = lead()
    client.post(f"/leads/{made['id']}/disqualify", {"reason": "No"}, **workspace.owner)
    assert convert(made)["errors"][0]["code"] == "illegal_move"
    client.post(f"/leads/{made['id']}/reopen", {}, **workspace.owner)
    client.post(f"/leads/{made['id']}/qualify", {}, **workspace.owner)
    assert convert(made, deal=DEAL)["lead"]["status"] == "converted"


def test_what_one_may_not_do_is_not_done_by_converting(client, workspace, lead, convert):
    made = lead()
    assert convert(made, deal=DEAL, who=workspace.marketer).status == 403
    assert convert(made, who=workspace.viewer).status == 403
    assert convert(made, company={"name": "Ejemplo SL"}, who=workspace.marketer).status == 200


def test_what_it_costs(workspace, lead, runtime):
    made = lead(owner_id=workspace.users["sales"])
    priced = PricedTable(runtime.table)
    order = ConversionOrder(CompanyChoice(name="Ejemplo SL"), {"title": "Venta"})
    given = {"table": priced, "clock": runtime.clock, "workspace": workspace.workspace, "lead_id": made["id"]}
    pipelines.list_pipelines(table=runtime.table, clock=runtime.clock, workspace=workspace.workspace)  # makes the first
    priced.reset()
    service.convert_lead(**given, order=order, deal_id=runtime.new_id())
    check("leads.convert", priced)
