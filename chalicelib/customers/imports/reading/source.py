"""The uploaded file, read in pieces: two hundred megabytes are never in memory."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chalicelib.customers.imports.domain import Row
from chalicelib.foundation.files import Files

PIECE = 4 * 1024 * 1024


class Ranged(io.RawIOBase):
    """A file in S3 as a seekable file of Python's, read by ranges."""

    def __init__(self, files: Files, key: str, *, size: int, start: int = 0):
        super().__init__()
        self._files, self._key, self._size, self._at = files, key, size, start
        self._piece, self._begin = b"", 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go somewhere."""
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        return self._at

    def tell(self) -> int:
        """Where it stands."""
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Some bytes, out of the piece that is here or the next one."""
        if self._at >= self._size:
            return 0
        offset = self._at - self._begin
        if not 0 <= offset < len(self._piece):
            self._piece = self._files.get(self._key, self._at, min(self._at + PIECE, self._size))
            self._begin, offset = self._at, 0
        found = self._piece[offset : offset + len(buffer)]
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)


@dataclass(frozen=True, slots=True)
class Layout:
    """What was found out about a file before its rows are read. ``begin`` is the position of the first row."""

    format: str
    columns: tuple[str, ...]
    begin: int
    number: int
    encoding: str = ""
    separator: str = ""
    sheet: str = ""


class Source(Protocol):
    """A file whose layout is known."""

    def rows(self, position: int, number: int) -> Iterator[tuple[Row, int]]:
        """The rows from a position on, each with the position after it; ``number`` is that of the row before. A row that cannot be
        read says so; `BrokenFileError` when nothing after it can be.
        """
        ...


def unique(names: Sequence[str]) -> tuple[str, ...]:
    """Headers as names of columns: those without one are numbered, and those that come again too."""
    found: list[str] = []
    for position, name in enumerate(names, 1):
        plain = " ".join(name.split())[:120] or f"({position})"
        candidate, count = plain, 1
        while candidate in found:
            count += 1
            candidate = f"{plain} ({count})"
        found.append(candidate)
    return tuple(found)
