"""Ranks: texts that put the cards of a column in an order which is the same for everybody (docs/decisions/0009-ranks.md). Pure.

A rank is a *place* and the deal's own *tail*, both in Crockford's base 32: ``7YC4M2Q1ZK`` + ``…``. The tail is the deal's id with its
random part first, so two deals never have the same rank, even when two people put them in the same place at the same moment. A
place is chosen so that with any tail it lies strictly between its neighbours:

- at the top: what is left of time, which goes down as time goes on, so that the newest is the first without looking at others;
- at the bottom: the time, behind everything at the top;
- between two cards: the shortest text between their ranks.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from chalicelib.foundation.ids import encode

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)}
_BASE = len(_DIGITS)
_TAIL = 26
_TIME = 10
_LONGEST_TIME = (1 << 48) - 1
_BEHIND = "8"  # what is left of time begins with 7 or less
LONG = 40
"""Places longer than this are a sign that cards stand too close: those around are spread out."""


def tail(deal_id: str) -> str:
    """The end of all of a deal's ranks: its id, the random part first."""
    return deal_id[_TIME:] + deal_id[:_TIME]


def top(at: datetime, deal_id: str, first: str = "") -> str:
    """The rank of a card that comes to the top of its column at this moment, above the card of rank ``first``."""
    left = _LONGEST_TIME - int(at.timestamp() * 1000)
    if first:
        left = min(left, _number(first[:_TIME]) - 1)
    return _text(left) + tail(deal_id) if left >= 0 else between("", first, deal_id)


def bottom(at: datetime, deal_id: str, last: str = "") -> str:
    """The rank of a card that comes to the bottom of its column at this moment, below the card of rank ``last``."""
    time = int(at.timestamp() * 1000)
    if last >= _BEHIND:
        time = max(time, _number(last[len(_BEHIND) : len(_BEHIND) + _TIME]) + 1)
    rank = _BEHIND + _text(time) + tail(deal_id)
    return rank if rank > last else between(last, "", deal_id)


def between(low: str, high: str, deal_id: str) -> str:
    """A rank between two others (``""``: the beginning, the end). ``ValueError`` when there is none, which takes two ranks that
    are not of two deals.
    """
    return place_between(low, high) + tail(deal_id)


def place_between(low: str, high: str) -> str:
    """The shortest text that is between two ranks, whatever is put behind it."""
    if high and low >= high:
        raise ValueError("the ranks are not in order")
    place: list[str] = []
    above_low = not low  # the place is already more than the low rank, whatever follows
    below_high = not high
    for position in range(max(len(low), len(high)) + 1):
        least = _VALUES[low[position]] if not above_low and position < len(low) else -1
        most = _VALUES[high[position]] if not below_high and position < len(high) else _BASE
        if not below_high and position >= len(high):
            break  # only a rank of zeros to its end has nothing before it
        if most - least > 1:
            return "".join([*place, _DIGITS[(least + most) // 2]])
        digit = least if least >= 0 else most
        place.append(_DIGITS[digit])
        if digit < most:
            below_high = True
        if digit > least:
            above_low = True
    raise ValueError("there is nothing between the ranks")


def restacked(at: datetime, deal_ids: Sequence[str], first: str) -> list[str]:
    """Ranks for all cards of a column in this order, with the shortest places, all above the present ``first`` rank. So the cards
    can be written a few at a time, from the first one on, and the order is right after each step.
    """
    left = min(_LONGEST_TIME - int(at.timestamp() * 1000), _number(first[:_TIME]) - 1)
    if left < len(deal_ids):
        raise ValueError("there is nothing above the column")
    return [_text(left - len(deal_ids) + place) + tail(deal_id) for place, deal_id in enumerate(deal_ids)]


def _text(number: int) -> str:
    return encode(number << 80)[:_TIME]


def _number(place: str) -> int:
    number = 0
    for digit in place.ljust(_TIME, "0"):
        number = number * _BASE + _VALUES[digit]
    return number


def is_long(rank: str) -> bool:
    """Whether the rank's place has become long."""
    return len(rank) - _TAIL > LONG


def spread(low: str, high: str, deal_ids: Sequence[str]) -> list[str]:
    """Ranks for these deals in this order, evenly between two others, with short places."""
    if not deal_ids:
        return []
    middle = len(deal_ids) // 2
    rank = between(low, high, deal_ids[middle])
    ranks = [*spread(low, rank, deal_ids[:middle]), rank, *spread(rank, high, deal_ids[middle + 1 :])]
    assert all(one < other for one, other in pairwise(ranks))
    return ranks
