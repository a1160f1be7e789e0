"""What a campaign is and how it lives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from chalicelib.foundation.errors import ConflictError, InvalidError
from chalicelib.marketing.templates.domain import Format, Notice

PURPOSE = "marketing_email"
"""The consent purpose that every campaign needs."""
LEDGER_STATES = ("pending", "claimed", "sent", "failed", "suppressed", "unknown", "parked")
"""A recipient is in exactly one of these, so their counts add up to the audience."""
EVENTS = ("delivered", "bounced", "complained", "opened", "clicked", "unsubscribed")
"""What happens to messages that were sent; a recipient may be counted in several."""
COUNTS = (*LEDGER_STATES, *EVENTS)

BOUNCE_LIMIT = Decimal("0.04")
COMPLAINT_LIMIT = Decimal("0.0008")
JUDGED_FROM = 100
"""A campaign is not judged before this many messages: of ten mails one bounce is 10 % and says nothing. From here on a single
complaint is above its limit until 1,250 messages are out; a person decides then, which costs a click and may save the domain.
"""


class CampaignState(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PLANNING = "planning"
    SENDING = "sending"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class Move(StrEnum):
    """What can be done to a campaign."""

    EDIT = "edit"
    DELETE = "delete"
    SCHEDULE = "schedule"
    START = "start"
    PLANNED = "planned"
    PAUSE = "pause"
    RESUME_PLANNING = "resume planning"
    RESUME_SENDING = "resume sending"
    FINISH = "finish"
    REOPEN = "reopen"
    CANCEL = "cancel"


_S = CampaignState
TRANSITIONS: Mapping[tuple[CampaignState, Move], CampaignState] = {
    (_S.DRAFT, Move.EDIT): _S.DRAFT,
    (_S.DRAFT, Move.DELETE): _S.DRAFT,
    (_S.DRAFT, Move.SCHEDULE): _S.SCHEDULED,
    (_S.DRAFT, Move.START): _S.PLANNING,
    (_S.SCHEDULED, Move.SCHEDULE): _S.SCHEDULED,
    (_S.SCHEDULED, Move.START): _S.PLANNING,
    (_S.SCHEDULED, Move.PAUSE): _S.PAUSED,
    (_S.SCHEDULED, Move.CANCEL): _S.CANCELLED,
    (_S.PLANNING, Move.PLANNED): _S.SENDING,
    (_S.PLANNING, Move.PAUSE): _S.PAUSED,
    (_S.PLANNING, Move.CANCEL): _S.CANCELLED,
    (_S.SENDING, Move.PAUSE): _S.PAUSED,
    (_S.SENDING, Move.FINISH): _S.FINISHED,
    (_S.SENDING, Move.CANCEL): _S.CANCELLED,
    (_S.PAUSED, Move.RESUME_PLANNING): _S.PLANNING,
    (_S.PAUSED, Move.RESUME_SENDING): _S.SENDING,
    (_S.PAUSED, Move.CANCEL): _S.CANCELLED,
    (_S.FINISHED, Move.REOPEN): _S.SENDING,
}


class IllegalMoveError(ConflictError):
    """A campaign in this state cannot do this."""


def after(state: CampaignState, move: Move, *, current: object = None) -> CampaignState:
    """The state after a move; `IllegalMoveError` (with the campaign, where given) when the table has none."""
    found = TRANSITIONS.get((state, move))
    if found is None:
        verb = move.value.split()[0]
        raise IllegalMoveError(f"A campaign that is {state.value} cannot {verb}.", current=current)
    return found


@dataclass(frozen=True, slots=True)
class Plan:
    """How far the planner is: the segment it reads (its place in ``segment_ids``) and where that segment's list goes on."""

    segment: int = 0
    position: str = ""
    done: bool = False


@dataclass(frozen=True, slots=True)
class Baseline:
    """The counts when a person resumed a campaign that had paused itself: it judges itself by what came after."""

    sent: int = 0
    bounced: int = 0
    complained: int = 0


