"""Opening an uploaded file, whatever it turns out to be. Its name and the type it was sent with say nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from chalicelib.customers.imports.domain import BYTES_LIMIT, BrokenFileError
from chalicelib.customers.imports.reading import cards, tables
from chalicelib.customers.imports.reading.source import Layout, Source
from chalicelib.foundation.files import Files

_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_OTHERS = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x1f\x8b",
    b"Rar!",
    b"7z\xbc\xaf",
    b"MZ",
    b"\x7fELF",
    b"PK\x05\x06",
)


def format_of(head: bytes) -> str:
    """``xlsx``, ``vcard`` or ``csv`` by the first bytes. `BrokenFileError` for what is none of them."""
    if head.startswith(_ZIP):
        return "xlsx"
    if head.startswith((_OLD_OFFICE, *_OTHERS)):
        raise BrokenFileError("not_a_table")
    if b"BEGIN:VCARD" in head[:2000].upper():
        return "vcard"
    return "csv"


def sized(files: Files, key: str) -> tuple[int, bytes]:
    """The file's size and first bytes. ``FileNotFoundError`` when it is not there, `BrokenFileError` when it is too big."""
    size = files.size(key)
    if size > BYTES_LIMIT:
        raise BrokenFileError("too_big")
    if size == 0:
        raise BrokenFileError("empty")
    return size, files.get(key, 0, min(size, 4096))


@contextmanager
def opened(files: Files, key: str, known: Layout | None = None) -> Iterator[tuple[Layout, Source]]:
    """The file's layout (as it was found before, if it is ``known``) and its rows."""
    size, head = sized(files, key)
    kind = known.format if known else format_of(head)
    if kind == "xlsx":
        from chalicelib.customers.imports.reading.workbooks import Workbook, local

        with local(files, key, size) as path:
            book = Workbook(path)
            yield known or book.layout(), book
    elif kind == "vcard":
        layout = known or cards.layout(files, key, size)
        yield layout, cards.Cards(files, key, size, encoding=layout.encoding)
    else:
        layout = known or tables.layout(files, key, size)
        width = len(layout.columns)
        yield (
            layout,
            tables.Table(files, key, size, encoding=layout.encoding, separator=layout.separator, width=width),
        )
