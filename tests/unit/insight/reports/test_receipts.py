import json
from datetime import UTC, datetime

import pytest

from chalicelib.insight.reports.service.receipts import read_event

SENT = {"timestamp": "2026-11-16T08:00:00.000Z", "messageId": "m1", "destination": ["a@example.com"]}


def test_an_event_of_a_configuration_set_carries_tags():
    body = {"eventType": "Delivery", "mail": {**SENT, "tags": {"report_run": ["R"], "workspace": ["W"], "recipient": ["0"]}},
            "delivery": {"timestamp": "2026-11-16T08:00:05.000Z"}}  # fmt: skip
    event = read_event(json.dumps(body))
    assert (event.kind, event.message_id) == ("delivery", "m1")
    assert event.at == datetime(2026, 11, 16, 8, 0, 5, tzinfo=UTC)
    assert event.tags == {"report_run": "R", "workspace": "W", "recipient": "0"}


def test_an_identitys_notification_has_none():
    event = read_event(json.dumps({"notificationType": "Bounce", "mail": SENT, "bounce": {"bounceType": "Permanent"}}))
    assert (event.kind, event.tags) == ("bounce", {})
    assert event.at == datetime(2026, 11, 16, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "null",
        "{}",
        '{"eventType":"Open","mail":{"messageId":"m"}}',
        '{"eventType":"Delivery"}',
        '{"Type":"SubscriptionConfirmation"}',
    ],
)
def test_anything_else_is_nothing(body):
    assert read_event(body) is None
