"""Imports over HTTP, with the queue's work done in between."""

from typing import Any

from tests.api.conftest import Api, World
from tests.api.customers.importing import run, send, undo, verdicts

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
