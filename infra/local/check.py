"""``make test``: every check there is, in two lanes side by side, and one summary at the end.

The first lane needs only Python: style, types, architecture, unit, API, contract and infrastructure tests. The second builds
the SPA and tests it, packages the functions, and, when the first lane is done, starts a throw-away stack and drives that by
HTTP and in a browser: what a visitor is promised within seconds needs a machine that is not busy with two thousand tests.
All checks run even when one fails; what failed is shown in full at the end. ``--only name`` (several times) runs some of them.
"""

import argparse
import concurrent.futures
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.local import artifacts, instance, node
from infra.local.console import Console, LocalError
from infra.local.paths import ROOT

_PATIENCE = 1500.0  # seconds for one check
_BIN = ROOT / ".venv" / "bin"
_WEB = ROOT / "web"
_FUZZ = "tests/api/test_openapi_fuzz.py"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a check ended. ``passed`` and the others count tests, where it has any; ``output`` is all it printed."""

    name: str
    good: bool
    seconds: float
    output: str = ""
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One check: a command, or nothing to do while ``needs`` (a path in the repository) does not exist."""

    name: str
    command: Sequence[str | Path]
    needs: str = ""
    folder: Path = ROOT
    uses_node: bool = False


def _pytest(name: str, folders: str, *options: str) -> Check:
    return Check(name, [_BIN / "pytest", *options, *folders.split()], needs=folders.split()[0])


PYTHON = (
    Check("ruff", [_BIN / "ruff", "check", "."]),
    Check("format", [_BIN / "ruff", "format", "--check", "."]),
    Check("imports", [_BIN / "lint-imports"]),
    Check("types", [_BIN / "mypy"]),
    _pytest("unit", "tests/unit", "-n", "2"),
    # A module as a whole on one worker: its table, and what is written into it first, is made once. The operations that are fuzzed
    # all have one name, which that would take for one test.
    _pytest("api", "tests/api", "-n", "2", "--dist", "loadfile", "--ignore", _FUZZ),
    _pytest("fuzz", _FUZZ, "-n", "2"),
    _pytest("contract", "tests/contract", "-n", "2", "--dist", "loadfile"),
    _pytest("infra", "tests/infra"),
)
WEB = (
    Check("web types", ["npm", "run", "check", "--silent"], "web/package.json", _WEB, uses_node=True),
    Check("web unit", ["npm", "test", "--silent"], "web/package.json", _WEB, uses_node=True),
)
STACK = (
    _pytest("stack", "tests/stack"),
    Check(
        "browser", ["npm", "run", "app", "--silent"], "web/e2e/playwright.app.config.ts", _WEB / "e2e", uses_node=True
    ),
)


