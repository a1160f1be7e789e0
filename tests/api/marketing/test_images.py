"""Pictures of mails through the API."""

import io

from PIL import Image

from tests.api.conftest import Api, World


def picture(size=(1600, 400)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (10, 90, 200)).save(out, "PNG")
    return out.getvalue()


def announce(client, workspace, content=b"", **values):
    body = {"file_name": "hero.png", "content_type": "image/png", "size": max(len(content), 1), **values}
    reply = client.post("/images", body, **workspace.key)
    assert reply.status == 201, reply.text
    return reply


def test_sent_made_smaller_served_and_deleted(client: Api, workspace: World, other_workspace: World):
    content, files = picture(), client.runtime.files
    made = announce(client, workspace, content, alt="Mar")
    assert (made["state"], made["url"], made["upload"]["method"]) == ("uploading", None, "POST")
    assert client.get("/images", **workspace.key)["items"] == []
    path = f"/images/{made['id']}"
    early = client.post(f"{path}/complete", **workspace.key)
    assert (early.status, early["errors"][0]["code"]) == (422, "missing")
    files.receive(made["upload"]["fields"]["key"], content)
    ready = client.post(f"{path}/complete", **workspace.key)
    assert ready.status == 200, ready.text
    assert (ready["width"], ready["height"], ready["alt"], ready["state"]) == (1200, 300, "Mar", "ready")
    key = ready["url"].removeprefix(client.runtime.public_url + "/")
    assert key.startswith(f"images/{workspace.id}/{made['id']}-")
    assert len(files.kept[key]) == ready["size"]
    assert not [each for each in files.kept if each.startswith("tmp/")]
    assert client.post(f"{path}/complete", **workspace.key)["url"] == ready["url"]
    (listed,) = client.get("/images", **workspace.key)["items"]
    assert listed["url"] == ready["url"]
    changed = client.patch(path, {"version": ready["version"], "alt": "El mar"}, **workspace.key)
    assert changed["alt"] == "El mar"
    assert client.patch(path, {"version": 1, "alt": "x"}, **workspace.key).status == 409
    assert client.delete(path, **other_workspace.key).status == 404
    assert client.delete(path, **workspace.viewer).status == 403
    assert client.delete(path, **workspace.key).status == 204
    assert key not in files.kept
    assert client.get("/images", **workspace.key)["items"] == []
    assert client.delete(path, **workspace.key).status == 404


def test_what_is_no_picture_is_gone(client: Api, workspace: World):
    made = announce(client, workspace, b"<script>")
    client.runtime.files.receive(made["upload"]["fields"]["key"], b"<script>")
    refused = client.post(f"/images/{made['id']}/complete", **workspace.key)
    assert (refused.status, refused["errors"][0]["field"], refused["errors"][0]["code"]) == (
        422,
        "file",
        "unknown_type",
    )
    assert not client.runtime.files.kept
    assert client.post(f"/images/{made['id']}/complete", **workspace.key).status == 404


def test_types_and_sizes_are_held_before_anything_is_sent(client: Api, workspace: World):
    for change, field in (
        ({"content_type": "image/svg+xml"}, "content_type"),
        ({"size": 20_000_000}, "size"),
        ({"file_name": ""}, "file_name"),
    ):
        reply = client.post(
            "/images", {"file_name": "x.png", "content_type": "image/png", "size": 9, **change}, **workspace.key
        )
        assert (reply.status, reply["errors"][0]["field"]) == (422, field)
