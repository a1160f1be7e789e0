"""Sums that the projector keeps of deals, so that boards, the forecast and the sales cycle cost the same however many deals there
are. They are metrics (``W#w#METRIC#name`` / ``day#dimension``), whose "day" is a stage or a month; docs/data-model.md lists them.

Money is counted in ten-thousandths, which are whole numbers.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from chalicelib.foundation.projection import MetricRecord
from chalicelib.foundation.table import Table, partition

NOBODY = "-"
UNDATED = "none"
WON = "*"
_PARTS = 4
_BETWEEN = "|"


class Sum(NamedTuple):
    """One sum: ``day`` is a stage or a month, ``parts`` say of what."""

    day: str
    parts: tuple[str, ...]
    value: int


def board_metric(pipeline_id: str) -> str:
    """Open deals by stage: ``owner|currency|n`` how many, ``owner|currency|a`` worth what."""
    return f"deals.board.{pipeline_id}"


def forecast_metric(pipeline_id: str) -> str:
    """What deals are worth by the month they are expected or were won in: ``owner|stage|currency``, won ones at the stage ``*``."""
    return f"deals.forecast.{pipeline_id}"


def cycle_metric(pipeline_id: str) -> str:
    """Steps by the month they were taken in: ``stage|in`` came, ``stage|on`` went on or was won, ``stage|back``, ``stage|lost``,
    ``stage|s`` seconds spent there by those that left, ``stage|d<days>`` how many of them so long; of the won ones from the
    beginning to the end at the stage ``*``.
    """
    return f"deals.cycle.{pipeline_id}"


def dimension(*parts: str) -> str:
    """The dimension of a sum."""
    return _BETWEEN.join(parts)


def ten_thousandths(amount: Decimal) -> int:
    """An amount as it is counted."""
    return int(amount.scaleb(_PARTS))


def amount(counted: int) -> Decimal:
    """A counted amount as it is."""
    return Decimal(counted).scaleb(-_PARTS)


def sums(table: Table, workspace_id: str, metric: str, *, first: str = "", last: str = "") -> Iterator[Sum]:
    """The sums of a metric that are not zero, of the stages or months from ``first`` to ``last``, both included."""
    # "$" follows "#": the range ends behind every dimension of the last.
    span = {"between": (f"{first}#", f"{last}$")} if first else {}
    for record in table.query_all(MetricRecord, partition(workspace_id, "METRIC", metric), **span):
        if record.value:
            yield Sum(record.day, tuple(record.dimension.split(_BETWEEN)), int(record.value))


def days_bucket(seconds: int) -> str:
    """Days to two digits that count: ``0.12``, ``3.4``, ``57``, ``120``. Lengths of stays are counted by these."""
    days = Decimal(max(0, seconds)) / 86400
    if days < Decimal("0.01"):
        return "0"
    rounded = days.quantize(Decimal(1).scaleb(days.adjusted() - 1))
    return format(rounded.normalize(), "f")


def median(buckets: dict[str, int]) -> Decimal | None:
    """The median of counted lengths, in days; None of none."""
    total = sum(buckets.values())
    if not total:
        return None
    wanted = ((total - 1) // 2, total // 2)
    found: list[Decimal] = []
    seen = 0
    for value, count in sorted((Decimal(days), count) for days, count in buckets.items()):
        found += [value for place in wanted if seen <= place < seen + count]
        seen += count
    return (found[0] + found[-1]) / 2
