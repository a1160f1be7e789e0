"""What the person at the terminal sees: one line per step with its time, and one clear sentence when something is wrong."""

import contextlib
import os
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field


class LocalError(Exception):
    """Something the person can put right. ``args[0]`` is one sentence that says what is wrong and what to do."""


@dataclass
class Console:
    """Prints steps as they end. Steps may run side by side; every line is written at once."""

    started: float = field(default_factory=time.monotonic)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def say(self, line: str = "") -> None:
        """Print one line now."""
        with self._lock:
            print(line, flush=True)

    def warn(self, line: str) -> None:
        """Print one line that deserves attention."""
        self.say(f"  ! {line}")

    @contextlib.contextmanager
    def step(self, title: str) -> Iterator["Step"]:
        """Time a step and print its line when it ends; an exception prints the line as failed and goes on."""
        step = Step(title)
        begin = time.monotonic()
        try:
            yield step
        except BaseException:
            self.say(f"  {_mark(good=False)} {step.title:<46} {time.monotonic() - begin:6.1f} s")
            raise
        if not step.silent:
            self.say(f"  {_mark(good=True)} {step.title:<46} {time.monotonic() - begin:6.1f} s")


@dataclass
class Step:
    """A running step: ``title`` may be made more exact while it runs; a ``silent`` one prints nothing when it goes well."""

    title: str
    silent: bool = False


def _mark(*, good: bool) -> str:
    text = "✓" if good else "✗"
    encoding = (sys.stdout.encoding or "ascii").lower()
    if "utf" not in encoding:
        text = "ok" if good else "--"
    if sys.stdout.isatty() and "NO_COLOR" not in os.environ:
        return f"\033[3{'2' if good else '1'}m{text}\033[0m"
    return text
