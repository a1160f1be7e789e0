"""Python packages from the locks, into an environment of their own: by uv when it can be had, else by pip.

uv takes about five seconds where pip takes a minute. It does not read pip's configuration, so wherever it fails (a private
index, an odd certificate store) pip does the same work from the same lock.
"""

import contextlib
import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from infra.local import commands
from infra.local.console import LocalError
from infra.local.paths import ROOT, TOOLS

#: Builds, tests and deploys; also what the developer's editor uses.
DEV = ROOT / ".venv"
#: Runs the local cloud and, inside it, the functions.
CLOUD = ROOT / ".venv-local"

_UV = TOOLS / "uv" / "bin" / "uv"
_UV_LOCK = ROOT / "infra" / "local" / "requirements-uv.txt"
_mutex = threading.Lock()


def environment(folder: Path, lock: Path) -> bool:
    """Bring the virtual environment ``folder`` to what ``lock`` says; return whether anything had to be done.

    An environment that exists is upgraded in place, so that people who are using it can go on.

    Raises:
        LocalError: Python lacks ``venv``, or the packages cannot be had.
    """
    stamp = folder / ".clientela-lock"
    wanted = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted and python(folder).exists():
        return False
    with _locked(f"{folder.name.lstrip('.')}"):
        if stamp.exists() and stamp.read_text() == wanted and python(folder).exists():
            return False
        if not _runs(folder):
            _create(folder)
        install(lock, into=folder)
        stamp.write_text(wanted)
    return True


def python(folder: Path) -> Path:
    """The interpreter of a virtual environment."""
    return folder / "bin" / "python"


def prepare() -> None:
    """Make the development environment and fetch the installer: what everything else here stands on.

    Raises:
        LocalError: Python lacks ``venv``.
    """
    with _locked("venv"):
        if not _runs(DEV):
            _create(DEV)
    _uv()


def install(lock: Path, *, into: Path | None = None, target: Path | None = None) -> None:
    """Install a lock with hashes ``into`` an environment or, unpacked, under ``target``: by uv, else by pip.

    Raises:
        LocalError: neither could.
    """
    where = ["--target", str(target)] if target else ["--python", str(python(into or DEV))]
    uv = _uv()
    if uv is not None:
        command = [str(uv), "pip", "install", "--quiet", "--system-certs", "--require-hashes", "--no-python-downloads"]
        if _run([*command, *where, "-r", str(lock)], env=_uv_environment()) is None:
            return
    command = [str(python(DEV)), "-m", "pip", "--quiet", "--disable-pip-version-check"]
    command += [] if target else where
    command += ["install", "--no-compile", "--require-hashes", *(where if target else []), "-r", str(lock)]
    error = _run(command)
    if error is not None:
        raise LocalError(_explain(lock, error))


def install_for(target: Path, platform_name: str | None, arguments: list[str]) -> bool:
    """Unpack packages for this Python and another platform (None: this one) under ``target`` with uv; whether that went well.

    Quick, and only an attempt: the caller asks pip where it did not.
    """
    uv = _uv()
    if uv is None:
        return False
    command = [str(uv), "pip", "install", "--quiet", "--system-certs", "--no-python-downloads", "--target", str(target)]
    command += ["--python", sys.executable]
    if platform_name is not None:
        command += ["--python-platform", platform_name, "--only-binary", ":all:"]
    if _run([*command, *arguments], env=_uv_environment()) is None:
        # Nothing that pip would not have put there: the result is the same whichever did it.
        shutil.rmtree(target / "bin", ignore_errors=True)
        (target / ".lock").unlink(missing_ok=True)
        return True
    shutil.rmtree(target, ignore_errors=True)
    return False


def _create(folder: Path) -> None:
    clear = folder.exists()
    if _UV.exists() and folder != DEV:
        command = [str(_UV), "venv", "--quiet", "--no-python-downloads", "--python", sys.executable]
        command += ["--system-certs", *(["--clear"] if clear else []), str(folder)]
        if _run(command, env=_uv_environment()) is None:
            return
    error = _run([sys.executable, "-m", "venv", *(["--clear"] if clear else []), str(folder)])
    if error is not None:
        shutil.rmtree(folder, ignore_errors=True)
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        message = (
            f"Python {version} has no venv; on Debian: apt-get install python3-venv."
            if "ensurepip" in error or "No module named venv" in error
            else f"The virtual environment {folder} cannot be made: {error}"
        )
        raise LocalError(message)


def _runs(folder: Path) -> bool:
    """Whether the environment's interpreter starts and is the one we run on (not left over from an older Python)."""
    try:
        code = "import sys; print(sys.version)"
        shown = subprocess.run(
            [str(python(folder)), "-c", code], capture_output=True, text=True, check=True, timeout=30
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return shown.stdout.strip() == sys.version


def _uv() -> Path | None:
    """The pinned uv, fetched by pip on first use; None when it cannot be had."""
    if os.environ.get("CLIENTELA_NO_UV"):
        return None
    with _mutex, _locked("uv"):
        if _UV.exists():
            return _UV
        partial = TOOLS / f"uv.{os.getpid()}"
        command = [str(python(DEV)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
        command += [
            "--no-deps",
            "--only-binary=:all:",
            "--require-hashes",
            "--target",
            str(partial),
            "-r",
            str(_UV_LOCK),
        ]
        if _run(command) is not None:
            shutil.rmtree(partial, ignore_errors=True)
            return None
        shutil.rmtree(_UV.parents[1], ignore_errors=True)
        partial.rename(_UV.parents[1])
        return _UV


def _uv_environment() -> dict[str, str]:
    """Uv's settings from pip's environment variables; the cache stays in the project, so that nothing is left behind."""
    env = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    env.setdefault("UV_CACHE_DIR", str(TOOLS / "uv-cache"))
    if index := os.environ.get("PIP_INDEX_URL"):
        env.setdefault("UV_DEFAULT_INDEX", index)
    return env


def _run(command: list[str], env: dict[str, str] | None = None) -> str | None:
    """Run quietly; None when it went well, else the line that says why not."""
    try:
        status, out, err = commands.capture(command, env=env)
    except OSError as error:
        return str(error)
    if status == 0:
        return None
    lines = [line.strip() for line in (err + out).splitlines() if line.strip()]
    told = [line for line in lines if "error" in line.lower() or "ensurepip" in line] or lines
    return told[-1] if told else "it ended without a word"


def _explain(lock: Path, error: str) -> str:
    low = error.lower()
    if commands.is_disk_full(error):
        return f"The disk is full; free 2 GB and run the command again ({error})."
    if any(word in low for word in ("gcc", "cc1", "compiler", "build wheel", "building wheel")) and not _compiler():
        return "A package has to be compiled and there is no C compiler; on Debian: apt-get install build-essential."
    if any(
        word in low for word in ("connection", "resolve", "retries", "timed out", "network", "no matching distribution")
    ):
        return f"The Python package index cannot be reached; check the network or proxy and run the command again ({error})."
    return f"The packages of {lock.name} cannot be installed on {platform.platform()}: {error}"


def _compiler() -> str | None:
    return next((found for name in ("cc", "gcc", "clang") if (found := shutil.which(name))), None)


@contextlib.contextmanager
def _locked(name: str) -> Iterator[None]:
    TOOLS.mkdir(parents=True, exist_ok=True)
    with Path(TOOLS / f"{name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
