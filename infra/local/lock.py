"""``make lock``: compile every ``requirements*.in`` into its lock, with hashes and without any index's address.

Versions that a lock has already are kept; ``python -m infra.local.lock --upgrade NAME`` moves one, ``--upgrade`` all.
"""

import argparse
import os
import subprocess
import sys

from infra.local import packages
from infra.local.paths import ROOT, TOOLS

#: In this order: the development lock stands on what ships.
_LOCKS = (
    ("requirements", False),
    ("requirements-dev", True),
    ("requirements-local", True),
    ("infra/local/requirements-node", True),
    ("infra/local/requirements-uv", True),
)


def main() -> int:
    """Compile; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.lock")
    parser.add_argument("--upgrade", nargs="*", metavar="NAME", help="move these packages, or all, to newer versions")
    options = parser.parse_args()
    packages.prepare()
    uv = TOOLS / "uv" / "bin" / "uv"
    for name, hashes in _LOCKS:
        command = [str(uv), "pip", "compile", "--quiet", "--system-certs", "--no-header", "--no-annotate"]
        command += ["--no-emit-index-url", "--no-emit-find-links", "--python-version", "3.11"]
        command += ["--generate-hashes", "--universal"] if hashes else []
        if options.upgrade is not None:
            command += [part for each in options.upgrade for part in ("--upgrade-package", each)] or ["--upgrade"]
        command += [f"{name}.in", "-o", f"{name}.txt"]
        env = {key: value for key, value in os.environ.items() if key != "UV_FIND_LINKS"}
        done = subprocess.run(command, cwd=ROOT, env=env, check=False)
        if done.returncode:
            return done.returncode
        print(f"{name}.txt")
    return 0


if __name__ == "__main__":
    sys.exit(main())
