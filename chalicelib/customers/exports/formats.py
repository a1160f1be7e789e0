"""The forms that an export can have. Pieces are written one by one, as the rows come; `compose` puts them together and counts the rows
that are really in the file.
"""

import csv
import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chalicelib.customers.exports.domain import ExportColumn, cell
from chalicelib.foundation.files import Files
from chalicelib.foundation.safe_csv import BYTE_ORDER_MARK, separator_for, write_lines

CELLS_LIMIT = 8_000_000
"""Cells of a workbook: what can be written within one delivery. More goes as CSV."""
ROWS_LIMIT = 1_000_000
"""Rows of a workbook's sheet; the format has 1,048,576."""
_CHUNK = 1 << 20
_TEXT_LIMIT = 32_767  # characters of a workbook's cell
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "vcard": "text/vcard; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
ENDINGS = {"vcard": "vcf"}

_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


@dataclass(frozen=True, slots=True)
class Sheet:
    """One kind's rows: what it is called, its columns, and the keys of its pieces."""

    kind: str
    title: str
    columns: Sequence[ExportColumn]
    pieces: Sequence[str]
    rows: int


@dataclass(slots=True)
class Written:
    """What came of it: the rows that were counted in the file itself, its bytes and their digest."""

    rows: dict[str, int] = field(default_factory=dict)
    size: int = 0
    sha256: str = ""


def piece(format_: str, columns: Sequence[ExportColumn], rows: Sequence[Mapping[str, Any]], language: str) -> bytes:
    """Some rows as they stand in the file (for a workbook: as JSON, to be written later)."""
    if format_ == "csv":
        lines = [[cell(row.get(column.key)) for column in columns] for row in rows]
        return write_lines(lines, separator=separator_for(language)).encode()
    if format_ == "xlsx":
        return "".join(f"{_encode([row.get(column.key) for column in columns])}\n" for row in rows).encode()
    wanted = [column.key for column in columns]
    return "".join(f"{_encode({key: row[key] for key in wanted if key in row})}\n" for row in rows).encode()


def compose(
    files: Files, key: str, *, format_: str, sheets: Sequence[Sheet], language: str, file_name: str, zipped: bool
) -> Written:
    """Write the file. The caller compares the rows counted in it with those it knows of."""
    written = Written()
    if format_ == "xlsx":
        parts = _workbook(files, sheets, language, written)
    elif zipped:
        parts = _zip(files, sheets, format_, language, written)
    else:
        parts = _table(files, sheets[0], format_, language, written)
    kind = "zip" if zipped and format_ != "xlsx" else format_
    digest = hashlib.sha256()

    def told() -> Iterator[bytes]:
        for part in parts:
            digest.update(part)
            yield part

    written.size = files.put_parts(key, told(), content_type=CONTENT_TYPES[kind], file_name=file_name)
    written.sha256 = digest.hexdigest()
    return written


def _table(files: Files, sheet: Sheet, format_: str, language: str, written: Written) -> Iterator[bytes]:
    count = _COUNTERS[format_]
    separator = separator_for(language)
    total = 0
    if format_ == "csv":
        header = [column.labels[language != "es"] for column in sheet.columns]
        yield (BYTE_ORDER_MARK + write_lines([header], separator=separator)).encode()
    elif format_ == "json":
        yield b"["
    for key in sheet.pieces:
        content = files.get(key)
        rows = count(content, separator)
        if format_ == "json":
            lines = content.rstrip(b"\n").split(b"\n") if content else []
            content = b",\n".join(lines)
            if total and lines:
                content = b",\n" + content
        total += rows
        yield content
    if format_ == "json":
        yield b"]\n"
    written.rows[sheet.kind] = total


def _count_csv(content: bytes, separator: str) -> int:
    return sum(1 for _ in csv.reader(io.StringIO(content.decode(), newline=""), delimiter=separator, strict=True))


def _count_lines(content: bytes, separator: str) -> int:  # noqa: ARG001
    return content.count(b"\n")


def _count_cards(content: bytes, separator: str) -> int:  # noqa: ARG001
    return content.count(b"END:VCARD\r\n")


_COUNTERS: Mapping[str, Callable[[bytes, str], int]] = {
    "csv": _count_csv,
    "json": _count_lines,
    "jsonl": _count_lines,
    "vcard": _count_cards,
}


class _Pipe(io.RawIOBase):
    """Where zipfile writes to; what has been written is taken away piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting = bytearray()

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: Any) -> int:
        """Keep it until it is taken."""
        self._waiting += data
        return len(data)

    def take(self) -> bytes:
        """What has been written since the last time."""
        found = bytes(self._waiting)
        self._waiting.clear()
        return found


def _zip(files: Files, sheets: Sequence[Sheet], format_: str, language: str, written: Written) -> Iterator[bytes]:
    """One file for each kind, and a manifest with the rows and the digest of each."""
    pipe = _Pipe()
    manifest: dict[str, Any] = {}
    ending = ENDINGS.get(format_, format_)
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for sheet in sheets:
            name, digest = f"{sheet.kind}.{ending}", hashlib.sha256()
            with archive.open(name, "w", force_zip64=True) as out:
                for part in _table(files, sheet, format_, language, written):
                    digest.update(part)
                    out.write(part)
                    yield pipe.take()
            manifest[name] = {"rows": written.rows[sheet.kind], "sha256": digest.hexdigest()}
        archive.writestr("manifest.json", json.dumps(manifest, indent=2))
    yield pipe.take()


def _workbook(files: Files, sheets: Sequence[Sheet], language: str, written: Written) -> Iterator[bytes]:
    """A sheet for each kind; the number of rows stands in the document's properties, too."""
    import xlsxwriter

    with tempfile.TemporaryDirectory(prefix="export-") as folder:
        path = Path(folder) / "export.xlsx"
        options = {
            "constant_memory": True,
            "tmpdir": folder,
            # Nothing is a formula or a link because of how it begins: only write_string and write_number are called.
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        workbook = xlsxwriter.Workbook(str(path), options)
        bold = workbook.add_format({"bold": True})
        for sheet in sheets:
            page = workbook.add_worksheet(sheet.title[:31])
            page.freeze_panes(1, 0)
            for at, column in enumerate(sheet.columns):
                page.write_string(0, at, column.labels[language != "es"][:255], bold)
                page.set_column(at, at, 18)
            total = 0
            for key in sheet.pieces:
                for line in files.get(key).splitlines():
                    total += 1
                    for at, value in enumerate(json.loads(line)):
                        _write_cell(page, total, at, value)
            written.rows[sheet.kind] = total
        workbook.set_custom_property("rows", sum(written.rows.values()), "number")
        workbook.close()
        with path.open("rb") as content:
            while part := content.read(_CHUNK):
                yield part


def _write_cell(page: Any, row: int, column: int, value: Any) -> None:
    if value is None:
        return
    if isinstance(value, int | float) and not isinstance(value, bool):
        page.write_number(row, column, value)
    else:
        page.write_string(row, column, str(cell(value))[:_TEXT_LIMIT])
