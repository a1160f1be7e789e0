"""``python -m benchmarks [name …]``: run every ``bench_*.py`` (or those named) and print their rows as they come.

A benchmark is a module with ``rows() -> Iterable[Row]``.
"""

import sys
from importlib import import_module
from pathlib import Path


def main(names: list[str]) -> None:
    found = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    print("| what | CPU | goal | capacity units | |\n|---|---|---|---|---|", flush=True)
    for module in found:
        if not names or module.removeprefix("bench_") in names:
            for row in import_module(f"benchmarks.{module}").rows():
                print(row.line(), flush=True)


main(sys.argv[1:])
