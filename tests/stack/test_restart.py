"""Data and the flow of changes survive an orderly stop and the killing of every process."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.instance import Stack, free_port
from infra.local.paths import DEFAULT_HOME, ROOT

HOME = DEFAULT_HOME / "test-restart"


def local(*arguments: str) -> None:
    command = [sys.executable, "-m", "infra.local", *arguments, "--home", str(HOME)]
    env = {**os.environ, "CHECKPOINT_SECONDS": "1"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def own() -> Iterator[Stack]:
    """An empty stack that only this test stops and kills."""
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    local("run", "--detach", "--empty", "--port", str(free_port()))
    yield Stack.read(HOME / "stack.json")
    local("stop")
    shutil.rmtree(HOME, ignore_errors=True)


def call(stack: Stack, method: str, path: str, body: object = None) -> Any:
    request = urllib.request.Request(stack.api_url + path, method=method)
    request.add_header("Authorization", f"Bearer {stack.api_key}")
    if body is not None:
        request.add_header("Content-Type", "application/json")
        request.data = json.dumps(body).encode()
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read())


def becomes_findable(stack: Stack, name: str) -> bool:
    """Search tokens are derived from the table's stream: who is found there was projected."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        found = call(stack, "GET", "/search?" + urllib.parse.urlencode({"q": name}))["items"]
        if any(name in item["title"] for item in found):
            return True
        time.sleep(0.5)
    return False


def add(stack: Stack, name: str) -> None:
    address = f"{name.lower()}@example.com"
    call(stack, "POST", "/contacts", {"first_name": name, "emails": [{"address": address, "primary": True}]})


def kill_everything() -> None:
    for path in (HOME / "run").glob("*.json"):
        os.kill(json.loads(path.read_text())["pid"], signal.SIGKILL)


def last_save() -> float:
    return max((path.stat().st_mtime for path in Path(HOME / "state").glob("*.json")), default=0.0)


def test_goes_on_after_a_stop_and_after_a_kill(own: Stack) -> None:
    add(own, "Anselma")
    assert becomes_findable(own, "Anselma")
    local("stop")
    local("run", "--detach")
    assert becomes_findable(own, "Anselma")
    add(own, "Bonifacia")
    assert becomes_findable(own, "Bonifacia")
    add(own, "Cayetana")
    # From now on, not from before: what a busy machine takes three seconds to write may be younger than a save's beginning.
    added, deadline = time.time(), time.monotonic() + 60
    while last_save() < added + 3 and time.monotonic() < deadline:
        time.sleep(0.5)
        call(own, "POST", "/segments", {"name": f"s{time.time()}", "kind": "static", "contact_ids": []})
    assert last_save() >= added + 3
    kill_everything()
    local("run", "--detach")
    for name in ("Anselma", "Bonifacia", "Cayetana"):
        assert becomes_findable(own, name)
    add(own, "Dorotea")
    assert becomes_findable(own, "Dorotea")
