"""vCards (RFC 2426, RFC 6350): each card becomes a row of fixed columns."""

import re
from collections.abc import Iterator

from chalicelib.customers.imports.domain import BrokenFileError, Row
from chalicelib.customers.imports.reading.source import Layout
from chalicelib.customers.imports.reading.tables import encoding_of
from chalicelib.customers.vcards.service import COLUMNS, read_card
from chalicelib.foundation.files import Files

CARD_LIMIT = 2 * 1024 * 1024
_END = re.compile(rb"(?im)^[ \t]*END:VCARD[ \t]*(?:\r\n|\r|\n|\Z)")
_BEGIN = re.compile(rb"(?im)^[ \t]*BEGIN:VCARD")
_PIECE = 1024 * 1024


def layout(files: Files, key: str, size: int) -> Layout:
    """The columns; `BrokenFileError` when there is no card."""
    head = files.get(key, 0, min(size, _PIECE))
    encoding, skip = encoding_of(head, [])
    if encoding.startswith(("utf-16", "utf-32")):
        raise BrokenFileError("encoding")
    if not _BEGIN.search(head):
        raise BrokenFileError("no_rows")
    return Layout("vcard", COLUMNS, skip, 0, encoding)


class Cards:
    """A file of cards whose layout is known."""

    def __init__(self, files: Files, key: str, size: int, *, encoding: str):
        self._files, self._key, self._size, self._encoding = files, key, size, encoding

    def rows(self, position: int, number: int) -> Iterator[tuple[Row, int]]:
        """See `Source.rows`; a position is a byte, between two cards."""
        for card, after in self._cards(position):
            number += 1
            yield self._row(card, number), after

    def _cards(self, position: int) -> Iterator[tuple[bytes, int]]:
        waiting, begin = b"", position
        while position < self._size or waiting.strip():
            end = _END.search(waiting) if position >= self._size or len(waiting) >= 64 else None
            if end is not None and (end.end() < len(waiting) or position >= self._size):
                yield waiting[: end.end()], begin + end.end()
                waiting, begin = waiting[end.end() :], begin + end.end()
                continue
            if position >= self._size:
                if _BEGIN.search(waiting):
                    yield waiting, self._size  # a card that is cut off
                return
            if len(waiting) > CARD_LIMIT:
                raise BrokenFileError("cell_too_long")
            piece = self._files.get(self._key, position, min(position + _PIECE, self._size))
            waiting, position = waiting + piece, position + len(piece)

    def _row(self, card: bytes, number: int) -> Row:
        text = card.decode(self._encoding, "surrogateescape")
        try:
            cells: list[str] = read_card(text)
        except ValueError:
            return Row(number, (), "vcard")
        joined = "".join(cells)
        if not joined.isascii() and any("\ud800" <= each <= "\udfff" for each in joined):
            return Row(number, (), "encoding")
        return Row(number, cells, "control_character" if "\x00" in joined else "")
