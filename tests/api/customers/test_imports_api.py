"""Imports over HTTP, with the queue's work done in between."""

import io
import json
from typing import Any

import pytest
import xlsxwriter

from chalicelib.customers.contacts import service
from chalicelib.customers.contacts.domain import ScoreEntry
from tests.api.conftest import Api, World
from tests.api.customers.importing import run, send, undo, verdicts, work
from tests.helpers import NOON

PEOPLE = "Nombre;Apellidos;Correo electrónico;Teléfono;Ciudad;Etiquetas\r\n"


def contact(client: Api, world: World, **values: Any) -> str:
    reply = client.post("/contacts", values, **world.owner)
    assert reply.status == 201, reply.text
    return str(reply["id"])


def test_every_row_gets_its_verdict_and_the_counts_add_up(client: Api, workspace: World) -> None:
    known = contact(client, workspace, first_name="Ana", city="Lugo", emails=[{"address": "ana@example.com"}])
    same = contact(
        client,
        workspace,
        first_name="Eva",
        last_name="Gil",
        emails=[{"address": "eva@example.com"}],
        city="Vigo",
        tags=["feria"],
    )
    content = PEOPLE + (
        "Ana;Muñoz;ANA@example.com;;Vigo;feria\r\n"
        "Luis;Pérez;luis@example.com;3001112222;Bogotá;\r\n"
        "Eva;Gil;eva@example.com;;Vigo;feria\r\n"
        "Luis;Otra vez;luis@example.com;;;\r\n"
        "Malo;Correo;esto no es;;;\r\n"
        ";;;;;\r\n"
        "Sin;Dirección;;;;\r\n"
    )
    import_id = send(client, workspace, content.encode("cp1252"))
    shown = client.get(f"/imports/{import_id}/preview", **workspace.owner)
    assert shown.status == 200, shown.text
    assert shown["encoding"] == "cp1252"
    assert shown["separator"] == ";"
    assert [column["suggested"]["field"] for column in shown["columns"]] == [
        "first_name", "last_name", "email", "phone", "city", "tags",
    ]  # fmt: skip
    assert [row["verdict"] for row in shown["rows"]] == [
        "update", "create", "unchanged", "duplicate", "rejected", "create",
    ]  # fmt: skip
    assert shown["rows"][4]["errors"] == [
        {"field": "email", "column": "Correo electrónico", "message": "No es una dirección de correo.", "code": "email"}
    ]
    done = run(client, workspace, import_id)
    assert done["state"] == "done"
    assert done["counts"] == {
        "rows": 6, "created": 2, "updated": 1, "unchanged": 1, "duplicate": 1, "rejected": 1,
    }  # fmt: skip
    told = verdicts(client, done)
    assert [(row["row"], row["verdict"], row["code"]) for row in told] == [
        ("2", "updated", ""),
        ("3", "created", ""),
        ("4", "unchanged", ""),
        ("5", "duplicate", "repeated"),
        ("6", "rejected", "email"),
        ("8", "created", ""),
    ]
    assert told[0]["id"] == known
    assert told[2]["id"] == same
    assert told[3]["message"] == "La fila repite la fila 3."
    changed = client.get(f"/contacts/{known}", **workspace.owner)
    assert (changed["last_name"], changed["city"], changed["tags"]) == ("Muñoz", "Vigo", ["feria"])
    made = client.get(f"/contacts/{told[1]['id']}", **workspace.owner)
    assert made["phones"] == [{"number": "+573001112222", "label": "", "primary": True}]
    back = undo(client, workspace, import_id)
    assert back["state"] == "undone"
    assert back["undone"] == {"undone": 3, "kept": 0}
    restored = client.get(f"/contacts/{known}", **workspace.owner)
    assert (restored["last_name"], restored["city"], restored["tags"]) == (None, "Lugo", [])
    assert client.get(f"/contacts/{told[1]['id']}", **workspace.owner).status == 404
    assert contact(client, workspace, first_name="Luis", emails=[{"address": "luis@example.com"}])


