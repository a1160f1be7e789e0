"""The language of filters, and values as text that sorts."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.customers.lists.domain import FILTER_LIMIT, ListedField, ValueType, comparable, encode, parse
from chalicelib.customers.lists.records import SEPARATOR
from chalicelib.foundation.errors import InvalidError

FIELDS = {
    kind.value: ListedField(kind.value, kind, lambda record: record if isinstance(record, list) else [record])
    for kind in ValueType
}
NUMBER = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**15), 10**15)


@given(NUMBER, NUMBER)
def test_numbers_sort_as_they_are(one: float, other: float) -> None:
    assert (float(one) < float(other)) == (encode(ValueType.NUMBER, one) < encode(ValueType.NUMBER, other))
    assert (float(one) == float(other)) == (encode(ValueType.NUMBER, one) == encode(ValueType.NUMBER, other))


@given(st.text(max_size=40), st.text(max_size=40))
def test_texts_sort_as_they_are_compared(one: str, other: str) -> None:
    first, second = (comparable(ValueType.TEXT, text) for text in (one, other))
    if all(text.isprintable() for text in (first, second)):
        keys = [f"{encode(ValueType.TEXT, text)}{SEPARATOR}0" for text in (one, other)]
        assert (first < second) == (keys[0] < keys[1])


@given(st.sampled_from([ValueType.TEXT, ValueType.TAG, ValueType.EXACT]), st.text(max_size=500))
def test_no_value_breaks_out_of_its_key(kind: ValueType, text: str) -> None:
    encoded = encode(kind, text)
    assert SEPARATOR not in encoded
    assert "\x00" not in encoded
    assert len(encoded.encode(errors="replace")) <= 600


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=10),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["field", "op", "value", "from", "to"]) | st.text(max_size=3), inner)
        ),
        max_leaves=12,
    )
)
def test_anything_is_a_filter_or_is_refused_by_name(given_: Any) -> None:
    for asked in (given_, json.dumps(given_)):
        refused = ""
        try:
            parse(asked, FIELDS)
        except InvalidError as error:
            refused = error.fields[0].field
        assert refused == "" or refused.startswith("filter")


@given(
    st.sampled_from(sorted(FIELDS)),
    st.sampled_from(["is", "in", "not", "empty", "present", "between", "at_least", "at_most", "begins"]),
    st.integers(-5, 5) | st.booleans() | st.sampled_from(["vip", "2026-11-21", "me", "none"]),
)
def test_a_condition_is_written_as_it_is_read(field: str, op: str, value: Any) -> None:
    values: dict[str, Any] = {"value": value}
    if op in ("empty", "present"):
        values = {}
    elif op == "between":
        values = {"from": value, "to": value}
    elif op == "in":
        values = {"value": [value]}
    try:
        [condition] = parse([{"field": field, "op": op, **values}], FIELDS, me="u1")
    except InvalidError:
        return
    assert parse([condition.to_json()], FIELDS) == (condition,)


@pytest.mark.parametrize(
    ("kind", "op", "value", "matching", "other"),
    [
        ("text", {"op": "is"}, "Jose  MARIA", "José María", "José"),
        ("text", {"op": "begins"}, "jos", "José María", "María José"),
        ("tag", {"op": "is"}, "VIP", ["vip", "x"], ["vips"]),
        ("exact", {"op": "in"}, ["ES", "CO"], "ES", "es"),
        ("exact", {"op": "not"}, "ES", "CO", "ES"),
        ("member", {"op": "is"}, "me", "u1", "u2"),
        ("member", {"op": "is"}, "none", [], "u1"),
        ("member", {"op": "not"}, "none", "u1", []),
        ("number", {"op": "at_least"}, 5, 5, 4.9),
        ("boolean", {"op": "is"}, True, True, False),
        ("date", {"op": "at_most"}, "2026-11-21", "2026-11-21", "2026-11-22"),
        (
            "instant",
            {"op": "at_least"},
            "2026-11-21",
            datetime(2026, 11, 21, tzinfo=UTC),
            datetime(2026, 11, 20, tzinfo=UTC),
        ),
        ("search", {"op": "is"}, "gar an", ["Ana García"], ["Ana Ruiz"]),
    ],
)
def test_what_a_condition_means(kind: str, op: dict[str, str], value: Any, matching: Any, other: Any) -> None:
    [condition] = parse([{"field": kind, **op, "value": value}], FIELDS, me="u1")
    assert condition.holds(matching)
    assert not condition.holds(other)


def test_half_a_character_is_no_value() -> None:
    with pytest.raises(InvalidError) as refused:
        parse('[{"field": "text", "op": "is", "value": "\\ud800"}]', FIELDS)
    assert (refused.value.fields[0].field, refused.value.fields[0].code) == ("filter.0.value", "lone_surrogate")


def test_a_filter_has_its_limits() -> None:
    one = {"field": "tag", "op": "is", "value": "x"}
    for wrong, code in ([one] * 21, "too_many"), (" " * (FILTER_LIMIT + 1), "too_long"), ("[" * 5000, "json_invalid"):
        with pytest.raises(InvalidError) as refused:
            parse(wrong, FIELDS)
        assert refused.value.fields[0].code == code
