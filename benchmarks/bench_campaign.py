"""A campaign of 30 KB mails (HTML and text together, as they leave), from its segment to the last mark: CPU for each recipient, and the capacity units it takes.

The planner and the sender run whole, as in their functions, against a server in another process that keeps a table in memory and
takes mails; only our own process's CPU is counted.
"""

import contextlib
import json
import multiprocessing
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from benchmarks import stub
from benchmarks.rows import Row
from chalicelib.customers.contacts import service as contacts
from chalicelib.foundation.aws import Aws, AwsError
from chalicelib.foundation.clock import SystemClock
from chalicelib.foundation.mail import SesMailer
from chalicelib.foundation.mail_rate import MailRate
from chalicelib.foundation.messaging import Publisher
from chalicelib.foundation.runtime import Runtime
from chalicelib.foundation.signing import Signer
from chalicelib.foundation.table import Table
from chalicelib.marketing.sending import consumers, planner, sender, turns
from chalicelib.marketing.sending.checks import Checks
from chalicelib.marketing.sending.domain import shard_of
from chalicelib.marketing.sending.work import Sender
from infra.local import dynamodb_local
from infra.local.priced import PricedTable, new_table
from tests.contract.marketing.campaign_world import World
from tests.memory_dynamodb import MemoryDynamoDB

PEOPLE = 1000
_READS = (".Query", ".GetItem", ".BatchGetItem")
SECRET = b"a secret for benchmarks, 32 bytes"
_SENT = (
    b"<SendRawEmailResponse><SendRawEmailResult><MessageId>%s</MessageId></SendRawEmailResult></SendRawEmailResponse>"
)


def page(kilobytes: float) -> str:
    """A newsletter of so many KB: blocks with a text, a name here and there, and eight links."""
    block = (
        '<table width="100%" cellpadding="0" cellspacing="0" border="0" role="presentation" style="border-collapse:collapse">'
        '<tr><td align="left" style="padding:16px 24px;font:16px/1.5 Arial,Helvetica,sans-serif;color:#1f2933">'
        '<h2 style="margin:0 0 12px;font-size:22px">{title}</h2><p style="margin:0 0 12px">{text}</p>'
        '<p style="margin:0"><a href="https://shop.example/offers/{number}?utm_source=mail" style="color:#0b69a3;font-weight:bold">'
        "Ver más</a></p></td></tr></table>"
    )
    text = "Lo que cuesta poco y vale mucho: ideas, ofertas y novedades de la semana. "
    parts, number = ['<p>Hola {{ contact.first_name | default("amiga") }},</p>'], 0
    while sum(map(len, parts)) < kilobytes * 1000:
        title = "Para ti, {{ contact.first_name }}" if number % 8 == 0 else f"Novedad {number}"
        parts.append(block.format(title=title, text=text, number=number % 8))
        number += 1
    return "".join(parts)


class Rote(MemoryDynamoDB):
    """Answers reads out of a table as it was. The server takes every write without looking at it, let alone carrying it out: a
    planner and a sender never read what they have just written.
    """

    def __init__(self, items: dict[tuple[str, str], Any]):
        super().__init__()
        self._partitions: dict[str, dict[tuple[str, str], Any]] = {}
        for key, item in items.items():
            self._partitions.setdefault(key[0], {})[key] = item
        self._all = items

    def call(self, service: str, target: str, request: dict[str, Any], *, version: str = "1.0") -> dict[str, Any]:
        self.items = self._all
        if target.endswith("Query"):
            values = [value.get("S", "") for value in request["ExpressionAttributeValues"].values()]
            self.items = next((self._partitions[value] for value in values if value in self._partitions), {})
        return super().call(service, target, request, version=version)


class Order:
    """Publishes for real, and remembers what it has published."""

    def __init__(self, queues: Publisher):
        self._queues = queues
        self.published: list[Any] = []

    def publish(self, queue: str, envelopes: Any, *, delay: int = 0) -> None:
        self._queues.publish(queue, envelopes, delay=delay)
        self.published += [(queue, envelope, delay) for envelope in envelopes]


@contextlib.contextmanager
def serve(dynamodb: MemoryDynamoDB) -> Iterator[str]:
    """A server in a process of its own around this table."""
    listener = socket.create_server(("127.0.0.1", 0))
    process = multiprocessing.get_context("fork").Process(target=_accept, args=(listener, dynamodb), daemon=True)
    process.start()
    port = listener.getsockname()[1]
    listener.close()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.join()


def _accept(listener: socket.socket, dynamodb: MemoryDynamoDB) -> None:
    while True:
        connection, _ = listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_talk, args=(connection, dynamodb), daemon=True).start()


def _talk(connection: socket.socket, dynamodb: MemoryDynamoDB) -> None:
    stream, count = connection.makefile("rb"), 0
    while stream.readline():
        length, target = 0, ""
        while (header := stream.readline()) not in (b"\r\n", b""):
            name, _, value = header.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
            elif name.lower() == b"x-amz-target":
                target = value.strip().decode()
        raw = stream.read(length)
        status = 200
        if target.endswith(_READS):
            try:
                body = json.dumps(dynamodb.call("dynamodb", target, json.loads(raw))).encode()
            except AwsError as error:
                status, body = 400, json.dumps({"__type": error.code, "message": "", **error.body}).encode()
        elif target.endswith("BatchExecuteStatement"):
            body = b'{"Responses":[%b]}' % b",".join([b"{}"] * raw.count(b'"Statement"'))
        elif target:
            body = b"{}"
        else:
            count += 1
            body = _SENT % f"{threading.get_ident()}-{count}".encode()
        connection.sendall(b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body))


