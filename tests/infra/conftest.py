"""The template, built once per session. Nothing here needs the network or a built package."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.build import template as built

PROJECT = Path(__file__).parents[2]

Template = dict[str, Any]


@pytest.fixture(scope="session")
def template() -> Template:
    """The whole template as it would be deployed, but for the addresses of the artifacts."""
    return built.assemble(PROJECT, version="0.0.0+test")


@pytest.fixture(scope="session")
def template_file(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, as a file."""
    path = tmp_path_factory.mktemp("template") / "template.json"
    path.write_text(json.dumps(template, indent=1))
    return path
