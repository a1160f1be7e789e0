from datetime import date
from decimal import Decimal

import pytest

from chalicelib.insight.charts import formats


@pytest.mark.parametrize(
    ("value", "spanish", "english"),
    [(0, "0", "0"), (1234, "1234", "1,234"), (12345, "12.345", "12,345"), (-1234567, "-1.234.567", "-1,234,567")],
)
def test_counts(value, spanish, english):
    assert formats.whole(value, "es") == spanish
    assert formats.whole(value, "en") == english


@pytest.mark.parametrize(
    ("value", "spanish", "english"),
    [
        ("3.45", "3,5", "3.5"),
        ("42.0", "42", "42"),
        ("12345.6", "12.345,6", "12,345.6"),
        ("-0.5", "-0,5", "-0.5"),
        ("-0.04", "0", "0"),
    ],
)
def test_decimals_round_half_up_and_drop_zeros(value, spanish, english):
    assert formats.decimal(Decimal(value), "es") == spanish
    assert formats.decimal(Decimal(value), "en") == english


def test_percentages():
    assert formats.percent(Decimal("0.185"), "es") == "19\u00a0%"
    assert formats.percent(Decimal("0.0133"), "en", places=1) == "1.3%"
    assert formats.share(3, 0) == 0


def test_compact_counts_stay_short():
    assert formats.compact(9_999, "es") == "9999"
    assert formats.compact(12_345, "es") == "12,3\u00a0mil"
    assert formats.compact(999_949, "en") == "999.9k"
    assert formats.compact(999_950, "en") == "1M"


def test_days():
    day = date(2026, 9, 2)
    assert formats.long_day(day, "es") == "2 de septiembre de 2026"
    assert formats.long_day(day, "en") == "2 September 2026"
    assert formats.short_day(day, "es") == "2 sept"
    assert formats.weekday(day, "es", short=True) == "mié"


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        (date(2026, 11, 9), date(2026, 11, 15), "9–15 nov 2026"),
        (date(2026, 9, 28), date(2026, 10, 4), "28 sept – 4 oct 2026"),
        (date(2026, 12, 28), date(2027, 1, 3), "28 dic 2026 – 3 ene 2027"),
        (date(2026, 11, 9), date(2026, 11, 9), "9 nov 2026"),
    ],
)
def test_ranges_say_nothing_twice(start, end, text):
    assert formats.day_range(start, end, "es") == text
