"""The short way to AWS: one signed HTTPS request, without a client library in between.

Capture, the projector and the campaign sender make thousands of small calls. A botocore call costs 0.6 ms of CPU and its
import 130 ms; this costs a tenth, because the signing key is kept for the day and nothing is looked up in a model
(docs/decisions/0003-signed-requests.md, figures by ``make bench``). Signature Version 4 is written as AWS documents it
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html) and is checked in the tests
against botocore's own signer. Everything that is called rarely (S3, Scheduler, Cognito) uses boto3 in its own adapter.
"""

import hashlib
import hmac
import random
import select
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from socket import socket
from typing import Any
from urllib.parse import urlsplit

import orjson

from chalicelib.foundation.errors import ClientelaError, UnavailableError
from chalicelib.foundation.settings import Settings


class AwsError(ClientelaError):
    """AWS answered with an error. ``code`` is its name without the namespace, ``body`` the whole parsed answer."""

    def __init__(self, status: int, code: str, message: str, body: Mapping[str, Any]):
        self.status = status
        self.code = code
        self.body = body
        super().__init__(f"{code}: {message}")


class NotSentError(UnavailableError):
    """The request never left: no address, no connection. Trying again is safe for any operation."""


class NoAnswerError(UnavailableError):
    """The request left and no whole answer came back: whether it was carried out is unknown."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A raw HTTP answer."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access key pair, with the session token of a role where there is one."""

    access_key: str
    secret_key: str
    session_token: str = ""


_THROTTLES = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "Throttling",
        "RequestLimitExceeded",
        "TransactionInProgressException",
        "RequestThrottled",
        "LimitExceededException",
    }
)


class SigningKey:
    """The key of one service for one day, derived once (four HMACs) and used for every request of that day."""

    def __init__(self, credentials: Credentials, region: str, service: str):
        self._credentials = credentials
        self._region = region
        self._service = service
        self._day = ""
        self._key = b""

    def authorization(self, *, method: str, path: str, headers: Mapping[str, str], body: bytes, stamp: str) -> str:
        """The ``Authorization`` header for a request without a query string; ``headers`` have lower-case names."""
        day = stamp[:8]
        scope = f"{day}/{self._region}/{self._service}/aws4_request"
        if day != self._day:
            key = b"AWS4" + self._credentials.secret_key.encode()
            for part in (day, self._region, self._service, "aws4_request"):
                key = hmac.digest(key, part.encode(), hashlib.sha256)
            self._day, self._key = day, key
        ordered = sorted(headers)
        names = ";".join(ordered)
        signed = "".join([f"{name}:{headers[name].strip()}\n" for name in ordered])
        canonical = f"{method}\n{path}\n\n{signed}\n{names}\n{hashlib.sha256(body).hexdigest()}"
        to_sign = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        signature = hmac.digest(self._key, to_sign.encode(), hashlib.sha256).hex()
        return (
            f"AWS4-HMAC-SHA256 Credential={self._credentials.access_key}/{scope}, SignedHeaders={names}, "
            f"Signature={signature}"
        )


