"""Running the tools that make things ready, and breaking them off when the person does not want to wait."""

import contextlib
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path

from infra.local.console import LocalError
from infra.local.paths import ROOT

_running: set["subprocess.Popen[str]"] = set()
_mutex = threading.Lock()
_NETWORK = ("ENOTFOUND", "ECONNREFUSED", "EAI_AGAIN", "ETIMEDOUT", "ECONNRESET", "CERT_")


def capture(command: list[str], *, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> tuple[int, str, str]:
    """Run to the end; the exit status, what it printed and what it complained of. Raises OSError when it cannot start."""
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=env,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C reaches the runner alone, which ends its tools in order
    )
    with _mutex:
        _running.add(process)
    try:
        out, err = process.communicate()
    finally:
        with _mutex:
            _running.discard(process)
    return process.returncode, out, err


def run(command: list[str], *, title: str, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> str:
    """Run a step quietly and return what it printed.

    Raises:
        LocalError: it failed; the sentence holds the last lines it wrote, or what to do where that is known.
    """
    try:
        status, out, err = capture(command, cwd=cwd, env=env)
    except OSError as error:
        message = f"{title} cannot be started: {error}"
        raise LocalError(message) from error
    if status == 0:
        return out
    if is_disk_full(err):
        message = f"{title} failed: the disk is full. Free 2 GB and run the command again."
    elif any(word in err for word in _NETWORK):
        message = (
            f"{title} failed: the npm registry cannot be reached. Check the network or proxy and run the command again."
        )
    else:
        lines = [line.rstrip() for line in (err if err.strip() else out).splitlines() if line.strip()]
        message = "\n      ".join([f"{title} failed:", *(lines[-15:] or [f"exit status {status}"])])
    raise LocalError(message)


def interrupt() -> None:
    """End the tools that are running."""
    with _mutex:
        for process in _running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)


def is_disk_full(told: str) -> bool:
    """Whether a failure is the disk's."""
    return "ENOSPC" in told or "No space left" in told or shutil.disk_usage(ROOT).free < 20e6
