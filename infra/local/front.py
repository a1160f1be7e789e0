"""One plain address in front of the local cloud: what CloudFront's edge is in AWS.

Runs as a process of its own: ``python -m infra.local.front --port 8080 --cloud 12083 --outputs .local/outputs.json``. The
distribution's host name is read from the stack's outputs, again whenever that file changes. Requests are bounded (10 MB, as
API Gateway), connections to the cloud are kept, and while the cloud is not there the answer is a clean 502 that says so.
"""

import argparse
import contextlib
import html
import http.client
import http.server
import json
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any, ClassVar

#: API Gateway's own limit on a request body, in bytes.
MAX_BODY = 10 * 1024 * 1024

#: The cloud closes idle connections after 75 s: one that was idle half as long is not used again, so that a request is
#: never written into a connection that is being closed (it could not be told whether it was seen).
_MAX_IDLE = 30.0
_BACKEND_TIMEOUT = 65.0
_CLIENT_TIMEOUT = 75.0

#: RFC 9110 §7.6.1: these belong to one connection and are never passed on.
_HOP_BY_HOP = frozenset(
    [
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ]
)


class TooLargeError(Exception):
    """The request's body is larger than :data:`MAX_BODY`."""


class Target:
    """Where requests go: the cloud's port and the distribution's host name."""

    def __init__(self, port: int, outputs: Path) -> None:
        """``outputs`` may not exist yet; it is looked at again at most twice a second."""
        self.port = port
        self._outputs = outputs
        self._looked = 0.0
        self._stamp = 0
        self._host: str | None = None
        self._lock = threading.Lock()

    def host(self) -> str | None:
        """The distribution's domain, or None before the first deploy."""
        with self._lock:
            now = time.monotonic()
            if now - self._looked > 0.5:
                self._looked = now
                with contextlib.suppress(OSError, ValueError):
                    stamp = self._outputs.stat().st_mtime_ns
                    if stamp != self._stamp:
                        found = json.loads(self._outputs.read_text()).get("SiteDomain")
                        self._host = str(found).removeprefix("https://").strip("/") if found else None
                        self._stamp = stamp
            return self._host


class _Kept(threading.local):
    """The calling thread's connection to the cloud."""

    connection: http.client.HTTPConnection | None = None
    used = 0.0


