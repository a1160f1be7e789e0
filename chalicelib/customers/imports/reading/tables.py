"""Tables of text: what encoding, what separator, which columns; and their rows.

Positions are bytes from the beginning of the file, always at the beginning of a record, so that reading goes on anywhere after
a failure. Bytes that are no text in the file's encoding stay recognisable (PEP 383) and cost their row only.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from chalicelib.customers.imports.domain import CELL_LIMIT, COLUMNS_LIMIT, BrokenFileError, Row
from chalicelib.customers.imports.reading.source import Layout, Ranged, unique
from chalicelib.foundation.files import Files

HEAD = 256 * 1024
SAMPLES, SAMPLE = 8, 32 * 1024
LINE_LIMIT = 16 * 1024 * 1024
"""Characters of one line, and of one cell. What is longer has lost its line ends or a quotation mark."""
SEPARATORS = (",", ";", "\t", "|")
_SAID = re.compile(r"sep=(.)\r?\n?\Z", re.IGNORECASE)
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
csv.field_size_limit(LINE_LIMIT)
_BEYOND_ASCII = re.compile(r"(?<=(.))([^\x00-\x7f])(?=(.))", re.DOTALL)
_LETTERS = frozenset("àáâãäåæçèéêëìíîïñòóôõöøœùúûüýÿßšžðþÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØŒÙÚÛÜÝŸŠŽÐÞ")
_SPANISH, _MISPLACED = frozenset("áéíóúüñ"), 4
_INSIDE_WORDS = frozenset("’·")
_AFTER_WORDS = frozenset("’”»…™®©ªº–—°²³\xa0")
_BEFORE_WORDS = frozenset("‘’“«„¿¡€£–—©\xa0")


def encoding_of(head: bytes, samples: list[bytes]) -> tuple[str, int]:
    """The encoding of a file by its beginning and some places further on, and how many bytes its mark takes.

    `BrokenFileError` when it is no text at all.
    """
    for mark, name in (
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe\x00\x00", "utf-32-le"),
        (b"\x00\x00\xfe\xff", "utf-32-be"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
    ):
        if head.startswith(mark):
            return name, len(mark)
    zeros_even, zeros_odd = head[0:4096:2].count(0), head[1:4096:2].count(0)
    half = min(len(head), 4096) // 2
    if half and zeros_odd > half * 0.6 and zeros_even < half * 0.1:
        return "utf-16-le", 0
    if half and zeros_even > half * 0.6 and zeros_odd < half * 0.1:
        return "utf-16-be", 0
    if len(_BINARY.findall(head)) > max(20, len(head) // 50):
        raise BrokenFileError("not_a_table")
    if all(_is_utf8(part) for part in (head, *samples)):
        return "utf-8", 0
    return _eight_bits(b"".join((head[:65536], *samples))), 0


def _is_utf8(part: bytes) -> bool:
    """Whether a piece is UTF-8, but for a character cut off at either end."""
    for _ in range(3):
        if part and part[0] & 0xC0 == 0x80:
            part = part[1:]
    try:
        part.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(part) - 3 and error.reason == "unexpected end of data"
    return True


def _eight_bits(part: bytes) -> str:
    """Windows', the old Macintosh's or DOS's encoding: the one in which the fewest letters look out of place, Windows' if in doubt.

    Detectors that weigh every encoding there is take a Spanish list of names for a Macintosh's; here three are possible, and what
    tells them apart is whether accents fall on letters that fit their words.
    """
    broken = part.decode("utf-8", "replace").count("\ufffd")
    letters = sum(byte >= 0x80 for byte in part)
    if letters > 50 and broken < letters // 20:
        return "utf-8"  # a few bytes that are wrong in a text that is UTF-8 otherwise
    return min(("cp1252", "cp850", "mac_roman"), key=lambda name: _oddity(part.decode(name, "replace")))


def _oddity(text: str) -> int:
    """How little a text looks like one of Western Europe, and of Spain before all, by its characters beyond ASCII and what is beside
    them. 0: not at all.
    """
    return sum(_strangeness(*found.groups()) for found in _BEYOND_ASCII.finditer(text))


def _strangeness(before: str, character: str, after: str) -> int:
    if character in _LETTERS:
        if character.isupper():
            misplaced = before.islower() or (before.isupper() and after.islower())
        else:
            misplaced = before.isupper() and after.isupper()
        return _MISPLACED if misplaced else character.lower() not in _SPANISH
    if before.isalpha() and after.isalpha():
        fits = character in _INSIDE_WORDS
    else:
        fits = not (before.isalpha() and character not in _AFTER_WORDS) and not (
            after.isalpha() and character not in _BEFORE_WORDS
        )
    return 0 if fits else _MISPLACED


def layout(files: Files, key: str, size: int) -> Layout:
    """What the file's beginning says. `BrokenFileError` when there is no table in it, or no row."""
    head = files.get(key, 0, min(size, HEAD))
    if not head.strip(b"\x00\r\n\t \xef\xbb\xbf\xff\xfe"):
        raise BrokenFileError("empty")
    steps = [size * step // (SAMPLES + 1) for step in range(1, SAMPLES + 1)] if size > HEAD else []
    encoding, skip = encoding_of(head, [files.get(key, at, min(at + SAMPLE, size)) for at in steps])
    text = head[skip:].decode(encoding, "ignore")
    lowered = text[:500].lstrip().lower()
    if lowered.startswith(("<!doctype", "<html", "<?xml", "%pdf", "{\\rtf")):
        raise BrokenFileError("not_a_table")
    said = _SAID.match(text.split("\n", 1)[0] + "\n") if text[:4].lower() == "sep=" else None
    separator = said.group(1) if said else separator_of(text)
    table = Table(files, key, size, encoding=encoding, separator=separator, width=0)
    columns: tuple[str, ...] = ()
    begin, number = skip, 0
    for row, position in table.rows(skip, 0):
        begin, number = position, row.number
        if row.number == 1 and said:
            continue
        if row.broken:
            raise BrokenFileError("encoding" if row.broken == "encoding" else "not_a_table")
        columns = _columns(row)
        break
    else:
        raise BrokenFileError("empty")
    if next(Table(files, key, size, encoding=encoding, separator=separator, width=0).rows(begin, number), None) is None:
        raise BrokenFileError("no_rows")
    return Layout("csv", columns, begin, number, encoding, separator)


def _columns(header: Row) -> tuple[str, ...]:
    names = list(header.cells)
    while names and not names[-1].strip():
        names.pop()
    if len(names) > COLUMNS_LIMIT:
        raise BrokenFileError("too_many_columns")
    if any(len(name) > 1000 for name in names) or "\x00" in "".join(names):
        raise BrokenFileError("not_a_table")
    if any(re.fullmatch(r"\s*[^@\s]+@[^@\s]+\.[a-z]{2,24}\s*", name, re.IGNORECASE) for name in names):
        raise BrokenFileError("no_header")
    return unique(names)


def separator_of(text: str) -> str:
    """The separator that cuts the first records into the most cells, and each into as many."""
    lines = text[:65536].splitlines(keepends=True)[:60]
    if len(text) > 65536 and len(lines) > 1:
        lines.pop()
    best, best_score = ",", 0.0
    for separator in SEPARATORS:
        widths = Counter[int]()
        try:
            for cells in csv.reader(lines, delimiter=separator):
                if cells:
                    widths[len(cells)] += 1
        except csv.Error:
            continue
        if not widths:
            continue
        width, often = widths.most_common(1)[0]
        score = (often / widths.total()) * (width - 1) if width > 1 else 0.0
        if score > best_score:
            best, best_score = separator, score
    return best


class Table:
    """A table of text whose layout is known."""

    def __init__(self, files: Files, key: str, size: int, *, encoding: str, separator: str, width: int):
        self._files, self._key, self._size = files, key, size
        self._encoding, self._separator, self._width = encoding, separator, width

    def rows(self, position: int, number: int) -> Iterator[tuple[Row, int]]:
        """See `Source.rows`. Records without any text are passed over, and counted."""
        errors = "replace" if self._encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"
        raw = Ranged(self._files, self._key, size=self._size, start=position)
        text = io.TextIOWrapper(io.BufferedReader(raw, 1 << 16), self._encoding, errors, newline="")
        measured = _Measured(text, self._encoding, errors, position)
        reader = csv.reader(measured, delimiter=self._separator)
        while True:
            try:
                cells = next(reader, None)
            except csv.Error as error:
                # The reader is not to be trusted after this: what it has not read yet belongs to the cell it gave up in.
                raise BrokenFileError("cell_too_long") from error
            if cells is None:
                return
            number += 1
            if any(cells):
                # A record that took the end of the file to end has a quotation mark that is never closed.
                broken = "unclosed_quote" if measured.ended else self._broken(cells)
                yield Row(number, cells, broken), measured.position

    def _broken(self, cells: list[str]) -> str:
        if self._width and len(cells) > self._width and any(cell.strip() for cell in cells[self._width :]):
            return "too_many_cells"
        joined = "".join(cells)
        if joined.isascii():
            if "\x00" in joined:
                return "control_character"
        elif "\ufffd" in joined or _SURROGATE.search(joined):
            return "encoding"
        if len(joined) > CELL_LIMIT and any(len(cell) > CELL_LIMIT for cell in cells):
            return "cell_too_long"
        return "control_character" if "\x00" in joined else ""


class _Measured:
    """The lines of a text, and how many bytes of the file those given so far were."""

    def __init__(self, text: io.TextIOWrapper, encoding: str, errors: str, position: int):
        self._text, self._encoding, self._errors = text, encoding, errors
        self._one_byte = not encoding.startswith(("utf-16", "utf-32"))
        self.position = position
        self.ended = False

    def __iter__(self) -> "_Measured":
        return self

    def __next__(self) -> str:
        line = self._text.readline(LINE_LIMIT)
        if not line:
            self.ended = True
            raise StopIteration
        if len(line) >= LINE_LIMIT:
            raise BrokenFileError("cell_too_long")
        if self._one_byte and line.isascii():
            self.position += len(line)
        else:
            self.position += len(line.encode(self._encoding, self._errors))
        return line
