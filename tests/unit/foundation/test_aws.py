"""The signed request: the same signature as botocore's, and four outcomes that are told apart."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.foundation.aws import Aws, AwsError, Credentials, NoAnswerError, NotSentError, SigningKey
from chalicelib.foundation.errors import UnavailableError
from tests.helpers import settings

STAMP = "20261121T120000Z"


@given(
    service=st.sampled_from(["dynamodb", "sqs", "ses", "secretsmanager", "ssm"]),
    body=st.binary(max_size=300),
    token=st.sampled_from(["", "a session token"]),
    secret=st.text(st.characters(codec="ascii", exclude_categories=["C"]), min_size=1, max_size=40),
)
def test_the_signature_is_botocores(service: str, body: bytes, token: str, secret: str) -> None:
    headers = {"content-type": "application/x-amz-json-1.0", "host": "aws.example", "x-amz-date": STAMP}
    headers["x-amz-target"] = "DynamoDB_20120810.PutItem"
    if token:
        headers["x-amz-security-token"] = token
    ours = SigningKey(Credentials("AKID", secret, token), "eu-west-1", service).authorization(
        method="POST", path="/", headers=headers, body=body, stamp=STAMP
    )
    request = AWSRequest("POST", "https://aws.example/", headers=headers, data=body)
    request.context["timestamp"] = STAMP
    signer = SigV4Auth(BotoCredentials("AKID", secret, token or None), service, "eu-west-1")
    signature = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    assert ours.endswith(f"Signature={signature}")
    assert f"SignedHeaders={signer.signed_headers(signer.headers_to_sign(request))}," in ours


def test_the_key_changes_with_the_day() -> None:
    key = SigningKey(Credentials("AKID", "secret"), "eu-west-1", "sqs")
    headers = {"host": "aws.example"}
    stamps = ["20261121T235959Z", "20261122T000000Z"]
    made = [key.authorization(method="POST", path="/", headers=headers, body=b"", stamp=stamp) for stamp in stamps]
    fresh = SigningKey(Credentials("AKID", "secret"), "eu-west-1", "sqs")
    again = fresh.authorization(method="POST", path="/", headers=headers, body=b"", stamp=stamps[1])
    assert made[1] == again


Script = list[tuple[int, Any] | None]


@contextmanager
def server(script: Script) -> Iterator[tuple[str, list[bytes]]]:
    """Answers one after the other with (status, JSON), or hangs up for None."""
    seen: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            seen.append(self.rfile.read(int(self.headers["content-length"])))
            step = script.pop(0) if script else (200, {})
            if step is None:
                self.close_connection = True
                self.connection.close()
                return
            status, document = step
            content = document if isinstance(document, bytes) else json.dumps(document).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    thread = threading.Thread(target=http.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{http.server_port}", seen
    finally:
        http.shutdown()
        thread.join()
        http.server_close()


def aws(endpoint: str, **options: Any) -> Aws:
    return Aws(settings(endpoint), sleep=lambda _: None, **options)


def test_throttles_and_lost_connections_are_tried_again() -> None:
    throttled = (400, {"__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"})
    with server([throttled, None, (500, {}), (200, b"not json"), (200, {"ok": 1})]) as (endpoint, seen):
        assert aws(endpoint).call("dynamodb", "DynamoDB_20120810.GetItem", {"a": "ñ"}) == {"ok": 1}
    assert len(seen) == 5
    assert len(set(seen)) == 1


def test_what_is_refused_is_not_tried_again() -> None:
    refusal = (400, {"__type": "x#ValidationException", "message": "no"})
    with server([refusal]) as (endpoint, seen), pytest.raises(AwsError) as caught:
        aws(endpoint).call("dynamodb", "DynamoDB_20120810.GetItem", {})
    assert (caught.value.code, caught.value.status, len(seen)) == ("ValidationException", 400, 1)


def test_attempts_end() -> None:
    with server([None] * 9) as (endpoint, seen), pytest.raises(UnavailableError):
        aws(endpoint).call("sqs", "AmazonSQS.SendMessageBatch", {})
    assert len(seen) == 5


def test_one_post_is_one_request_and_a_lost_answer_is_said() -> None:
    with server([None]) as (endpoint, seen), pytest.raises(NoAnswerError):
        aws(endpoint).post_once("ses", b"Action=SendRawEmail", "application/x-www-form-urlencoded")
    assert seen == [b"Action=SendRawEmail"]


def test_a_refused_connection_is_certainly_not_sent() -> None:
    with server([]) as (endpoint, _):
        pass
    with pytest.raises(NotSentError):
        aws(endpoint).post_once("ses", b"", "application/x-www-form-urlencoded")


def test_a_connection_the_other_side_closed_is_replaced_not_written_to() -> None:
    with server([(200, {}), (200, {})]) as (endpoint, seen):
        one = aws(endpoint)
        one.post_once("ses", b"1", "text/plain")
        one._connection(endpoint).sock.shutdown(2)
        one.post_once("ses", b"2", "text/plain")
    assert seen == [b"1", b"2"]