class Run:
    """One run of the checks."""

    def __init__(self, console: Console, only: frozenset[str]) -> None:
        """``only`` empty means all."""
        self._console = console
        self._only = only
        self.outcomes: list[Outcome] = []
        self._lock = threading.Lock()
        self._python_done = threading.Event()

    def wanted(self, *checks: Check) -> list[Check]:
        """Those of the checks that were asked for and have something to check."""
        return [
            check
            for check in checks
            if (not self._only or check.name in self._only) and (not check.needs or (ROOT / check.needs).exists())
        ]

    def python(self) -> None:
        """The first lane."""
        try:
            for check in self.wanted(*PYTHON):
                self._do(check)
        finally:
            self._python_done.set()

    def deployed(self) -> None:
        """The second lane; its stack waits for the end of the first."""
        web, stack = self.wanted(*WEB), self.wanted(*STACK)
        if (web or stack) and not self._make("SPA", artifacts.spa):
            return
        for check in web:
            self._do(check)
        if not stack or not self._make("package", artifacts.functions):
            return
        if any(check.folder != ROOT for check in stack) and not self._make("browser tools", artifacts.browser_tools):
            stack = [check for check in stack if check.folder == ROOT]
        self._python_done.wait()
        begin = time.monotonic()
        try:
            with instance.shared() as running:
                self._note(Outcome("test stack", good=True, seconds=time.monotonic() - begin, note=running.url))
                for check in stack:
                    self._do(check, {instance.VARIABLE: str(running.home / "stack.json"), "CLIENTELA_URL": running.url})
                if any(not outcome.good for outcome in self.outcomes):
                    self._console.say(f"  The test stack's logs are in {running.home / 'log'}")
        except LocalError as error:
            self._note(Outcome("test stack", good=False, seconds=time.monotonic() - begin, output=str(error)))

    def _make(self, name: str, make: Callable[[], bool]) -> bool:
        begin = time.monotonic()
        try:
            done = make()
        except LocalError as error:
            self._note(Outcome(name, good=False, seconds=time.monotonic() - begin, output=str(error)))
            return False
        self._note(Outcome(name, good=True, seconds=time.monotonic() - begin, note="" if done else "up to date"))
        return True

    def _do(self, check: Check, more: dict[str, str] | None = None) -> None:
        begin = time.monotonic()
        env = artifacts.clean_environment()
        if check.uses_node:
            env["PATH"] = node.environment()["PATH"]
        env |= {"CI": os.environ.get("CI", "true"), "NO_COLOR": "1", **(more or {})}
        process = subprocess.Popen(
            [str(part) for part in check.command],
            cwd=check.folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        try:
            output, _ = process.communicate(timeout=_PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output = process.communicate()[0] + f"\nIt took more than {_PATIENCE:.0f} s and was ended."
        passed, failed, skipped = _counts(output)
        good = process.returncode == 0
        if not good and not failed:
            failed = 1
        note = ", ".join(
            f"{n} {word}" for n, word in ((passed, "passed"), (failed, "failed"), (skipped, "skipped")) if n
        )
        seconds = time.monotonic() - begin
        self._note(Outcome(check.name, good, seconds, output, passed, failed, skipped, note))

    def _note(self, outcome: Outcome) -> None:
        with self._lock:
            self.outcomes.append(outcome)
        mark = "✓" if outcome.good else "✗"
        self._console.say(f"  {mark} {outcome.name:<14} {outcome.seconds:6.1f} s  {outcome.note}")


def _counts(output: str) -> tuple[int, int, int]:
    """How many tests passed, failed and were skipped, out of the closing lines of pytest, Vitest or Playwright."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", output)[-4000:]
    vitest = re.search(r"^\s*Tests\s+(.*)$", text, re.MULTILINE)
    closing = vitest.group(1) if vitest else text
    found = {"passed": 0, "failed": 0, "skipped": 0}
    lines = [closing] if vitest else [line for line in closing.splitlines() if re.match(r"^\W*\d+ \w+", line)]
    for line in lines:
        for number, word in re.findall(r"(\d+) (passed|failed|skipped|error|errors|flaky)", line):
            key = {"error": "failed", "errors": "failed", "flaky": "passed"}.get(word, word)
            found[key] += int(number)
    return found["passed"], found["failed"], found["skipped"]


def main() -> int:
    """Run the checks; 0 when all is well."""
    parser = argparse.ArgumentParser(prog="make test")
    parser.add_argument("--only", action="append", default=[], help="a check's name; may be given several times")
    parser.add_argument("--json", type=Path, help="write the outcomes there")
    options = parser.parse_args()
    console = Console()
    begin = time.monotonic()
    run = Run(console, frozenset(options.only))
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        for lane in [pool.submit(run.python), pool.submit(run.deployed)]:
            lane.result()
    bad = [outcome for outcome in run.outcomes if not outcome.good]
    for outcome in bad:
        console.say(f"\n──── {outcome.name} " + "─" * 60)
        lines = outcome.output.rstrip().splitlines()
        console.say("\n".join(["…", *lines[-400:]] if len(lines) > 400 else lines))
    if options.json:
        told = [{"name": each.name, "good": each.good, "seconds": round(each.seconds, 1)} for each in run.outcomes]
        options.json.write_text(json.dumps(told, indent=1))
    passed, failed, skipped = (
        sum(getattr(each, name) for each in run.outcomes) for name in ("passed", "failed", "skipped")
    )
    failed = max(failed, len(bad))
    console.say(f"\n{len(run.outcomes) - len(bad)} of {len(run.outcomes)} checks are well"
                f"{'; not well: ' + ', '.join(each.name for each in bad) if bad else ''} ({time.monotonic() - begin:.0f} s)")  # fmt: skip
    console.say(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if bad or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
