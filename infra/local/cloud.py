"""The embedded cloud with a state that survives being killed. Runs in ``.venv-local`` as a script, never imported.

ministack writes its state only when it is stopped, one file per service. Here the whole state is also saved every
``CHECKPOINT_SECONDS`` while requests change something, and on SIGUSR1 (which the runner sends after a deploy). A checkpoint is
one unit: all files are written and flushed into ``next/``, that folder is renamed to ``commit/``, and only then are the files
moved into place. A start after a kill finishes a ``commit/`` and throws a ``next/`` away, so the services' files always belong
to one moment.
"""

import contextlib
import copy
import hashlib
import json
import logging
import os
import random
import re
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import types
import warnings
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

_log = logging.getLogger("clientela.cloud")
_STATE = Path(os.environ.get("STATE_DIR", "."))
_NEXT, _COMMIT = _STATE / "next", _STATE / "commit"

#: Operations that change nothing, by their name in X-Amz-Target or the query's Action.
_READS = re.compile(
    r"^(Get|BatchGet|Describe|List|Query|Scan|ReceiveMessage|Head|Lookup|Search|Test|Validate|TransactGet)"
)

#: Seconds for the copy that saves; then it is taken to hang.
_PATIENCE = 120.0

Services = Mapping[str, Callable[[], Any]]


def finish() -> None:
    """Bring the state folder to one moment after a kill: complete a checkpoint that was decided, drop one that was not."""
    shutil.rmtree(_NEXT, ignore_errors=True)
    if _COMMIT.is_dir():
        for path in sorted(_COMMIT.iterdir()):
            path.replace(_STATE / path.name)
        _COMMIT.rmdir()


class Checkpoints:
    """Saves the state as a unit; unchanged services are not written again."""

    def __init__(self, services: Callable[[], Services], encode: Callable[[str, Any], str]) -> None:
        """``services`` gives each service's way to its state, ``encode`` the text of a service's file."""
        self._services = services
        self._encode = encode
        self._lock = threading.Lock()
        self._written: dict[str, int] = {}
        self._changes = 0
        self._saved_changes = 0
        self.before: Callable[[], None] = lambda: None
        self.after: Callable[[], None] = lambda: None
        self.wake = threading.Event()

    def changed(self) -> None:
        """Something was changed since the last checkpoint."""
        self._changes += 1

    def save(self) -> None:
        """Write what has changed; returns when it is safe on the disk. The cloud stands still meanwhile."""
        with self._lock:
            begin = time.monotonic()
            seen = self._changes
            self._written.update(self._write())
            self._saved_changes = seen
            _log.info("checkpoint: %.2f s, standing still", time.monotonic() - begin)

    def save_aside(self) -> None:
        """The same by a copy of this process, as Redis does: the cloud stands still only while it is forked.

        The copy holds one moment of all memory and has no other threads. A lock that one of them held stays locked in it,
        so a copy that does not come to its end is killed, and the save is made the slow way.
        """
        with self._lock:
            begin = time.monotonic()
            seen = self._changes
            self.before()
            read, write = os.pipe()
            forked = time.monotonic()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # from 3.12 on: threads and fork; see above
                pid = os.fork()
            if pid == 0:
                self._in_the_copy(write)
            standing = time.monotonic() - forked
            os.close(write)
            written = _answer(read, pid, _PATIENCE)
            if written is not None:
                self._written.update(written)
                self._saved_changes = seen
                _log.info("checkpoint: %d services, %.2f s (%.2f s standing still)", len(written),
                          time.monotonic() - begin, standing)  # fmt: skip
                return
        _log.warning("the copy that saves did not come to its end")
        self.save()

    def _in_the_copy(self, write: int) -> None:
        """Save, tell what was written, and end without any of the original's farewells."""
        status = 1
        try:
            # Not the original's sockets: a copy that outlives it would keep its port.
            os.closerange(3, write)
            os.closerange(write + 1, 65536)
            for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1):
                signal.signal(sign, signal.SIG_DFL)
            written = self._write()
            os.write(write, json.dumps(written).encode())
            status = 0
        finally:
            os._exit(status)

    def _write(self) -> dict[str, int]:
        texts = self._snapshot()
        fresh = {name: text for name, text in texts.items() if self._written.get(name) != hash(text)}
        if fresh:
            self._commit(fresh)
        self.after()
        return {name: hash(text) for name, text in fresh.items()}

    def _snapshot(self) -> dict[str, str]:
        """Every service's state as text. The interpreter is told not to switch threads meanwhile, so it is one moment."""
        texts = {}
        usual = sys.getswitchinterval()
        sys.setswitchinterval(60.0)
        try:
            for name, state in self._services().items():
                for attempt in range(5):
                    try:
                        found = state()
                        if found is not None:
                            texts[name] = self._encode(name, found)
                    except RuntimeError:  # a dictionary grew while it was read: once more
                        if attempt == 4:
                            _log.exception("the state of %s could not be read", name)
                        time.sleep(0.01)
                    except Exception:
                        _log.exception("the state of %s could not be saved", name)
                        break
                    else:
                        break
        finally:
            sys.setswitchinterval(usual)
        return texts

    def _commit(self, texts: dict[str, str]) -> None:
        finish()
        _NEXT.mkdir(parents=True)
        for name, text in texts.items():
            with (_NEXT / f"{name}.json").open("w") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        _sync(_NEXT)
        _NEXT.rename(_COMMIT)
        _sync(_STATE)
        finish()

    def keep(self, seconds: float) -> None:
        """Save for ever, every ``seconds`` when there were changes, and at once when woken."""
        while True:
            woken = self.wake.wait(seconds)
            self.wake.clear()
            if woken or self._changes != self._saved_changes:
                try:
                    self.save_aside()
                except Exception:
                    _log.exception("checkpoint failed")  # the next one is in half a minute
                if woken:
                    (_STATE / "saved").write_text(str(time.time()))


