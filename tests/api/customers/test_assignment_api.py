"""Assignment rules and the response target over HTTP."""

from typing import Any

import pytest


@pytest.fixture
def rule(workspace):
    def make(**more: Any) -> dict[str, Any]:
        return {"id": "r1", "name": "Todos", "strategy": "round_robin", "members": [workspace.users["sales"]], **more}

    return make


def test_rules_are_kept_as_given(client, workspace, rule):
    assert client.get("/assignment-rules", **workspace.viewer).json == {"rules": [], "version": 0}
    client.post("/fields", {"kind": "lead", "key": "size", "name": "Tamaño", "type": "number"}, **workspace.owner)
    when = [
        {"field": "source", "op": "in", "value": ["google", "feria"]},
        {"field": "country", "op": "empty", "value": None},
        {"field": "custom.size", "op": "at_least", "value": 10},
    ]
    body = {"rules": [rule(when=when, enabled=False), rule(id="r2", strategy="least_loaded")], "version": 0}
    saved = client.put("/assignment-rules", body, **workspace.owner)
    assert saved.status == 200, saved.text
    shown = client.get("/assignment-rules", **workspace.sales).json
    assert shown == saved.json
    assert shown["version"] == 1
    assert shown["rules"][0] == {**rule(), "when": when, "enabled": False}
    stale = client.put("/assignment-rules", body, **workspace.owner)
    assert (stale.status, stale["current"]) == (409, shown)
    assert client.put("/assignment-rules", {"rules": [], "version": 1}, **workspace.sales).status == 403
    assert client.put("/assignment-rules", {"rules": [], "version": 1}, **workspace.admin)["version"] == 2


def test_a_new_rule_needs_no_id(client, workspace, rule):
    wanted = {key: value for key, value in rule().items() if key != "id"}
    saved = client.put("/assignment-rules", {"rules": [wanted, wanted], "version": 0}, **workspace.owner).json
    first, second = (each.pop("id") for each in saved["rules"])
    assert first != second
    assert saved["rules"] == [{**wanted, "when": [], "enabled": True}] * 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"members": []}, "rules.0.members"),
        ({"members": ["nobody"]}, "rules.0.members.0"),
        ({"name": ""}, "rules.0.name"),
        ({"strategy": "by_mood"}, "rules.0.strategy"),
        ({"when": [{"field": "score", "op": "is", "value": 1}]}, "rules.0.when.0.field"),
        ({"when": [{"field": "source", "op": "is"}]}, "rules.0.when.0"),
        ({"when": [{"field": "source", "op": "in", "value": "google"}]}, "rules.0.when.0"),
        ({"when": [{"field": "source", "op": "empty", "value": "x"}]}, "rules.0.when.0"),
        ({"when": [{"field": "source", "op": "like", "value": "x"}]}, "rules.0.when.0.op"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(client, workspace, rule, change, field):
    reply = client.put("/assignment-rules", {"rules": [rule(**change)], "version": 0}, **workspace.owner)
    assert (reply.status, reply["errors"][0]["field"]) == (422, field), reply.text


def test_the_response_target(client, workspace):
    default = client.get("/response-target", **workspace.viewer).json
    assert default == {"minutes": 60, "enabled": False, "working_hours": [], "holidays": [], "version": 0}
    target = {
        "minutes": 30,
        "enabled": True,
        "working_hours": [{"weekday": 1, "from": "09:00", "to": "24:00"}],
        "holidays": ["2026-12-25", "2026-12-08"],
    }
    saved = client.put("/response-target", {**target, "version": 0}, **workspace.owner)
    assert saved.status == 200, saved.text
    assert saved.json == {**target, "holidays": ["2026-12-08", "2026-12-25"], "version": 1}
    assert client.get("/response-target", **workspace.viewer).json == saved.json
    assert client.put("/response-target", {**target, "version": 0}, **workspace.owner)["current"] == saved.json


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"minutes": 0}, "minutes"),
        ({"working_hours": [{"weekday": 8, "from": "09:00", "to": "10:00"}]}, "working_hours.0.weekday"),
        ({"working_hours": [{"weekday": 1, "from": "10:00", "to": "10:00"}]}, "working_hours.0"),
        ({"working_hours": [{"weekday": 1, "from": "9", "to": "10:00"}]}, "working_hours.0.from"),
        ({"holidays": ["someday"]}, "holidays.0"),
    ],
)
def test_a_target_that_cannot_be_is_refused(client, workspace, change, field):
    body = {"minutes": 30, "enabled": True, "version": 0, **change}
    reply = client.put("/response-target", body, **workspace.owner)
    assert (reply.status, reply["errors"][0]["field"]) == (422, field), reply.text
