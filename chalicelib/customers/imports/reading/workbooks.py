"""Workbooks (XLSX): looked at as archives first, so that a bomb is never unpacked; then the first sheet with something in it."""

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from chalicelib.customers.imports.domain import CELL_LIMIT, COLUMNS_LIMIT, BrokenFileError, Row
from chalicelib.customers.imports.reading.source import PIECE, Layout, unique
from chalicelib.foundation.files import Files

UNPACKED_LIMIT = 400 * 1024 * 1024
"""Bytes of all parts unpacked: what calamine can hold in the function's memory. A bigger table goes as CSV."""
RATIO_LIMIT = 250
ENTRIES_LIMIT = 5000
_SMALL = 8 * 1024 * 1024  # below this no ratio is a danger


def check_archive(file: Any) -> None:
    """`BrokenFileError` for what is no workbook, or unpacks to more than it may (declared or not)."""
    try:
        archive = zipfile.ZipFile(file)
        entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise BrokenFileError("not_a_table") from error
    with archive:
        names = {entry.filename for entry in entries}
        if "xl/workbook.xml" not in names:
            raise BrokenFileError("not_a_table")
        if len(entries) > ENTRIES_LIMIT or len(names) < len(entries):
            raise BrokenFileError("bomb")
        packed = sum(entry.compress_size for entry in entries)
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > _SMALL and unpacked > RATIO_LIMIT * max(packed, 1):
            raise BrokenFileError("bomb")
        if unpacked > UNPACKED_LIMIT:
            raise BrokenFileError("too_big_unpacked")
        if any(entry.flag_bits & 0x1 for entry in entries):
            raise BrokenFileError("encrypted")
        for entry in entries:
            _check_entry(archive, entry)


def _check_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """What an entry really unpacks to, against what it says: zipfile stops there, and the checksum shows that it lied."""
    try:
        with archive.open(entry) as content:
            while content.read(1 << 20):
                pass
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise BrokenFileError("damaged") from error
    except Exception as error:  # zlib.error and lzma's, without importing either
        if type(error).__module__ in ("zlib", "lzma", "_lzma"):
            raise BrokenFileError("damaged") from error
        raise


@contextmanager
def local(files: Files, key: str, size: int) -> Iterator[Path]:
    """The file on this machine's disk."""
    folder = tempfile.mkdtemp(prefix="import-")
    try:
        path = Path(folder) / "source.xlsx"
        with path.open("wb") as out:
            for begin in range(0, size, PIECE):
                out.write(files.get(key, begin, min(begin + PIECE, size)))
        yield path
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Workbook:
    """A workbook on this machine."""

    def __init__(self, path: Path):
        with path.open("rb") as file:
            check_archive(file)
        self.sheet, self._rows = _sheet(path)

    def layout(self) -> Layout:
        """Its columns. `BrokenFileError` when there is nothing, or nothing below them."""
        rows = self.rows(0, 0)
        header = next(rows, None)
        if header is None:
            raise BrokenFileError("empty")
        if header[0].broken:
            raise BrokenFileError("not_a_table")
        names = list(header[0].cells)
        while names and not names[-1].strip():
            names.pop()
        if len(names) > COLUMNS_LIMIT:
            raise BrokenFileError("too_many_columns")
        if any("@" in name and " " not in name.strip() for name in names):
            raise BrokenFileError("no_header")
        if next(rows, None) is None:
            raise BrokenFileError("no_rows")
        return Layout("xlsx", unique(names), header[1], header[0].number, sheet=self.sheet)

    def rows(self, position: int, number: int) -> Iterator[tuple[Row, int]]:
        """See `Source.rows`; a position is a row of the sheet."""
        for at in range(position, len(self._rows)):
            number = at + 1
            cells = [cell_text(cell) for cell in self._rows[at]]
            if not any(cells):
                continue
            broken = "cell_too_long" if any(len(cell) > CELL_LIMIT for cell in cells) else ""
            if not broken and "\x00" in "".join(cells):
                broken = "control_character"
            yield Row(number, cells, broken), at + 1


def _sheet(path: Path) -> tuple[str, list[list[Any]]]:
    from python_calamine import CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_path(str(path))
        for name in workbook.sheet_names:
            rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            if any(cell not in ("", None) for row in rows[:50] for cell in row):
                return name, rows
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:
        raise BrokenFileError("damaged") from error
    raise BrokenFileError("empty")


def cell_text(cell: Any) -> str:
    """A cell as a text file would have it: whole numbers without a point, dates and times as ISO 8601 writes them."""
    match cell:
        case str():
            return cell
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
        case datetime():
            plain = cell.date() if cell.time() == time() else cell
            return plain.isoformat()
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
    return str(cell)
