"""A run of a report: its states, and the ledger of its mails.

Mail cannot be sent exactly once; it is sent at most once by our doing and never lost without a word. Each recipient has a row:
``pending → claimed → sent | failed``, and ``claimed → unknown → sent | pending | failed``. A claim is written before the mail
leaves, so a run that dies half way does not mail anybody twice: what it left claimed becomes unknown, waits an hour for the
mail service to say something of it, and is tried once more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.foundation.errors import InvalidError
from chalicelib.insight.reports.domain.periods import Period


class RunState(StrEnum):
    """Where a run of a report stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DELIVERED = "delivered"
    """Handed to the mail service for every recipient; what became of each mail is in the receipt."""
    FAILED = "failed"
    MISSED = "missed"
    """It did not start within ten minutes of its time. It is started late, and that it was missed is not forgotten."""


RUN_TRANSITIONS: dict[RunState, frozenset[RunState]] = {
    RunState.QUEUED: frozenset({RunState.RUNNING, RunState.MISSED, RunState.FAILED}),
    RunState.MISSED: frozenset({RunState.RUNNING, RunState.FAILED}),
    # A delivery of the message that died half way is taken up by the next one.
    RunState.RUNNING: frozenset({RunState.RUNNING, RunState.DELIVERED, RunState.FAILED}),
    RunState.DELIVERED: frozenset(),
    RunState.FAILED: frozenset(),
}


class IllegalMoveError(InvalidError):
    """A run cannot go from this state to that one."""


def move(current: RunState, target: RunState) -> RunState:
    """The target, if a run may go there from where it is.

    Raises:
        IllegalMoveError: it may not.
    """
    if target not in RUN_TRANSITIONS[current]:
        raise IllegalMoveError(f"A {current} run cannot become {target}.", field="state", code="illegal_move")
    return target


MISSED_AFTER = timedelta(minutes=10)
"""A run that has not started this long after its time is missed."""

LEASE = timedelta(minutes=3)
"""How long a started run is one delivery's alone: longer than the function may take (90 s) and a mail's time-out."""

EVIDENCE_WAIT = timedelta(hours=1)
"""How long a mail whose answer was lost waits for word from the mail service."""

DEFERRED_WAIT = timedelta(minutes=5)
"""When a mail that was certainly not sent is tried again."""

MOST_STARTS = 12
"""A run that was started so often and is not through has failed."""

_MOST_ATTEMPTS = 2  # at one mail whose fate is unknown


class Trigger(StrEnum):
    """Why there is a run."""

    SCHEDULE = "schedule"
    REQUEST = "request"


class MailState(StrEnum):
    """Where one recipient's mail stands."""

    PENDING = "pending"
    CLAIMED = "claimed"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"


MAIL_TRANSITIONS: dict[MailState, frozenset[MailState]] = {
    MailState.PENDING: frozenset({MailState.CLAIMED, MailState.SENT}),
    MailState.CLAIMED: frozenset({MailState.SENT, MailState.FAILED, MailState.PENDING, MailState.UNKNOWN}),
    MailState.UNKNOWN: frozenset({MailState.SENT, MailState.PENDING, MailState.FAILED}),
    MailState.SENT: frozenset(),
    # Only evidence that it did arrive after all.
    MailState.FAILED: frozenset({MailState.SENT}),
}

NO_EVIDENCE = "no_evidence"


