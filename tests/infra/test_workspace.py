"""The first workspace of an installation."""

from types import SimpleNamespace
from typing import Any

import pytest

from infra import workspace

ARGUMENTS = [
    *("--stage", "prod", "--region", "eu-west-1", "--name", "Molino", "--owner", "Ana", "--email", "ana@example.com"),
    *("--sender", "hola@example.com", "--postal-address", "Calle del Agua 12"),
]


def test_without_a_stack_it_says_to_deploy(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(workspace, "outputs", lambda clients, stage: {})
    assert workspace.main(ARGUMENTS) == 1
    assert "clientela-prod: deploy first" in capsys.readouterr().err


def test_the_owner_is_invited_and_is_owner(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    said: dict[str, Any] = {}
    runtime = SimpleNamespace(
        identity=SimpleNamespace(ensure_user=lambda email, name: f"user of {email}"),
        clock=SimpleNamespace(now=lambda: workspace.ids.made_at("01K0DEM0000000000000000000")),
        table="table",
    )
    monkeypatch.setattr(workspace, "outputs", lambda clients, stage: {"PublicUrl": "https://crm.example.com"})
    monkeypatch.setattr(workspace, "runtime_of", lambda outputs, profile: runtime)
    monkeypatch.setattr(workspace, "create_workspace", lambda **given: said.update(workspace=given))
    monkeypatch.setattr(workspace, "add_member", lambda **given: said.update(member=given))
    assert workspace.main(ARGUMENTS) == 0
    assert said["member"]["role"] is workspace.Role.OWNER
    assert said["member"]["user_id"] == "user of ana@example.com"
    assert said["member"]["workspace_id"] == said["workspace"]["workspace_id"]
    assert (said["workspace"]["name"], said["workspace"]["sender_email"]) == ("Molino", "hola@example.com")
    assert "signs in at https://crm.example.com" in capsys.readouterr().out
