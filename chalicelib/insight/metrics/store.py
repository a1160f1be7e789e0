"""Queries on the rollups: ``W#w#METRIC#name`` / ``day#dimension``."""

from collections.abc import Iterator

from chalicelib.foundation.projection import MetricRecord
from chalicelib.foundation.table import Table, partition


def range_of_days(table: Table, workspace_id: str, metric: str, first: str, last: str) -> Iterator[MetricRecord]:
    """Numbers of ISO days ``first`` to ``last``, both included, in their order. Bounded by days × dimensions."""
    # "$" follows "#": the range ends behind every dimension of the last day.
    between = (f"{first}#", f"{last}$")
    yield from table.query_all(MetricRecord, partition(workspace_id, "METRIC", metric), between=between)


def standing(table: Table, workspace_id: str, metric: str, label: str) -> Iterator[MetricRecord]:
    """Numbers that belong to no day but to a label in its place."""
    yield from table.query_all(MetricRecord, partition(workspace_id, "METRIC", metric), begins_with=f"{label}#")