class Aws:
    """Signed requests to AWS's JSON and query protocols over kept connections, one per thread and host.

    `call` retries what is safe to retry for the services it is used with (throttles, 5xx, lost connections; every write of
    ours is conditional or carries a client token, so a repeated one is harmless). `post_once` never retries: the campaign
    sender must know what happened to the one request it made.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        credentials: Credentials | None = None,
        connect_timeout: float = 2.0,
        read_timeout: float = 10.0,
        attempts: int = 5,
        sleep: Callable[[float], None] = time.sleep,
    ):
        self._endpoint = settings.endpoint_url
        self._region = settings.region
        self._credentials = credentials or Credentials(settings.access_key, settings.secret_key, settings.session_token)
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._attempts = attempts
        self._sleep = sleep
        self._keys: dict[str, SigningKey] = {}
        self._kept = threading.local()

    def call(self, service: str, target: str, request: Mapping[str, Any], *, version: str = "1.0") -> dict[str, Any]:
        """One operation of a JSON-protocol service.

        ``service`` is the endpoint prefix and signing name (``dynamodb``, ``sqs``, ``secretsmanager``, ``ssm``), ``target``
        the operation with its prefix (``DynamoDB_20120810.PutItem``). Raises `AwsError` for what AWS refused and
        `UnavailableError` when every attempt was lost.
        """
        body = orjson.dumps(request)
        content_type = f"application/x-amz-json-{version}"
        for attempt in range(1, self._attempts + 1):
            try:
                answer = self.post_once(service, body, content_type, target=target)
            except UnavailableError:
                if attempt == self._attempts:
                    raise
            else:
                if answer.status == 200:
                    try:
                        return orjson.loads(answer.body) if answer.body else {}
                    except ValueError as error:
                        if attempt == self._attempts:
                            raise NoAnswerError(f"{service} answered something unreadable") from error
                else:
                    failure = _failure(answer)
                    if attempt == self._attempts or not (failure.status >= 500 or failure.code in _THROTTLES):
                        raise failure
            # Full jitter (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
            self._sleep(random.uniform(0, min(2.0, 0.025 * 2**attempt)))
        raise AssertionError("unreachable")

    def post_once(
        self, service: str, body: bytes, content_type: str, *, target: str = "", host_prefix: str = ""
    ) -> Answer:
        """One signed POST, sent at most once.

        Raises `NotSentError` when nothing left this machine and `NoAnswerError` when it left but no whole answer came back.
        """
        base = self._endpoint or f"https://{host_prefix or service}.{self._region}.amazonaws.com"
        parts = urlsplit(base)
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        headers = {"content-type": content_type, "host": parts.netloc, "x-amz-date": stamp}
        if target:
            headers["x-amz-target"] = target
        if self._credentials.session_token:
            headers["x-amz-security-token"] = self._credentials.session_token
        key = self._keys.get(service)
        if key is None:
            key = self._keys[service] = SigningKey(self._credentials, self._region, service)
        headers["authorization"] = key.authorization(method="POST", path="/", headers=headers, body=body, stamp=stamp)
        connection = self._connection(base)
        try:
            status, content, closing = _exchange(connection.sock, headers, body)
        except (OSError, HTTPException, ValueError) as error:
            self._drop(base)
            raise NoAnswerError(f"{service} did not answer: {type(error).__name__}") from error
        if closing:
            self._drop(base)
        return Answer(status, content)

    def _connection(self, base: str) -> HTTPConnection:
        """A connection that is open and quiet; one the other side has closed meanwhile is replaced, not written to."""
        kept: dict[str, HTTPConnection] = self._kept.__dict__
        connection = kept.get(base)
        if connection is not None and connection.sock is not None:
            if not select.select([connection.sock], [], [], 0)[0]:
                return connection
            self._drop(base)
        parts = urlsplit(base)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=self._connect_timeout)
        try:
            connection.connect()
        except OSError as error:
            raise NotSentError(f"{parts.hostname} cannot be reached: {type(error).__name__}") from error
        connection.sock.settimeout(self._read_timeout)
        kept[base] = connection
        return connection

    def _drop(self, base: str) -> None:
        connection: HTTPConnection | None = self._kept.__dict__.pop(base, None)
        if connection is not None:
            connection.close()


def _exchange(sock: socket, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes, bool]:
    """Send one request in one piece and read its answer: status, content, whether the other side closes.

    http.client takes three times the CPU for it: it sends head and body apart and reads headers with an e-mail parser.
    AWS answers with a length or in chunks (RFC 9112, sections 6 and 7); an answer with neither ends with the connection.
    """
    head = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
    sock.sendall(f"POST / HTTP/1.1\r\n{head}content-length: {len(body)}\r\n\r\n".encode("latin-1") + body)
    reader = _Reader(sock)
    version, _, rest = reader.line().partition(b" ")
    status, length, chunked, closing = int(rest[:3]), -1, False, version == b"HTTP/1.0"
    if not version.startswith(b"HTTP/") or status < 200:
        raise HTTPException("not an answer")
    while line := reader.line():
        name, _, value = line.lower().partition(b":")
        if name == b"content-length":
            length = int(value)
        elif name == b"transfer-encoding":
            chunked = value.strip() == b"chunked"
        elif name == b"connection":
            closing = value.strip() == b"close"
    if chunked:
        parts = []
        while size := int(reader.line().partition(b";")[0], 16):
            parts.append(reader.exactly(size))
            reader.line()
        while reader.line():
            pass
        return status, b"".join(parts), closing
    if length < 0:
        return status, reader.rest(), True
    return status, reader.exactly(length), closing


class _Reader:
    """What comes out of a socket, by lines and lengths; a tenth of what Python's buffered files cost for a short answer."""

    def __init__(self, sock: socket):
        self._sock = sock
        self._data = b""
        self._at = 0

    def line(self) -> bytes:
        """The next line, without its end."""
        while (end := self._data.find(b"\n", self._at)) < 0:
            if len(self._data) - self._at > 65536 or not self._more():
                raise HTTPException("the answer is cut off")
        line = self._data[self._at : end]
        self._at = end + 1
        return line.rstrip(b"\r")

    def exactly(self, size: int) -> bytes:
        """So many bytes."""
        parts = [self._data[self._at : self._at + size]]
        self._at += len(parts[0])
        missing = size - len(parts[0])
        while missing:
            if not (piece := self._sock.recv(min(missing, 262144))):
                raise HTTPException("the answer is cut off")
            parts.append(piece)
            missing -= len(piece)
        return b"".join(parts)

    def rest(self) -> bytes:
        """All until the other side closes."""
        parts = [self._data[self._at :]]
        while piece := self._sock.recv(65536):
            parts.append(piece)
        return b"".join(parts)

    def _more(self) -> bool:
        piece = self._sock.recv(65536)
        self._data, self._at = self._data[self._at :] + piece, 0
        return bool(piece)


def _failure(answer: Answer) -> AwsError:
    try:
        body = orjson.loads(answer.body)
    except ValueError:
        body = {}
    if not isinstance(body, dict):
        body = {}
    code = str(body.get("__type", "") or body.get("code", "") or f"Http{answer.status}").rsplit("#", 1)[-1]
    return AwsError(answer.status, code, str(body.get("message") or body.get("Message") or ""), body)
