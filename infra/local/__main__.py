"""``python -m infra.local run|stop|reset|logs|status|setup|spa``: what the Makefile calls. See docs/local.md."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 (before anything that an older one cannot even read)
    sys.exit(
        f"Clientela needs Python 3.11 or newer and this is {sys.version.split()[0]}; "
        "on Debian: apt-get install python3 python3-venv, or: make run PYTHON=/path/to/python3.11"
    )

from infra.local import artifacts, dynamodb_local, node, packages, processes, runner
from infra.local.console import Console, LocalError
from infra.local.paths import DEFAULT_HOME, ROOT


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; the exit status."""
    options = _options(arguments)
    home: Path = options.home.resolve()
    console = Console()
    os.chdir(ROOT)
    try:
        if options.command == "run":
            return _run(options, home, console)
        if options.command == "stop":
            return runner.stop(home, console)
        if options.command == "reset":
            return _reset(home, console, sure=options.yes)
        if options.command == "logs":
            return _logs(home)
        if options.command == "status":
            return _status(home, console)
        if options.command == "spa":
            with console.step("SPA"):
                packages.prepare()
                artifacts.spa()
            return 0
        return _setup(console, everything=options.all)
    except LocalError as error:
        console.say(f"\n{error}")
        return 1


def _run(options: argparse.Namespace, home: Path, console: Console) -> int:
    home.mkdir(parents=True, exist_ok=True)
    run = runner.Runner(home, options.port, demo=not options.empty, console=console)
    if runner.is_running(home):
        return run.update()
    return _detached(options, home) if options.detach else run.run()


def _detached(options: argparse.Namespace, home: Path) -> int:
    """Start the runner in a session of its own and show what it says until it is ready or has ended."""
    log = home / "log" / "runner.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    ready = home / "run" / "ready"
    ready.unlink(missing_ok=True)
    command = [sys.executable, "-m", "infra.local", "run", "--home", str(home)]
    command += ["--port", str(options.port)] if options.port else []
    command += ["--empty"] if options.empty else []
    with log.open("wb") as out:
        child = subprocess.Popen(
            command,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": sys.stdout.encoding or "utf-8"},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        with log.open("rb") as said:
            while True:
                ended, is_ready = child.poll() is not None, ready.exists()
                sys.stdout.buffer.write(said.read())
                sys.stdout.flush()
                if ended:
                    return child.returncode or 1
                if is_ready:
                    print("It runs in the background: `make stop` ends it, `make logs` shows what it does.")
                    return 0
                time.sleep(0.1)
    except KeyboardInterrupt:
        child.send_signal(signal.SIGTERM)
        child.wait()
        return 130


def _reset(home: Path, console: Console, *, sure: bool) -> int:
    if not home.exists():
        console.say("There are no data.")
        return 0
    if not sure:
        question = f"This deletes all local data in {home}. Sure? [y/N] "
        try:
            answer = input(question)
        except EOFError:
            answer = ""
        if answer.strip().lower() not in {"y", "yes", "s", "si", "sí"}:
            console.say("Nothing was deleted. (make reset YES=1 does not ask.)")
            return 1
    if runner.is_running(home) or processes.running(home, "cloud"):
        runner.stop(home, console)
    kept = home / "ports.json"
    for entry in home.iterdir():
        if entry == kept:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    console.say("All local data are deleted; `make run` makes them anew.")
    return 0


def _logs(home: Path) -> int:
    logs = sorted((home / "log").glob("*.log")) if (home / "log").exists() else []
    if not logs:
        print("Nothing has been logged yet: make run.")
        return 1
    try:
        return subprocess.run(["tail", "-n", "40", "-F", *map(str, logs)], check=False).returncode
    except KeyboardInterrupt:
        return 0


def _status(home: Path, console: Console) -> int:
    if not runner.is_running(home):
        console.say("Nothing is running.")
        return 1
    stack = home / "stack.json"
    console.say(stack.read_text() if stack.exists() else "It is starting.")
    return 0


def _setup(console: Console, *, everything: bool) -> int:
    """The development environment; with ``everything`` also what the tests and the local stack need."""
    with console.step("Python environment") as step:
        packages.prepare()
        step.silent = not artifacts.python_tools()
    if everything:
        with console.step("Local cloud's environment"):
            artifacts.cloud_tools()
        with console.step("Node and the mail catcher"):
            node.environment()
            artifacts.mail_tools()
        with console.step("DynamoDB Local"):
            dynamodb_local.ensure()
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local", description="Clientela on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="make what is missing, start, deploy, seed, watch")
    run.add_argument("--port", type=int, help="of the site (default: the last run's, or 8080)")
    run.add_argument("--detach", action="store_true", help="leave it running in the background")
    run.add_argument("--empty", action="store_true", help="no demo data")
    stop = commands.add_parser("stop", help="save and stop")
    reset = commands.add_parser("reset", help="delete all local data")
    reset.add_argument("--yes", action="store_true", help="do not ask")
    logs = commands.add_parser("logs", help="follow all logs")
    status = commands.add_parser("status", help="show the addresses of what is running")
    setup = commands.add_parser("setup", help="the Python environment")
    setup.add_argument("--all", action="store_true", help="everything that tests and the local stack need")
    spa = commands.add_parser("spa", help="build the SPA if its sources changed")
    for each in (run, stop, reset, logs, status, setup, spa):
        each.add_argument("--home", type=Path, default=DEFAULT_HOME, help="where data live (default: .local)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
