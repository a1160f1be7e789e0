"""A schedule at EventBridge: whole seconds, and never before the moment that was chosen."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from chalicelib.foundation.messaging import Envelope
from chalicelib.foundation.scheduler import EventBridgeScheduler
from tests.helpers import NOON, settings


class NotFoundError(Exception):
    """EventBridge knows no schedule of this name."""


class Client:
    """EventBridge: what it was told."""

    exceptions = SimpleNamespace(ResourceNotFoundException=NotFoundError)

    def __init__(self):
        self.made = {}

    def update_schedule(self, **schedule):
        if schedule["Name"] not in self.made:
            raise NotFoundError
        self.made[schedule["Name"]] = schedule

    def create_schedule(self, **schedule):
        self.made[schedule["Name"]] = schedule


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (NOON, "at(2026-11-21T12:00:00)"),
        (NOON + timedelta(milliseconds=1), "at(2026-11-21T12:00:01)"),
        (NOON + timedelta(milliseconds=999), "at(2026-11-21T12:00:01)"),
        (datetime(2026, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC), "at(2027-01-01T00:00:00)"),
    ],
)
def test_the_first_whole_second_from_the_moment_on(moment, written):
    scheduler, client = EventBridgeScheduler(settings()), Client()
    scheduler.__dict__["_client"] = client
    envelope = Envelope("id", "campaign.plan", "W", NOON, {})
    for _ in range(2):
        scheduler.at("campaign-k", moment, "campaign-plan", envelope)
        assert client.made["campaign-k"]["ScheduleExpression"] == written