def _answer(read: int, pid: int, seconds: float) -> dict[str, int] | None:
    """What the copy says it wrote; None when it failed or took longer than that."""
    told = b""
    deadline = time.monotonic() + seconds
    with os.fdopen(read, "rb", buffering=0) as pipe, selectors.DefaultSelector() as readable:
        readable.register(pipe, selectors.EVENT_READ)  # select() itself knows no more than 1024 files
        while (left := deadline - time.monotonic()) > 0:
            if readable.select(left):
                chunk = pipe.read(65536)
                if not chunk:
                    break
                told += chunk
    if left <= 0:
        os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):  # somebody collected it already: what it told decides
        os.waitpid(pid, 0)
    if not told:
        return None
    return {str(name): int(value) for name, value in json.loads(told).items()}


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def changes_something(scope: Mapping[str, Any]) -> bool:
    """Whether an ASGI request may change state. In doubt it does: a needless checkpoint costs little."""
    if scope.get("type") != "http" or scope.get("method") in {"HEAD", "OPTIONS"}:
        return False
    if scope.get("method") == "GET":
        return False
    for name, value in scope.get("headers", ()):
        if name == b"x-amz-target":
            return not _READS.match(value.decode("latin-1").rpartition(".")[2])
    return not str(scope.get("path", "")).startswith("/_ministack/")


def _gentle_blobs() -> tuple[Callable[[], None], Callable[[], None]]:
    """Make saving functions cheap and safe; returns what to do before and after each checkpoint.

    The emulator hashes every function's code at every save (0.1 s each), and deletes code that the new state does not name before that state is written, which a kill would leave
    without its code.
    """
    from ministack.services import lambda_svc

    write, prune = lambda_svc._write_code_blob, lambda_svc._prune_orphan_code_blobs
    known: dict[int, tuple[bytes, str]] = {}
    waiting: list[set[str]] = []

    def write_once(code: bytes) -> str:
        seen = known.get(id(code))
        if seen is not None and seen[0] is code and Path(lambda_svc.CODE_BLOB_DIR, f"{seen[1]}.zip").exists():
            return seen[1]
        if len(known) > 64:
            known.clear()
        digest = str(write(code))
        known[id(code)] = (code, digest)
        return digest

    def prune_now() -> None:
        while waiting:
            prune(waiting.pop())
            waiting.clear()

    def hash_all() -> None:
        for function in list(lambda_svc._functions._data.values()):
            if isinstance(function.get("code_zip"), bytes):
                write_once(function["code_zip"])

    lambda_svc._write_code_blob = write_once
    lambda_svc._prune_orphan_code_blobs = waiting.append
    return hash_all, prune_now


