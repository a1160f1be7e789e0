"""From nothing to a running Clientela, and the watch over it until it is stopped.

One process, the *runner*, makes what is missing, starts three children (the cloud, the mail catcher, the front proxy),
deploys, seeds, and then watches: a child that dies is started again, twice in five minutes at most. It holds a lock on its
home, so a second ``make run`` finds it and only brings the stack up to date. It uses the standard library alone, because it
runs before anything is installed.
"""

import concurrent.futures
import contextlib
import fcntl
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from infra.local import artifacts, commands, node, packages, ports, processes
from infra.local.console import Console, LocalError
from infra.local.paths import ROOT

#: Seconds given to the cloud to write its state at the end; 100,000 records take about 20.
_PATIENCE = {"cloud": 120.0, "mail": 5.0, "front": 3.0}
_CHILDREN = ("front", "mail", "cloud")  # in the order of their end
_NEEDED = 2_000_000_000

_T = TypeVar("_T")


class Stopped(Exception):
    """Ctrl-C or ``make stop`` while things were being prepared."""


@dataclass
class Runner:
    """One home's run. ``port`` None means the last run's; ``demo`` false seeds an empty workspace."""

    home: Path
    port: int | None = None
    demo: bool = True
    console: Console = field(default_factory=Console)
    _ports: ports.Ports = field(init=False)
    _children: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    _deaths: dict[str, list[float]] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> int:
        """Prepare, start, watch, end; the exit status."""
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, self._asked_to_stop)
        try:
            with self._alone():
                return self._run()
        except LocalError as error:
            self.console.say(f"\n{error}")
            return 1

    def update(self) -> int:
        """Bring the stack of the runner that is running already up to date; the exit status."""
        try:
            found = ports.remembered(self.home)
            if found is None:
                message = f"Something runs in {self.home}, but its ports are not known: make stop, then make run."
                raise LocalError(message)
            if self.port not in {None, found.front}:
                message = (
                    f"Clientela is running already, on port {found.front}: make stop, then make run PORT={self.port}."
                )
                raise LocalError(message)
            self._ports = found
            with self.console.step("Package and SPA"):
                packages.prepare()
                artifacts.python_tools()
                artifacts.functions()
                artifacts.spa()
            self._publish()
            self._seed()
        except LocalError as error:
            self.console.say(f"\n{error}")
            return 1
        self._announce()
        self.console.say("It runs in the background: `make stop` ends it.")
        return 0

    def _run(self) -> int:
        begin = time.monotonic()
        status = 1
        try:
            self._clean_up_after_kill()
            self._check_disk()
            self._ports = ports.choose(self.home, self.port)
            self._prepare_and_start()
            self._publish()
            self._seed()
            self._announce()
            self.console.say(f"Ready after {time.monotonic() - begin:.1f} s.")
            (self.home / "run" / "ready").write_text(str(os.getpid()))
            status = self._watch()
        except Stopped:
            status = 130
        finally:
            self._end()
        return status

    # --- making ready

    def _clean_up_after_kill(self) -> None:
        (self.home / "run" / "ready").unlink(missing_ok=True)
        left = {name: found for name in _CHILDREN if (found := processes.running(self.home, name)) is not None}
        if left:
            with self.console.step(f"What an ended run left is stopped: {', '.join(left)}"):
                for name, identity in left.items():
                    processes.end(identity, patience=_PATIENCE[name])
                    processes.forget(self.home, name)
        if count := processes.end_strays(self.home):
            self.console.warn(f"{count} processes of an earlier run were ended.")

    def _check_disk(self) -> None:
        free = shutil.disk_usage(self.home).free
        first = not packages.python(packages.DEV).exists()
        if free < (_NEEDED if first else _NEEDED / 10):
            message = (
                f"There is only {free / 1e9:.1f} GB free on the disk of {ROOT}; Clientela needs 2 GB for its tools and data. "
                "Free some and run the command again."
            )
            raise LocalError(message)

    def _prepare_and_start(self) -> None:
        """Everything before the deploy, side by side where one thing does not need the other."""
        self.console.say(f"Clientela, local stack in {_short(self.home)}")
        if not packages.python(packages.DEV).exists():
            self.console.say("The first run fetches its tools: about two minutes.")
        with self.console.step("Python environment") as step:
            packages.prepare()
            step.silent = True
        pool = concurrent.futures.ThreadPoolExecutor(max_workers=6)
        try:
            python = pool.submit(self._step, "Python environment", artifacts.python_tools)
            cloud = pool.submit(self._step, "Local cloud's environment", artifacts.cloud_tools)
            tools = pool.submit(self._step, "Node", self._node)
            mail = pool.submit(self._after, [tools], "Mail catcher", artifacts.mail_tools)
            spa = pool.submit(self._after, [tools], "SPA", artifacts.spa)
            package = pool.submit(self._after, [python], "Package", artifacts.functions)
            started = [
                pool.submit(self._after, [cloud], "Local cloud started", self._start_cloud),
                pool.submit(self._after, [mail], "Mail catcher started", self._start_mail),
                pool.submit(self._after, [], "Front started", self._start_front),
            ]
            self._wait([python, cloud, tools, mail, spa, package, *started])
        except BaseException:
            self._stop.set()
            commands.interrupt()
            pool.shutdown(wait=True, cancel_futures=True)
            raise
        pool.shutdown()

    def _step(self, title: str, make: Callable[[], bool]) -> None:
        if self._stop.is_set():
            raise Stopped
        with self.console.step(title) as step:
            step.silent = not make()

    def _after(self, needed: list["concurrent.futures.Future[None]"], title: str, make: Callable[[], bool]) -> None:
        for future in needed:
            future.result()
        self._step(title, make)

    def _wait(self, futures: list["concurrent.futures.Future[None]"]) -> None:
        """Until all are done, or one failed, or somebody wants to stop."""
        pending = set(futures)
        while pending:
            done, pending = concurrent.futures.wait(
                pending, timeout=0.2, return_when=concurrent.futures.FIRST_EXCEPTION
            )
            if self._stop.is_set():
                raise Stopped
            for future in done:
                future.result()

    @staticmethod
    def _node() -> bool:
        there = (ROOT / ".tools" / "node" / "bin" / "node").exists()
        node.environment()
        return not there and (ROOT / ".tools" / "node" / "bin" / "node").exists()

    # --- children

    def _start_cloud(self) -> bool:
        temporary = self.home / "tmp"
        self._throw_away(temporary)  # workers leave their code there
        for folder in (temporary, self.home / "state", self.home / "s3"):
            folder.mkdir(parents=True, exist_ok=True)
        # Nothing of the person's environment: functions inherit what the cloud has, and must find no credentials.
        env = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "HOME": str(temporary),
            "TMPDIR": str(temporary),
            "PYTHONUNBUFFERED": "1",
            "AUTH": "true",
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self._ports.cloud),
            "MINISTACK_HOST": "localhost",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(self.home / "state"),
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(self.home / "s3"),
            "SMTP_HOST": f"127.0.0.1:{self._ports.smtp}",
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "CHECKPOINT_SECONDS": os.environ.get("CHECKPOINT_SECONDS", "30"),
            "LOG_LEVEL": os.environ.get("CLOUD_LOG_LEVEL", "INFO"),
        }
        # -P: the script's own folder is no place to import from.
        command = [str(packages.python(packages.CLOUD)), "-P", str(ROOT / "infra" / "local" / "cloud.py")]
        self._start("cloud", command, env)
        self._await("cloud", f"{self._ports.endpoint}/_ministack/health", 60)
        threading.Thread(target=self._wake_api, daemon=True).start()
        return True

    def _throw_away(self, folder: Path) -> None:
        """Empty a folder at once and delete what was in it, a gigabyte after a busy day, while the rest goes on."""
        for older in self.home.glob(f"{folder.name}.old-*"):
            threading.Thread(target=shutil.rmtree, args=(older, True), daemon=True).start()
        if folder.exists():
            aside = folder.with_name(f"{folder.name}.old-{os.getpid()}-{time.time_ns()}")
            folder.rename(aside)
            threading.Thread(target=shutil.rmtree, args=(aside, True), daemon=True).start()

    def _wake_api(self) -> None:
        """Start the API's function while the rest is made ready, if there is one from the last run."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            _get(f"http://127.0.0.1:{self._ports.front}/api/v1/health", timeout=30)

    def _start_mail(self) -> bool:
        folder = self.home / "mail"
        folder.mkdir(parents=True, exist_ok=True)
        command = [*artifacts.mail_command(), "--smtp", str(self._ports.smtp), "--ip", "127.0.0.1", "--web",
                   str(self._ports.mail), "--web-ip", "127.0.0.1", "--mail-directory", str(folder), "--silent"]  # fmt: skip
        self._start("mail", command, artifacts.clean_environment() | {"PATH": node.environment()["PATH"]})
        self._await("mail", f"http://127.0.0.1:{self._ports.mail}/healthz", 30)
        return True

    def _start_front(self) -> bool:
        command = [sys.executable, "-m", "infra.local.front", "--port", str(self._ports.front), "--cloud",
                   str(self._ports.cloud), "--outputs", str(self.home / "outputs.json")]  # fmt: skip
        self._start("front", command, artifacts.clean_environment())
        self._await("front", f"http://127.0.0.1:{self._ports.front}/", 15)
        return True

    def _start(self, name: str, command: list[str], env: dict[str, str]) -> None:
        logs = self.home / "log"
        logs.mkdir(parents=True, exist_ok=True)
        path = logs / f"{name}.log"
        if path.exists() and path.stat().st_size > 5_000_000:
            path.replace(logs / f"{name}.log.1")
        with path.open("ab") as log:
            child = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**env, processes.MARK: str(self.home)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # the terminal's Ctrl-C is for the runner, which ends them in order
            )
        self._children[name] = child
        processes.remember(self.home, name, child.pid)

    def _await(self, name: str, url: str, seconds: float) -> None:
        """Until the child answers at all (an error status is an answer)."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._stop.is_set():
                raise Stopped
            if self._children[name].poll() is not None:
                break
            with contextlib.suppress(OSError):
                _get(url, timeout=2)
                return
            time.sleep(0.05)
        message = f"The {name} did not start:\n      {self._tail(name)}"
        raise LocalError(message)

    def _tail(self, name: str, lines: int = 8) -> str:
        path = self.home / "log" / f"{name}.log"
        with contextlib.suppress(OSError):
            text = path.read_text(errors="replace").splitlines()[-lines:]
            return "\n      ".join(text) + f"\n      (all of it: {_short(path)})"
        return "it wrote nothing"

    # --- deploy and data

    def _publish(self) -> None:
        folder = ROOT / "build"
        if not (folder / "template.json").exists():
            self.console.warn("Nothing is packaged yet: nothing was deployed.")
            return
        with self.console.step("Stack deployed") as step:
            out = self._in_background(lambda: commands.run(
                [str(packages.python(packages.DEV)), "-m", "infra.local.publish", "--endpoint", self._ports.endpoint,
                 "--public-url", self._ports.url, "--home", str(self.home), "--build", str(folder)],
                title="The deploy", env=artifacts.clean_environment()))  # fmt: skip
            (self.home / "log").mkdir(exist_ok=True)
            (self.home / "log" / "deploy.log").write_text(out)
            if "Stack unchanged" in out:
                step.title = "Stack unchanged"
        self._checkpoint()

    def _seed(self) -> None:
        if not any((ROOT / "infra" / name).exists() for name in ("seed/__main__.py", "seed.py")):
            self.console.warn("There is no infra.seed yet: no data were made.")
            self._write_stack({})
            return
        result = self.home / "seed.json"
        with self.console.step("Demo data" if self.demo else "Empty workspace") as step:
            if self._in_background(lambda: self._seeded(result)):
                step.title = "Data are there"
            else:
                command = [str(packages.python(packages.DEV)), "-m", "infra.seed", "--endpoint", self._ports.endpoint,
                           "--url", self._ports.url, "--outputs", str(self.home / "outputs.json"), "--result",
                           str(result)]  # fmt: skip
                command += [] if self.demo else ["--empty"]
                self._in_background(
                    lambda: commands.run(command, title="The demo data", env=artifacts.clean_environment())
                )
                self._checkpoint()
        self._write_stack(json.loads(result.read_text()))

    def _seeded(self, result: Path) -> bool:
        """Whether the key of the last seed opens the API: its data survived. Wakes the API's function, too."""
        try:
            key = json.loads(result.read_text())["api_key"]
        except (OSError, ValueError, KeyError):
            return False
        url = f"http://127.0.0.1:{self._ports.front}/api/v1/leads?limit=1"
        for _ in range(10):
            try:
                status = _get(url, timeout=30, headers={"Authorization": f"Bearer {key}"})
            except OSError:
                status = 0
            if status in {200, 401, 403, 404}:
                return status == 200
            time.sleep(0.5)
        return False

    def _write_stack(self, seeded: dict[str, Any]) -> None:
        stack = {"url": self._ports.url, "api_url": f"{self._ports.url}/api/v1", "mail_url": self._ports.mail_url}
        partial = self.home / "stack.json.new"
        partial.touch(mode=0o600)
        partial.write_text(json.dumps({**stack, **seeded}, indent=1, ensure_ascii=False))
        partial.replace(self.home / "stack.json")

    def _checkpoint(self) -> None:
        """Have the cloud save now, in the background."""
        identity = processes.running(self.home, "cloud")
        if identity is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(identity.pid, signal.SIGUSR1)

    def _in_background(self, work: Callable[[], _T]) -> _T:
        """Work that Ctrl-C may break off."""
        pool = concurrent.futures.ThreadPoolExecutor(max_workers=1)
        future = pool.submit(work)
        try:
            while True:
                with contextlib.suppress(concurrent.futures.TimeoutError):
                    return future.result(timeout=0.2)
                if self._stop.is_set():
                    commands.interrupt()
                    raise Stopped
        finally:
            pool.shutdown(wait=False)

    def _announce(self) -> None:
        stack = json.loads((self.home / "stack.json").read_text())
        user = stack.get("user") or {}
        lines = [
            "",
            f"  Clientela        {stack['url']}",
            f"  API              {stack['api_url']}/docs",
            f"  Correo · Mail    {stack['mail_url']}",
        ]
        if user:
            lines.append(f"  Entrar · Sign in {user.get('email')}  /  {user.get('password')}")
        if stack.get("form_key"):
            lines.append(f"  Formulario · Form {stack['url']}/f/{stack['form_key']}")
        lines.append(f"  Todo en · All in {_short(self.home / 'stack.json')}")
        lines.append("")
        self.console.say("\n".join(lines))

    # --- watching and ending

    def _watch(self) -> int:
        starts: dict[str, Callable[[], bool]] = {
            "cloud": self._start_cloud,
            "mail": self._start_mail,
            "front": self._start_front,
        }
        while not self._stop.wait(0.5):
            for name, child in list(self._children.items()):
                status = child.poll()
                if status is None:
                    continue
                now = time.monotonic()
                deaths = [at for at in self._deaths.get(name, []) if now - at < 300] + [now]
                self._deaths[name] = deaths
                how = f"signal {-status}" if status < 0 else f"status {status}"
                if len(deaths) > 2:
                    self.console.say(
                        f"\nThe {name} keeps ending ({how}); everything is stopped:\n      {self._tail(name)}"
                    )
                    return 1
                self.console.warn(f"The {name} ended by itself ({how}); it is started again.")
                try:
                    starts[name]()
                except LocalError as error:
                    self.console.say(f"\n{error}\nEverything is stopped.")
                    return 1
                except Stopped:
                    return 0
        return 0

    def _asked_to_stop(self, sign: int, frame: object) -> None:
        if self._stop.is_set() and sign == signal.SIGINT:
            self.console.say("  Still saving…")
        self._stop.set()

    def _end(self) -> None:
        (self.home / "run" / "ready").unlink(missing_ok=True)
        commands.interrupt()
        alive = [name for name in _CHILDREN if name in self._children and self._children[name].poll() is None]
        if alive:
            self.console.say()
            with self.console.step("Saved and stopped") as step:
                for name in alive:
                    identity = processes.Identity.of(self._children[name].pid)
                    if identity and not processes.end(identity, patience=_PATIENCE[name]) and name == "cloud":
                        step.title = "Stopped; the cloud had to be killed, the last save stays"
        for name in _CHILDREN:
            processes.forget(self.home, name)
        processes.end_strays(self.home)
        processes.forget(self.home, "runner")

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        (self.home / "run").mkdir(parents=True, exist_ok=True)
        with (self.home / "run" / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                message = "Clientela is running already in this folder: make stop ends it."
                raise LocalError(message) from None
            processes.remember(self.home, "runner", os.getpid())
            yield


def is_running(home: Path) -> bool:
    """Whether a runner holds this home."""
    path = home / "run" / "lock"
    if not path.exists():
        return False
    with path.open("r+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def stop(home: Path, console: Console) -> int:
    """End the home's run, whatever is left of it; the exit status."""
    runner = processes.running(home, "runner")
    left = [found for name in _CHILDREN if (found := processes.running(home, name)) is not None]
    if runner is None and not left:
        processes.end_strays(home)
        console.say("Nothing is running.")
        return 0
    clean = True
    with console.step("Saved and stopped") as step:
        if runner is not None:
            clean = processes.end(runner, patience=180)
        for name in _CHILDREN:
            identity = processes.running(home, name)
            if identity is not None:
                clean = processes.end(identity, patience=_PATIENCE[name]) and clean
                processes.forget(home, name)
        processes.end_strays(home)
        if not clean:
            step.title = "Stopped by force; the last save stays"
    return 0


def _get(url: str, *, timeout: float, headers: dict[str, str] | None = None) -> int:
    """The status of a GET; no proxy is asked, whatever the environment says. Raises OSError when nobody answers."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, headers=headers or {}), timeout=timeout) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def _short(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
