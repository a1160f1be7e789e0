"""What a function remembers for a short while, so that every request does not read the same settings again."""

from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Memory(Generic[K, V]):
    """Values that are believed for ``seconds`` and then asked for again; at most ``limit`` of them.

    Functions live for hours and serve many workspaces: when the memory is full, it starts over.
    """

    def __init__(self, *, seconds: float = 60.0, limit: int = 1000):
        self._seconds = seconds
        self._limit = limit
        self._kept: dict[K, tuple[float, V]] = {}

    def get(self, key: K, now: float, ask: Callable[[], V]) -> V:
        """The value remembered for the key, or the one ``ask`` gives. ``now`` is in seconds, of any one clock."""
        kept = self._kept.get(key)
        if kept is not None and 0 <= now - kept[0] < self._seconds:
            return kept[1]
        value = ask()
        if len(self._kept) >= self._limit:
            self._kept.clear()
        self._kept[key] = (now, value)
        return value

    def forget(self, key: K) -> None:
        """Ask again next time."""
        self._kept.pop(key, None)
