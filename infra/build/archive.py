"""Zips that depend on nothing but their content: sorted names, one fixed time, compiled files that no clock can make stale."""

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_LONG_AGO = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Member:
    """A file to be put into a zip as ``name``."""

    name: str
    source: Path


_COMPILE = """
import importlib.util, json, marshal, sys
from importlib._bootstrap_external import _code_to_hash_pyc
root, work = sys.argv[1:]
for name, target in json.load(open(work)):
    with open(f"{root}/{name}", "rb") as file:
        source = file.read()
    try:
        code = compile(source, name, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        continue
    data = _code_to_hash_pyc(code, importlib.util.source_hash(source), False)
    with open(target, "wb") as file:
        file.write(data)
"""


def compile_tree(
    root: Path, names: Iterable[str], into: Path | None = None, *, sourceless: bool = False
) -> dict[str, Member]:
    """Compile the Python files ``names`` below ``root``; returns the compiled member for each source name.

    Without compiled files a cold start takes two to three times as long, since a function's disk is read-only and cannot keep what
    Python compiles. They are marked "unchecked": Python then trusts them without looking at the source's time, which a zip
    changes. A file that does not compile (a template, code for another version) is left out. One interpreter of its own compiles
    all, because what the marshal module writes depends on the state of the interpreter that writes.

    A ``sourceless`` member lies where the source would, and is imported without it.
    """
    into = into or root
    work: list[tuple[str, str]] = []
    members: dict[str, Member] = {}
    for name in sorted(names):
        folder, _, file = name.rpartition("/")
        beside = f"{file}c" if sourceless else f"__pycache__/{file[:-3]}.{sys.implementation.cache_tag}.pyc"
        compiled = f"{folder}/{beside}" if folder else beside
        target = into / compiled
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        work.append((name, str(target)))
        members[name] = Member(compiled, target)
    todo = into / ".compile.json"
    todo.write_text(json.dumps(work))
    subprocess.run(
        [sys.executable, "-I", "-S", "-c", _COMPILE, str(root), str(todo)],
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )
    todo.unlink()
    return {name: member for name, member in members.items() if member.source.exists()}


def write_zip(target: Path, members: Iterable[Member]) -> None:
    """Write ``members`` to a new zip at ``target``; an interrupted call leaves the old one."""
    scratch = target.with_name(target.name + ".partial")
    with zipfile.ZipFile(scratch, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as opened:
        add_members(opened, members)
    scratch.replace(target)


def add_members(opened: zipfile.ZipFile, members: Iterable[Member]) -> None:
    """Add ``members``, sorted by name, to an open zip."""
    for member in sorted(members, key=lambda each: each.name):
        info = zipfile.ZipInfo(member.name, _LONG_AGO)
        info.external_attr = (0o755 if member.name.endswith(".so") else 0o644) << 16
        opened.writestr(info, member.source.read_bytes(), zipfile.ZIP_DEFLATED, 6)


def functions_zip(project: Path, packages: Path, target: Path, cache: Path) -> Path:
    """Our code on top of the zip of ``packages``; ``target`` is only touched when its content changes."""
    sources = [project / "app.py", *_files(project / "chalicelib")]
    names = [str(path.relative_to(project)) for path in sources]
    compiled_to = cache / "own"
    shutil.rmtree(compiled_to, ignore_errors=True)
    compiled_to.mkdir(parents=True)
    compiled = compile_tree(project, [name for name in names if name.endswith(".py")], into=compiled_to)
    buffer = io.BytesIO(packages.read_bytes())
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED, compresslevel=6) as opened:
        add_members(opened, [*(Member(name, project / name) for name in names), *compiled.values()])
    write_if_changed(target, buffer.getvalue())
    return target


def write_if_changed(target: Path, data: bytes) -> None:
    """Replace ``target`` by ``data`` in one move, unless it has it already."""
    if target.exists() and target.read_bytes() == data:
        return
    scratch = target.with_name(target.name + ".partial")
    scratch.write_bytes(data)
    scratch.replace(target)


def _files(folder: Path) -> list[Path]:
    """The files that ship below ``folder``."""
    return [
        path
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix not in {".pyc", ".md"}
    ]
