"""House rules that import-linter cannot say."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "chalicelib"
PRIVATE = {"store", "records", "routes", "consumers", "projections"}
"""A feature's own business: how it is kept and how it is reached. Others call its service."""


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_a_feature_leaves_anothers_rows_and_routes_alone() -> None:
    wrong = []
    for path in PACKAGE.rglob("*.py"):
        own = path.relative_to(PACKAGE).parts
        if len(own) < 3 or own[0] == "foundation":
            continue
        for name in _imports(path):
            parts = name.split(".")
            if parts[0] != "chalicelib" or len(parts) < 4 or parts[1] == "foundation" or parts[1:3] == list(own[:2]):
                continue
            if path.name == "projections.py" and parts[1] == own[0] and parts[3] == "records":
                continue  # a projection looks at its source's row, within the wing
            if parts[3] in PRIVATE:
                wrong.append(f"{path.relative_to(ROOT)}: {name}")
    assert not wrong, "\n".join(wrong)


def test_only_settings_reads_the_environment() -> None:
    readers = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if any(name in ("os.environ", "os.getenv") or name.startswith("os.environ.") for name in _names(path))
    }
    assert readers == {"foundation/settings.py"}


def _names(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"


def test_every_package_says_what_it_is() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in PACKAGE.rglob("__init__.py")
        if not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert not silent
