"""Reports over the API."""

import pytest

from chalicelib.insight.reports import consumers

SCHEDULE = {
    "enabled": True, "weekday": 1, "hour": 8, "time_zone": "America/Bogota", "recipients": ["Ana@Example.com"], "language": "es", "version": 0,
}  # fmt: skip


def run_queue(runtime):
    for envelope in runtime.queues.on("reports"):
        consumers.handle(runtime, envelope)


def test_a_week_as_data(client, workspace):
    reply = client.get("/reports/weekly", **workspace.viewer)
    assert reply.status == 200, reply.text
    assert reply["period"] == {"start": "2026-11-09", "end": "2026-11-15", "time_zone": "America/Bogota"}
    assert reply["leads"]["total"] == 0
    assert [day["day"] for day in reply["leads"]["by_day"]][::6] == ["2026-11-09", "2026-11-15"]
    assert [step["step"] for step in reply["funnel"]] == ["submissions", "leads", "working", "qualified"]
    assert reply["scores"] == {"average": None, "by_grade": []}
    this = client.get("/reports/weekly", query={"week_of": "2026-11-21"}, **workspace.viewer)
    assert this["period"]["start"] == "2026-11-16"


@pytest.mark.parametrize("day", ["2027-01-01", "9999-12-31", "0001-01-01", "yesterday", "", "2026-02-30"])
def test_a_week_that_makes_no_sense_is_named(client, workspace, day):
    reply = client.get("/reports/weekly", query={"week_of": day}, **workspace.viewer)
    assert reply.status == 422
    assert reply["errors"][0]["field"] == "week_of"


def test_order_follow_and_list_a_run(client, workspace):
    ordered = client.post(
        "/reports/weekly/runs", {"recipients": ["ana@example.com"]}, idempotency_key="k-1", **workspace.sales
    )
    assert ordered.status == 202, ordered.text
    again = client.post(
        "/reports/weekly/runs", {"recipients": ["ana@example.com"]}, idempotency_key="k-1", **workspace.sales
    )
    assert again["id"] == ordered["id"]
    assert client.get(f"/jobs/{ordered['id']}", **workspace.sales)["state"] == "queued"
    run_queue(client.runtime)
    job = client.get(f"/jobs/{ordered['id']}", **workspace.sales)
    assert (job["state"], job["result"]) == ("done", {"run_id": ordered["id"]})
    (run,) = client.get("/reports/runs", **workspace.viewer)["items"]
    assert (run["id"], run["state"], run["trigger"]) == (ordered["id"], "delivered", "request")
    assert run["recipients"] == ["ana@example.com"]
    assert run["delivery"]["message_ids"] == ["message-1"]
    assert (run["delivery"]["sent"], run["delivery"]["delivered"], run["delivery"]["bounced"]) == (1, 0, 0)
    assert run["file_url"].startswith("https://files.example/")
    assert len(client.runtime.mailer.sent) == 1


def test_an_empty_order_goes_to_whoever_asks(client, workspace):
    assert client.post("/reports/weekly/runs", **workspace.marketer).status == 202
    assert client.post("/reports/weekly/runs", **workspace.key).status == 202
    first, second = client.get("/reports/runs", **workspace.viewer)["items"][::-1]
    assert first["recipients"] == [f"marketer.{workspace.id.lower()}@acme.example"]
    assert second["recipients"] == [f"owner.{workspace.id.lower()}@acme.example"]


def test_runs_come_by_pages(client, workspace):
    made = [client.post("/reports/weekly/runs", **workspace.owner)["id"] for _ in range(3)]
    page = client.get("/reports/runs", query={"limit": 2}, **workspace.owner)
    rest = client.get("/reports/runs", query={"limit": 2, "cursor": page["next_cursor"]}, **workspace.owner)
    assert [run["id"] for run in page["items"] + rest["items"]] == made[::-1]
    assert rest["next_cursor"] is None


def test_the_schedule(client, workspace):
    shown = client.get("/reports/weekly/schedule", **workspace.viewer)
    assert (shown["enabled"], shown["version"], shown["next_run_at"]) == (False, 0, None)
    kept = client.put("/reports/weekly/schedule", SCHEDULE, **workspace.marketer)
    assert kept.status == 200, kept.text
    assert (kept["version"], kept["next_run_at"], kept["recipients"]) == (
        1,
        "2026-11-23T13:00:00.000Z",
        ["Ana@example.com"],
    )
    run_queue(client.runtime)
    assert list(client.runtime.scheduler.set) == [f"report-weekly-{workspace.id}"]
    stale = client.put("/reports/weekly/schedule", {**SCHEDULE, "hour": 9}, **workspace.marketer)
    assert stale.status == 409
    assert stale["current"]["version"] == 1
    changed = client.put("/reports/weekly/schedule", {**SCHEDULE, "hour": 9, "version": 1}, **workspace.marketer)
    assert (changed["version"], changed["next_run_at"]) == (2, "2026-11-23T14:00:00.000Z")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"weekday": 0}, "weekday"), ({"weekday": 8}, "weekday"), ({"hour": 24}, "hour"), ({"time_zone": "Mars/Base"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"), ({"time_zone": ""}, "time_zone"), ({"time_zone": "a\x00b"}, "time_zone"),
        ({"recipients": []}, "recipients"), ({"recipients": ["no address"]}, "recipients.0"),
        ({"recipients": ["a@b.example\r\nBcc: x@y.example"]}, "recipients.0"), ({"recipients": [f"a{n}@example.com" for n in range(21)]}, "recipients"),
        ({"language": "fr"}, "language"), ({"version": -1}, "version"), ({"next_run_at": None}, "next_run_at"), ({"workspace_id": "x"}, "workspace_id"),
    ],
)  # fmt: skip
def test_a_schedule_that_makes_no_sense_is_named(client, workspace, change, field):
    reply = client.put("/reports/weekly/schedule", {**SCHEDULE, **change}, **workspace.owner)
    assert reply.status == 422, reply.text
    assert [error["field"] for error in reply["errors"]] == [field]


def test_who_may_what(client, workspace):
    assert client.get("/reports/weekly").status == 401
    assert client.post("/reports/weekly/runs", **workspace.viewer).status == 403
    assert client.put("/reports/weekly/schedule", SCHEDULE, **workspace.sales).status == 403
    assert client.put("/reports/weekly/schedule", SCHEDULE, **workspace.key_of("viewer")).status == 403


def test_nothing_crosses_to_another_workspace(client, workspace, other_workspace):
    ordered = client.post("/reports/weekly/runs", **workspace.owner)
    client.put("/reports/weekly/schedule", SCHEDULE, **workspace.owner)
    assert client.get("/reports/runs", **other_workspace.owner)["items"] == []
    assert client.get("/reports/weekly/schedule", **other_workspace.owner)["version"] == 0
    assert client.get(f"/jobs/{ordered['id']}", **other_workspace.owner).status == 404
    cursor = client.get("/reports/runs", query={"limit": 1}, **workspace.owner)["next_cursor"]
    client.post("/reports/weekly/runs", **workspace.owner)
    cursor = client.get("/reports/runs", query={"limit": 1}, **workspace.owner)["next_cursor"]
    assert client.get("/reports/runs", query={"cursor": cursor}, **other_workspace.owner).status == 422
