"""A recipient's row in a campaign's ledger: its states, and the rules of moving between them.

::

    PENDING → CLAIMED(attempt, lease) → SENT | FAILED | SUPPRESSED | PENDING (certainly not sent, later again)
    CLAIMED → UNKNOWN → SENT (evidence) | PARKED (an hour without evidence) → SENT | PENDING (a person decides)

Every arrow is one conditional write. ``attempt`` counts the claims: what is known about an attempt changes the row only while
that attempt is the row's last.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LEASE = timedelta(seconds=120)
"""Longer than the function's timeout (60 s) and the mail provider's (12 s) together: when it is over, nobody holds the claim."""
EVIDENCE_WAIT = timedelta(hours=1)
BACKOFF = (30, 60, 120, 300, 600)
"""Seconds to wait after an attempt that was certainly not sent; the last for all further ones."""
ATTEMPTS_LIMIT = 20
"""Attempts that were certainly not sent, after which the recipient has failed."""


class State(StrEnum):
    """Where a recipient stands."""

    PENDING = "pending"
    CLAIMED = "claimed"
    SENT = "sent"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    UNKNOWN = "unknown"
    PARKED = "parked"


ENDED = frozenset({State.SENT, State.FAILED, State.SUPPRESSED, State.PARKED})
"""Nothing more happens by itself. A parked one waits for a person or for late evidence, and is shown as such."""


class Reason(StrEnum):
    """Why a recipient did not get the message."""

    CONTACT_DELETED = "contact_deleted"
    CONTACT_MERGED = "contact_merged"
    NO_ADDRESS = "no_address"
    ADDRESS_INVALID = "address_invalid"
    ADDRESS_CHANGED = "address_changed"
    DUPLICATE_ADDRESS = "duplicate_address"
    EXCLUDED_SEGMENT = "excluded_segment"
    CONSENT_MISSING = "consent_missing"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    SUPPRESSED = "suppressed"
    FREQUENCY_CAP = "frequency_cap"
    FREQUENCY_CHOSEN = "frequency_chosen"
    TOPIC_DECLINED = "topic_declined"
    PAUSED = "paused_by_person"
    CANCELLED = "campaign_cancelled"
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    NO_EVIDENCE = "no_evidence"
    RESOLVED = "resolved_by_person"


# Not frozen, though nobody changes one: setting its fields the frozen way takes ten times as long.
@dataclass(slots=True)
class Recipient:
    """One row. ``reason`` says why it is where it is; times are None for what has not happened. ``links`` are the numbers of the links
    that the person followed, ``client`` and ``device`` what they read it with, ``language`` that of the text they were sent, where there
    are several; ``variant`` is that of the test (0 is the campaign's own text, -1 who waits for the winner); ``contact_version`` is
    what the contact was at when the row was planned (0: not known).
    """

    workspace_id: str
    campaign_id: str
    shard: int
    contact_id: str
    email: str
    state: State
    attempt: int = 0
    reason: str = ""
    state_at: datetime | None = None
    lease_until: datetime | None = None
    not_before: datetime | None = None
    consent_id: str = ""
    message_id: str = ""
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    bounced_at: datetime | None = None
    bounce_kind: str = ""
    bounce_class: str = ""
    delayed_at: datetime | None = None
    soft_bounces: int = 0
    complained_at: datetime | None = None
    opened_at: datetime | None = None
    machine_opened_at: datetime | None = None
    clicked_at: datetime | None = None
    machine_clicked_at: datetime | None = None
    unsubscribed_at: datetime | None = None
    open_scored_at: datetime | None = None
    click_scored_at: datetime | None = None
    converted_at: datetime | None = None
    links: frozenset[str] = frozenset()
    client: str = ""
    device: str = ""
    language: str = ""
    variant: int | None = None
    contact_version: int = 0
    created_at: datetime | None = None
    version: int = 0

    @property
    def shown_state(self) -> str:
        """The state with what the provider said of it: a message that was sent may be delivered, bounced or complained of."""
        if self.state is State.SENT:
            if self.complained_at is not None:
                return "complained"
            if self.bounced_at is not None:
                return "bounced"
            if self.delivered_at is not None:
                return "delivered"
        return self.state.value

    @property
    def shown_reason(self) -> str:
        """Why, in a code."""
        return self.reason or (self.bounce_kind if self.bounced_at is not None else "")


SHOWN_STATES = (*(state.value for state in State), "delivered", "bounced", "complained")


def shard_of(contact_id: str, shards: int) -> int:
    """The partition of a recipient's row; stable, and even also for ids that were made in one go."""
    return int.from_bytes(hashlib.blake2b(contact_id.encode(), digest_size=4).digest()) % shards


def backoff(attempt: int) -> timedelta:
    """How long to wait after this attempt (from 1)."""
    return timedelta(seconds=BACKOFF[min(max(attempt, 1), len(BACKOFF)) - 1])


@dataclass(frozen=True, slots=True)
class FrequencyCap:
    """At most so many campaigns for a contact in so many days; 0 messages is no cap."""

    messages: int = 0
    days: int = 7


@dataclass(frozen=True, slots=True)
class Preview:
    """A message as one person would see it."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True, slots=True)
class Visits:
    """What is known of a recipient's visits: when the message was first opened and a link first followed, by the person and by
    machines; which links the person followed, and with what (as far as that is known).
    """

    opened_at: datetime | None = None
    machine_opened_at: datetime | None = None
    clicked_at: datetime | None = None
    machine_clicked_at: datetime | None = None
    links: frozenset[str] = frozenset()
    client: str = ""
    device: str = ""


WARM_UP = (200, 500, 1_000, 2_500, 5_000, 10_000, 20_000, 40_000, 70_000, 100_000)
"""Messages a day of a domain that receivers do not know yet, day after day; then as many as one likes. A day counts when at least
half of it was used.
"""
_BURST = 60.0  # seconds' worth of messages that may leave together


def spacing(per_hour: int) -> tuple[float, float]:
    """Seconds between two messages, and how many seconds' worth may leave together, so that no hour has more than so many."""
    even = 3600 / per_hour
    return (even, even) if even >= _BURST else ((3600 + _BURST) / per_hour, _BURST)


def day_limit(step: int) -> int | None:
    """Messages of a domain on its ``step``-th day of warming up (from 0); None when it is warm."""
    return WARM_UP[step] if step < len(WARM_UP) else None
