"""The build as a whole."""

import hashlib
import json
import time
import tomllib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from infra.build import archive, dependencies, layers, template

Progress = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Build:
    """What a build made.

    ``template`` refers to ``functions`` and ``layers`` by file name; a deploy uploads them and puts their addresses there.
    """

    template: Path
    functions: Path
    layers: tuple[Path, ...]
    version: str


def build(project: Path, output: Path, *, progress: Progress = lambda line: None) -> Build:
    """Build ``project`` into ``output`` (created when missing); ``progress`` gets one line per step.

    Raises ``dependencies.DependencyError`` when packages cannot be had and ``template.TemplateError`` when the sources contradict
    each other (a queue that no resource declares, a function without settings).
    """
    project, output = project.resolve(), output.resolve()
    cache = output / "cache"
    cache.mkdir(parents=True, exist_ok=True)

    def step(title: str, started: float) -> None:
        progress(f"{title} ({time.perf_counter() - started:.1f} s)")

    started = time.perf_counter()
    # Both wait for downloads and other processes for most of a first build.
    with ThreadPoolExecutor() as pool:
        carried = pool.submit(layers.layer_zips, project / "infra" / "layers", output, cache)
        packages = dependencies.packages_zip(project / "requirements.txt", cache)
        made = carried.result()
    step("Packages and layers", started)

    started = time.perf_counter()
    functions = archive.functions_zip(project, packages, output / "functions.zip", cache)
    step("Functions", started)

    started = time.perf_counter()
    version = f"{_declared_version(project)}+{_digest(functions)[:8]}"
    document = template.assemble(project, version=version)
    target = output / "template.json"
    archive.write_if_changed(target, (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode())
    step("Template", started)
    return Build(template=target, functions=functions, layers=made, version=version)


def _declared_version(project: Path) -> str:
    """The version in ``pyproject.toml``."""
    path = project / "pyproject.toml"
    if not path.exists():
        return "0.0.0"
    declared = tomllib.loads(path.read_text()).get("project", {}).get("version", "0.0.0")
    return str(declared)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
