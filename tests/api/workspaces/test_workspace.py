"""The workspace's settings over the API."""


def test_show_and_change(client, workspace):
    shown = client.get("/workspace", **workspace.viewer)
    assert shown.status == 200
    assert shown["time_zone"] == "America/Bogota"
    assert shown["sender"] == {"name": "Acme", "email": "hola@acme.example"}
    changed = client.patch("/workspace", {"version": shown["version"], "name": "Acme 2"}, **workspace.admin)
    assert changed.status == 200, changed.text
    assert (changed["name"], changed["version"], changed["currency"]) == ("Acme 2", shown["version"] + 1, "COP")
    assert client.get("/workspace", **workspace.owner)["name"] == "Acme 2"
