"""Ids, times, tokens, cursors, keys, memory."""

import hmac
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta, timezone
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.foundation import clock, ids
from chalicelib.foundation.errors import InvalidError
from chalicelib.foundation.memory import Memory
from chalicelib.foundation.signing import BadTokenError, Signer
from chalicelib.foundation.table import Cursors, Key, partition
from tests.helpers import NOON, SECRET

instants = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@given(instants, instants)
def test_ids_sort_by_time_and_tell_it(one: datetime, other: datetime) -> None:
    first, second = ids.new_id(one), ids.new_id(other)
    assert abs(ids.made_at(first) - one) < timedelta(milliseconds=1)
    assert ids.is_id(first)
    if abs(one - other) >= timedelta(milliseconds=1):
        assert (first < second) == (one < other)


def test_ids_of_one_millisecond_keep_their_order() -> None:
    made = [ids.new_id(NOON) for _ in range(1000)]
    assert made == sorted(set(made))


@pytest.mark.parametrize("text", ["", "x", "8" + "0" * 25, "0" * 25 + "I", "0" * 25 + "a", "0" * 27])
def test_what_is_no_id(text: str) -> None:
    assert not ids.is_id(text)


def test_derived_ids_follow_from_their_parts() -> None:
    assert ids.derived_id(NOON, "a", "b") == ids.derived_id(NOON, "a", "b")
    assert ids.derived_id(NOON, "a", "b") != ids.derived_id(NOON, "ab")


@given(instants)
def test_times_round_trip_and_sort_as_text(instant: datetime) -> None:
    text = clock.to_text(instant)
    assert clock.from_text(text) == instant.replace(microsecond=instant.microsecond // 1000 * 1000)
    assert (text < clock.to_text(NOON)) == (clock.from_text(text) < NOON)


@given(st.integers(0, 4_102_444_800_000))
def test_the_machines_clock_tells_whole_milliseconds(milliseconds: int) -> None:
    with mock.patch("time.time_ns", return_value=milliseconds * 1_000_000 + 999_999):
        now = clock.SystemClock().now()
    assert now == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        clock.from_text("2026-11-21T12:00:00")


def test_other_zones_are_stored_in_utc() -> None:
    there = datetime(2026, 11, 21, 7, 0, tzinfo=timezone(timedelta(hours=-5)))
    assert clock.to_text(there) == "2026-11-21T12:00:00.000Z"


@given(st.binary(max_size=200), st.data())
def test_tokens_open_for_their_purpose_only(payload: bytes, data: st.DataObject) -> None:
    signer = Signer(SECRET)
    token = signer.sign("unsubscribe", payload)
    assert signer.open("unsubscribe", token) == payload
    with pytest.raises(BadTokenError):
        signer.open("click", token)
    position = data.draw(st.integers(0, len(token) - 2))  # the last character has unused bits
    changed = token[:position] + ("A" if token[position] != "A" else "B") + token[position + 1 :]
    with pytest.raises(BadTokenError):
        signer.open("unsubscribe", changed)


@given(st.binary(max_size=200))
def test_a_token_is_signed_as_it_always_was(payload: bytes) -> None:
    """Links in mails that have left hold for years, so how a token is signed cannot change."""
    key = hmac.digest(SECRET, b"unsubscribe", "sha256")
    signed = hmac.digest(key, payload, "sha256")[:16] + payload
    assert Signer(SECRET).sign("unsubscribe", payload) == urlsafe_b64encode(signed).rstrip(b"=").decode()


@pytest.mark.parametrize("token", ["", "x", "ñ", "=" * 9, "A" * 5000, "\x00"])
def test_rubbish_is_no_token(token: str) -> None:
    with pytest.raises(BadTokenError):
        Signer(SECRET).open("unsubscribe", token)


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="32"):
        Signer(b"short")


@given(st.lists(st.text(max_size=50), max_size=4))
def test_cursors_are_bound_to_workspace_and_query(position: list[str]) -> None:
    cursors = Cursors(Signer(SECRET))
    cursor = cursors.write("w1", "contacts:newest", position)
    assert cursors.read("w1", "contacts:newest", cursor) == position
    for workspace, query in (("w2", "contacts:newest"), ("w1", "contacts:oldest"), ("w1:contacts", "newest")):
        with pytest.raises(InvalidError) as caught:
            cursors.read(workspace, query, cursor)
        assert caught.value.fields[0].field == "cursor"


def test_no_cursor_is_no_position() -> None:
    assert Cursors(Signer(SECRET)).read("w1", "contacts", None) is None


def test_every_key_goes_through_a_workspace() -> None:
    assert Key(partition("w1", "C", "c1"), "CONTACT").image() == {"pk": {"S": "W#w1#C#c1"}, "sk": {"S": "CONTACT"}}
    for parts in (("",), ("w#1",), ("w1", "C", "")):
        with pytest.raises(ValueError, match="key"):
            partition(*parts)


def test_memory_asks_again_when_its_time_is_over() -> None:
    memory: Memory[str, int] = Memory(seconds=60, limit=2)
    asked: list[int] = []

    def ask() -> int:
        asked.append(1)
        return len(asked)

    assert [memory.get("a", 0, ask), memory.get("a", 59.9, ask), memory.get("a", 60, ask)] == [1, 1, 2]
    assert memory.get("a", 10, ask) == 3  # a clock that went back is not trusted
    memory.forget("a")
    assert memory.get("a", 10, ask) == 4
    for name in "bcd":
        memory.get(name, 10, ask)
    assert len(memory._kept) <= 2


def test_memory_does_not_keep_failures() -> None:
    memory: Memory[str, int] = Memory()

    def fail() -> int:
        raise LookupError

    with pytest.raises(LookupError):
        memory.get("a", 0, fail)
    assert memory.get("a", 0, lambda: 1) == 1
