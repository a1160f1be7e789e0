"""Our own processes: started, recognised and ended, and nobody else's.

Each has a file ``<home>/run/<name>.json`` with its pid and start time, so a pid that the system gave to somebody else is never
touched. Every child also carries ``CLIENTELA_HOME=<home>`` in its environment: functions that a killed cloud left behind are
found by it.
"""

import contextlib
import json
import os
import signal
import subprocess
import time
from dataclasses import asdict, dataclass
from pathlib import Path

#: The mark in the environment of everything we start; its value is the home's path.
MARK = "CLIENTELA_HOME"


@dataclass(frozen=True, slots=True)
class Identity:
    """A process that can be told from a later one with the same pid. ``started`` is in the system's clock ticks."""

    pid: int
    started: str

    @classmethod
    def of(cls, pid: int) -> "Identity | None":
        """The process that has this pid now, or None."""
        try:
            text = Path(f"/proc/{pid}/stat").read_text()
        except FileNotFoundError:
            return None if Path("/proc/self/stat").exists() else _from_ps(pid)
        except OSError:
            return None
        fields = text.rpartition(")")[2].split()
        return None if fields[0] in {"Z", "X"} else cls(pid, fields[19])

    def alive(self) -> bool:
        """Whether it still runs (a zombie does not)."""
        return Identity.of(self.pid) == self


def _from_ps(pid: int) -> Identity | None:
    shown = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return Identity(pid, shown.stdout.strip()) if shown.stdout.strip() else None


def remember(home: Path, name: str, pid: int) -> None:
    """Write the pid file of a process that has just been started."""
    identity = Identity.of(pid)
    if identity is not None:
        folder = home / "run"
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / f"{name}.json.new"
        partial.write_text(json.dumps(asdict(identity)))
        partial.replace(folder / f"{name}.json")


def forget(home: Path, name: str) -> None:
    """Remove a pid file."""
    (home / "run" / f"{name}.json").unlink(missing_ok=True)


def running(home: Path, name: str) -> Identity | None:
    """The remembered process if it still runs; a stale pid file is removed."""
    path = home / "run" / f"{name}.json"
    try:
        identity = Identity(**json.loads(path.read_text()))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError):
        path.unlink(missing_ok=True)
        return None
    if identity.alive():
        return identity
    path.unlink(missing_ok=True)
    return None


def end(identity: Identity, *, patience: float) -> bool:
    """Ask a process to end and, after ``patience`` seconds, make it; return whether it ended by itself."""
    if not identity.alive():
        return True
    with contextlib.suppress(ProcessLookupError):
        os.kill(identity.pid, signal.SIGTERM)
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        _reap(identity.pid)
        if not identity.alive():
            return True
        time.sleep(0.05)
    with contextlib.suppress(ProcessLookupError):
        os.kill(identity.pid, signal.SIGKILL)
    for _ in range(100):
        _reap(identity.pid)
        if not identity.alive():
            break
        time.sleep(0.05)
    return False


def end_strays(home: Path) -> int:
    """Kill what a killed run left behind (functions' workers, above all); return how many there were."""
    mark = f"{MARK}={home.resolve()}".encode()
    count = 0
    for entry in Path("/proc").glob("[0-9]*"):
        pid = int(entry.name)
        if pid == os.getpid():
            continue
        try:
            ours = mark in (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        identity = Identity.of(pid) if ours else None
        if identity is not None and identity.alive():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
                count += 1
    return count


def listener(port: int) -> str | None:
    """Who listens on a loopback port, as "name (pid n)", as far as this user may know."""
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                    inodes.add(f"socket:[{fields[9]}]")
    if not inodes:
        return None
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if any(str(handle.readlink()) in inodes for handle in (entry / "fd").iterdir()):
                name = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
                return f"{name[:60] or 'a process'} (pid {entry.name})"
    return None


def _reap(pid: int) -> None:
    """Collect it if it is our own child, so that it does not stay a zombie."""
    with contextlib.suppress(ChildProcessError, OSError):
        os.waitpid(pid, os.WNOHANG)
