# ruff: noqa: A002, N815 (the names are those of http.server)
"""The front proxy, against a cloud made of a few lines."""

import http.client
import http.server
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local import front


class Cloud(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen: list[dict[str, Any]] = []

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        Cloud.seen.append({"method": self.command, "path": self.path, "headers": dict(self.headers), "body": body})
        if self.path == "/empty":
            self.send_response(204)
            self.end_headers()
            return
        data = json.dumps({"length": len(body)}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Keep-Alive", "timeout=5")
        self.send_header("Set-Cookie", "a=1")
        self.send_header("Set-Cookie", "b=2")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    do_GET = do_POST = do_HEAD = do_OPTIONS = do_PUT = _any

    def log_message(self, format: str, *args: Any) -> None: ...


def serve(server: http.server.ThreadingHTTPServer) -> int:
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return int(server.server_address[1])


@pytest.fixture
def cloud() -> Iterator[int]:
    Cloud.seen.clear()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Cloud)
    yield serve(server)
    server.shutdown()
    server.server_close()


@pytest.fixture
def port(cloud: int, tmp_path: Path) -> Iterator[int]:
    (tmp_path / "outputs.json").write_text(json.dumps({"SiteDomain": "d123.cloudfront.net"}))

    class Handler(front.Handler):
        target = front.Target(cloud, tmp_path / "outputs.json")
        _kept = front._Kept()

    server = front.Server(("127.0.0.1", 0), Handler)
    yield serve(server)
    server.shutdown()
    server.server_close()


def ask(port: int, method: str, path: str, **options: Any) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, **options)
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return answer, data


def raw(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        connection.settimeout(10)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
        return answer


def test_passes_a_request_on_with_the_distributions_name(port: int) -> None:
    answer, data = ask(port, "POST", "/api/v1/x?a=%2F&a=2", body=b"{}", headers={"X-One": "1", "Connection": "x-secret, close",
                                                                               "X-Secret": "hop"})  # fmt: skip
    assert (answer.status, json.loads(data)) == (200, {"length": 2})
    seen = Cloud.seen[-1]
    assert seen["path"] == "/api/v1/x?a=%2F&a=2"
    assert seen["headers"]["Host"] == "d123.cloudfront.net"
    assert seen["headers"]["X-Forwarded-For"] == "127.0.0.1"
    assert seen["headers"]["X-One"] == "1"
    assert "X-Secret" not in seen["headers"]
    assert answer.msg.get_all("Set-Cookie") == ["a=1", "b=2"]
    assert "Keep-Alive" not in answer.msg


def test_one_connection_serves_many_requests(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    for method, path, status in [("GET", "/", 200), ("HEAD", "/", 200), ("OPTIONS", "/", 200), ("GET", "/empty", 204)]:
        connection.request(method, path)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == status
    connection.close()


def test_chunked_bodies_arrive_with_their_length(port: int) -> None:
    request = (
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
    )
    assert b'{"length": 5}' in raw(port, request)


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"Content-Length: 10485761", 413),
        (b"Content-Length: -1", 400),
        (b"Content-Length: abc", 400),
        (b"Content-Length: 3\r\nTransfer-Encoding: chunked", 400),
        (b"Transfer-Encoding: gzip", 400),
    ],
)
def test_bodies_that_cannot_be_taken(port: int, head: bytes, status: int) -> None:
    answer = raw(port, b"POST / HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 %d" % status)
    assert b"application/problem+json" in answer
    assert not Cloud.seen


def test_says_that_it_is_starting(tmp_path: Path) -> None:
    class Handler(front.Handler):
        target = front.Target(1, tmp_path / "outputs.json")
        _kept = front._Kept()

    server = front.Server(("127.0.0.1", 0), Handler)
    port = serve(server)
    answer, data = ask(port, "GET", "/api/v1/health")
    assert (answer.status, answer.getheader("Retry-After")) == (502, "2")
    assert json.loads(data)["title"] == "Starting"
    answer, data = ask(port, "GET", "/", headers={"Accept": "text/html"})
    assert answer.getheader("Content-Type") == "text/html; charset=utf-8"
    assert "arrancando" in data.decode()
    (tmp_path / "outputs.json").write_text(json.dumps({"SiteDomain": "d123.cloudfront.net"}))
    assert ask(port, "GET", "/")[0].status == 502  # nobody listens on port 1
    server.shutdown()
    server.server_close()