def unpacking_once(folder: Path) -> type[zipfile.ZipFile]:
    """A ``ZipFile`` whose ``extractall`` unpacks an archive into ``folder`` once, and from then on makes a link to what is there.

    ``extractall``'s target has to be an empty folder. What is unpacked is shared by everybody who asked for it, so nobody may write
    there; a function may not in AWS either.
    """
    one_at_a_time = threading.Lock()

    class Unpacked(zipfile.ZipFile):
        """An archive that is unpacked once."""

        def namelist(self) -> list[str]:
            """Nothing. The emulator only looks where each of thousands of names would lead, which unpacking sees to by itself."""
            return []

        def extractall(self, path: Any = None, members: Any = None, pwd: bytes | None = None) -> None:
            """Make ``path`` a link to all that is in the archive."""
            if path is None or members is not None or pwd is not None:
                raise NotImplementedError("Only a whole archive, into a folder.")
            content = [(entry.filename, entry.CRC, entry.file_size) for entry in self.infolist()]
            there = folder / hashlib.sha256(repr(content).encode()).hexdigest()
            with one_at_a_time:
                if not there.exists():
                    folder.mkdir(parents=True, exist_ok=True)
                    fresh = Path(tempfile.mkdtemp(dir=folder))
                    # In a process of its own: here, each file would let all other threads go first.
                    command = [sys.executable, "-m", "zipfile", "-e", str(self.filename), str(fresh)]
                    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
                    fresh.rename(there)
            Path(path).rmdir()
            Path(path).symlink_to(there, target_is_directory=True)

    return Unpacked


def _code_unpacked_once() -> None:
    """Start a function's processes from one unpacked copy of its code.

    The emulator unpacks code and layers for each process anew: 4,500 files, 100 MB. While requests were under way that took half a
    minute, in which the gateway gave up on whoever had to wait for the new process.
    """
    from ministack.core import lambda_runtime

    archive = unpacking_once(Path(tempfile.gettempdir()) / "unpacked")
    # The names are those that the emulator asks for, wrong ones too.
    errors = {"BadZipFile": zipfile.BadZipFile, "LargeFileError": zipfile.LargeZipFile}
    lambda_runtime.zipfile = types.SimpleNamespace(ZipFile=archive, **errors)


def _statements_in_streams() -> None:
    """Let what updates in PartiQL change stand in the table's stream, as DynamoDB does and the emulator does not."""
    from ministack.services import dynamodb

    update = dynamodb._partiql_update

    def updating(table: Any, parsed: Any, data: Any = None) -> Any:
        pk, sk, _, wrong = dynamodb._partiql_key_target(table, parsed)
        before = None if wrong else table["items"].get(pk, {}).get(sk)
        before = copy.deepcopy(before)
        answer = update(table, parsed, data)
        if before is not None and answer[0] == 200:
            dynamodb._emit_stream_event(table["TableName"], "MODIFY", before, table["items"][pk][sk])
        return answer

    dynamodb._partiql_update = updating


def _tags_in_mail_events() -> None:
    """Let events of a raw message tell its tags, as SES's do and the emulator's do not: they say which attempt was taken when the
    sender has died before it could write that down.
    """
    from ministack.services import ses

    send, publish = ses._send_raw_email, ses._publish_notification
    sending = threading.local()

    def send_raw(params: Any) -> Any:
        names = (f"Tags.member.{number}." for number in range(1, 51))
        sending.tags = {
            ses._p(params, f"{name}Name"): [ses._p(params, f"{name}Value")]
            for name in names
            if ses._p(params, f"{name}Name")
        }
        try:
            return send(params)
        finally:
            sending.tags = {}

    def publish_tagged(topic: str, payload: Any) -> None:
        if tags := getattr(sending, "tags", None):
            payload = {**payload, "mail": {**payload["mail"], "tags": tags}}
        publish(topic, payload)

    ses._send_raw_email, ses._publish_notification = send_raw, publish_tagged


def losing_answers(serve: Any, share: Callable[[], float], chance: random.Random) -> Any:
    """An ASGI application whose mail service does what it is told and then, for a ``share`` of the requests, does not say so: it answers
    with a fault of its own, or with half an answer. For the tests of what a sender makes of that.
    """

    async def losing(scope: Any, receive: Any, send: Any) -> None:
        asked = scope.get("type") == "http" and any(
            name == b"authorization" and b"/ses/aws4_request" in value for name, value in scope.get("headers", ())
        )
        if not asked or chance.random() >= share():
            await serve(scope, receive, send)
            return

        async def swallow(message: Any) -> None:
            """The answer goes nowhere."""

        await serve(scope, receive, swallow)
        status, body = chance.choice([(500, b""), (200, b"<SendRawEmailResponse><SendRawEmailResult><Mess")])
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return losing


