"""AWS, answered by rote: a server in a process of its own that gives every operation its canned answer.

What is measured beside it is the CPU time of our own process: signing, sending, reading and whatever the code does, as it
would be in a function. The server's time is not counted, and DynamoDB's own work is counted in capacity units elsewhere.
"""

import contextlib
import json
import multiprocessing
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from chalicelib.foundation.aws import Aws
from chalicelib.foundation.settings import Settings, from_environment
from chalicelib.foundation.table import Table

TABLE_NAME = "clientela-bench"


@contextlib.contextmanager
def serve(answers: Mapping[str, Any]) -> Iterator[str]:
    """Answer each operation (``Query``, ``TransactWriteItems``, ``SendMessageBatch``, …; ``""`` for what has no target) with
    its JSON, or text as it is; gives the endpoint's URL.
    """
    bodies = {
        name: answer.encode() if isinstance(answer, str) else json.dumps(answer, separators=(",", ":")).encode()
        for name, answer in answers.items()
    }
    listener = socket.create_server(("127.0.0.1", 0))
    process = multiprocessing.get_context("fork").Process(target=_run, args=(listener, bodies), daemon=True)
    process.start()
    port = listener.getsockname()[1]
    listener.close()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.join()


@contextlib.contextmanager
def table(answers: Mapping[str, Any]) -> Iterator[Table]:
    """A table before such a server."""
    with serve(answers) as endpoint:
        yield Table(Aws(settings(endpoint)), TABLE_NAME)


def settings(endpoint: str) -> Settings:
    """A function's settings with this endpoint."""
    return from_environment(
        {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_SESSION_TOKEN": "token" * 100,  # functions have one, and pay for sending it
            "AWS_REGION": "eu-west-1",
            "TABLE_NAME": TABLE_NAME,
        }
    )


def cpu_ms(work: Callable[[], object], *, times: int = 400, rounds: int = 5) -> float:
    """CPU milliseconds (user and system) of one call in this process, after a warm-up: the best of a hundred short rounds
    (``times × rounds`` calls in all), because a neighbour on the same core makes every instruction dearer while it runs.
    """
    each = max(1, times * rounds // 100)
    for _ in range(max(20, times // 10)):
        work()
    best = float("inf")
    for _ in range(times * rounds // each):
        started = time.process_time()
        for _ in range(each):
            work()
        best = min(best, time.process_time() - started)
    return best / each * 1000


def _run(listener: socket.socket, bodies: Mapping[str, bytes]) -> None:
    import threading

    while True:
        connection, _ = listener.accept()
        threading.Thread(target=_talk, args=(connection, bodies), daemon=True).start()


def _talk(connection: socket.socket, bodies: Mapping[str, bytes]) -> None:
    stream = connection.makefile("rb")
    while True:
        line = stream.readline()
        if not line:
            return
        length, operation = 0, ""
        while (header := stream.readline()) not in (b"\r\n", b""):
            name, _, value = header.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
            elif name.lower() == b"x-amz-target":
                operation = value.strip().decode().rpartition(".")[2]
        stream.read(length)
        body = bodies.get(operation, b"{}")
        connection.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: %d\r\n\r\n%b"
            % (len(body), body)
        )
