"""Reading rollups."""

from datetime import date

from chalicelib.foundation.table import Table
from chalicelib.insight.metrics import store
from chalicelib.insight.metrics.domain import DailyValue


def daily(*, table: Table, workspace_id: str, metric: str, first: date, last: date) -> list[DailyValue]:
    """Every number of a metric on the days from ``first`` to ``last``, both included, oldest first."""
    found = store.range_of_days(table, workspace_id, metric, first.isoformat(), last.isoformat())
    return [DailyValue(date.fromisoformat(row.day), row.dimension, int(row.value)) for row in found]


def standing(*, table: Table, workspace_id: str, metric: str, label: str) -> dict[str, int]:
    """The present numbers of a metric by dimension, for the label ``now`` or ``all``."""
    return {row.dimension: int(row.value) for row in store.standing(table, workspace_id, metric, label)}