def _share_of_lost_answers() -> float:
    """What the file ``lost-answers`` beside the state says; nothing is lost without it."""
    try:
        return float((_STATE / "lost-answers").read_text())
    except (OSError, ValueError):
        return 0.0


_STREAMS = "clientela-streams"


def _streams() -> dict[str, Any]:
    """What tables' streams hold that some function has not seen yet, and how many records came before.

    The emulator saves how far each function has read a stream, but not the stream: after a start it would skip as many new
    changes as there were old ones.
    """
    from ministack.services import dynamodb, lambda_svc

    kept = []
    records, trimmed = dynamodb._stream_records._data, dynamodb._stream_trimmed._data
    for key, held in list(records.items()):
        first = trimmed.get(key, 0)
        read = _positions(lambda_svc, key)
        low = max(first, min([*read, first + len(held)]))
        kept.append([*key, low, held[low - first :]])
    for key in trimmed.keys() - records.keys():
        kept.append([*key, trimmed[key], []])
    return {"streams": kept}


def _restore_streams(saved: dict[str, Any] | None) -> None:
    """Put the streams back, so that every function goes on where it was."""
    from ministack.services import dynamodb, lambda_svc

    for account, region, table, first, held in (saved or {}).get("streams", []):
        dynamodb._stream_trimmed._data[account, region, table] = first
        dynamodb._stream_records._data[account, region, table] = held
    # A position beyond its stream is from a state without streams: the next change is the next one to read.
    for key, mapping in lambda_svc._esms._data.items():
        if ":dynamodb:" in (source := str(mapping.get("EventSourceArn", ""))):
            stream = (key[0], key[1], source.split("/")[1])
            held = dynamodb._stream_records._data.get(stream, [])
            end = dynamodb._stream_trimmed._data.get(stream, 0) + len(held)
            position = lambda_svc._dynamodb_stream_positions._data.get(key, end)
            if position > end:
                lambda_svc._dynamodb_stream_positions._data[key] = end


def _positions(lambda_svc: Any, stream: tuple[str, str, str]) -> list[int]:
    """How far each function that reads a table's stream has come."""
    account, region, table = stream
    return [
        int(lambda_svc._dynamodb_stream_positions._data[key])
        for key, mapping in lambda_svc._esms._data.items()
        if key[:2] == (account, region)
        and f":table/{table}/stream/" in str(mapping.get("EventSourceArn", ""))
        and key in lambda_svc._dynamodb_stream_positions._data
    ]


def main() -> None:
    """Run the cloud until SIGTERM or SIGINT; then save and end."""
    finish()
    import ministack.app as emulator
    from ministack.core import persistence

    def encode(name: str, state: Any) -> str:
        document = {"__ministack_format__": persistence._state_format_version(name), "payload": state}
        return json.dumps(document, default=persistence._json_default)

    def services() -> Services:
        return {**emulator._build_persistence_save_dict(), _STREAMS: _streams}

    load = emulator._load_persisted_state

    def load_all() -> None:
        load()
        _restore_streams(persistence.load_state(_STREAMS))

    emulator._load_persisted_state = load_all
    checkpoints = Checkpoints(services, encode)
    checkpoints.before, checkpoints.after = _gentle_blobs()
    # The emulator's own save at its end goes the same way, so that a second Ctrl-C cannot leave half of it.
    emulator.save_all = lambda _services: checkpoints.save()

    serve = losing_answers(emulator.app, _share_of_lost_answers, random.Random())

    async def counting(scope: Any, receive: Any, send: Any) -> None:
        if changes_something(scope):
            checkpoints.changed()
        await serve(scope, receive, send)

    _code_unpacked_once()
    _statements_in_streams()
    _tags_in_mail_events()
    emulator.app = counting
    signal.signal(signal.SIGUSR1, lambda *_: checkpoints.wake.set())
    seconds = float(os.environ.get("CHECKPOINT_SECONDS", "30"))
    threading.Thread(target=checkpoints.keep, args=(seconds,), daemon=True, name="checkpoints").start()
    sys.argv = ["ministack"]
    with contextlib.suppress(KeyboardInterrupt):
        emulator.main()


if __name__ == "__main__":
    main()
