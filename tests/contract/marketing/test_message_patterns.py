"""The access patterns of single mails, against docs/data-model.md."""

import json

import pytest

from chalicelib.foundation.clock import to_text
from chalicelib.foundation.ids import new_id
from chalicelib.marketing.messages import consumers, sender, service
from chalicelib.marketing.messages.writing import Text
from infra.local.priced import PricedTable
from tests.contract.marketing.campaign_world import World
from tests.contract.patterns import check

TEXT = Text("Pedido {{ data.number }}", "text", "Hola")


@pytest.fixture(scope="module")
def priced(table):
    return PricedTable(table)


def test_single_mails(priced):
    world = World(priced, people=1)
    runtime = world.runtime
    common = {
        "runtime": runtime,
        "workspace_id": world.id,
        "to": "p0@example.com",
        "text": TEXT,
        "data": {"number": "1"},
    }
    made = [service.order(message_id=new_id(world.clock.now()), **common) for _ in range(10)]
    priced.reset()
    service.order(message_id=new_id(world.clock.now()), **common)
    check("messages.order", priced)
    priced.reset()
    sender.send(runtime, workspace_id=world.id, message_id=made[0].id)
    check("messages.send", priced)
    now = to_text(world.clock.now())
    tags = {"workspace": [world.id], "message": [made[0].id], "attempt": ["1"], "purpose": ["message"]}
    mail = {"timestamp": now, "messageId": "message-1", "destination": ["p0@example.com"], "tags": tags}
    priced.reset()
    consumers.apply_delivery_event(
        runtime, json.dumps({"eventType": "Delivery", "mail": mail, "delivery": {"timestamp": now}})
    )
    check("messages.delivered", priced)
    priced.reset()
    service.list_messages(table=priced, workspace_id=world.id, limit=10)
    check("messages.list", priced)
    priced.reset()
    sender.tend(runtime)
    check("messages.due", priced)
