"""Ranks: whoever puts cards wherever, there is one order, and it stays short."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.foundation.ids import new_id
from chalicelib.sales.deals import ranks

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=120))
def test_every_card_lands_where_it_is_put(places: list[int]) -> None:
    column: list[tuple[str, str]] = []  # rank and id, as everybody would sort it
    wanted: list[str] = []
    for number, place in enumerate(places):
        at = NOON + timedelta(milliseconds=number // 3)  # several in one moment
        card, where = new_id(at), place % (len(wanted) + 1)
        if where == 0:
            rank = ranks.top(at, card, column[0][0] if column else "")
        elif where == len(wanted):
            rank = ranks.bottom(at, card, column[-1][0])
        else:
            rank = ranks.between(column[where - 1][0], column[where][0], card)
        column.insert(where, (rank, card))
        wanted.insert(where, card)
        assert column == sorted(column)
    assert [card for _, card in column] == wanted
    assert len({rank for rank, _ in column}) == len(column)


@given(
    st.lists(st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=1, max_size=12), min_size=2, max_size=2, unique=True)
)
def test_a_place_is_between_with_any_end(pair: list[str]) -> None:
    low, high = sorted(pair)
    try:
        place = ranks.place_between(low, high)
    except ValueError:
        assert set(high.removeprefix(low)) == {"0"}  # nothing sorts between A and A000
        return
    for end in ("", "0" * 26, "Z" * 26):
        assert low < place + end < high


def test_two_people_at_the_same_place_get_different_ranks() -> None:
    low, high = ranks.top(NOON, new_id(NOON)), ranks.bottom(NOON, new_id(NOON))
    cards = [new_id(NOON) for _ in range(200)]
    found = [ranks.between(low, high, card) for card in cards]
    assert len(set(found)) == 200
    for one, other in zip(sorted(found), sorted(found)[1:], strict=False):
        assert one < ranks.between(one, other, new_id(NOON)) < other  # and there is room between them


def test_the_newest_is_the_first_and_bottoms_follow_each_other() -> None:
    cards = [new_id(NOON) for _ in range(50)]
    tops = [ranks.top(NOON + timedelta(seconds=number), card) for number, card in enumerate(cards)]
    assert tops == sorted(tops, reverse=True)
    bottoms = [ranks.bottom(NOON + timedelta(seconds=number), card) for number, card in enumerate(cards)]
    assert bottoms == sorted(bottoms)
    assert max(tops) < min(bottoms)
    assert {len(rank) for rank in tops} == {36}
    first = tops[-1]
    for number in range(100):  # in one moment, again and again above the first
        above = ranks.top(NOON + timedelta(seconds=49), cards[number % 50], first)
        assert above < first
        assert len(above) == 36
        first = above
    last = bottoms[-1]
    for number in range(100):
        below = ranks.bottom(NOON, cards[number % 50], last)  # by a clock that is behind
        assert below > last
        assert len(below) == 37
        last = below


def test_ranks_of_before_there_were_ranks() -> None:
    """A deal without a rank stands by its id."""
    old = sorted(new_id(NOON) for _ in range(3))
    assert old[0] < ranks.between(old[0], old[1], new_id(NOON)) < old[1]
    assert ranks.top(NOON, new_id(NOON), old[0]) < old[0]
    assert ranks.bottom(NOON, new_id(NOON), old[2]) > old[2]


@pytest.mark.parametrize("count", [0, 1, 2, 91])
def test_spread_out(count: int) -> None:
    cards = [new_id(NOON) for _ in range(count)]
    low, high = ranks.top(NOON, new_id(NOON)), ranks.bottom(NOON, new_id(NOON))
    found = ranks.spread(low, high, cards)
    assert found == sorted(found)
    assert len(found) == count
    assert all(low < rank < high and rank.endswith(ranks.tail(card)) for rank, card in zip(found, cards, strict=True))
    assert all(len(rank) <= 26 + 12 for rank in found)


@pytest.mark.parametrize("kind", ["below-one", "nested", "anywhere"])
def test_places_stay_short_however_long_people_go_on(kind: str) -> None:
    """Three thousand cards put between the same neighbours: what stands too close is spread out, ninety cards at a time."""
    chance = random.Random(kind)
    column: list[str] = []
    for number in range(4):
        column.insert(0, ranks.top(NOON + timedelta(seconds=number), new_id(NOON)))
    spreads = restacks = longest = 0
    for _ in range(3000):
        card = new_id(NOON)
        where = {"below-one": 2, "nested": len(column) // 2, "anywhere": chance.randrange(1, len(column))}[kind]
        rank = ranks.between(column[where - 1], column[where], card)
        if ranks.is_long(rank):
            spreads += 1
            first, end = max(0, where - 45), min(len(column), where + 45)
            low = column[first - 1] if first else ranks.top(NOON + timedelta(hours=1), card, column[0])
            high = column[end] if end < len(column) else ranks.bottom(NOON, card, column[-1])
            column[first:end] = ranks.spread(low, high, [_id(each) for each in column[first:end]])
            rank = ranks.between(column[where - 1], column[where], card)
        if ranks.is_long(rank):
            restacks += 1
            column = ranks.restacked(NOON, [_id(each) for each in column], column[0])
            rank = ranks.between(column[where - 1], column[where], card)
        column.insert(where, rank)
        assert column == sorted(column)
        longest = max(longest, len(rank) - 26)
    assert longest <= ranks.LONG
    most_spreads, most_restacks = {"below-one": (50, 0), "nested": (120, 5), "anywhere": (0, 0)}[kind]
    assert spreads <= most_spreads
    assert restacks <= most_restacks


def test_a_column_can_be_restacked_a_few_at_a_time() -> None:
    cards = [new_id(NOON) for _ in range(500)]
    column = [ranks.top(NOON - timedelta(seconds=number), card) for number, card in enumerate(cards)]
    new = ranks.restacked(NOON, cards, column[0])
    assert [_id(rank) for rank in new] == cards
    for begin in range(0, 500, 90):
        column[begin : begin + 90] = new[begin : begin + 90]
        assert column == sorted(column)
    with pytest.raises(ValueError, match="above the column"):
        ranks.restacked(NOON, cards, "0" * 36)


def _id(rank: str) -> str:
    return rank[-10:] + rank[-26:-10]
