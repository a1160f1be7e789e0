"""What a single mail is and how it lives.

It goes through the same states as a campaign's recipient, at most once: PENDING → CLAIMED → SENT, FAILED or SUPPRESSED; what left
and was not answered is UNKNOWN until the provider's events tell. After an hour without evidence it is sent once more: somebody
waits for it, so of a mail too many and none at all the first is better. A second time it is PARKED, for people to see.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.customers.consent.domain import SuppressionReason

TRANSACTIONAL = "transactional"
"""The purpose that asks for no consent: something the person ordered, or has to be told."""
SEED = "seed:"
"""Before a campaign's id, as the source of its copies for the workspace's own mailboxes."""
ATTACHED_LIMIT = 10 * 1024 * 1024
"""Bytes of all attachments together."""
ATTACHMENTS_LIMIT = 20
DATA_LIMIT = 200
"""Values of a message's data."""
KEPT = timedelta(days=90)
"""How long the log knows a message. Its content goes after a week, with everything under ``tmp/`` of the bucket."""
LEASE = timedelta(seconds=90)
EVIDENCE_WAIT = timedelta(hours=1)
STANDING = timedelta(minutes=2)
"""A message whose order was lost is ordered again after so long."""
BACKOFF = (30, 120, 600, 1800, 3600)
"""Seconds before the next attempt, after each that certainly did not send."""
ATTEMPTS_LIMIT = 8

REFUSED_FOR = frozenset(
    {SuppressionReason.BOUNCED, SuppressionReason.COMPLAINED, SuppressionReason.MANUAL, SuppressionReason.ERASED}
)
"""Suppressions that no purpose overrules. Who only unsubscribed still gets what they order themselves."""


class State(StrEnum):
    """Where a message stands."""

    PENDING = "pending"
    CLAIMED = "claimed"
    SENT = "sent"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    UNKNOWN = "unknown"
    PARKED = "parked"


class Reason(StrEnum):
    """Why a message was not sent."""

    SUPPRESSED = "suppressed"
    CONSENT_MISSING = "consent_missing"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    PAUSED = "paused_by_person"
    CONTENT_GONE = "content_gone"
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    NO_EVIDENCE = "no_evidence"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Message:
    """One mail to one address. ``to`` and ``subject`` are empty once the person was erased; ``repeated`` says that it was sent
    again for want of evidence; times are None for what has not happened.
    """

    workspace_id: str
    id: str
    to: str
    subject: str
    purpose: str
    source: str
    created_at: datetime
    created_by: str
    state: State = State.PENDING
    state_at: datetime | None = None
    attempt: int = 0
    reason: str = ""
    contact_id: str = ""
    template_id: str = ""
    message_id: str = ""
    repeated: bool = False
    lease_until: datetime | None = None
    not_before: datetime | None = None
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    bounced_at: datetime | None = None
    complained_at: datetime | None = None

    @property
    def key(self) -> str:
        """Where the finished message lies in the bucket."""
        return f"tmp/{self.workspace_id}/messages/{self.id}"

    @property
    def shown_state(self) -> str:
        """The state with what the provider said of it."""
        if self.state is State.SENT:
            said = (("complained", self.complained_at), ("bounced", self.bounced_at), ("delivered", self.delivered_at))
            return next((name for name, at in said if at is not None), "sent")
        return self.state.value


SHOWN_STATES = (*(state.value for state in State), "delivered", "bounced", "complained")


def refusal(reason: SuppressionReason | None, purpose: str) -> SuppressionReason | None:
    """The suppression that keeps a message of this purpose back, if it does."""
    if reason is None or (purpose == TRANSACTIONAL and reason not in REFUSED_FOR):
        return None
    return reason
