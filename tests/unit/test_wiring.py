"""The tables of the composition root name what exists, and all that exists."""

import json
import re
from importlib import import_module
from pathlib import Path

import pytest

from chalicelib import wiring
from chalicelib.foundation.http import PUBLIC, SIGNED_IN
from chalicelib.foundation.settings import QUEUES

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("module", wiring.ROUTES)
def test_a_module_serves_exactly_the_segments_it_is_listed_under(module: str) -> None:
    served = set()
    for endpoint in import_module(f"chalicelib.{module}").routes.endpoints:
        segments = endpoint.path.strip("/").split("/")
        served.add(segments[1] if segments[0] == "v1" else segments[0])
    assert served == set(wiring.ROUTES[module])


def test_every_module_of_routes_is_listed() -> None:
    found = {
        ".".join(path.relative_to(ROOT / "chalicelib").with_suffix("").parts)
        for path in (ROOT / "chalicelib").rglob("routes.py")
        if "foundation" not in path.parts
    }
    assert found == {module for module in wiring.ROUTES if not module.startswith("foundation")}


def test_every_module_of_projections_is_listed() -> None:
    found = {
        ".".join(path.relative_to(ROOT / "chalicelib").with_suffix("").parts)
        for path in (ROOT / "chalicelib").rglob("projections.py")
    }
    assert found == set(wiring.PROJECTIONS)


def test_every_queue_has_its_consumer_and_every_named_function_exists() -> None:
    assert set(wiring.CONSUMERS) == set(QUEUES)
    places = [place for several in wiring.CONSUMERS.values() for place in several.split()]
    for place in [*places, *wiring.TICKS]:
        module, _, name = place.partition(":")
        assert callable(getattr(import_module(f"chalicelib.{module}"), name))


def test_every_route_names_a_permission() -> None:
    from chalicelib.workspaces.members.domain import PERMISSIONS

    for routes in wiring.feature_routes():
        for endpoint in routes.endpoints:
            assert endpoint.permission in PERMISSIONS | {PUBLIC, SIGNED_IN}, endpoint.path


def test_every_function_has_a_policy_of_its_own() -> None:
    stages = json.loads((ROOT / ".chalice" / "config.json").read_text())["stages"]
    for stage in stages.values():
        files = [function["iam_policy_file"] for function in stage["lambda_functions"].values()]
        assert len(files) == len(set(files))


def test_every_fact_and_order_is_written_down() -> None:
    """`docs/events.md` has a row for each type that a feature's ``events.py`` declares."""
    written = (ROOT / "docs" / "events.md").read_text("utf-8")
    declared = {
        value
        for path in (ROOT / "chalicelib").rglob("events.py")
        for name, value in vars(import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))).items()
        if name.isupper() and isinstance(value, str) and re.fullmatch(r"[a-z]+(\.[a-z_]+)+", value)
    }
    assert len(declared) > 15
    assert sorted(each for each in declared if f"`{each}`" not in written) == []
