"""The metrics there are (docs/data-model.md) and what is read of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Metric(StrEnum):
    """A rollup's name, with what its dimension says. Days are the workspace's local days."""

    LEADS_CREATED = "leads.created"
    """By source."""
    LEADS_STATUS = "leads.status"
    """Moves of leads by the status they came to."""
    SUBMISSIONS_ACCEPTED = "submissions.accepted"
    """By form."""
    MAIL_SENT = "mail.sent"
    """By campaign."""
    GRADES = "grades"
    """Contacts that have each grade now."""
    SCORES = "scores"
    """``contacts``: how many contacts have a score now; ``points``: the sum of their totals."""


NOW = "now"
"""Stands in a day's place where a number is a present state and not a day's count."""
ALL_TIME = "all"
"""Stands in a day's place where a number is a total over all time."""


def campaign_metric(campaign_id: str) -> str:
    """The metric with one campaign's ledger: recipients by state and events, over all time."""
    return f"campaign.{campaign_id}"


@dataclass(frozen=True, slots=True)
class DailyValue:
    """One number of one day."""

    day: date
    dimension: str
    value: int


def by_dimension(values: Iterable[DailyValue]) -> dict[str, int]:
    """Sums by dimension, without the zeros."""
    sums: dict[str, int] = {}
    for value in values:
        sums[value.dimension] = sums.get(value.dimension, 0) + value.value
    return {dimension: total for dimension, total in sums.items() if total}


def by_day(values: Iterable[DailyValue]) -> dict[date, int]:
    """Sums by day."""
    sums: dict[date, int] = {}
    for value in values:
        sums[value.day] = sums.get(value.day, 0) + value.value
    return sums
