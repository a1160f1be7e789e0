"""What may be chosen of a campaign beside what it says and to whom: when its messages go, a test, repetition, a goal."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from chalicelib.marketing.campaigns.domain.texts import Wording


@dataclass(frozen=True, slots=True)
class Window:
    """Messages go only between these times of day (``HH:MM``, the end not included) on these days of the week (1 is Monday)."""

    start: str
    end: str
    days: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)


@dataclass(frozen=True, slots=True)
class Delivery:
    """How messages are spread over time: all together or at each contact's own local time, within a window, so many an hour;
    ``warm_up`` in growing batches, for a domain that is new to its receivers.
    """

    mode: Literal["together", "local_time"] = "together"
    window: Window | None = None
    per_hour: int | None = None
    warm_up: bool = False


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the texts that a test compares with the campaign's own, in the campaign's language and in others."""

    wording: Wording
    translations: Mapping[str, Wording] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AbTest:
    """A test of subjects or bodies on ``share`` percent of the audience; after so many minutes the best goes to the rest."""

    what: Literal["subject", "body"]
    share: int
    variants: tuple[Variant, ...]
    winner_by: Literal["opens", "clicks", "conversions"]
    after_minutes: int


REST = -1
"""In place of a variant's number: this recipient waits for the winner."""


def variant_for(test: AbTest, campaign_id: str, contact_id: str) -> int:
    """The variant that a contact gets in the test of a campaign, or `REST`: always the same, and spread evenly over both the share
    and the variants.
    """
    digest = hashlib.blake2b(f"{campaign_id}:{contact_id}".encode(), digest_size=8).digest()
    if int.from_bytes(digest[:4]) * 100 >= test.share << 32:
        return REST
    return int.from_bytes(digest[4:]) % (len(test.variants) + 1)


def variant_group(variant: int) -> str:
    """The name under which those with this variant are counted: ``v0``, ``rest``."""
    return "rest" if variant == REST else f"v{variant}"


class AbState(StrEnum):
    """Where a test stands: its messages are not all out yet; they are, and it waits for what people do; it is over."""

    WAITING = "waiting"
    TESTING = "testing"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class VariantResult:
    """What became of one variant's messages (0 is the campaign's own text); opens and clicks are those of people."""

    variant: int
    recipients: int = 0
    sent: int = 0
    delivered: int = 0
    opened: int = 0
    clicked: int = 0
    converted: int = 0

    def rate(self, winner_by: str) -> float:
        """The share of those sent that opened, clicked or did what the goal wants (``opens``, ``clicks``, ``conversions``)."""
        count = {"opens": self.opened, "clicks": self.clicked, "conversions": self.converted}[winner_by]
        return count / self.sent if self.sent else 0.0


def winner_of(results: Sequence[VariantResult], winner_by: str) -> int:
    """The variant with the highest rate; of equal ones, and without any figures, the first."""
    return max(results, key=lambda each: (each.rate(winner_by), -each.variant)).variant


@dataclass(frozen=True, slots=True)
class Ab:
    """How a campaign's test goes. ``decided_by`` is ``rule`` or the person who picked the winner; ``results`` are the figures of
    that moment.
    """

    state: AbState = AbState.WAITING
    decide_at: datetime | None = None
    decided_at: datetime | None = None
    decided_by: str = ""
    winner: int | None = None
    results: tuple[VariantResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Recurrence:
    """When a campaign comes again, by the clocks of its zone. ``days`` are days of the week (1 is Monday) or of the month (31 is
    the last one also where a month is shorter); ``until`` is the last day on which it may come.
    """

    every: Literal["day", "week", "month"]
    interval: int
    at: str
    time_zone: str
    days: tuple[int, ...] = ()
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Occurrences:
    """How far a recurring campaign is: when it comes next, how many campaigns it has made and how many times it has skipped
    because several had come due at once, and the last that was made.
    """

    next_at: datetime | None = None
    made: int = 0
    skipped: int = 0
    last_id: str = ""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Goal:
    """What people should do after the message, within so many days: come to a page (its address begins with ``url``), or have
    a deal won; and what that is worth where the deal does not say.
    """

    kind: Literal["page", "deal"]
    url: str = ""
    days: int = 30
    value: Money | None = None
