import csv
import io
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.foundation.safe_csv import defused, is_live, read_rows, restored, write_rows

LIVE = ["=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠", "\n"]


@pytest.mark.parametrize("start", LIVE)
@pytest.mark.parametrize("prefix", ["", " ", "\u00a0", "\ufeff", "\u200b", " \ufeff "])
def test_no_cell_starts_like_a_formula(start, prefix):
    raw = f"{prefix}{start}cmd|' /C calc'!A0"
    assert defused(raw) == f"'{raw}"
    assert restored(defused(raw)) == raw


@pytest.mark.parametrize("plain", ["", "Ana", "a=b", "3-4", "ana@example.com", "O'Neill", "  Ana"])
def test_plain_text_is_left_alone(plain):
    assert defused(plain) == plain


@given(st.text())
@example("'=1+1")
@example("''")
@example("\0")
def test_what_went_in_comes_out(text):
    assert restored(defused(text)) == text
    assert not is_live(defused(text))


TABLES = st.integers(1, 5).flatmap(
    lambda width: st.lists(
        st.lists(st.text(st.characters(exclude_categories=("Cs",))), min_size=width, max_size=width), max_size=6
    )
)


@given(TABLES)
@example([['=HYPERLINK("http://x";"y")', 'a,"b"', "line\r\nbreak\rbare\nfeed", "\ufeff"]])
def test_a_file_round_trips_and_holds_no_formula(rows):
    text = write_rows(rows)
    assert read_rows(text) == rows
    for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")):
        assert not any(is_live(cell) for cell in row)


def test_numbers_stay_numbers():
    assert write_rows([("a", -5, Decimal("41.5"), None)]) == '\ufeff"a",-5,41.5,""\r\n'
