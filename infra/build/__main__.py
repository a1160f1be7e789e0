"""``python -m infra.build``: what ``make package`` runs."""

import argparse
from pathlib import Path

from infra.build import build


def main() -> None:
    """Build into ``build/`` and say what was made."""
    arguments = argparse.ArgumentParser(prog="python -m infra.build", description="Package Clientela.")
    arguments.add_argument(
        "--output", type=Path, default=Path("build"), help="where to put the result (default: build)"
    )
    options = arguments.parse_args()
    made = build(Path.cwd(), options.output, progress=print)
    for path in (made.template, made.functions, *made.layers):
        print(f"{path}  {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