class Handler(http.server.BaseHTTPRequestHandler):
    """One client connection: reads a request, asks the cloud, writes its answer."""

    protocol_version = "HTTP/1.1"
    server_version = "clientela-front"
    sys_version = ""
    wbufsize = -1  # one segment per answer
    disable_nagle_algorithm = True
    timeout = _CLIENT_TIMEOUT
    target: ClassVar[Target]
    _kept: ClassVar[_Kept] = _Kept()

    def handle_one_request(self) -> None:
        """As inherited, without a traceback when the client goes away."""
        try:
            super().handle_one_request()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def _pass_on(self) -> None:
        try:
            body = self._body()
        except TooLargeError:
            self.close_connection = True
            self._problem(413, "Payload Too Large", "A request may have at most 10 MB.")
            return
        except ValueError:
            self.close_connection = True
            self._problem(400, "Bad Request", "The length of the request's body cannot be told.")
            return
        host = self.target.host()
        if host is None:
            self._starting()
            return
        try:
            answer, data = self._ask(host, body)
        except TimeoutError:
            self._problem(504, "Gateway Timeout", "The local cloud did not answer in time.")
        except (OSError, http.client.HTTPException):
            self._starting()
        else:
            self._answer(answer, data)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _pass_on  # noqa: N815 (names the base calls)

    def _body(self) -> bytes | None:
        encoding = self.headers.get("Transfer-Encoding", "").lower()
        length = self.headers.get("Content-Length")
        if encoding:
            if encoding != "chunked" or length is not None:
                raise ValueError(encoding)
            return self._chunks()
        if length is None:
            return None
        if not length.isdecimal():
            raise ValueError(length)
        if int(length) > MAX_BODY:
            raise TooLargeError
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            raise ConnectionAbortedError
        return body

    def _chunks(self) -> bytes:
        body = bytearray()
        while size := int(self.rfile.readline(1024).split(b";")[0].strip(), 16):
            if size < 0:
                raise ValueError(size)
            if len(body) + size > MAX_BODY:
                raise TooLargeError
            body += self.rfile.read(size)
            self.rfile.readline(8)
        while self.rfile.readline(65537).strip():  # trailers
            pass
        return bytes(body)

    def _ask(self, host: str, body: bytes | None) -> tuple[http.client.HTTPResponse, bytes]:
        dropped = _HOP_BY_HOP | {"host", "content-length"}
        dropped |= {name.strip().lower() for name in self.headers.get("Connection", "").split(",")}
        connection = self._connection()
        try:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            connection.putheader("Host", host)
            for name, value in self.headers.items():
                if name.lower() not in dropped and name.lower() != "x-forwarded-for":
                    connection.putheader(name, value)
            seen = self.headers.get("X-Forwarded-For")
            connection.putheader(
                "X-Forwarded-For", f"{seen}, {self.client_address[0]}" if seen else self.client_address[0]
            )
            if body is not None or self.command in {"POST", "PUT", "PATCH"}:
                connection.putheader("Content-Length", str(len(body or b"")))
            connection.endheaders(body)
            answer = connection.getresponse()
            data = answer.read()
        except BaseException:
            connection.close()
            self._kept.connection = None
            raise
        self._kept.used = time.monotonic()
        return answer, data

    def _connection(self) -> http.client.HTTPConnection:
        kept = self._kept
        if kept.connection is not None and time.monotonic() - kept.used > _MAX_IDLE:
            kept.connection.close()
            kept.connection = None
        if kept.connection is None:
            kept.connection = http.client.HTTPConnection("127.0.0.1", self.target.port, timeout=_BACKEND_TIMEOUT)
            kept.connection.connect()
            kept.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return kept.connection

    def _answer(self, answer: http.client.HTTPResponse, data: bytes) -> None:
        self.send_response_only(answer.status, answer.reason)
        dropped = _HOP_BY_HOP | {name.strip().lower() for name in (answer.getheader("Connection") or "").split(",")}
        length = answer.getheader("Content-Length")
        for name, value in answer.getheaders():
            if name.lower() not in dropped and name.lower() != "content-length":
                self.send_header(name, value)
        if self.command == "HEAD" and length is not None:
            self.send_header("Content-Length", length)
        elif answer.status not in {204, 304} and answer.status >= 200:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)
        self.wfile.flush()

    def _starting(self) -> None:
        detail = (
            "Clientela's local cloud is starting or has stopped. Look at the terminal of `make run`, or at `make logs`."
        )
        self._problem(502, "Starting", detail, retry=True)

    def _problem(self, status: int, title: str, detail: str, *, retry: bool = False) -> None:
        """An answer of our own: a page for browsers that reloads itself, problem+json for everybody else."""
        if retry and "text/html" in self.headers.get("Accept", ""):
            kind = "text/html; charset=utf-8"
            text = (
                '<!doctype html><html lang="es"><meta charset="utf-8"><meta http-equiv="refresh" content="2">'
                '<meta name="viewport" content="width=device-width"><title>Clientela</title>'
                '<body style="font:1rem/1.5 system-ui;margin:20vh auto;max-width:32rem;padding:0 1rem">'
                f'<h1 style="font-size:1.3rem">Clientela está arrancando…</h1><p lang="en">{html.escape(detail)}</p>'
            )
        else:
            kind = "application/problem+json"
            text = json.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail})
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        if retry:
            self.send_header("Retry-After", "2")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base's name)
        """Nothing: the functions log each request once."""


class Server(http.server.ThreadingHTTPServer):
    """Threads that never hold up the end; room for a burst of connections."""

    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.front")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--cloud", type=int, required=True)
    parser.add_argument("--outputs", type=Path, required=True)
    options = parser.parse_args()
    Handler.target = Target(options.cloud, options.outputs)
    server = Server(("127.0.0.1", options.port), Handler)
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: threading.Thread(target=server.shutdown, daemon=True).start())
    server.serve_forever(poll_interval=0.2)
    server.server_close()


if __name__ == "__main__":
    main()
