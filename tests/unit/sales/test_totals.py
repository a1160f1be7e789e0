"""What lines come to: exact, whatever the numbers."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.foundation.errors import InvalidError
from chalicelib.sales.money import amount_text, decimals_of, plain_text, rounded
from chalicelib.sales.totals import (
    LINES_LIMIT,
    Line,
    Totals,
    check_lines,
    from_plain,
    largest_discount,
    line_of,
    line_totals,
    to_plain,
    totals,
)


def decimals(largest: int, places: int) -> st.SearchStrategy[Decimal]:
    return st.integers(0, largest * 10**places).map(lambda number: Decimal(number).scaleb(-places))


CURRENCIES = st.sampled_from(["EUR", "USD", "JPY", "CLP", "KWD", "CLF", "COP"])
LINES = st.builds(
    Line,
    id=st.text("abcdef", min_size=1, max_size=6),
    name=st.text(max_size=20),
    quantity=decimals(10**6, 4),
    unit_price=decimals(10**6, 4),
    discount_percent=decimals(100, 4),
    tax_percent=decimals(100, 4),
    product_id=st.text("0123", max_size=3),
)


def half_up(value: Fraction, places: int) -> Fraction:
    """Rounding by the book, in whole numbers, as a judge for `rounded`."""
    scaled = value * 10**places
    return Fraction((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator), 10**places)


@given(LINES, CURRENCIES)
def test_a_line_follows_the_rule_to_the_last_digit(line: Line, currency: str) -> None:
    places = decimals_of(currency)
    subtotal = half_up(Fraction(line.quantity) * Fraction(line.unit_price), places)
    discount = half_up(subtotal * Fraction(line.discount_percent) / 100, places)
    tax = half_up((subtotal - discount) * Fraction(line.tax_percent) / 100, places)
    found = line_totals(line, currency)
    assert [Fraction(each) for each in (found.subtotal, found.discount, found.tax)] == [subtotal, discount, tax]
    assert Fraction(found.total) == subtotal - discount + tax


@given(st.lists(LINES, max_size=30), CURRENCIES)
def test_what_is_printed_adds_up(lines: list[Line], currency: str) -> None:
    whole, parts = totals(lines, currency), [line_totals(line, currency) for line in lines]
    for name in Totals.__slots__:
        assert getattr(whole, name) == sum((getattr(part, name) for part in parts), Decimal(0)), name
    assert whole.total == whole.subtotal - whole.discount + whole.tax
    assert 0 <= whole.discount <= whole.subtotal
    places = -int(whole.total.as_tuple().exponent)
    assert places == decimals_of(currency)


@given(st.lists(LINES, max_size=10), st.randoms())
def test_the_order_of_lines_changes_nothing(lines: list[Line], chance: object) -> None:
    shuffled = sorted(lines, key=lambda _: chance.random())  # type: ignore[attr-defined]
    assert totals(shuffled, "EUR") == totals(lines, "EUR")


@given(st.lists(LINES, max_size=10))
def test_lines_come_back_as_they_were_kept(lines: list[Line]) -> None:
    assert from_plain(to_plain(lines)) == tuple(lines)


@pytest.mark.parametrize(
    ("quantity", "price", "discount", "tax", "currency", "expected"),
    [
        ("1", "0.005", "0", "0", "EUR", ("0.01", "0.00", "0.00", "0.01")),  # half goes up, not to the even
        ("1", "0.025", "0", "0", "EUR", ("0.03", "0.00", "0.00", "0.03")),
        ("3", "33.33", "10", "21", "EUR", ("99.99", "10.00", "18.90", "108.89")),
        ("2.5", "19.99", "0", "21", "EUR", ("49.98", "0.00", "10.50", "60.48")),
        ("1", "100.5", "0", "10", "JPY", ("101", "0", "10", "111")),
        ("1", "1.2345", "0", "0", "KWD", ("1.235", "0.000", "0.000", "1.235")),
        ("1", "10", "100", "21", "EUR", ("10.00", "10.00", "0.00", "0.00")),
    ],
)
def test_by_hand(quantity: str, price: str, discount: str, tax: str, currency: str, expected: tuple[str, ...]) -> None:
    line = Line("1", "x", *map(Decimal, (quantity, price, discount, tax)))
    found = line_totals(line, currency)
    assert tuple(map(str, (found.subtotal, found.discount, found.tax, found.total))) == expected


def test_nothing_comes_to_nothing() -> None:
    assert totals([], "EUR") == Totals(*[Decimal("0.00")] * 4)
    assert largest_discount([]) == 0
    assert largest_discount([Line("a", "a", discount_percent=Decimal(5)), Line("b", "b")]) == 5


def test_what_is_left_out_of_a_line() -> None:
    assert line_of({"name": "Horas"}, fallback_id="7") == Line("7", "Horas")
    assert line_of({"id": "a", "quantity": "0.5", "product_id": None}, fallback_id="7").quantity == Decimal("0.5")


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ([Line(str(number), "x") for number in range(LINES_LIMIT + 1)], "lines"),
        ([Line("a", "x"), Line("b", "x"), Line("a", "y")], "lines.2.id"),
        ([Line("a", "x", Decimal(10**8 - 1), Decimal(10**9))], "lines"),
    ],
)
def test_lines_that_cannot_be(lines: list[Line], field: str) -> None:
    with pytest.raises(InvalidError) as caught:
        check_lines(lines, "EUR")
    assert caught.value.fields[0].field == field


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [("1200", "EUR", "1200.00"), ("1200", "JPY", "1200"), ("0.5", "JPY", "0.5"), ("1E+3", "KWD", "1000.000")],
)
def test_amounts_as_text(amount: str, currency: str, text: str) -> None:
    assert amount_text(Decimal(amount), currency) == text
    assert plain_text(Decimal("1.500")) == "1.5"
    assert rounded(Decimal("-0.005"), "EUR") == Decimal("-0.01")
