"""What deals and their steps count for in the sums of `chalicelib.sales.rollups`. Pure."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from chalicelib.sales import rollups
from chalicelib.sales.deals.domain import Deal, DealStatus, StageChange

Place = tuple[str, str, str]
"""Metric, day and dimension of a sum."""
MonthOf = Callable[[datetime], str]
"""The month of an instant in the workspace's zone: ``2026-11``."""


def of_deal(deal: Deal | None, month_of: MonthOf) -> Counter[Place]:
    """What a deal counts for as it stands: on its board and in the forecast when it is open, in the month it was won in, and
    for nothing when it is lost or deleted.
    """
    counted: Counter[Place] = Counter()
    if deal is None or deal.deleted_at is not None or deal.status is DealStatus.LOST:
        return counted
    owner, worth = deal.owner_id or rollups.NOBODY, rollups.ten_thousandths(deal.amount)
    forecast = rollups.forecast_metric(deal.pipeline_id)
    if deal.status is DealStatus.WON:
        month = month_of(deal.closed_at or deal.updated_at)
        counted[forecast, month, rollups.dimension(owner, rollups.WON, deal.currency)] += worth
        return counted
    board = rollups.board_metric(deal.pipeline_id)
    counted[board, deal.stage_id, rollups.dimension(owner, deal.currency, "n")] += 1
    counted[board, deal.stage_id, rollups.dimension(owner, deal.currency, "a")] += worth
    month = deal.expected_close.strftime("%Y-%m") if deal.expected_close else rollups.UNDATED
    counted[forecast, month, rollups.dimension(owner, deal.stage_id, deal.currency)] += worth
    return counted


def difference(old: Counter[Place], new: Counter[Place]) -> dict[Place, int]:
    """What a change adds to each sum (less than zero: takes away)."""
    return {place: new[place] - old[place] for place in old.keys() | new.keys() if new[place] != old[place]}


def of_step(step: StageChange, month_of: MonthOf) -> Counter[Place]:
    """What a step of a deal's way counts for in the sales cycle."""
    counted: Counter[Place] = Counter()
    metric, month = rollups.cycle_metric(step.pipeline_id), month_of(step.at)

    def add(stage: str, what: str, more: int = 1) -> None:
        counted[metric, month, rollups.dimension(stage, what)] += more

    if step.to_stage:
        add(step.to_stage, "in")
    if step.from_stage:
        forward = step.what == "won" or (step.what == "moved" and step.forward is True)
        add(step.from_stage, "lost" if step.what == "lost" else "on" if forward else "back")
        add(step.from_stage, "s", step.seconds)
        add(step.from_stage, f"d{rollups.days_bucket(step.seconds)}")
    if step.what == "won":
        add(rollups.WON, "on")
        add(rollups.WON, "s", step.age)
        add(rollups.WON, f"d{rollups.days_bucket(step.age)}")
    return +counted  # without those that add nothing
