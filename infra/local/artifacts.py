"""What has to be made before anything runs, and is made again only when its sources changed."""

import contextlib
import fcntl
import hashlib
import os
import platform
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from infra.local import node, packages
from infra.local.commands import run
from infra.local.paths import ROOT, TOOLS

_STAMPS = TOOLS / "stamps"
_MAIL = ROOT / "infra" / "local" / "mail"
_WEB = ROOT / "web"

#: What the package and the template are made from.
_FUNCTIONS = (
    "app.py", "chalicelib", ".chalice", "infra/build", "infra/resources", "infra/layers", "infra/openapi.py",
    "requirements.txt", "pyproject.toml",
)  # fmt: skip
_SPA = ("src", "public", "scripts", "index.html", "package.json", "package-lock.json")
_SPA_SETTINGS = ("*.config.*", "tsconfig*.json")


def python_tools() -> bool:
    """The development environment; returns whether anything had to be done."""
    return packages.environment(packages.DEV, ROOT / "requirements-dev.txt")


def cloud_tools() -> bool:
    """The local cloud's environment."""
    return packages.environment(packages.CLOUD, ROOT / "requirements-local.txt")


def mail_tools() -> bool:
    """The mail catcher."""
    return _npm_ci(_MAIL, "--ignore-scripts", "--omit=dev")


def mail_command() -> list[str]:
    """How the mail catcher is started, without its options."""
    return ["node", str(_MAIL / "node_modules" / "maildev" / "bin" / "maildev")]


def spa() -> bool:
    """``web/dist``. Nothing is done while there is no ``web/package.json``."""
    if not (_WEB / "package.json").exists() or os.environ.get("WEB") == "0":
        return False
    sources = [_WEB / name for name in _SPA]
    sources += [path for pattern in _SPA_SETTINGS for path in sorted(_WEB.glob(pattern))]
    with _locked("web"):
        return _when_changed("spa", sources, (_WEB / "dist" / "index.html",), _build_spa)


def _build_spa() -> None:
    _npm_ci(_WEB)
    run(["npm", "run", "build", "--loglevel=error"], title="The SPA's build", cwd=_WEB, env=node.environment())


def browser_tools() -> bool:
    """What the browser tests need, a browser included."""
    return _npm_ci(_WEB / "e2e")


def functions() -> bool:
    """``build/template.json`` and the zips beside it, for the Python that runs here."""
    results = [ROOT / "build" / name for name in ("template.json", "functions.zip")]

    def make() -> None:
        run([str(packages.python(packages.DEV)), "-m", "infra.build"], title="Packaging", env=clean_environment())

    name = f"functions-{sys.implementation.cache_tag}-{platform.machine()}"
    with _locked("build"):
        changed = _when_changed(name, [ROOT / path for path in _FUNCTIONS], results, make)
        if changed:
            for other in _STAMPS.glob("functions*"):  # whatever another Python packaged is overwritten now
                if other.name != name:
                    other.unlink()
    return changed


def clean_environment() -> dict[str, str]:
    """Ours without what could lead AWS calls of a step to a real account."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "VIRTUAL_ENV", "PYTHON")) or name == "AWS_CA_BUNDLE"
    }


def _npm_ci(folder: Path, *options: str) -> bool:
    """``npm ci`` when the lock is not what is installed."""
    lock, installed = folder / "package-lock.json", folder / "node_modules" / ".package-lock.json"

    def install() -> None:
        run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error", *options], title=f"npm ci in {folder.relative_to(ROOT)}",
            cwd=folder, env=node.environment())  # fmt: skip

    name = "npm-" + str(folder.relative_to(ROOT)).replace(os.sep, "-")
    if not (_STAMPS / name).exists() and installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        _mark(name, _fingerprint([lock]))  # installed by hand, and as the lock says
        return False
    return _when_changed(name, [lock], (installed,), install)


def _when_changed(name: str, sources: Iterable[Path], results: Iterable[Path], make: Callable[[], None]) -> bool:
    found = _fingerprint(sources)
    stamp = _STAMPS / name
    if stamp.exists() and stamp.read_text() == found and all(path.exists() for path in results):
        return False
    stamp.unlink(missing_ok=True)
    make()
    _mark(name, found)
    return True


def _mark(name: str, fingerprint: str) -> None:
    _STAMPS.mkdir(parents=True, exist_ok=True)
    (_STAMPS / name).write_text(fingerprint)


def _fingerprint(sources: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for source in sources:
        files = sorted(source.rglob("*")) if source.is_dir() else [source]
        for path in files:
            if path.is_file() and "__pycache__" not in path.parts and "deployed" not in path.parts:
                digest.update(f"{path.relative_to(ROOT)}\0{path.stat().st_mode & 0o111}\0".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


@contextlib.contextmanager
def _locked(name: str) -> Iterator[None]:
    TOOLS.mkdir(parents=True, exist_ok=True)
    with Path(TOOLS / f"{name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
