"""Importing companies, leads and deals; each finds what is there, and each can be undone."""

from typing import Any

from tests.api.conftest import Api, World
from tests.api.customers.importing import run, send, undo, verdicts


def items(client: Api, world: World, path: str) -> list[Any]:
    return list(client.get(path, **world.owner)["items"])


def test_companies_by_domain(client: Api, workspace: World) -> None:
    known = client.post("/companies", {"name": "Ejemplo", "domain": "ejemplo.example"}, **workspace.owner)["id"]
    content = (
        "Empresa;Dominio;Sitio web;Sector;Número de empleados;Ciudad;País;Etiquetas;Teléfono\n"
        "Ejemplo SL;https://www.ejemplo.example/;ejemplo.example;Software;1.200;Madrid;España;cliente;+34 910 000 000\n"
        "Muestra;muestra.example;;;;;;;\n"
        "Otra;MUESTRA.example;;;;;;;\n"
        ";solo.example;;;;;;;\n"
        "Mal;no es un dominio;;;muchos;;;;\n"
    )
    import_id = send(client, workspace, content.encode(), kind="company")
    done = run(client, workspace, import_id)
    assert [row["verdict"] for row in verdicts(client, done)] == [
        "updated", "created", "duplicate", "rejected", "rejected",
    ]  # fmt: skip
    shown = client.get(f"/companies/{known}", **workspace.owner)
    assert (shown["name"], shown["size"], shown["country"], shown["website"]) == (
        "Ejemplo SL", 1200, "ES", "https://ejemplo.example",
    )  # fmt: skip
    assert shown["domains"] == ["ejemplo.example"]
    assert undo(client, workspace, import_id)["undone"] == {"undone": 2, "kept": 0}
    shown = client.get(f"/companies/{known}", **workspace.owner)
    assert (shown["name"], shown["size"], shown["tags"]) == ("Ejemplo", None, [])
    assert len(items(client, workspace, "/companies")) == 1


def test_contacts_find_and_make_their_companies_once(client: Api, workspace: World) -> None:
    content = (
        "Nombre,Correo,Empresa\nAna,ana@example.com,Ejemplo S.L.\nEva,eva@example.com,EJEMPLO s.l.\n"
        "Luis,luis@example.com,Otra\n"
    )
    import_id = send(client, workspace, content.encode())
    run(client, workspace, import_id)
    people = {each["first_name"]: each for each in items(client, workspace, "/contacts")}
    firms = {each["name"]: each["id"] for each in items(client, workspace, "/companies")}
    assert set(firms) == {"Ejemplo S.L.", "Otra"}
    assert people["Ana"]["company_id"] == people["Eva"]["company_id"] == firms["Ejemplo S.L."]
    kept = client.post("/contacts", {"first_name": "Sol", "company_id": firms["Otra"]}, **workspace.owner)
    assert kept.status == 201
    undo(client, workspace, import_id)
    assert [each["name"] for each in items(client, workspace, "/companies")] == ["Otra"]
    assert [each["first_name"] for each in items(client, workspace, "/contacts")] == ["Sol"]


def test_leads_on_the_contacts_that_are_there_or_new_ones(client: Api, workspace: World, stream: Any) -> None:
    ana = client.post(
        "/contacts", {"first_name": "Ana", "emails": [{"address": "ana@example.com"}]}, **workspace.owner
    )["id"]
    owner = f"sales.{workspace.id.lower()}@acme.example"
    assert workspace.users["sales"]
    content = (
        "Nombre,Correo,Origen,Responsable,Empresa\n"
        f"Ana,ana@example.com,feria,{owner},\n"
        "Eva Gil,eva@example.com,feria,,Ejemplo\n"
        "Otra,eva@example.com,,,\n"
        "Nadie,,,,\n"
        "Mal,,feria,nobody@nowhere.example,\n"
    )
    import_id = send(client, workspace, content.encode(), kind="lead", mode="create")
    done = run(client, workspace, import_id)
    assert [row["verdict"] for row in verdicts(client, done)] == [
        "created", "created", "duplicate", "created", "rejected",
    ]  # fmt: skip
    leads = items(client, workspace, "/leads")
    assert {lead["source"] for lead in leads} == {"feria", "import"}
    (of_ana,) = [lead for lead in leads if lead["contact_id"] == ana]
    assert of_ana["owner_id"] == workspace.users["sales"]
    assert client.get(f"/contacts/{ana}", **workspace.owner)["open_lead_id"] == of_ana["id"]
    again = send(client, workspace, content.encode(), kind="lead", mode="create")
    counts = run(client, workspace, again)["counts"]
    assert (counts["created"], counts["duplicate"]) == (1, 3)  # a nameless address cannot be recognised
    undo(client, workspace, again)
    stream.project(client.runtime)
    back = undo(client, workspace, import_id)
    assert back["undone"] == {"undone": 3, "kept": 0}
    stream.project(client.runtime)
    assert items(client, workspace, "/leads") == []
    assert [each["id"] for each in items(client, workspace, "/contacts")] == [ana]
    assert client.get(f"/contacts/{ana}", **workspace.owner)["open_lead_id"] is None


def test_deals_into_the_stages_of_their_pipeline(client: Api, workspace: World) -> None:
    ana = client.post(
        "/contacts", {"first_name": "Ana", "emails": [{"address": "ana@example.com"}]}, **workspace.owner
    )["id"]
    pipeline = items(client, workspace, "/pipelines")[0]
    stage = pipeline["stages"][1]
    content = (
        "Título;Importe;Etapa;Correo electrónico;Empresa;Cierre previsto\n"
        f"Web;1.200,50 €;{stage['name']};ana@example.com;Ejemplo;31/12/2026\n"
        "Tienda;300;;;;\n"
        "Rara;300;no hay tal etapa;;;\n"
        "Ajena;1;;nadie@example.com;;\n"
        ";300;;;;\n"
        "Mal;mucho;;;;\n"
    )
    import_id = send(client, workspace, content.encode(), kind="deal", mode="create")
    done = run(client, workspace, import_id)
    told = verdicts(client, done)
    assert [(row["verdict"], row["field"]) for row in told] == [
        ("created", ""), ("created", ""), ("rejected", "stage"), ("rejected", "email"), ("rejected", "title"),
        ("rejected", "amount"),
    ]  # fmt: skip
    shown = client.get(f"/deals/{told[0]['id']}", **workspace.owner)
    assert (shown["amount"], shown["currency"], shown["stage_id"], shown["expected_close"]) == (
        "1200.50", "EUR", stage["id"], "2026-12-31",
    )  # fmt: skip
    assert shown["contact_id"] == ana
    assert client.get(f"/deals/{told[1]['id']}", **workspace.owner)["currency"] == "COP"
    back = undo(client, workspace, import_id)
    assert back["undone"] == {"undone": 2, "kept": 0}, verdicts(client, back)
    assert client.get(f"/deals/{told[0]['id']}", **workspace.owner).status == 404
    assert items(client, workspace, "/companies") == []
