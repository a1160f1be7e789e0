"""A stack to test against: the one that ``CLIENTELA_STACK`` names, or a throw-away one that is started and ended here.

The throw-away one lives in ``.local/test``, apart from the user's data, on port 18080 or the next free one. Several processes
(xdist workers, the browser tests) share it: the first starts it, the last ends it.
"""

import contextlib
import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local import ports, processes
from infra.local.console import LocalError
from infra.local.paths import DEFAULT_HOME, ROOT

#: Names a running stack's ``stack.json``; tests then use that one and leave it running.
VARIABLE = "CLIENTELA_STACK"

TEST_HOME = DEFAULT_HOME / "test"
_PORT = 18080


@dataclass(frozen=True, slots=True)
class Stack:
    """A running stack. The attributes of ``stack.json``, the stack's outputs, and how to reach its cloud."""

    home: Path
    url: str
    api_url: str
    mail_url: str
    endpoint: str
    outputs: dict[str, str]
    workspace_id: str = ""
    api_key: str = ""
    form_key: str = ""
    user: dict[str, str] | None = None

    @property
    def aws(self) -> dict[str, Any]:
        """Keyword arguments for ``boto3.client``: the local cloud's endpoint and its root credentials."""
        return {
            "endpoint_url": self.endpoint,
            "region_name": "us-east-1",
            "aws_access_key_id": "test",
            "aws_secret_access_key": "test",
        }

    @classmethod
    def read(cls, path: Path) -> "Stack":
        """The running stack whose ``stack.json`` this is.

        Raises:
            LocalError: there is none.
        """
        home = path.resolve().parent
        found = ports.remembered(home)
        try:
            told = json.loads(path.read_text())
            outputs = json.loads((home / "outputs.json").read_text())
        except (OSError, ValueError) as error:
            message = f"No stack is deployed in {home}: make run."
            raise LocalError(message) from error
        if found is None:
            message = f"{home} holds a stack without ports: make run."
            raise LocalError(message)
        known = {name: value for name, value in told.items() if name in cls.__slots__}
        return cls(home=home, endpoint=found.endpoint, outputs=outputs, **known)


@contextlib.contextmanager
def shared(*, home: Path = TEST_HOME, empty: bool = False) -> Iterator[Stack]:
    """The stack to test against, for as long as the block runs. A fresh one when it has to be started.

    Raises:
        LocalError: it could not be started; the sentence holds what was said.
    """
    if named := os.environ.get(VARIABLE):
        yield Stack.read(Path(named))
        return
    home.mkdir(parents=True, exist_ok=True)
    users = home.parent / f"{home.name}.users"
    with _users(users) as present:
        if not present or processes.running(home, "runner") is None:
            _start(home, empty=empty)
        present.add(str(os.getpid()))
    try:
        yield Stack.read(home / "stack.json")
    finally:
        with _users(users) as present:
            present.discard(str(os.getpid()))
            if not present:
                _command("stop", "--home", str(home))


def _start(home: Path, *, empty: bool) -> None:
    _command("stop", "--home", str(home))
    shutil.rmtree(home, ignore_errors=True)
    options = ["--home", str(home), "--port", str(free_port()), "--detach", *(["--empty"] if empty else [])]
    _command("run", *options)


def _command(*arguments: str) -> None:
    command = [sys.executable, "-m", "infra.local", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise LocalError((done.stdout + done.stderr).strip())


def free_port() -> int:
    """A port for a throw-away stack: 18080 or the next free one."""
    for port in range(_PORT, _PORT + 200, 10):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    message = f"No port from {_PORT} on is free for the test stack."
    raise LocalError(message)


@contextlib.contextmanager
def _users(path: Path) -> Iterator[set[str]]:
    """The living processes that use the stack, under a lock."""
    path.touch()
    with path.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        present = {pid for pid in file.read().split() if processes.Identity.of(int(pid)) is not None}
        try:
            yield present
        finally:
            file.seek(0)
            file.truncate()
            file.write(" ".join(sorted(present)))