def test_a_trial_writes_nothing_and_can_be_followed_by_the_import(client: Api, workspace: World) -> None:
    import_id = send(client, workspace, b"name,email\nAna,ana@example.com\nEva,eva@example.com\nAna,ana@example.com\n")
    tried = run(client, workspace, import_id, dry_run=True)
    assert (tried["state"], tried["dry_run"]) == ("done", True)
    assert (tried["counts"]["created"], tried["counts"]["duplicate"]) == (2, 1)
    assert [row["verdict"] for row in verdicts(client, tried)] == ["created", "created", "duplicate"]
    assert client.get("/contacts", **workspace.owner)["items"] == []
    assert client.post(f"/imports/{import_id}/undo", {}, **workspace.owner).status == 409
    done = run(client, workspace, import_id)
    assert (done["dry_run"], done["counts"]) == (False, tried["counts"])
    assert len(client.get("/contacts", **workspace.owner)["items"]) == 2
    assert client.post(f"/imports/{import_id}/start", {}, **workspace.owner).status == 409


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("create", ["duplicate", "created", "created", "rejected"]),
        ("update", ["updated", "rejected", "rejected", "rejected"]),
        ("both", ["updated", "created", "created", "rejected"]),
    ],
)
def test_creates_updates_or_both(client: Api, workspace: World, mode: str, expected: list[str]) -> None:
    contact(client, workspace, first_name="Ana", emails=[{"address": "ana@example.com"}])
    contact(client, workspace, first_name="Sol", phones=[{"number": "+34600111222"}])
    rows = b"name,email,phone\nAnita,ana@example.com,\nNew,new@example.com,\nNo address,,\nTaken,t@example.com,+34600111222\n"
    import_id = send(client, workspace, rows, mode=mode)
    told = verdicts(client, run(client, workspace, import_id))
    assert [row["verdict"] for row in told] == expected
    assert told[3]["code"] == ("not_found" if mode == "update" else "taken")


def test_matches_by_phone_id_or_a_field_of_the_workspace(client: Api, workspace: World, stream: Any) -> None:
    field = client.post(
        "/fields", {"kind": "contact", "name": "Código", "type": "text", "filterable": True}, **workspace.owner
    )
    ana = contact(
        client, workspace, first_name="Ana", phones=[{"number": "+34600111222"}], custom={field["key"]: "A-1"}
    )
    stream.project(client.runtime)
    for match, row in (
        ("phone", "phone,city\n+34 600 111 222,Lugo\n"),
        ("id", f"Clientela id,city\n{ana},Vigo\n"),
        (f"custom.{field['key']}", "Código,city\nA-1,León\n"),
    ):
        import_id = send(client, workspace, row.encode(), mode="update", match_field=match)
        assert run(client, workspace, import_id)["counts"]["updated"] == 1, match
    assert client.get(f"/contacts/{ana}", **workspace.owner)["city"] == "León"


def test_undo_keeps_what_people_did_since_and_says_so(client: Api, workspace: World) -> None:
    known = contact(client, workspace, first_name="Ana", city="Lugo", emails=[{"address": "ana@example.com"}])
    rows = b"first_name,last_name,email,city\nAna,Gil,ana@example.com,Vigo\nEva,,eva@example.com,\nLuis,,luis@example.com,\nSol,,sol@example.com,\n"
    import_id = send(client, workspace, rows)
    made = {row["row"]: row["id"] for row in verdicts(client, run(client, workspace, import_id))}
    for contact_id, change in ((known, {"city": "Cádiz"}), (made["3"], {"city": "Toledo"})):
        version = client.get(f"/contacts/{contact_id}", **workspace.owner)["version"]
        assert client.patch(f"/contacts/{contact_id}", {**change, "version": version}, **workspace.owner).status == 200
    note = client.post(f"/contacts/{made['4']}/notes", {"text": "llamar"}, **workspace.owner)
    assert note.status == 201
    back = undo(client, workspace, import_id)
    assert back["undone"] == {"undone": 1, "kept": 3}
    told = {row["row"]: (row["verdict"], row["field"], row["code"]) for row in verdicts(client, back)}
    assert told == {
        "2": ("kept", "city", "edited"),
        "3": ("kept", "city", "edited"),
        "4": ("kept", "", "in_use"),
        "5": ("undone", "", ""),
    }
    shown = client.get(f"/contacts/{known}", **workspace.owner)
    assert (shown["last_name"], shown["city"]) == (None, "Cádiz")
    assert client.get(f"/contacts/{made['5']}", **workspace.owner).status == 404
    assert client.post(f"/imports/{import_id}/undo", {}, **workspace.owner).status == 409


def test_points_given_since_are_no_edit(client: Api, workspace: World) -> None:
    import_id = send(client, workspace, b"name,email\nAna,ana@example.com\n")
    (row,) = verdicts(client, run(client, workspace, import_id))
    now = client.runtime.clock.now()
    service.add_points(
        table=client.runtime.table,
        workspace_id=workspace.id,
        contact_id=row["id"],
        entries=[ScoreEntry("x", now, 5, "because", "r", "fit")],
        grade_of=lambda fit, engagement: "B2",
    )
    assert undo(client, workspace, import_id)["undone"] == {"undone": 1, "kept": 0}


