"""Deals as pure things."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.table.record import Record
from chalicelib.sales.deals import store
from chalicelib.sales.deals.domain import Deal
from chalicelib.sales.pipelines.domain import Stage, check_stages

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "0.00"),
        ("1200.50", "1200.50"),
        ("1200.5", "1200.50"),
        ("1E+3", "1000.00"),
        ("0.1234", "0.1234"),
        ("1.230", "1.23"),
    ],
)
def test_amounts_keep_their_cents(amount: str, text: str) -> None:
    deal = Deal("w", "d", "p", "s", "x", NOON, NOON, amount=Decimal(amount), currency="EUR", rank="R")
    assert deal.amount_text == text
    assert store.to_domain(Record.from_image(store.to_record(deal).image())) == deal


@pytest.mark.parametrize(
    "stages",
    [
        (),
        tuple(Stage(str(n), "x", 1) for n in range(21)),
        (Stage("a", "x", 1), Stage("a", "y", 2)),
        (Stage("a", "x", 101),),
    ],
)
def test_stages_that_make_no_pipeline(stages: tuple[Stage, ...]) -> None:
    with pytest.raises(InvalidError):
        check_stages(stages)
