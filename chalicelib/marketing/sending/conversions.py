"""What a recipient did that the campaign wanted, on its row of the ledger: once for each recipient, and only after a person's click."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from chalicelib.foundation.clock import to_text
from chalicelib.foundation.table import Key, Table
from chalicelib.marketing.sending.ledger import change

_GOAL_ATTRIBUTES = "converted_at, goal_ref, revenue, currency"


def converted(
    table: Table, key: Key, *, at: datetime, since: datetime, ref: str, revenue: Decimal, currency: str, now: datetime
) -> bool:
    """Note a conversion at ``at`` by ``ref`` (a deal's id, or ``page``), if the person clicked between ``since`` and then and nothing was
    noted before; False otherwise. The same again changes nothing.
    """
    sets = ["converted_at = :at", "goal_ref = :ref", "updated_at = :now"]
    values: dict[str, dict[str, Any]] = {
        ":at": {"S": to_text(at)}, ":since": {"S": to_text(since)}, ":ref": {"S": ref}, ":now": {"S": to_text(now)},
    }  # fmt: skip
    if revenue:
        sets += ["revenue = :revenue", "currency = :currency"]
        values |= {":revenue": {"N": format(revenue, "f")}, ":currency": {"S": currency}}
    condition = "clicked_at BETWEEN :since AND :at AND attribute_not_exists(converted_at) AND attribute_exists(email)"
    return change(table, key, f"SET {', '.join(sets)} ADD version :one", condition, values, names=False)


def taken_back(table: Table, key: Key, *, ref: str, now: datetime) -> bool:
    """What ``ref`` had brought is not so any more (a deal was opened again)."""
    values: dict[str, dict[str, Any]] = {":ref": {"S": ref}, ":now": {"S": to_text(now)}}
    update = f"SET updated_at = :now REMOVE {_GOAL_ATTRIBUTES} ADD version :one"
    return change(table, key, update, "goal_ref = :ref", values, names=False)