def prepared(table: Table, people: int) -> tuple[World, str]:
    """A campaign that is about to be planned."""
    world = World(table, people=people)
    campaign_id = world.campaign(html=page(17))
    world.send(campaign_id)
    return world, campaign_id


def runtime_of(endpoint: str) -> tuple[Runtime, Order]:
    """A function's runtime before the server."""
    settings = stub.settings(endpoint)
    aws = Aws(settings)
    queues = Order(Publisher(aws, dict.fromkeys(("campaign-plan", "campaign-send"), "https://queue.example")))
    made = Runtime(
        settings,
        aws=aws,
        clock=SystemClock(),
        table=Table(aws, stub.TABLE_NAME),
        queues=queues,
        signer=Signer(SECRET),
        public_url="https://crm.example",
        mailer=SesMailer(aws, stub.TABLE_NAME),
    )
    return made, queues


def planning(world: World, campaign_id: str, items: dict[tuple[str, str], Any]) -> float:
    """CPU milliseconds to plan a recipient: the best of some runs of the first page."""
    with serve(Rote(items)) as endpoint:
        runtime, queues = runtime_of(endpoint)

        def page_of_plan() -> None:
            planner.plan(
                table=runtime.table,
                clock=runtime.clock,
                queues=queues,
                workspace_id=world.id,
                campaign_id=campaign_id,
                seconds=0.0,
            )

        return stub.cpu_ms(page_of_plan, times=5, rounds=8) / planner.PAGE


@dataclass
class Split:
    """Where the CPU of a walk goes, by parts of the work."""

    parts: dict[str, float] = field(default_factory=dict)

    @contextlib.contextmanager
    def watching(self, *places: tuple[Any, str, str]) -> Iterator[None]:
        """Time every call of ``owner.name`` as a part, while this is open."""
        with contextlib.ExitStack() as stack:
            for owner, name, part in places:
                stack.enter_context(mock.patch.object(owner, name, self._timed(getattr(owner, name), part)))
            yield

    def _timed(self, call: Callable[..., Any], part: str) -> Callable[..., Any]:
        def timed(*args: Any, **more: Any) -> Any:
            started = time.process_time()
            try:
                return call(*args, **more)
            finally:
                self.parts[part] = self.parts.get(part, 0.0) + time.process_time() - started

        return timed


def sending(
    world: World, campaign_id: str, items: dict[tuple[str, str], Any], orders: list[Any]
) -> tuple[float, dict[str, float], int]:
    """CPU milliseconds to send to a recipient, their parts, and a message's bytes: the best of ten shards, five times."""
    with serve(Rote(items)) as endpoint:
        runtime, queues = runtime_of(endpoint)
        letter = consumers.letter_of(runtime, world.get(campaign_id))  # compiled once for all of them
        taken = Counter(shard_of(contact_id, 10) for contact_id in world.contacts)
        best, parts = float("inf"), {}
        for _, envelope, _ in orders * 5:
            split = Split()
            work = Sender(
                table=runtime.table,
                clock=runtime.clock,
                queues=queues,
                signer=runtime.signer,
                mailer=runtime.mailer,
                letter=lambda campaign: letter,
                holder="bench",
                rate=MailRate(lambda: 1e9, 1),
            )
            shard = int(envelope.data["shard"])
            places = (
                (letter, "mime", "write"),
                (turns, "turn", "claim and mark"),
                (runtime.mailer, "send", "send"),
                (Checks, "read", "look up"),
            )
            with split.watching(*places):
                started = time.process_time()
                sender.walk(
                    work, workspace_id=world.id, campaign_id=campaign_id, shard=shard, after="", ended=0, retry_at=""
                )
                spent = (time.process_time() - started) / taken[shard] * 1000
            if spent < best:
                best, parts = spent, {part: each / taken[shard] * 1000 for part, each in split.parts.items()}
        person = contacts.get_contact(table=runtime.table, workspace_id=world.id, contact_id=world.contacts[0])
        size = len(letter.mime(contact=person, email="a@example.com", attempt=1, now=runtime.clock.now()))
        return best, parts, size


def rows() -> Iterator[Row]:
    dynamodb = MemoryDynamoDB()
    world, campaign_id = prepared(Table(dynamodb, stub.TABLE_NAME), PEOPLE)  # type: ignore[arg-type]
    ((queue, order, _),) = world.take()
    planned = planning(world, campaign_id, dynamodb.copy())
    world.deliver(queue, order)
    walked, parts, size = sending(world, campaign_id, dynamodb.copy(), world.take())
    reads, writes, note = units()
    yield Row("campaign, a recipient, all", planned + walked, 0.5, reads, writes, f"{size // 1000} KB a mail; {note}")
    yield Row("– plan", planned)
    yield Row("– look up: contact, consent, suppression, cap", parts["look up"])
    yield Row("– write: render and MIME, which are one here", parts["write"])
    yield Row("– claim and mark", parts["claim and mark"], note="the one before is marked in the same request")
    yield Row("– send", parts["send"], note="one signed request each")
    yield Row("– the walk: pages, shards, the campaign", walked - sum(parts.values()), note="best of ten shards of 100")


def units() -> tuple[float, float, str]:
    """Capacity units of one recipient, on DynamoDB Local, from plan to mark."""
    people = 400
    with dynamodb_local.start() as endpoint:
        judge = PricedTable(new_table(endpoint))
        world, _ = prepared(judge, people)
        judge.reset()
        world.drain()
        assert len(world.mailer.sent) == people
        return (
            round(judge.reads / people, 2),
            round(judge.writes / people, 2),
            f"units over {people} people in 10 shards",
        )