@dataclass(frozen=True, slots=True)
class Recipient:
    """One row of the ledger. ``since`` is when it came into its state, ``reason`` why a mail failed or waits."""

    email: str
    state: MailState = MailState.PENDING
    attempt: int = 0
    since: datetime | None = None
    message_id: str = ""
    reason: str = ""
    delivered_at: datetime | None = None
    bounced_at: datetime | None = None

    @property
    def settled(self) -> bool:
        """Whether nothing more will be done for it."""
        return self.state in (MailState.SENT, MailState.FAILED)

    def ready(self, now: datetime) -> bool:
        """Whether its mail may be sent now."""
        return self.state is MailState.PENDING and (self.since is None or now >= self.since + DEFERRED_WAIT)

    def claimed(self, now: datetime) -> "Recipient":
        """About to be sent, by one more attempt."""
        return replace(self._moved(MailState.CLAIMED, now), attempt=self.attempt + 1)

    def sent(self, message_id: str, now: datetime) -> "Recipient":
        """The mail service has it."""
        return replace(self._moved(MailState.SENT, now), message_id=message_id or self.message_id)

    def deferred(self, reason: str, now: datetime) -> "Recipient":
        """Certainly not sent; to be tried again. The attempt does not count."""
        return replace(self._moved(MailState.PENDING, now, reason), attempt=self.attempt - 1)

    def refused(self, reason: str, now: datetime) -> "Recipient":
        """Certainly not sent, and never to be."""
        return self._moved(MailState.FAILED, now, reason)

    def unanswered(self, now: datetime) -> "Recipient":
        """Sent or not: only the mail service's events can tell."""
        return self._moved(MailState.UNKNOWN, now, "no_answer")

    def waited(self, now: datetime) -> "Recipient":
        """What time alone makes of it: an abandoned claim becomes unknown, an unknown without evidence is tried once more."""
        since = self.since or now
        if self.state is MailState.CLAIMED and now >= since + LEASE:
            return self._moved(MailState.UNKNOWN, since, "interrupted")
        if self.state is MailState.UNKNOWN and now >= since + EVIDENCE_WAIT:
            if self.attempt >= _MOST_ATTEMPTS:
                return self._moved(MailState.FAILED, now, NO_EVIDENCE)
            return replace(self._moved(MailState.PENDING, now, NO_EVIDENCE), since=None)
        return self

    def next_look(self, now: datetime) -> datetime | None:
        """When time will have made something of it; None when it is settled."""
        since = self.since or now
        match self.state:
            case MailState.PENDING:
                return max(now, since + DEFERRED_WAIT) if self.since else now
            case MailState.CLAIMED:
                return since + LEASE
            case MailState.UNKNOWN:
                return since + EVIDENCE_WAIT
            case _:
                return None

    def seen(self, what: str, message_id: str, at: datetime) -> "Recipient":
        """The mail service tells of it: ``send``, ``delivery``, ``bounce`` or ``complaint``. Any of them proves it was sent."""
        found = self
        if self.state is not MailState.SENT and (self.state is not MailState.FAILED or self.reason == NO_EVIDENCE):
            found = self.sent(message_id, at)
        if what == "delivery":
            return replace(found, delivered_at=found.delivered_at or at)
        if what == "bounce":
            return replace(found, bounced_at=found.bounced_at or at)
        return found

    def _moved(self, target: MailState, now: datetime, reason: str = "") -> "Recipient":
        if target not in MAIL_TRANSITIONS[self.state]:
            raise IllegalMoveError(f"A {self.state} mail cannot become {target}.", field="state", code="illegal_move")
        return replace(self, state=target, since=now, reason=reason)


@dataclass(frozen=True, slots=True)
class Run:
    """One making and sending of a report. ``starts`` counts the deliveries that took it up and fences off earlier ones;
    ``look_at`` is when somebody has to look whether it goes on; None once it has ended.
    """

    id: str
    workspace_id: str
    period: Period
    language: str
    trigger: Trigger
    due_at: datetime
    created_at: datetime
    recipients: Sequence[Recipient]
    state: RunState = RunState.QUEUED
    starts: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    missed_at: datetime | None = None
    lease_until: datetime | None = None
    look_at: datetime | None = None
    job_id: str = ""
    html_key: str = ""
    csv_key: str = ""
    csv_name: str = ""
    error: str = ""
    version: int = 1

    @property
    def ended(self) -> bool:
        """Whether it is delivered or has failed."""
        return not RUN_TRANSITIONS[self.state]

    def busy(self, now: datetime) -> bool:
        """Whether a delivery is at work on it."""
        return self.state is RunState.RUNNING and self.lease_until is not None and now < self.lease_until

    def missed(self, now: datetime) -> "Run":
        """It did not start in time."""
        return replace(self, state=move(self.state, RunState.MISSED), missed_at=now)

    def started(self, now: datetime) -> "Run":
        """Taken up, once more perhaps."""
        return replace(
            self,
            state=move(self.state, RunState.RUNNING),
            starts=self.starts + 1,
            started_at=self.started_at or now,
            lease_until=now + LEASE,
            look_at=now + LEASE,
            recipients=tuple(recipient.waited(now) for recipient in self.recipients),
        )

    def failed(self, error: str, now: datetime) -> "Run":
        """Given up as a whole."""
        return replace(
            self, state=move(self.state, RunState.FAILED), error=error, finished_at=now, lease_until=None, look_at=None
        )

    def rested(self, now: datetime) -> "Run":
        """After a round: ended when every mail is settled, else released until there is something to do again."""
        looks = [look for recipient in self.recipients if (look := recipient.next_look(now)) is not None]
        if looks:
            return replace(self, lease_until=None, look_at=min(looks))
        if any(recipient.state is MailState.SENT for recipient in self.recipients):
            delivered = move(self.state, RunState.DELIVERED)
            return replace(self, state=delivered, finished_at=now, lease_until=None, look_at=None, error="")
        return self.failed("nobody_reached", now)

    def with_recipient(self, position: int, recipient: Recipient) -> "Run":
        """The run with one row of its ledger changed."""
        rows = list(self.recipients)
        rows[position] = recipient
        return replace(self, recipients=tuple(rows))


def is_missed(run: Run, now: datetime) -> bool:
    """Whether a run should have started and did not."""
    return run.state is RunState.QUEUED and now - run.due_at > MISSED_AFTER
