"""The audit, filled by the stream, and jobs."""

from chalicelib.foundation.http import Actor
from chalicelib.workspaces.jobs import service as jobs


def entries(client, workspace, **query):
    return client.get("/audit", query={"day": "2026-11-21", **query}, **workspace.owner)


def test_every_change_of_workspace_members_and_keys_is_noted(client, workspace, runtime, stream, clock):
    stream.project(runtime)
    clock.advance(seconds=1)
    sales = workspace.users["sales"]
    client.patch(
        "/workspace",
        {"version": 1, "name": "Acme 2", "sender": {"name": "A", "email": "a@acme.example"}},
        **workspace.admin,
    )
    clock.advance(seconds=1)
    client.patch(f"/members/{sales}", {"version": 1, "role": "viewer"}, **workspace.owner)
    clock.advance(seconds=1)
    key = client.post("/api-keys", {"name": "Site", "scopes": ["contacts:read"]}, **workspace.owner)
    clock.advance(seconds=1)
    client.delete(f"/api-keys/{key['id']}", **workspace.key)
    clock.advance(seconds=1)
    client.delete(f"/members/{sales}", **workspace.owner)
    records = list(stream.records())
    for _ in range(2):  # delivered twice
        _project(runtime, records)
    found = entries(client, workspace, limit=5)["items"]
    owner, admin = f"member:{workspace.users['owner']}", f"member:{workspace.users['admin']}"
    assert [(item["action"], item["subject_id"]) for item in found] == [
        ("member.removed", sales),
        ("api_key.revoked", key["id"]),
        ("api_key.created", key["id"]),
        ("member.changed", sales),
        ("workspace.changed", workspace.id),
    ]
    assert [item["actor"].partition(":")[0] for item in found] == ["member", "api_key", "member", "member", "member"]
    assert (found[3]["actor"], found[4]["actor"]) == (owner, admin)
    assert (found[3]["before"], found[3]["after"]) == ({"role": "sales"}, {"role": "viewer"})
    assert found[4]["before"]["name"] == "Acme"
    assert found[4]["after"] == {"name": "Acme 2", "sender_name": "A", "sender_email": "a@acme.example"}
    assert found[0]["before"]["role"] == "viewer"
    assert key["key"] not in str(found)
    assert "digest" not in str(found)


def _project(runtime, records):
    from chalicelib import wiring
    from chalicelib.foundation.projection import project

    rejected: list[str] = []
    project(
        {"Records": records},
        projections=wiring.projections(),
        table=runtime.table,
        queues=runtime.queues,
        clock=runtime.clock,
        reject=rejected.append,
    )
    assert rejected == []


def test_the_audit_is_paged_by_day_and_for_owners_and_admins(client, stream, workspace, runtime):
    stream.project(runtime)
    first = entries(client, workspace, limit=8)
    assert len(first["items"]) == 8
    rest = entries(client, workspace, limit=100, cursor=first["next_cursor"])
    assert len(rest["items"]) >= 5  # 1 workspace, 6 members, 6 keys
    assert not {item["id"] for item in first["items"]} & {item["id"] for item in rest["items"]}
    assert client.get("/audit", query={"day": "2026-11-20"}, **workspace.admin)["items"] == []
    assert client.get("/audit", query={"day": "x"}, **workspace.admin).status == 422
    assert (
        client.get("/audit", query={"cursor": first["next_cursor"], "day": "2026-11-20"}, **workspace.owner).status
        == 422
    )
    assert client.get("/audit", **workspace.marketer).status == 403


def test_noting_a_visit_is_no_change(client, workspace, runtime, stream, clock):
    stream.project(runtime)
    clock.advance(hours=1)
    client.get("/workspace", **workspace.viewer)
    before = len(entries(client, workspace, limit=100)["items"])
    stream.project(runtime)
    assert len(entries(client, workspace, limit=100)["items"]) == before


def test_a_job_from_beginning_to_end(client, workspace, runtime, clock):
    job_id = runtime.new_id()
    here = {"table": runtime.table, "clock": clock, "workspace_id": workspace.id, "job_id": job_id}
    jobs.create(**here, kind="report", permission="reports:read", created_by=f"member:{workspace.users['support']}")
    jobs.create(**here, kind="report", permission="reports:read")
    shown = client.get(f"/jobs/{job_id}", **workspace.viewer)
    assert (shown["state"], shown["done"], shown["total"], shown["result"]) == ("queued", 0, None, None)
    jobs.progress(**here, done=5, total=10)
    jobs.progress(**here, done=3)
    assert client.get(f"/jobs/{job_id}", **workspace.viewer)["done"] == 5
    jobs.finish(**here, result={"run_id": "r1"})
    jobs.fail(**here, error="late")
    jobs.progress(**here, done=9)
    jobs.finish(**here, result={"run_id": "r2"})
    ended = client.get(f"/jobs/{job_id}", **workspace.viewer)
    assert (ended["state"], ended["done"], ended["error"], ended["result"]) == ("done", 5, None, {"run_id": "r1"})


def test_a_job_is_seen_by_those_who_may(client, workspace, other_workspace, runtime, clock):
    job_id = runtime.new_id()
    mine = Actor("member", workspace.users["sales"]).reference
    jobs.create(
        table=runtime.table,
        clock=clock,
        workspace_id=workspace.id,
        job_id=job_id,
        kind="x",
        permission="audit:read",
        created_by=mine,
    )
    assert client.get(f"/jobs/{job_id}", **workspace.sales).status == 200
    assert client.get(f"/jobs/{job_id}", **workspace.viewer).status == 403
    assert client.get(f"/jobs/{job_id}", **workspace.owner).status == 200
    assert client.get(f"/jobs/{job_id}", **other_workspace.owner).status == 404
    clock.advance(days=31)
    assert client.get(f"/jobs/{job_id}", **workspace.owner).status == 404


def test_a_failed_job_says_why(client, workspace, runtime, clock):
    job_id = runtime.new_id()
    here = {"table": runtime.table, "clock": clock, "workspace_id": workspace.id, "job_id": job_id}
    jobs.create(**here, kind="x")
    jobs.fail(**here, error="The file could not be read.")
    shown = client.get(f"/jobs/{job_id}", **workspace.owner)
    assert (shown["state"], shown["error"]) == ("failed", "The file could not be read.")
