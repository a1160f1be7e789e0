"""The figures of a weekly report."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from chalicelib.insight.reports.domain.periods import Period


@dataclass(frozen=True, slots=True)
class Comparison:
    """A count against the one before it."""

    current: int
    previous: int

    @property
    def difference(self) -> int:
        """How many more; negative: fewer."""
        return self.current - self.previous

    @property
    def change(self) -> Decimal | None:
        """The difference as a share of the count before (0.18 = 18 % more), or None where that was 0."""
        return Decimal(self.difference) / Decimal(self.previous) if self.previous else None


@dataclass(frozen=True, slots=True)
class SourceCount:
    """New leads from one source (``google``, ``newsletter``; empty where unknown)."""

    source: str
    count: int


@dataclass(frozen=True, slots=True)
class DayCount:
    """New leads on one day, and on the same weekday of the week before."""

    day: date
    count: int
    previous_count: int = 0


@dataclass(frozen=True, slots=True)
class LeadFigures:
    """New leads. ``trend``: totals of the last weeks, oldest first, this week last; empty where unknown."""

    total: int
    previous_total: int
    by_source: Sequence[SourceCount] = ()
    by_day: Sequence[DayCount] = ()
    trend: Sequence[int] = ()

    @property
    def comparison(self) -> Comparison:
        """This week against the week before."""
        return Comparison(self.total, self.previous_total)


class FunnelStep(StrEnum):
    """What can happen on the way in, in order."""

    SUBMISSIONS = "submissions"
    LEADS = "leads"
    WORKING = "working"
    QUALIFIED = "qualified"


@dataclass(frozen=True, slots=True)
class FunnelCount:
    """How often one step happened in the week. Steps are counted when they happen, so a later one may be larger."""

    step: FunnelStep
    count: int


@dataclass(frozen=True, slots=True)
class GradeCount:
    """Scored leads with one grade."""

    grade: str
    count: int


@dataclass(frozen=True, slots=True)
class ScoreFigures:
    """Scores of the week's leads: the mean of their totals (None: none was scored) and how many have each grade."""

    average: Decimal | None = None
    by_grade: Sequence[GradeCount] = ()


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """One campaign that was sending in the week; its counters as they stand now."""

    id: str
    name: str
    sent: int = 0
    delivered: int = 0
    opened: int = 0
    clicked: int = 0
    unsubscribed: int = 0
    bounced: int = 0


@dataclass(frozen=True, slots=True)
class WeeklyReport:
    """How one week went."""

    period: Period
    leads: LeadFigures
    funnel: Sequence[FunnelCount] = ()
    scores: ScoreFigures = field(default_factory=ScoreFigures)
    campaigns: Sequence[CampaignRow] = ()

    @property
    def quiet(self) -> bool:
        """Whether there is nothing to tell: no submission, no lead, no mail."""
        return (
            not self.leads.total
            and not any(step.count for step in self.funnel)
            and not any(campaign.sent for campaign in self.campaigns)
        )


def mean(total: int, count: int) -> Decimal | None:
    """A mean to one decimal, rounded half up; None of nothing."""
    return (Decimal(total) / Decimal(count)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP) if count else None