@dataclass(frozen=True, slots=True)
class Campaign:
    """One message to one audience. ``audience`` is None until the planner has counted it; ``shards`` is over how many partitions
    its ledger is spread, fixed when planning begins; ``stop_reason`` says why it paused (``bounces``, ``complaints``, ``late``: its time was missed by hours, ``person``).
    """

    workspace_id: str
    id: str
    name: str
    subject: str
    created_at: datetime
    updated_at: datetime
    preheader: str = ""
    from_name: str = ""
    from_email: str = ""
    reply_to: str = ""
    body_format: Format = "html"
    segment_ids: tuple[str, ...] = ()
    language: str = "es"
    state: CampaignState = CampaignState.DRAFT
    audience: int | None = None
    shards: int = 10
    plan: Plan = Plan()
    scheduled_at: datetime | None = None
    time_zone: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    stop_reason: str = ""
    baseline: Baseline = Baseline()
    warnings: tuple[Notice, ...] = ()
    changed_by: str = ""
    version: int = 1
    counts: Mapping[str, int] = field(default_factory=dict)


def moment(at: datetime, time_zone: str) -> datetime:
    """When a time without a zone is, on the clocks of ``time_zone`` (IANA), in UTC; a time with a zone is already a moment.

    Where clocks skip it, it is as long after the change as the clock says (02:30 becomes 03:30); where they show it twice, the
    first. `InvalidError` names ``time_zone``.
    """
    try:
        zone = ZoneInfo(time_zone) if time_zone else None
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidError("This is no IANA time zone.", field="time_zone", code="unknown_zone") from error
    if at.tzinfo is not None:
        return at.astimezone(UTC)
    if zone is None:
        raise InvalidError("A time without a zone needs time_zone.", field="time_zone", code="missing")
    return at.replace(tzinfo=zone, fold=0).astimezone(UTC)


def stop_reason(counts: Mapping[str, int], baseline: Baseline) -> str:
    """``bounces`` or ``complaints`` when too many of the messages (since the baseline) came back so; else empty."""
    sent = counts.get("sent", 0) - baseline.sent
    if sent < JUDGED_FROM:
        return ""
    if Decimal(counts.get("complained", 0) - baseline.complained) >= COMPLAINT_LIMIT * sent:
        return "complaints"
    if Decimal(counts.get("bounced", 0) - baseline.bounced) >= BOUNCE_LIMIT * sent:
        return "bounces"
    return ""


@dataclass(frozen=True, slots=True)
class Cost:
    """What sending will cost, in US dollars as AWS bills it (public prices of eu-west-1, November 2026, without free tiers)."""

    amount: Decimal
    currency: str
    breakdown: Sequence[tuple[str, Decimal]]


_MAIL = Decimal("0.0001")  # SES, one message
_GIGABYTE = Decimal("0.12")  # SES, attachments and body beyond
_WRITE = Decimal("0.000000705")  # DynamoDB on demand, one write unit
_READ = Decimal("0.000000141")  # DynamoDB on demand, one read unit
_LAMBDA = Decimal("0.0000166667")  # one GB-second
_REQUEST = Decimal("0.0000004")  # SQS, one request
WRITES_PER_RECIPIENT = 16
"""Write units of one recipient from plan to delivery: row and address claim 4, claim 1, mark 2, delivery 2, counts and timeline 7."""
READS_PER_RECIPIENT = 8


def cost(recipients: int, size: int) -> Cost:
    """The cost of so many messages of ``size`` bytes. Opens and clicks are not in it: each takes about 8 write units more."""
    count = Decimal(recipients)
    parts = (
        ("mail", count * _MAIL),
        ("data", count * Decimal(size) / Decimal(2**30) * _GIGABYTE),
        ("ledger", count * (WRITES_PER_RECIPIENT * _WRITE + READS_PER_RECIPIENT * _READ)),
        ("functions", count * (_LAMBDA * Decimal("0.06") + _REQUEST)),
    )
    cents = Decimal("0.0001")
    breakdown = tuple((name, amount.quantize(cents)) for name, amount in parts)
    return Cost(sum((amount for _, amount in breakdown), Decimal(0)), "USD", breakdown)
