"""The packages that ship inside the functions' zip: downloaded once for a list of requirements, then kept.

Wheels are asked for as Lambda needs them: manylinux2014, x86-64, and the version of the Python that builds, which is also the one
that chalice writes into the template. The local cloud runs them as well, being of the same Python; only a machine that is not
x86-64 Linux packages its own wheels, for itself alone (``native``), and the deploy to AWS never does.
"""

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, distributions, version
from pathlib import Path, PurePosixPath

import chalice

from infra.build import archive
from infra.local import packages

PROVIDED = frozenset({"boto3", "botocore", "s3transfer", "urllib3", "python-dateutil", "six", "jmespath"})
"""The Lambda runtime brings these. Leaving them out makes the zip five times smaller and a cold start half as long."""

CHALICE_RUNTIME = ("__init__.py", "app.py")
"""All that a deployed function uses of chalice; the rest is its command line. Taken, as chalice itself does, from the chalice that
builds."""

UNUSED = ("phonenumbers/geodata/", "phonenumbers/carrierdata/", "phonenumbers/tzdata/")
"""Places, carriers and time zones of telephone numbers: most of that package, and nothing here asks for them."""

PLATFORM = (
    "--platform=manylinux2014_x86_64",
    "--platform=manylinux_2_17_x86_64",
    f"--python-version={sys.version_info.major}.{sys.version_info.minor}",
    "--implementation=cp",
    "--only-binary=:all:",
)

_FORMAT = "9"
"""Part of every cache key: raise it when the way a tree or zip is made changes."""


class DependencyError(Exception):
    """Packages could not be downloaded; the message is pip's."""


def cache_key(*parts: bytes | str) -> str:
    """A short key for something made from ``parts`` on this interpreter."""
    digest = hashlib.sha256()
    for part in (_FORMAT, sys.implementation.cache_tag, str(native()), *parts):
        digest.update(part if isinstance(part, bytes) else part.encode())
        digest.update(b"\0")
    return digest.hexdigest()[:16]


def native() -> bool:
    """Whether to package this machine's own wheels instead of Lambda's; ``CLIENTELA_NATIVE=0`` or ``1`` decides otherwise."""
    if told := os.environ.get("CLIENTELA_NATIVE"):
        return told == "1"
    return (sys.platform, platform.machine()) != ("linux", "x86_64")


def install(arguments: Iterable[str], destination: Path) -> None:
    """``pip install`` into ``destination``, which only exists afterwards when everything went well."""
    scratch = destination.with_name(destination.name + ".partial")
    shutil.rmtree(scratch, ignore_errors=True)
    if packages.install_for(scratch, None if native() else "x86_64-manylinux_2_17", list(arguments)):
        shutil.rmtree(destination, ignore_errors=True)
        scratch.rename(destination)
        return
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    command += [f"--target={scratch}", *(() if native() else PLATFORM), *arguments]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False)
    if outcome.returncode != 0:
        shutil.rmtree(scratch, ignore_errors=True)
        raise DependencyError(f"pip could not get the packages:\n{outcome.stderr.strip()}")
    shutil.rmtree(destination, ignore_errors=True)
    scratch.rename(destination)


def packages_zip(requirements: Path, cache: Path) -> Path:
    """A zip of the packages of ``requirements``, stripped and compiled; made when the cache has none for this list."""
    text = requirements.read_bytes()
    key = cache_key(text, version("chalice"), repr(UNUSED))
    target = cache / f"packages-{key}.zip"
    if target.exists():
        return target
    tree = cache / f"packages-{key}"
    if not tree.exists():
        install(["--requirement", str(requirements)], tree)
        shutil.rmtree(tree / "chalice", ignore_errors=True)
        (tree / "chalice").mkdir()
        for name in CHALICE_RUNTIME:
            shutil.copy(Path(chalice.__file__).parent / name, tree / "chalice" / name)
    _forget_others(target, cache)
    names = _shipped(tree, _roots(text.decode()))
    # Without their sources packages are half as many files and two thirds as many bytes, which every cold start unpacks.
    compiled = archive.compile_tree(tree, [name for name in names if name.endswith(".py")], sourceless=True)
    others = [archive.Member(name, tree / name) for name in names if name not in compiled]
    archive.write_zip(target, [*others, *compiled.values()])
    return target


def _forget_others(target: Path, cache: Path) -> None:
    """Remove what older lists of requirements left in the cache."""
    for path in cache.glob("packages-*"):
        if path.stem != target.stem:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _roots(requirements: str) -> Iterator[str]:
    """The names that a requirements file or lock lists at the start of its lines."""
    for line in requirements.splitlines():
        if found := re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", line):
            yield _normal(found.group())


def _shipped(tree: Path, roots: Iterable[str]) -> list[str]:
    """The files to ship: what the roots need, other than through chalice's command line and through what Lambda provides.

    A lock also lists packages that only chalice or botocore need. A package ships when it is reachable from one that chalice and
    botocore do not bring, so those fall out here and the list of what to ship never has to be kept by hand.
    """
    installed = {_normal(found.metadata["Name"]): found for found in distributions(path=[str(tree)])}
    excluded = PROVIDED | {"chalice"}
    behind = _reachable(installed, excluded & installed.keys(), frozenset())
    direct = {name for name in roots if name in installed and name not in excluded}
    wanted = _reachable(installed, direct - behind, excluded)
    names: list[str] = []
    for name in wanted:
        names += [str(file) for file in installed[name].files or () if _useful(PurePosixPath(str(file)))]
    names += [f"chalice/{name}" for name in CHALICE_RUNTIME]
    return sorted({name for name in names if (tree / name).is_file()})


def _reachable(installed: dict[str, Distribution], start: Iterable[str], stop: frozenset[str]) -> set[str]:
    """Every installed package that ``start`` needs (itself included), not going through ``stop``."""
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        name = waiting.pop()
        if name in found or name in stop or name not in installed:
            continue
        found.add(name)
        for requirement in installed[name].requires or ():
            if "extra ==" not in requirement and (match := re.match(r"[A-Za-z0-9._-]+", requirement)):
                waiting.append(_normal(match.group()))
    return found


def _useful(path: PurePosixPath) -> bool:
    """Whether a package's file is of use at run time."""
    if path.is_absolute() or ".." in path.parts or str(path).startswith(UNUSED):
        return False
    if path.parts[0] == "bin":
        return False  # commands, with the path of this machine's Python in them
    if path.parts[0].endswith(".dist-info"):
        # Some packages ask for their own version, or for another's, as they are imported.
        return path.name == "METADATA"
    return path.suffix not in {".pyi", ".pyc", ".c", ".h", ".pyx", ".typed"} and "tests" not in path.parts
