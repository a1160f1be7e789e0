"""The local cloud can lose answers of its mail service, and of nothing else, after doing what was asked."""

import asyncio
import random
from typing import Any

from infra.local.cloud import losing_answers

SES = [(b"authorization", b"AWS4-HMAC-SHA256 Credential=x/20261122/us-east-1/ses/aws4_request, SignedHeaders=host")]
SQS = [(b"authorization", SES[0][1].replace(b"/ses/", b"/sqs/"))]


class Cloud:
    def __init__(self) -> None:
        self.done = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.done += 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"<MessageId>m</MessageId>"})


def answers(cloud: Cloud, headers: list[tuple[bytes, bytes]], share: float, times: int) -> list[tuple[int, bytes]]:
    app = losing_answers(cloud, lambda: share, random.Random(7))
    found = []
    for _ in range(times):
        sent: list[Any] = []

        async def send(message: Any, sent: list[Any] = sent) -> None:
            sent.append(message)

        asyncio.run(app({"type": "http", "headers": headers}, None, send))
        found.append((sent[0]["status"], sent[1]["body"]))
    return found


def test_a_share_of_the_mail_services_answers_is_lost_though_it_did_what_it_was_told() -> None:
    cloud = Cloud()
    found = answers(cloud, SES, 0.25, 200)
    whole = [answer for answer in found if b"</MessageId>" in answer[1]]
    assert cloud.done == 200
    assert 120 <= len(whole) <= 180
    assert {status for status, body in found if b"</MessageId>" not in body} == {200, 500}


def test_other_services_and_without_a_share_nothing() -> None:
    assert all(b"</MessageId>" in body for _, body in answers(Cloud(), SQS, 1.0, 20) + answers(Cloud(), SES, 0.0, 20))
