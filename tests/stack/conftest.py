"""Fixtures for tests of the deployed stack: a throw-away one is started, or ``CLIENTELA_STACK=.local/stack.json`` is used."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from infra.local.instance import Stack, shared


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever lies in this folder needs the stack."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.stack)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The running stack: addresses, key, user, outputs, and ``stack.aws`` for boto3."""
    with shared() as running:
        yield running


@pytest.fixture(scope="session")
def aws(stack: Stack) -> Callable[[str], Any]:
    """A client of the stack's cloud for the name of a service: ``aws("sqs")``."""
    clients: dict[str, Any] = {}

    def client(service: str) -> Any:
        if service not in clients:
            clients[service] = boto3.client(service, **stack.aws)
        return clients[service]

    return client


@pytest.fixture(scope="session")
def tour(stack: Stack) -> str:
    """What ``examples/tour.py`` printed on its way over the stack."""
    script = Path(__file__).resolve().parents[2] / "examples" / "tour.py"
    command = [sys.executable, str(script), str(stack.home / "stack.json")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