def test_an_undo_of_an_update_does_not_take_an_address_from_somebody_else(client: Api, workspace: World) -> None:
    known = contact(client, workspace, first_name="Ana", phones=[{"number": "+34600111222"}])
    import_id = send(
        client, workspace, b"phone,email\n+34600111222,ana@example.com\n", mode="update", match_field="phone"
    )
    run(client, workspace, import_id)
    assert client.get(f"/contacts/{known}", **workspace.owner)["emails"][0]["address"] == "ana@example.com"
    assert undo(client, workspace, import_id)["undone"]["undone"] == 1
    assert client.get(f"/contacts/{known}", **workspace.owner)["emails"] == []
    contact(client, workspace, first_name="Eva", emails=[{"address": "ana@example.com"}])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"name,email\n", "no_rows"),
        (b"\n\n\n", "empty"),
        (b"%PDF-1.7", "not_a_table"),
        (b"PK\x03\x04nothing", "not_a_table"),
        (b"ana@example.com,Ana\neva@example.com,Eva\n", "no_header"),
    ],
)
def test_a_broken_file_ends_in_a_clear_state(client: Api, workspace: World, content: bytes, code: str) -> None:
    import_id = send(client, workspace, content)
    shown = client.get(f"/imports/{import_id}/preview", **workspace.owner)
    assert (shown.status, shown["errors"][0]["field"], shown["errors"][0]["code"]) == (422, "file", code)
    work(client.runtime)
    failed = client.get(f"/imports/{import_id}", **workspace.owner)
    assert (failed["state"], failed["error"]["code"]) == ("failed", code)
    assert failed["error"]["message"]
    assert client.post(f"/imports/{import_id}/start", {}, **workspace.owner).status == 409


def test_reads_workbooks_and_cards_too(client: Api, workspace: World) -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet("Gente")
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    page.write_row(0, 0, ["Nombre", "Correo", "Teléfono", "Cumpleaños"])
    page.write_row(1, 0, ["Ana", "ana@example.com", 3001112222])
    page.write_datetime(1, 3, NOON.replace(tzinfo=None, year=1990, hour=0), day)
    book.close()
    import_id = send(client, workspace, out.getvalue(), "gente.xlsx")
    shown = client.get(f"/imports/{import_id}/preview", **workspace.owner)
    assert (shown["format"], shown["sheet"], shown["columns"][3]["suggested"]["field"]) == ("xlsx", "Gente", "birthday")
    assert run(client, workspace, import_id)["counts"]["created"] == 1
    cards = b"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Gil;Eva;;;\r\nFN:Eva Gil\r\nEMAIL:eva@example.com\r\nCATEGORIES:vip\r\nEND:VCARD\r\n"
    import_id = send(client, workspace, cards, "eva.vcf")
    assert run(client, workspace, import_id)["counts"]["created"] == 1
    found = client.get("/contacts", **workspace.owner)["items"]
    ana, eva = sorted(found, key=lambda each: str(each["first_name"]))
    assert (eva["last_name"], eva["tags"]) == ("Gil", ["vip"])
    assert (ana["birthday"], ana["phones"][0]["number"]) == ("1990-11-21", "+573001112222")


def test_a_mapping_is_tried_and_checked(client: Api, workspace: World) -> None:
    import_id = send(client, workspace, b"a,b\nAna,ana@example.com\n")
    shown = client.get(f"/imports/{import_id}/preview", **workspace.owner)
    assert [column["field"] for column in shown["columns"]] == [None, "email"]
    query = {"mapping": json.dumps({"a": "first_name", "b": "email"})}
    tried = client.get(f"/imports/{import_id}/preview", query=query, **workspace.owner)
    assert tried["rows"][0]["verdict"] == "create"
    for mapping, path in (
        ({"c": "email"}, "mapping.c"),
        ({"a": "shoe"}, "mapping.a"),
        ({"a": "email", "b": "email"}, "mapping.b"),
        ({"a": "first_name"}, "mapping"),
        ({"a": None, "b": None}, "mapping"),
    ):
        reply = client.post(f"/imports/{import_id}/start", {"mapping": mapping}, **workspace.owner)
        assert (reply.status, reply["errors"][0]["field"]) == (422, path), reply.text
    done = run(client, workspace, import_id, mapping={"a": "first_name", "b": "email"})
    assert done["counts"]["created"] == 1


