"""Fixtures for tests of the deployed stack: a throw-away one is started, or ``CLIENTELA_STACK=.local/stack.json`` is used."""

import json
import subprocess
import sys
import time
import urllib.request
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
def queued(stack: Stack, aws: Callable[[str], Any]) -> Callable[..., int]:
    """How many messages wait or are in work, in the queues of these outputs or, without any, in all but those for dead letters."""
    every = [name for name in stack.outputs if name.endswith("QueueUrl") and "DeadLetter" not in name]
    counts = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]

    def count(*outputs: str) -> int:
        return sum(
            int(number)
            for name in outputs or every
            for number in aws("sqs")
            .get_queue_attributes(QueueUrl=stack.outputs[name], AttributeNames=counts)["Attributes"]
            .values()
        )

    return count


@pytest.fixture(scope="module", autouse=True)
def calm(stack: Stack, queued: Callable[..., int]) -> None:
    """Waits until what earlier tests wrote has been derived: what these promise to a visitor, they promise on a stack that is not
    behind with a thousand rows.
    """
    waited = [f"{name}QueueUrl" for name in ("Scoring", "SegmentFill", "Assignment", "Jobs", "Imports")]
    ends = time.monotonic() + 400
    for _ in range(2):  # what the stream brings fills the queues
        _projected(stack)
        while queued(*waited):
            assert time.monotonic() < ends, "The queues do not become empty."
            time.sleep(0.5)


def _projected(stack: Stack) -> None:
    """Waits for a contact that is made now to be found: the stream has brought all that was written before."""
    name = f"calma{time.time_ns()}"
    headers = {"Authorization": f"Bearer {stack.api_key}", "Content-Type": "application/json"}

    def call(method: str, path: str, body: Any = None) -> Any:
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(stack.api_url + path, content, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    made = call("POST", "/contacts", {"first_name": name})
    ends = time.monotonic() + 300
    while not call("GET", f"/search?q={name}")["items"]:
        assert time.monotonic() < ends, "The stream is more than five minutes behind."
        time.sleep(0.3)
    call("DELETE", f"/contacts/{made['id']}")


@pytest.fixture(scope="session")
def tour(stack: Stack) -> str:
    """What ``examples/tour.py`` printed on its way over the stack."""
    script = Path(__file__).resolve().parents[2] / "examples" / "tour.py"
    command = [sys.executable, str(script), str(stack.home / "stack.json")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
