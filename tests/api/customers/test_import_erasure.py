"""A person leaves the files of imports, exports and bulk actions."""

from typing import Any

from chalicelib.customers.contacts.service import get_contact
from chalicelib.customers.journals.erasure import ERASURE
from tests.api.conftest import Api, World
from tests.api.customers.importing import run, send, undo
from tests.api.customers.working import done, work


def test_nothing_of_a_person_stays_in_files_and_the_rest_can_be_undone(client: Api, workspace: World) -> None:
    content = "Nombre,Correo,Teléfono\nCanario,Canario@Secreto.example,+34 600 111 999\nEva,eva@example.com,\n"
    import_id = send(client, workspace, content.encode("utf-16"))
    run(client, workspace, import_id)
    people = {each["first_name"]: each["id"] for each in client.get("/contacts", **workspace.owner)["items"]}
    body: dict[str, Any] = {"kind": "contact", "ids": list(people.values()), "action": {"name": "tag", "tags": ["x"]}}
    job = done(client, workspace, client.post("/bulk", body, **workspace.owner))
    for format_ in ("csv", "xlsx"):
        export = client.post("/exports", {"kind": "contact", "format": format_}, **workspace.owner)
        assert export.status == 202
    work(client.runtime)
    runtime = client.runtime
    person = get_contact(table=runtime.table, workspace_id=workspace.id, contact_id=people["Canario"])
    addresses = frozenset({"canario@secreto.example", "+34600111999"})
    shown = ERASURE.show(runtime, workspace.id, person, addresses)
    assert {each["in"] for each in shown} == {"imports", "bulk", "exports"}
    assert ERASURE.erase(runtime, workspace.id, person, addresses) > 5
    kept = b"".join(runtime.files.kept.values()).lower()
    for needle in (b"canario", person.id.lower().encode(), b"600111999", "canario".encode("utf-16-le")):
        assert needle not in kept
    assert ERASURE.show(runtime, workspace.id, person, addresses) == []
    assert [each["file_url"] for each in client.get("/exports", **workspace.owner)["items"]] == [None, None]
    assert ERASURE.erase(runtime, workspace.id, person, addresses) == 0
    reply = client.post(f"/jobs/{job['id']}/undo", {}, **workspace.owner)
    assert done(client, workspace, reply)["result"] == {"undone": 1, "kept": 0}
    assert undo(client, workspace, import_id)["undone"] == {"undone": 1, "kept": 0}
    names = [each["first_name"] for each in client.get("/contacts", **workspace.owner)["items"]]
    assert names == ["Canario"]  # the contact itself is for the contacts' own part
