"""Moments chosen by people: one-off EventBridge schedules that put an envelope on a queue.

Always ``at()`` in UTC: the moment is computed with ``zoneinfo`` from the person's own zone when it is set, so both edges of
daylight saving are ours to decide and test; what repeats sets its next moment after each one.
"""

from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Protocol

from chalicelib.foundation.messaging.envelope import Envelope
from chalicelib.foundation.settings import Settings


class Scheduler(Protocol):
    """Delivers an envelope to a queue at a moment, at least once."""

    def at(self, name: str, moment: datetime, queue: str, envelope: Envelope) -> None:
        """Set the schedule of this name (letters, digits, ``-_.``; at most 64), in place of a former one."""
        ...

    def cancel(self, name: str) -> None:
        """Forget the schedule; none of this name is fine."""
        ...


class EventBridgeScheduler:
    """The stage's schedule group."""

    def __init__(self, settings: Settings):
        self._settings = settings

    @cached_property
    def _client(self) -> Any:
        import boto3

        return boto3.client("scheduler", region_name=self._settings.region)

    def at(self, name: str, moment: datetime, queue: str, envelope: Envelope) -> None:
        """Set or move the schedule: to the first whole second that is not before the moment."""
        whole = moment.astimezone(UTC) + timedelta(microseconds=999_999)
        schedule = {
            "Name": name,
            "GroupName": self._settings.scheduler_group,
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "ScheduleExpression": whole.strftime("at(%Y-%m-%dT%H:%M:%S)"),
            "ScheduleExpressionTimezone": "UTC",
            "ActionAfterCompletion": "DELETE",
            "Target": {
                "Arn": self._settings.queue_arns[queue],
                "RoleArn": self._settings.scheduler_role_arn,
                "Input": envelope.to_json(),
                "RetryPolicy": {"MaximumRetryAttempts": 20, "MaximumEventAgeInSeconds": 3600},
            },
        }
        try:
            self._client.update_schedule(**schedule)
        except self._client.exceptions.ResourceNotFoundException:
            self._client.create_schedule(**schedule)

    def cancel(self, name: str) -> None:
        """Delete the schedule."""
        try:
            self._client.delete_schedule(Name=name, GroupName=self._settings.scheduler_group)
        except self._client.exceptions.ResourceNotFoundException:
            return


class FakeScheduler:
    """A dictionary, for tests."""

    def __init__(self) -> None:
        self.set: dict[str, tuple[datetime, str, Envelope]] = {}

    def at(self, name: str, moment: datetime, queue: str, envelope: Envelope) -> None:
        """Set the schedule."""
        self.set[name] = (moment, queue, envelope)

    def cancel(self, name: str) -> None:
        """Forget the schedule."""
        self.set.pop(name, None)
