"""Exports over HTTP, with the queue's work done in between."""

import io
import json
import zipfile
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from chalicelib.foundation.safe_csv import read_rows
from tests.api.conftest import Api, World
from tests.api.customers.importing import run, send
from tests.api.customers.working import work

HOSTILE = '=HYPERLINK("https://x.example","a")'


def contact(client: Api, world: World, **values: Any) -> str:
    reply = client.post("/contacts", values, **world.owner)
    assert reply.status == 201, reply.text
    return str(reply["id"])


def export(client: Api, world: World, **body: Any) -> Any:
    reply = client.post("/exports", {"kind": "contact", **body}, **world.owner)
    assert reply.status == 202, reply.text
    work(client.runtime)
    (shown,) = [each for each in client.get("/exports", **world.owner)["items"] if each["id"] == reply["id"]]
    return shown


def content(client: Api, shown: Any) -> bytes:
    key = shown["file_url"].removeprefix("https://files.example/").partition("?")[0]
    return bytes(client.runtime.files.kept[key])


def test_a_csv_has_every_row_and_no_live_formula(client: Api, workspace: World) -> None:
    ids = [contact(client, workspace, first_name=HOSTILE, tags=["vip", "feria"], custom={})]
    ids += [contact(client, workspace, first_name=f"P{n}", emails=[{"address": f"p{n}@example.com"}]) for n in range(3)]
    shown = export(client, workspace, format="csv")
    assert (shown["state"], shown["rows"], shown["done"], shown["total"]) == ("done", 4, 4, 4)
    assert shown["file_name"].startswith("contactos-2026-11-21-4")
    text = content(client, shown).decode()
    header, *rows = read_rows(text, separator=";")
    assert header[:3] == ["Identificador de Clientela", "Correo electrónico", "Nombre"]
    assert {row[0] for row in rows} == set(ids)
    row = next(row for row in rows if row[0] == ids[0])
    assert row[2] == HOSTILE
    assert f"\"'{HOSTILE[:5]}" in text
    assert row[header.index("Etiquetas")] == "feria; vip"
    job = client.get(f"/jobs/{shown['id']}", **workspace.owner)
    assert (job["kind"], job["rows"], job["file_url"]) == ("export", 4, shown["file_url"])
    assert "file_key" not in job["result"]


def test_a_workbook_holds_texts_as_texts_and_numbers_as_numbers(client: Api, workspace: World) -> None:
    contact(client, workspace, first_name=HOSTILE, satisfaction=9)
    contact(client, workspace, first_name="https://x.example")
    shown = export(client, workspace, format="xlsx", columns=["first_name", "satisfaction"])
    book = CalamineWorkbook.from_filelike(io.BytesIO(content(client, shown)))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows == [["Nombre", "Satisfacción (0–10)"], ["https://x.example", ""], [HOSTILE, 9.0]]
    with zipfile.ZipFile(io.BytesIO(content(client, shown))) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
        assert b"rows" in archive.read("docProps/custom.xml")


@pytest.mark.parametrize("format_", ["json", "jsonl"])
def test_json_keeps_lists_and_own_fields(client: Api, workspace: World, format_: str) -> None:
    field = client.post("/fields", {"kind": "contact", "name": "Plan", "type": "number"}, **workspace.owner)
    contact(client, workspace, first_name="Ana", tags=["a", "b"], custom={field["key"]: 3})
    contact(client, workspace, first_name="Eva")
    shown = export(client, workspace, format=format_)
    text = content(client, shown).decode()
    rows = json.loads(text) if format_ == "json" else [json.loads(line) for line in text.splitlines()]
    assert [row["first_name"] for row in rows] == ["Eva", "Ana"]
    assert rows[1]["tags"] == ["a", "b"]
    assert rows[1][f"custom.{field['key']}"] == 3


def test_vcards_of_chosen_contacts_and_a_count_of_those_that_are_gone(client: Api, workspace: World) -> None:
    ana = contact(client, workspace, first_name="Ana", emails=[{"address": "ana@example.com"}])
    contact(client, workspace, first_name="Eva")
    shown = export(client, workspace, format="vcard", ids=[ana, "01JD0000000000000000000000"])
    assert (shown["rows"], shown["missing"], shown["total"]) == (1, 1, 2)
    text = content(client, shown).decode()
    assert text.count("BEGIN:VCARD") == 1
    assert "EMAIL;TYPE=INTERNET,PREF:ana@example.com" in text
    one = client.get(f"/contacts/{ana}/vcard", **workspace.owner)
    assert one.text == text


def test_everything_is_a_zip_with_a_manifest(client: Api, workspace: World) -> None:
    contact(client, workspace, first_name="Ana")
    shown = export(client, workspace, kind="everything", format="csv")
    with zipfile.ZipFile(io.BytesIO(content(client, shown))) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert manifest["contact.csv"]["rows"] == 1
        assert len(read_rows(archive.read("contact.csv").decode(), separator=";")) == 2
    assert shown["rows"] == sum(each["rows"] for each in manifest.values())


def test_what_is_exported_can_be_imported_again(client: Api, workspace: World, other_workspace: World) -> None:
    contact(
        client,
        workspace,
        first_name="'Ana",
        last_name='Muñoz; "la" buena',
        emails=[{"address": "ana@example.com"}, {"address": "b@example.com"}],
        phones=[{"number": "+34600111222"}],
        tags=["vip", "feria"],
        city="Lugo",
        country="ES",
        birthday="1990-05-31",
    )
    shown = export(client, workspace, format="csv")
    import_id = send(client, other_workspace, content(client, shown), mode="create")
    done = run(client, other_workspace, import_id)
    assert done["counts"]["created"] == 1, done
    (made,) = client.get("/contacts", **other_workspace.owner)["items"]
    (source,) = client.get("/contacts", **workspace.owner)["items"]
    own = {"id", "version", "created_at", "updated_at"}
    assert {k: v for k, v in made.items() if k not in own} == {k: v for k, v in source.items() if k not in own}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "company", "format": "vcard"}, "format"),
        ({"kind": "everything", "columns": ["id"]}, "kind"),
        ({"kind": "contact", "columns": ["shoe"]}, "columns.0"),
        ({"kind": "contact", "filter": [{"field": "shoe", "op": "is", "value": "x"}]}, "filter.0.field"),
    ],
)
def test_names_what_does_not_fit(client: Api, workspace: World, body: dict[str, Any], field: str) -> None:
    reply = client.post("/exports", body, **workspace.owner)
    assert reply.status == 422
    assert reply["errors"][0]["field"] == field


def test_the_link_ends_with_the_week(client: Api, workspace: World) -> None:
    contact(client, workspace, first_name="Ana")
    shown = export(client, workspace, format="csv")
    client.runtime.clock.advance(days=7)
    assert client.get(f"/jobs/{shown['id']}", **workspace.owner)["file_url"] is None
    assert client.post(f"/jobs/{shown['id']}/undo", {}, **workspace.owner).status == 409


def test_support_exports_nothing(client: Api, workspace: World) -> None:
    assert client.post("/exports", {"kind": "contact"}, **workspace.support).status == 403
