"""CSV that a spreadsheet cannot be tricked by.

A cell that begins like a formula would be run by the program that opens the file (CWE-1236). Such a text is written with one
apostrophe before it, which spreadsheets take as "this is text"; a text that begins with an apostrophe itself gets one too, so
that `read_rows` gives back exactly what `write_rows` was given. Files are RFC 4180: commas (semicolons where commas stand in numbers),
CRLF, UTF-8 with a byte order mark, without which Excel takes the accents apart.
"""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal

Cell = str | int | Decimal | None

BYTE_ORDER_MARK = "\ufeff"
_APOSTROPHE = "'"
# OWASP's list; the full-width forms, which Excel folds onto it, are caught by normalising.
_LIVE = frozenset("=+-@\t\r\n\0")


def is_live(text: str) -> bool:
    """Whether some spreadsheet might take this text for a formula, also after dropping spaces and invisible marks before it."""
    for character in text:
        if character in _LIVE or unicodedata.normalize("NFKC", character)[:1] in _LIVE:
            return True
        if not character.isspace() and unicodedata.category(character) != "Cf":
            return False
    return False


def defused(text: str) -> str:
    """The text as it may stand in a cell."""
    return _APOSTROPHE + text if is_live(text) or text.startswith(_APOSTROPHE) else text


def restored(text: str) -> str:
    """What `defused` was given."""
    return text[1:] if text.startswith(_APOSTROPHE) else text


def separator_for(language: str) -> str:
    """What a spreadsheet in this language expects between cells."""
    return ";" if language == "es" else ","


def write_rows(rows: Iterable[Sequence[Cell]], *, separator: str = ",") -> str:
    """A CSV file. Numbers are written as numbers (a decimal point, no grouping), None as an empty cell."""
    return BYTE_ORDER_MARK + write_lines(rows, separator=separator)


def write_lines(rows: Iterable[Sequence[Cell]], *, separator: str = ",") -> str:
    """Some lines of a CSV file, for writing it piece by piece after a `BYTE_ORDER_MARK`."""
    out = io.StringIO(newline="")
    # Every text quoted: a cell with a bare carriage return would otherwise be split by some readers.
    writer = csv.writer(out, delimiter=separator, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_written(cell) for cell in row])
    return out.getvalue()


def read_rows(text: str, *, separator: str = ",") -> list[list[str]]:
    """The cells of a file of ours, as texts, as they were before they were made safe."""
    reader = csv.reader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline=""), delimiter=separator, strict=True)
    return [[restored(cell) for cell in row] for row in reader]


def _written(cell: Cell) -> str | int | Decimal:
    if cell is None:
        return ""
    return defused(cell) if isinstance(cell, str) else cell
