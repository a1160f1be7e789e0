"""The ports of one home: the front's is chosen by the person, the others follow from it."""

import json
import socket
from dataclasses import asdict, dataclass
from pathlib import Path

from infra.local import processes
from infra.local.console import LocalError

DEFAULT = 8080

# Odd distances, so that copies on neighbouring or round ports (8081, 8090, 18080) never meet.
_CLOUD, _SMTP, _MAIL = 4003, 4307, 4611


@dataclass(frozen=True, slots=True)
class Ports:
    """Loopback ports: the site, the cloud's endpoint, SMTP, and the mail catcher's page and API."""

    front: int
    cloud: int
    smtp: int
    mail: int

    @property
    def url(self) -> str:
        """Where people open Clientela."""
        return f"http://localhost:{self.front}"

    @property
    def endpoint(self) -> str:
        """Of the local cloud; never ``localhost``, which may be ::1."""
        return f"http://127.0.0.1:{self.cloud}"

    @property
    def mail_url(self) -> str:
        """The mail catcher's page and API."""
        return f"http://localhost:{self.mail}"


def remembered(home: Path) -> Ports | None:
    """The ports of the last run in this home."""
    try:
        return Ports(**json.loads((home / "ports.json").read_text()))
    except (OSError, ValueError, TypeError):
        return None


def choose(home: Path, wanted: int | None) -> Ports:
    """The ports for this run, all free now, and remember them.

    Without ``wanted`` the last run's port is taken again, or 8080. A derived port that somebody else has is moved a little.

    Raises:
        LocalError: the front's port is taken or impossible.
    """
    last = remembered(home)
    front = wanted or (last.front if last else DEFAULT)
    if not 1 <= front <= 65535:
        message = f"PORT={front} is not a port: choose a number from 1024 to 65535."
        raise LocalError(message)
    if (problem := _problem(front)) is not None:
        message = f"{problem}; stop it, or choose another port: make run PORT={front + 10}"
        raise LocalError(message)
    if last and last.front == front and not any(map(_problem, (last.cloud, last.smtp, last.mail))):
        return last
    taken: set[int] = {front}
    ports = Ports(front, *(_near(front, distance, taken) for distance in (_CLOUD, _SMTP, _MAIL)))
    (home / "ports.json").write_text(json.dumps(asdict(ports)))
    return ports


def _near(front: int, distance: int, taken: set[int]) -> int:
    start = front + distance if front + distance + 200 < 65536 else front - distance
    for port in range(start, start + 200, 10):
        if port not in taken and _problem(port) is None:
            taken.add(port)
            return port
    message = f"No free port was found from {start} on; choose another PORT."
    raise LocalError(message)


def _problem(port: int) -> str | None:
    """Why a loopback port cannot be listened on, or None."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            return f"Port {port} may only be used by root"
        except OSError:
            who = processes.listener(port)
            return f"Port {port} is in use by {who}" if who else f"Port {port} is in use"
    return None