def test_a_cancelled_import_stops_and_nothing_can_be_started_before_the_file_is_there(
    client: Api, workspace: World
) -> None:
    begun = client.post("/imports", {"file_name": "x.csv"}, **workspace.owner)
    path = f"/imports/{begun['id']}"
    assert client.post(f"{path}/start", {}, **workspace.owner).status == 409
    assert client.get(f"{path}/preview", **workspace.owner)["state"] == "uploading"
    assert client.post(f"{path}/cancel", {}, **workspace.owner)["state"] == "cancelled"
    assert client.post(f"{path}/cancel", {}, **workspace.owner).status == 409
    assert client.post("/imports", {"file_name": "x.exe"}, **workspace.owner).status == 422
    assert client.post("/imports", {"file_name": "x.csv", "match_field": "shoe"}, **workspace.owner).status == 422
    assert client.post("/imports", {"file_name": "x.csv", "kind": "deal"}, **workspace.marketer).status == 403
    assert client.post("/imports", {"file_name": "x.csv"}, **workspace.viewer).status == 403


def test_an_import_is_one_line_of_the_audit_and_its_contacts_none(client: Api, workspace: World, stream: Any) -> None:
    import_id = send(client, workspace, b"name,email\nAna,ana@example.com\nEva,eva@example.com\n")
    run(client, workspace, import_id)
    undo(client, workspace, import_id)
    stream.project(client.runtime)
    entries = client.get("/audit?day=2026-11-21", **workspace.owner)["items"]
    told = [
        (entry["action"], entry["subject_id"])
        for entry in entries
        if entry["action"].startswith(("import.", "contact."))
    ]
    assert sorted(told) == [("import.done", import_id), ("import.undone", import_id)]


def test_the_sample_can_be_imported(client: Api, workspace: World) -> None:
    for kind in ("contact", "company", "lead", "deal"):
        sample = client.get("/imports/sample", query={"kind": kind}, **workspace.owner)
        assert sample.status == 200, sample.text
        import_id = send(client, workspace, sample.text.encode(), kind=kind, mode="create")
        shown = client.get(f"/imports/{import_id}/preview", **workspace.owner)
        fields = [field["key"] for field in shown["fields"]]
        assert [column["suggested"]["field"] for column in shown["columns"]] == fields
        if kind != "deal":  # whose contacts are not there
            assert run(client, workspace, import_id)["counts"]["rejected"] == 0


@pytest.mark.parametrize(
    ("header", "profile", "fields"),
    [
        (
            "Record ID - Contact,First Name,Last Name,Email,Phone Number,Contact owner,Lead Status,Associated Company,Lifecycle Stage",
            "hubspot",
            [None, "first_name", "last_name", "email", "phone", "owner", None, "company", "lifecycle_stage"],
        ),
        (
            "Contact ID,Salutation,First Name,Last Name,Title,Account Name,Mailing Street,Mailing City,Mailing State/Province,Mailing Zip/Postal Code,Mailing Country,Phone,Mobile,Email",
            "salesforce",
            [None, "title", "first_name", "last_name", "job_title", "company", "street", "city", "region", "postal_code", "country", "phone", "phone_2", "email"],
        ),
        (
            "Record Id,Contact Owner.id,Contact Owner,First Name,Last Name,Account Name,Email,Title,Phone,Mobile,Email Opt Out,Secondary Email,Mailing City",
            "zoho",
            [None, None, "owner", "first_name", "last_name", "company", "email", "job_title", "phone", "phone_2", None, "email_2", "city"],
        ),
        (
            "Name,Given Name,Family Name,E-mail 1 - Value,E-mail 2 - Value,Phone 1 - Value,Organization 1 - Name,Organization 1 - Title,Group Membership",
            "google",
            ["full_name", "first_name", "last_name", "email", "email_2", "phone", "company", "job_title", None],
        ),
        (
            "nombre;apellidos;email;telefono;movil;empresa;poblacion;provincia;cp;pais;fecha de nacimiento",
            "none",
            ["first_name", "last_name", "email", "phone", "phone_2", "company", "city", "region", "postal_code", "country", "birthday"],
        ),
    ],
)  # fmt: skip
def test_knows_the_exports_of_others(
    client: Api, workspace: World, header: str, profile: str, fields: list[str | None]
) -> None:
    separator = ";" if ";" in header else ","
    row = separator.join("x" for _ in header.split(separator))
    import_id = send(client, workspace, f"{header}\n{row}\n".encode())
    shown = client.get(f"/imports/{import_id}/preview", **workspace.owner)
    assert shown["profile"] == profile
    assert [(column["suggested"] or {}).get("field") for column in shown["columns"]] == fields
